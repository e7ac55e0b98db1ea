package dev.warren.core.journal;

import dev.warren.core.message.MessageHeader;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a replay keeps of the messages of one segment: parallel arrays in the order of their
 * offsets, 16 bytes a message if all are of one queue, otherwise 24. When they would have to grow,
 * messages that are settled by then are squeezed out. Owned by the recovering thread.
 */
final class RecoveredMessages {
  private static final int INITIAL = 16;

  private final SegmentLiveness liveness;
  private int[] offsets = new int[INITIAL];
  private int[] sizes = new int[INITIAL];
  private long[] receivedAtMs = new long[INITIAL];

  /** The queue of all messages, as long as {@link #queueIds} is not there. */
  private long onlyQueueId;

  /** The queue, or, negative, where in {@link #fanouts} the queues are. */
  private long @Nullable [] queueIds;

  private long[][] fanouts = {};
  private int fanoutCount;

  /** Made when the first message has one. */
  private long @Nullable [] ttlMs;

  /** Made when the first message has one. */
  private short @Nullable [] priorities;

  /** Made when the first message has counts: delivery count, acquired count, in turn. */
  private int @Nullable [] counts;

  private int count;

  RecoveredMessages(SegmentLiveness liveness) {
    this.liveness = liveness;
  }

  /** Adds a message; offsets rise from call to call. */
  void add(int offset, long[] queues, int sizeBytes, long receivedMs, long ttl, int priority) {
    if (count == offsets.length) {
      makeRoom();
    }
    offsets[count] = offset;
    sizes[count] = sizeBytes;
    receivedAtMs[count] = receivedMs;
    addQueues(queues);
    if (ttl != MessageHeader.ABSENT && ttlMs == null) {
      ttlMs = new long[offsets.length];
      Arrays.fill(ttlMs, 0, count, MessageHeader.ABSENT);
    }
    if (ttlMs != null) {
      ttlMs[count] = ttl;
    }
    if (priority != MessageHeader.ABSENT && priorities == null) {
      priorities = new short[offsets.length];
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

  private void addQueues(long[] queues) {
    long queueId = queues.length == 1 ? queues[0] : -1 - addFanout(queues);
    if (count == 0) {
      onlyQueueId = queueId;
    } else if (queueIds == null && queueId != onlyQueueId) {
      queueIds = new long[offsets.length];
      Arrays.fill(queueIds, 0, count, onlyQueueId);
    }
    if (queueIds != null) {
      queueIds[count] = queueId;
    }
  }

  private long queueAt(int index) {
    return queueIds == null ? onlyQueueId : queueIds[index];
  }

  private int addFanout(long[] queues) {
    if (fanoutCount == fanouts.length) {
      fanouts = Arrays.copyOf(fanouts, Math.max(INITIAL, fanoutCount * 2));
    }
    fanouts[fanoutCount] = queues;
    return fanoutCount++;
  }

  /**
   * Notes counts, of which the highest are kept.
   *
   * @return false if the message is not here, or not one of this queue alone
   */
  boolean count(int offset, long queueId, int deliveryCount, int acquiredCount) {
    int index = indexOf(offset);
    if (index < 0 || queueAt(index) != queueId) {
      return false;
    }
    if (counts == null) {
      counts = new int[2 * offsets.length];
    }
    counts[2 * index] = Math.max(counts[2 * index], deliveryCount);
    counts[2 * index + 1] = Math.max(counts[2 * index + 1], acquiredCount);
    return true;
  }

  int size() {
    return count;
  }

  int offset(int index) {
    return offsets[index];
  }

  /** Index of the message at this offset, or a negative number. */
  int indexOf(int offset) {
    return Arrays.binarySearch(offsets, 0, count, offset);
  }

  int sizeBytes(int index) {
    return sizes[index];
  }

  /** Whether the message at this offset is here and was stored for this queue, among others. */
  boolean isFor(int offset, long queueId) {
    int index = indexOf(offset);
    int queues = index < 0 ? 0 : queues(index);
    for (int i = 0; i < queues; i++) {
      if (queue(index, i) == queueId) {
        return true;
      }
    }
    return false;
  }

  /** How many queues the message was stored for. */
  int queues(int index) {
    long queue = queueAt(index);
    return queue >= 0 ? 1 : fanouts[(int) (-1 - queue)].length;
  }

  long queue(int index, int which) {
    long queue = queueAt(index);
    return queue >= 0 ? queue : fanouts[(int) (-1 - queue)][which];
  }

  /** The message as a queue is told of it; counts only for one of a single queue. */
  RecoveryTarget.RecoveredMessage message(int index, long queueId, long name) {
    return new RecoveryTarget.RecoveredMessage(
        queueId,
        name,
        sizes[index],
        receivedAtMs[index],
        ttlMs == null ? MessageHeader.ABSENT : ttlMs[index],
        counts == null ? 0 : counts[2 * index],
        counts == null ? 0 : counts[2 * index + 1],
        priorities == null ? MessageHeader.ABSENT : priorities[index]);
  }

  private boolean isDead(int index) {
    int queues = queues(index);
    for (int i = 0; i < queues; i++) {
      if (!liveness.isSettled(offsets[index], queue(index, i))) {
        return false;
      }
    }
    return true;
  }

  /** The log went on in another segment: keeps no more room than there is use for. */
  void trim() {
    squeeze();
    resize(Math.max(INITIAL, count));
  }

  private void makeRoom() {
    squeeze();
    if (count > offsets.length / 4 * 3) {
      resize(count * 2);
    }
  }

  private void squeeze() {
    int to = 0;
    for (int from = 0; from < count; from++) {
      if (!isDead(from)) {
        moveEntry(from, to++);
      }
    }
    count = to;
  }

  private void moveEntry(int from, int to) {
    offsets[to] = offsets[from];
    sizes[to] = sizes[from];
    receivedAtMs[to] = receivedAtMs[from];
    if (queueIds != null) {
      queueIds[to] = queueIds[from];
    }
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
  }

  private void resize(int capacity) {
    offsets = Arrays.copyOf(offsets, capacity);
    sizes = Arrays.copyOf(sizes, capacity);
    receivedAtMs = Arrays.copyOf(receivedAtMs, capacity);
    queueIds = queueIds == null ? null : Arrays.copyOf(queueIds, capacity);
    ttlMs = ttlMs == null ? null : Arrays.copyOf(ttlMs, capacity);
    priorities = priorities == null ? null : Arrays.copyOf(priorities, capacity);
    counts = counts == null ? null : Arrays.copyOf(counts, 2 * capacity);
  }
}
