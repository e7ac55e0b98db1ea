package dev.warren.core.queue;

import dev.warren.core.message.Message;
import dev.warren.core.message.StoredMessage;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * When the messages at the heads of a queue came that are on disk, as far as somebody asked and
 * they were looked at for that. Owned by the queue's owner. Bounded by the number of levels: only
 * what was read last is known.
 */
final class KnownHeads {
  /** Later than any message: there is none. */
  static final long NONE = Long.MAX_VALUE;

  /** Earlier than any message that is known. */
  static final long UNKNOWN = 0;

  private static final long[] NOTHING = {};

  private long[] sequences = NOTHING;
  private long[] timesMs = NOTHING;

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
    for (int i = 0; i < sequences.length; i++) {
      if (sequences[i] == sequence) {
        return timesMs[i];
      }
    }
    return UNKNOWN;
  }

  /** Adds a head, if it is not known when it came and the journal can tell. */
  void addTo(Unknown unknown, long sequence, @Nullable Object payload, long position) {
    if (payload == null
        && position != StoredMessage.NO_POSITION
        && receivedAtMs(sequence, null) == UNKNOWN) {
      unknown.add(sequence, position);
    }
  }

  /**
   * Remembers when heads came; what was known of others that are gone since is forgotten.
   *
   * @param read one for each, null where the journal has it no more
   */
  void learn(Unknown heads, @Nullable Message[] read) {
    long[] learnt = Arrays.copyOf(sequences, sequences.length + read.length);
    long[] times = Arrays.copyOf(timesMs, learnt.length);
    int next = sequences.length;
    for (int i = 0; i < read.length; i++) {
      Message message = read[i];
      if (message != null) {
        learnt[next] = heads.sequences[i];
        times[next++] = message.receivedAtMs();
      }
    }
    int from = Math.max(0, next - Unknown.COUNT_MAX);
    sequences = Arrays.copyOfRange(learnt, from, next);
    timesMs = Arrays.copyOfRange(times, from, next);
  }

  /** Heads to look at. Not changed once it is handed on. */
  static final class Unknown {
    /** One for each level, and one that went back. */
    static final int COUNT_MAX = Priorities.HIGHEST_MAX + 2;

    private long[] sequences = NOTHING;
    private long[] positions = NOTHING;

    private void add(long sequence, long position) {
      int count = sequences.length;
      sequences = Arrays.copyOf(sequences, count + 1);
      positions = Arrays.copyOf(positions, count + 1);
      sequences[count] = sequence;
      positions[count] = position;
    }

    /** Where they are in the journal. */
    long[] positions() {
      return positions;
    }
  }
}
