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
 *
 * <p>How many bytes are still held follows from the sizes of the messages, told when they are
 * stored and again when they are settled: each reference counts for its share of the message, and
 * for as much more as the records of this segment take on average.
 */
final class SegmentLiveness {
  /** A queue identifier, beside a place of at most 28 bits, in one number. */
  private static final int QUEUE_BITS = 36;

  private final int segmentBytes;
  private final SettledSet settled;

  /** Places of messages which were not stored for exactly one queue, ascending. */
  private int[] fanouts = {};

  /** For how many queues each of them was stored. */
  private int[] fanoutQueues = {};

  private int fanoutCount;
  private final SortedLongs settledOfFanouts = new SortedLongs();

  /** Numbers of the segments in which messages copied into this one were stored first. */
  private final SortedLongs origins = new SortedLongs();

  /** Ranges of lost records, from and to in one number; rare. */
  private final List<Long> lost = new ArrayList<>(0);

  private long references;
  private long recordBytes;
  private long sizeBytes;
  private long live;
  private long liveSizeBytes;
  private int countsOfOthers;

  SegmentLiveness(int segmentBytes) {
    this.segmentBytes = segmentBytes;
    this.settled = new SettledSet(segmentBytes);
  }

  /**
   * A record of a message begins at this offset, which is behind those told before.
   *
   * @param itsSizeBytes of the message
   * @param itsRecordBytes of the record
   */
  void stored(int offset, int queues, int itsSizeBytes, int itsRecordBytes) {
    storedInReplay(offset, queues, itsSizeBytes, itsRecordBytes);
    live += queues;
    liveSizeBytes += queues * shareOf(itsSizeBytes, queues);
  }

  /** The same while the log is replayed, where what is held is found out at its end. */
  void storedInReplay(int offset, int queues, int itsSizeBytes, int itsRecordBytes) {
    references += queues;
    recordBytes += itsRecordBytes;
    sizeBytes += queues * shareOf(itsSizeBytes, queues);
    if (queues != 1) {
      if (fanoutCount == fanouts.length) {
        int capacity = Math.max(16, fanoutCount * 2);
        fanouts = Arrays.copyOf(fanouts, capacity);
        fanoutQueues = Arrays.copyOf(fanoutQueues, capacity);
      }
      fanoutQueues[fanoutCount] = queues;
      fanouts[fanoutCount++] = offset / RecordCodec.ALIGNMENT;
    }
  }

  /** What each of so many queues counts for that hold a message of this size. */
  private static long shareOf(int itsSizeBytes, int queues) {
    return queues <= 1 ? itsSizeBytes : itsSizeBytes / queues;
  }

  private long shareAt(int offset, int itsSizeBytes) {
    int fanout = fanoutAt(offset / RecordCodec.ALIGNMENT);
    return shareOf(itsSizeBytes, fanout < 0 ? 1 : fanoutQueues[fanout]);
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
  void settled(int offset, long queueId, int itsSizeBytes) {
    live--;
    assert live >= 0 : "settled twice: offset=" + offset + " queue=" + queueId;
    liveSizeBytes -= shareAt(offset, itsSizeBytes);
    add(offset, queueId);
  }

  /** So many queues that held the message at this offset hold a copy in another segment now. */
  void movedAway(int offset, int queues, int itsSizeBytes) {
    live -= queues;
    assert live >= 0 : "moved twice: offset=" + offset;
    liveSizeBytes -= queues * shareAt(offset, itsSizeBytes);
  }

  /**
   * Makes {@link #isSettled} cheap, whatever is settled meanwhile; for a segment that is cleaned.
   */
  void prepareToClean() {
    settled.useBits();
  }

  /** Records in this range, behind those told before, were lost; told while the log is replayed. */
  void lost(int offset, int bytes) {
    lost.add((long) offset << Integer.SIZE | offset + bytes);
  }

  /** Whether the record at this offset was lost. Thread-safe once the log was replayed. */
  boolean isLost(int offset) {
    if (lost.isEmpty()) {
      return false;
    }
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
    if (!isLost(offset)) {
      add(offset, queueId);
    }
  }

  /** After a replay: this queue holds a message of this size. */
  void heldAfterReplay(int offset, int itsSizeBytes) {
    liveSizeBytes += shareAt(offset, itsSizeBytes);
  }

  /** After a replay: counts what is live. */
  void recount() {
    live = references - settled.count() - settledOfFanouts.count();
  }

  private void add(int offset, long queueId) {
    int place = offset / RecordCodec.ALIGNMENT;
    if (fanoutAt(place) >= 0) {
      settledOfFanouts.add(key(place, queueId));
    } else {
      settled.add(place);
    }
  }

  boolean isSettled(int offset, long queueId) {
    int place = offset / RecordCodec.ALIGNMENT;
    return fanoutAt(place) >= 0
        ? settledOfFanouts.contains(key(place, queueId))
        : settled.contains(place);
  }

  /** Index of the message at this place in {@link #fanouts}, or a negative number. */
  private int fanoutAt(int place) {
    return fanoutCount == 0 ? -1 : Arrays.binarySearch(fanouts, 0, fanoutCount, place);
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

  /** Bytes of the records whose messages are held, of one held by some of its queues a share. */
  long liveBytes() {
    if (live == 0) {
      return 0;
    }
    double more = (double) (recordBytes - sizeBytes) / references;
    return Math.max(0, liveSizeBytes + (long) (more * live));
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
