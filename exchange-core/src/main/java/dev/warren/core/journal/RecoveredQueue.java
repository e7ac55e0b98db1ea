package dev.warren.core.journal;

import dev.warren.core.message.MessageHeader;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The references of one queue while the log is replayed: parallel arrays in the order of positions,
 * about 20 bytes a message. Settled entries are marked, and squeezed out when the arrays would have
 * to grow.
 */
final class RecoveredQueue {
  private static final int INITIAL = 16;

  private final long id;
  private long[] positions = new long[INITIAL];
  private int[] sizes = new int[INITIAL];
  private long[] receivedAtMs = new long[INITIAL];
  private long[] settled = new long[1];

  /** Made when the first message has one. */
  private long @Nullable [] ttlMs;

  /** Made when the first message has one. */
  private short @Nullable [] priorities;

  /** Made when the first message has counts: delivery count, acquired count, in turn. */
  private int @Nullable [] counts;

  private int count;
  private int settledCount;

  RecoveredQueue(long id) {
    this.id = id;
  }

  long id() {
    return id;
  }

  /** References that are left. */
  int live() {
    return count - settledCount;
  }

  /** Adds a message; positions rise from call to call. */
  void add(long position, int sizeBytes, long receivedMs, long ttl, int priority) {
    if (count == positions.length) {
      if (settledCount > count / 4) {
        squeeze();
      } else {
        resize(count * 2);
      }
    }
    positions[count] = position;
    sizes[count] = sizeBytes;
    receivedAtMs[count] = receivedMs;
    if (ttl != MessageHeader.ABSENT && ttlMs == null) {
      ttlMs = new long[positions.length];
      Arrays.fill(ttlMs, 0, count, MessageHeader.ABSENT);
    }
    if (ttlMs != null) {
      ttlMs[count] = ttl;
    }
    if (priority != MessageHeader.ABSENT && priorities == null) {
      priorities = new short[positions.length];
      Arrays.fill(priorities, 0, count, (short) MessageHeader.ABSENT);
    }
    if (priorities != null) {
      priorities[count] = (short) priority;
    }
    if (counts != null) {
      counts[2 * count] = 0;
      counts[2 * count + 1] = 0;
    }
    count++;
  }

  /** The message at this position is settled; unknown positions are ignored. */
  void settle(long position) {
    int index = Arrays.binarySearch(positions, 0, count, position);
    if (index >= 0 && !isSettled(index)) {
      settled[index >> 6] |= 1L << index;
      settledCount++;
    }
  }

  /** The counts of the message at this position; unknown positions are ignored. */
  void count(long position, int deliveryCount, int acquiredCount) {
    int index = Arrays.binarySearch(positions, 0, count, position);
    if (index < 0) {
      return;
    }
    if (counts == null) {
      counts = new int[2 * positions.length];
    }
    counts[2 * index] = deliveryCount;
    counts[2 * index + 1] = acquiredCount;
  }

  /** Tells the target what is left, and the segments what is kept; returns how many were kept. */
  long tell(RecoveryTarget target, SegmentSet segments) {
    long kept = 0;
    for (int i = 0; i < count; i++) {
      if (!isSettled(i) && target.onMessage(message(i))) {
        segments.addLive(positions[i], 1);
        kept++;
      }
    }
    return kept;
  }

  private RecoveryTarget.RecoveredMessage message(int index) {
    return new RecoveryTarget.RecoveredMessage(
        id,
        positions[index],
        sizes[index],
        receivedAtMs[index],
        ttlMs == null ? MessageHeader.ABSENT : ttlMs[index],
        counts == null ? 0 : counts[2 * index],
        counts == null ? 0 : counts[2 * index + 1],
        priorities == null ? MessageHeader.ABSENT : priorities[index]);
  }

  private boolean isSettled(int index) {
    return (settled[index >> 6] & 1L << index) != 0;
  }

  private void squeeze() {
    int to = 0;
    for (int from = 0; from < count; from++) {
      if (!isSettled(from)) {
        positions[to] = positions[from];
        sizes[to] = sizes[from];
        receivedAtMs[to] = receivedAtMs[from];
        if (ttlMs != null) {
          ttlMs[to] = ttlMs[from];
        }
        if (priorities != null) {
          priorities[to] = priorities[from];
        }
        if (counts != null) {
          counts[2 * to] = counts[2 * from];
          counts[2 * to + 1] = counts[2 * from + 1];
        }
        to++;
      }
    }
    count = to;
    settledCount = 0;
    Arrays.fill(settled, 0);
  }

  private void resize(int capacity) {
    positions = Arrays.copyOf(positions, capacity);
    sizes = Arrays.copyOf(sizes, capacity);
    receivedAtMs = Arrays.copyOf(receivedAtMs, capacity);
    settled = Arrays.copyOf(settled, (capacity >> 6) + 1);
    ttlMs = ttlMs == null ? null : Arrays.copyOf(ttlMs, capacity);
    priorities = priorities == null ? null : Arrays.copyOf(priorities, capacity);
    counts = counts == null ? null : Arrays.copyOf(counts, 2 * capacity);
  }
}
