package dev.warren.core.journal;

import dev.warren.core.message.StoredMessage;
import org.jspecify.annotations.Nullable;

/**
 * What of the log is still needed: where each message is, and which queues hold it. Told of every
 * record that stores, moves or settles a message, by the replay as by the encoder, so that both
 * come to the same state. Owned by the writer but for {@link #find}.
 */
final class Liveness {
  private final SegmentSet segments;
  private final Relocations relocations;

  Liveness(SegmentSet segments) {
    this.segments = segments;
    this.relocations = new Relocations(segments.segmentBytes());
  }

  /** Where readers find a message, by its name, or no position. Thread-safe. */
  long find(long name) {
    if (name <= StoredMessage.NO_POSITION) {
      return StoredMessage.NO_POSITION;
    }
    return isInLog(name) ? name : relocations.find(name);
  }

  /** Whether the message's first record is in the log, as far as is known while it is replayed. */
  boolean isInLog(long name) {
    SegmentFile segment = segments.find(name);
    return segment != null && !segment.liveness().isLost(segment.offsetOf(name));
  }

  /** A message of this size was stored for the first time. */
  void stored(long position, int queues, int sizeBytes, int recordBytes) {
    SegmentFile segment = segmentOf(position);
    segment.liveness().stored(segment.offsetOf(position), queues, sizeBytes, recordBytes);
  }

  /** This queue has settled the message of this name, once. One that is not there is ignored. */
  void settled(long queueId, long name, int sizeBytes) {
    long position = locate(name);
    SegmentFile segment = segments.find(position);
    if (segment != null) {
      segment.liveness().settled(segment.offsetOf(position), queueId, sizeBytes);
    }
  }

  /** Whether this queue holds the message of this name. */
  boolean isLive(long queueId, long name) {
    long position = locate(name);
    SegmentFile segment = segments.find(position);
    return segment != null && !segment.liveness().isSettled(segment.offsetOf(position), queueId);
  }

  /**
   * A copy was written at {@code to}, for all of the queues that held the message at {@code from}.
   */
  void moved(long name, long from, long to, int queues, int sizeBytes, int recordBytes) {
    SegmentFile source = segmentOf(from);
    source.liveness().movedAway(source.offsetOf(from), queues, sizeBytes);
    stored(to, queues, sizeBytes, recordBytes);
    segmentOf(to).liveness().holdsCopyOf(name / segments.segmentBytes());
    relocations.move(name, to);
  }

  /** A record of counts was written at this position. */
  void counted(long name, long recordPosition) {
    SegmentFile own = segmentOf(recordPosition);
    if (segments.find(locate(name)) != own) {
      own.liveness().countedElsewhere();
    }
  }

  /**
   * Whether a segment without live messages may still have counts that are needed: only messages
   * that have moved can be held while a segment behind their first one is the oldest.
   */
  boolean mayHaveCounts(SegmentFile first) {
    return first.liveness().hasCountsOfOthers() && !relocations.isEmpty();
  }

  /** The first segment is about to be freed, and everything written is durable. */
  void freed(SegmentFile first) {
    relocations.publish(first);
  }

  /** Where the message of this name is for the writer: its own copy counts at once. */
  long locate(long name) {
    if (!relocations.isEmpty()) {
      long moved = relocations.findLatest(name);
      if (moved != StoredMessage.NO_POSITION) {
        return moved;
      }
    }
    return name;
  }

  /** Bytes of records whose messages are held, roughly. */
  long liveBytes() {
    return segments.liveBytes();
  }

  // --- while the log is replayed ---

  /** A message was read where it was stored first. */
  void storedRead(long position, int queues, int sizeBytes, int recordBytes) {
    SegmentFile segment = segmentOf(position);
    segment.liveness().storedInReplay(segment.offsetOf(position), queues, sizeBytes, recordBytes);
  }

  /**
   * A copy was read. It counts if it is the first record of its message that is in the log; one
   * behind another is left over from a cleaning that was cut short.
   */
  boolean copyRead(long name, long position, long[] queueIds, int sizeBytes, int recordBytes) {
    storedRead(position, queueIds.length, sizeBytes, recordBytes);
    SegmentFile segment = segmentOf(position);
    SegmentLiveness liveness = segment.liveness();
    liveness.holdsCopyOf(name / segments.segmentBytes());
    boolean counts = !isInLog(name) && relocations.moveInReplay(name, position);
    if (!counts) {
      for (long queueId : queueIds) {
        liveness.settledInReplay(segment.offsetOf(position), queueId);
      }
    }
    return counts;
  }

  /** Records of this many bytes were lost here: whoever settles one of them settles nothing. */
  void lost(long position, int bytes) {
    SegmentFile segment = segmentOf(position);
    segment.liveness().lost(segment.offsetOf(position), bytes);
  }

  /** A settlement was read. */
  void settlementRead(long queueId, long name) {
    long position = find(name);
    SegmentFile segment = segments.find(position);
    if (segment != null) {
      segment.liveness().settledInReplay(segment.offsetOf(position), queueId);
    }
  }

  /** Everything was read. */
  void replayed() {
    segments.forEach(segment -> segment.liveness().recount());
  }

  int segmentBytes() {
    return segments.segmentBytes();
  }

  Relocations relocations() {
    return relocations;
  }

  /** The segment of a position, or null if there is none. */
  @Nullable SegmentFile segmentAt(long position) {
    return segments.find(position);
  }

  private SegmentFile segmentOf(long position) {
    SegmentFile segment = segments.find(position);
    if (segment == null) {
      throw new IllegalStateException("not in the log: position=" + position);
    }
    return segment;
  }
}
