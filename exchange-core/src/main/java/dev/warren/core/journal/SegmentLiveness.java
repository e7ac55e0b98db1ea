package dev.warren.core.journal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Which messages of one segment are still held, and by which queues. Owned by the writer, before
 * that by the recovering thread.
 *
 * <p>A <i>reference</i> is one queue's hold on one message. What is kept is what is gone: most
 * segments are freed before they have much of it. For a message of one queue its place says
 * everything; for one of several the queue is kept too.
 */
final class SegmentLiveness {
  /** A queue identifier, beside a place of at most 28 bits, in one number. */
  private static final int QUEUE_BITS = 36;

  private final int segmentBytes;
  private final SettledSet settled;

  /** Places of messages which were not stored for exactly one queue, ascending. */
  private int[] fanouts = {};

  private int fanoutCount;
  private final SortedLongs settledOfFanouts = new SortedLongs();

  /** Numbers of the segments in which messages copied into this one were stored first. */
  private final SortedLongs origins = new SortedLongs();

  /** Ranges of lost records, from and to in one number; rare. */
  private final List<Long> lost = new ArrayList<>(0);

  private long references;
  private long messageBytes;
  private long live;
  private int countsOfOthers;

  SegmentLiveness(int segmentBytes) {
    this.segmentBytes = segmentBytes;
    this.settled = new SettledSet(segmentBytes);
  }

  /** A record of a message begins at this offset, which is behind those told before. */
  void stored(int offset, int queues, int recordBytes) {
    references += queues;
    live += queues;
    messageBytes += recordBytes;
    if (queues != 1) {
      if (fanoutCount == fanouts.length) {
        fanouts = Arrays.copyOf(fanouts, Math.max(16, fanoutCount * 2));
      }
      fanouts[fanoutCount++] = offset / RecordCodec.ALIGNMENT;
    }
  }

  /** A message which was stored first in the segment of this number was copied into this one. */
  void holdsCopyOf(long originNumber) {
    origins.add(originNumber);
  }

  /** A record of counts for a message in another segment was written into this one. */
  void countedElsewhere() {
    countsOfOthers++;
  }

  /** This queue does not hold the message at this offset any more; told once. */
  void settled(int offset, long queueId) {
    live--;
    assert live >= 0 : "settled twice: offset=" + offset + " queue=" + queueId;
    add(offset, queueId);
  }

  /** Records in this range, behind those told before, were lost; told while the log is replayed. */
  void lost(int offset, int bytes) {
    lost.add((long) offset << Integer.SIZE | offset + bytes);
  }

  private boolean isLost(int offset) {
    for (long range : lost) {
      if (offset >= (int) (range >>> Integer.SIZE) && offset < (int) range) {
        return true;
      }
    }
    return false;
  }

  /**
   * The same while the log is replayed, where it may be told twice, and of a message that was lost;
   * {@link #recount} follows.
   */
  void settledInReplay(int offset, long queueId) {
    if (lost.isEmpty() || !isLost(offset)) {
      add(offset, queueId);
    }
  }

  /** After a replay: counts what is live. */
  void recount() {
    live = references - settled.count() - settledOfFanouts.count();
  }

  private void add(int offset, long queueId) {
    int place = offset / RecordCodec.ALIGNMENT;
    if (isFanout(place)) {
      settledOfFanouts.add(key(place, queueId));
    } else {
      settled.add(place);
    }
  }

  boolean isSettled(int offset, long queueId) {
    int place = offset / RecordCodec.ALIGNMENT;
    return isFanout(place)
        ? settledOfFanouts.contains(key(place, queueId))
        : settled.contains(place);
  }

  private boolean isFanout(int place) {
    return fanoutCount > 0 && Arrays.binarySearch(fanouts, 0, fanoutCount, place) >= 0;
  }

  private static long key(int place, long queueId) {
    if (queueId >>> QUEUE_BITS != 0) {
      throw new IllegalArgumentException("queue identifier out of range: " + queueId);
    }
    return (long) place << QUEUE_BITS | queueId;
  }

  /** References that are not settled. */
  long live() {
    return live;
  }

  /** All references that were ever written into this segment. */
  long references() {
    return references;
  }

  /** Bytes of the records whose messages are held, as far as an average tells. */
  long liveBytes() {
    return references == 0 ? 0 : (long) ((double) messageBytes * live / references);
  }

  /** Whether it holds counts of messages in other segments. */
  boolean hasCountsOfOthers() {
    return countsOfOthers > 0;
  }

  /** See {@link #holdsCopyOf}; ascending. */
  long[] origins() {
    return origins.toArray();
  }

  int segmentBytes() {
    return segmentBytes;
  }
}
