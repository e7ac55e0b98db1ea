package dev.warren.core.queue;

import dev.warren.core.message.Message;
import dev.warren.core.message.StoredMessage;
import org.jspecify.annotations.Nullable;

/**
 * When the messages at the heads of a queue came that are on disk, as far as somebody asked and
 * they were looked at for that. Owned by the queue's owner. Of a queue with more such heads than
 * {@link #MAX} nothing is found out.
 */
final class KnownHeads {
  /** Later than any message: there is none. */
  static final long NONE = Long.MAX_VALUE;

  /** Earlier than any message that is known. */
  static final long UNKNOWN = 0;

  private static final int MAX = 16;
  private static final long[] NOTHING = {};

  /** Made when something is learnt: of most queues nothing is. */
  private long[] sequences = NOTHING;

  private long[] timesMs = NOTHING;
  private int count;

  /** Where the next one goes. */
  private int next;

  /**
   * When a message came, or {@link #UNKNOWN}.
   *
   * @param payload a {@link StoredMessage}, a loaded {@link Message}, or null if it is on disk
   */
  long receivedAtMs(long sequence, @Nullable Object payload) {
    if (payload instanceof StoredMessage stored) {
      return stored.message().receivedAtMs();
    }
    if (payload instanceof Message message) {
      return message.receivedAtMs();
    }
    for (int i = 0; i < count; i++) {
      if (sequences[i] == sequence) {
        return timesMs[i];
      }
    }
    return UNKNOWN;
  }

  /** Tells a search of a head: whether it is on disk, and known. */
  void show(Search search, long sequence, @Nullable Object payload, long position) {
    if (payload == null && position != StoredMessage.NO_POSITION) {
      search.onDisk++;
      if (search.position == StoredMessage.NO_POSITION && receivedAtMs(sequence, null) == UNKNOWN) {
        search.sequence = sequence;
        search.position = position;
      }
    }
  }

  /** Remembers when a head came; the one that was learnt first is forgotten for it. */
  void learn(Search search, Message read) {
    if (sequences.length == 0) {
      sequences = new long[MAX];
      timesMs = new long[MAX];
    }
    sequences[next] = search.sequence;
    timesMs[next] = read.receivedAtMs();
    next = (next + 1) % MAX;
    count = Math.min(MAX, count + 1);
  }

  /** Looks over the heads for one on disk that is not known. */
  static final class Search {
    private int onDisk;
    private long sequence;
    private long position = StoredMessage.NO_POSITION;

    /** Where in the journal it is; nothing if all are known, or there are too many. */
    long[] positions() {
      return position == StoredMessage.NO_POSITION || onDisk > MAX
          ? NOTHING
          : new long[] {position};
    }
  }
}
