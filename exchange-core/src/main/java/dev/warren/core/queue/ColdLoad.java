package dev.warren.core.queue;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Messages which a queue wants read back from the journal in one go: asked for by {@link
 * QueueEffects#load}, answered by {@link QueueState#loaded}. Owned by the queue's owner, but that
 * {@link #positions} may be read by anybody.
 */
public final class ColdLoad {
  /** What a load is for. */
  enum Kind {
    /** Messages at the head, to be handed out soon. */
    AHEAD,
    /** A run of messages somebody looks at, most of which stay. */
    SCAN,
    /** Messages that left the queue and are to be dead-lettered. */
    DEAD_LETTERS
  }

  static final long NO_SEQUENCE = -1;

  /** A load ends with the message that reaches this size. */
  static final int BYTES_MAX = 512 * 1024;

  private static final int INITIAL = 32;

  private final Kind kind;
  private final int countMax;
  private long[] positions = new long[INITIAL];

  // In the order of the positions; of a read-ahead, returned messages come before those of the
  // ring.
  private long[] sequences = new long[INITIAL];
  private ReturnedMessage[] returned = {};
  private int returnedCount;
  private int count;
  private long bytes;

  ColdLoad(Kind kind, int countMax) {
    this.kind = kind;
    this.countMax = countMax;
  }

  /** Where the messages are, in the order of the queue. Not to be changed. */
  public long[] positions() {
    return positions;
  }

  Kind kind() {
    return kind;
  }

  int count() {
    return count;
  }

  /** The returned message at this place of a read-ahead, or null if it is one of the ring. */
  @Nullable ReturnedMessage returned(int index) {
    return index < returnedCount ? returned[index] : null;
  }

  long sequence(int index) {
    return sequences[index];
  }

  long position(int index) {
    return positions[index];
  }

  /** The first sequence from this one on which is not between those it reads of the ring. */
  long beyondRing(long sequence) {
    boolean isBetween =
        returnedCount < count
            && sequences[returnedCount] <= sequence
            && sequence <= sequences[count - 1];
    return isBetween ? sequences[count - 1] + 1 : sequence;
  }

  /** Adds a message of the ring or a dead letter; false if the load is full. */
  boolean add(long sequence, long position, int sizeBytes) {
    if (count == countMax || bytes >= BYTES_MAX) {
      return false;
    }
    if (count == positions.length) {
      int length = Math.min(countMax, 4 * count);
      positions = Arrays.copyOf(positions, length);
      sequences = Arrays.copyOf(sequences, length);
    }
    positions[count] = position;
    sequences[count] = sequence;
    count++;
    bytes += sizeBytes;
    return true;
  }

  boolean add(ReturnedMessage message) {
    if (!add(message.sequence, message.position(), message.sizeBytes)) {
      return false;
    }
    if (returnedCount == returned.length) {
      returned = Arrays.copyOf(returned, Math.max(INITIAL, 2 * returnedCount));
    }
    message.loading = true;
    returned[returnedCount++] = message;
    return true;
  }

  /** Nothing is added any more. */
  void seal() {
    if (positions.length != count) {
      positions = Arrays.copyOf(positions, count);
    }
  }

  /** The load is answered and dealt with. */
  void end() {
    for (int i = 0; i < returnedCount; i++) {
      returned[i].loading = false;
    }
  }
}
