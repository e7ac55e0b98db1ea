package dev.warren.core.journal;

import dev.warren.core.message.StoredMessage;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What one appender collected in one tick. Owned by the appender until it is flushed, by the writer
 * until it is done, then given back through {@link BatchPool}.
 *
 * <p>Parallel arrays, so that an operation costs no object of its own.
 */
final class AppendBatch {
  private static final int KEPT_MAX = 4096;

  final FileJournalAppender owner;

  /** Messages, transactions and encoded topology changes, in the order of their sequences. */
  @Nullable Object[] sequenced = new Object[16];

  int sequencedCount;

  /** How many of {@link #sequenced} the writer is done with. */
  int sequencedDone;

  long firstSequence;
  final References settled = new References();
  final References counted = new References();
  int[] deliveryCounts = new int[4];
  int[] acquiredCounts = new int[4];

  /** When the writer was told of it, in nanoseconds of its clock. */
  long offeredNs;

  /** What the batch counts for in the bound of pending bytes. */
  long bytes;

  AppendBatch(FileJournalAppender owner) {
    this.owner = owner;
  }

  boolean isEmpty() {
    return sequencedCount == 0 && settled.count == 0 && counted.count == 0;
  }

  void addSequenced(Object operation) {
    if (sequencedCount == sequenced.length) {
      sequenced = Arrays.copyOf(sequenced, sequencedCount * 2);
    }
    sequenced[sequencedCount++] = operation;
  }

  void addCounted(
      long queueId,
      long position,
      @Nullable StoredMessage message,
      int deliveryCount,
      int acquiredCount) {
    int index = counted.count;
    if (message == null) {
      counted.add(queueId, position, 0);
    } else {
      counted.add(queueId, message);
    }
    if (index == deliveryCounts.length) {
      deliveryCounts = Arrays.copyOf(deliveryCounts, index * 2);
      acquiredCounts = Arrays.copyOf(acquiredCounts, index * 2);
    }
    deliveryCounts[index] = deliveryCount;
    acquiredCounts[index] = acquiredCount;
  }

  /**
   * Makes it empty again.
   *
   * @return false if its arrays grew so large that it is better dropped
   */
  boolean clear() {
    Arrays.fill(sequenced, 0, sequencedCount, null);
    sequencedCount = 0;
    sequencedDone = 0;
    bytes = 0;
    settled.clear();
    counted.clear();
    return sequenced.length <= KEPT_MAX && settled.queueIds.length <= KEPT_MAX;
  }

  /** References of queues to messages, which may not have a position yet. */
  static final class References {
    long[] queueIds = new long[16];
    long[] positions = new long[16];

    /** Sizes of the messages at the positions. */
    int[] sizes = new int[16];

    /** The message if it was given instead of a position, else null. */
    @Nullable StoredMessage[] messages = new StoredMessage[16];

    int count;

    void add(long queueId, StoredMessage message) {
      add(queueId, StoredMessage.NO_POSITION, message.message().sizeBytes());
      messages[count - 1] = message;
    }

    void add(long queueId, long position, int sizeBytes) {
      if (count == queueIds.length) {
        queueIds = Arrays.copyOf(queueIds, count * 2);
        positions = Arrays.copyOf(positions, count * 2);
        sizes = Arrays.copyOf(sizes, count * 2);
        messages = Arrays.copyOf(messages, count * 2);
      }
      queueIds[count] = queueId;
      positions[count] = position;
      sizes[count] = sizeBytes;
      count++;
    }

    void clear() {
      Arrays.fill(messages, 0, count, null);
      count = 0;
    }
  }
}
