package dev.warren.core.journal;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the records read so far amount to: the topology and the messages the queues hold. */
final class Replay {
  private final Liveness liveness;
  private final RecoveredLog messages;
  private final UncommittedRecords uncommitted = new UncommittedRecords(this::drop);
  private List<byte[]> topology = new ArrayList<>();
  private @Nullable List<byte[]> snapshot;
  private boolean topologyWasReset;
  private long topologyStart = TopologyLog.NOWHERE;
  private long snapshotStart;
  private boolean endsInOrder;
  private boolean isIncomplete;
  private boolean isEmpty = true;
  private long records;

  /** A replay into these segments, which must all be there. */
  Replay(Liveness liveness) {
    this.liveness = liveness;
    this.messages = new RecoveredLog(liveness);
  }

  /**
   * Applies the intact record which begins at {@code at} of the buffer.
   *
   * @param length bytes of it that are in the buffer; of a message the encoded message may be
   *     missing
   * @param position its own position
   */
  void apply(ByteBuffer buffer, int at, int length, long position) {
    byte type = buffer.get(at + RecordCodec.TYPE_AT);
    if (buffer.get(at + RecordCodec.VERSION_AT) != RecordCodec.VERSION) {
      throw unknown("version", buffer.get(at + RecordCodec.VERSION_AT), position);
    }
    records++;
    endsInOrder = type == RecordCodec.CLEAN_SHUTDOWN;
    uncommitted.enter(buffer.getLong(at + RecordCodec.TERM_AT));
    if ((buffer.getShort(at + RecordCodec.FLAGS_AT) & RecordCodec.IN_TRANSACTION) != 0) {
      uncommitted.add(buffer, at, length, position);
      return;
    }
    if (type == RecordCodec.TRANSACTION_COMMITTED) {
      uncommitted.commit(this::applyType);
      return;
    }
    if (type == RecordCodec.LOST) {
      // The log went on in the same term, so the transaction had been written to its end.
      uncommitted.commit(this::applyType);
    }
    applyType(buffer, at, length, position);
  }

  private void applyType(ByteBuffer buffer, int at, int length, long position) {
    byte type = buffer.get(at + RecordCodec.TYPE_AT);
    switch (type) {
      case RecordCodec.MESSAGE_STORED, RecordCodec.MESSAGE_COPIED -> {
        isEmpty = false;
        messages.message(buffer, at, position);
      }
      case RecordCodec.SETTLED -> settled(buffer, at, position);
      case RecordCodec.COUNTED -> messages.counted(buffer, at + RecordCodec.HEADER_BYTES, position);
      case RecordCodec.TOPOLOGY_CHANGED -> addTopology(List.of(body(buffer, at, length)), position);
      case RecordCodec.SNAPSHOT_BEGIN -> {
        snapshot = new ArrayList<>();
        snapshotStart = position;
      }
      case RecordCodec.SNAPSHOT_CHANGE -> addToSnapshot(body(buffer, at, length), position);
      case RecordCodec.SNAPSHOT_END -> endSnapshot(buffer.getInt(at + RecordCodec.HEADER_BYTES));
      case RecordCodec.LOST -> lost(position, length);
      case RecordCodec.OPENED, RecordCodec.CLEAN_SHUTDOWN, RecordCodec.SEGMENT_END -> {}
      default -> throw unknown("type", type, position);
    }
  }

  /** A record of a transaction that was never committed: its message is nobody's. */
  private void drop(ByteBuffer buffer, int at, int length, long position) {
    if (RecordCodec.isMessage(buffer.get(at + RecordCodec.TYPE_AT))) {
      messages.dropped(buffer, at, position);
    }
  }

  static JournalException unknown(String what, int value, long position) {
    return new JournalException(
        "the journal holds a record this release does not read, start the release which wrote it:"
            + (" position=" + position + " " + what + "=" + value),
        null);
  }

  /** Whether the last record is that of an orderly end, or there is nothing at all. */
  boolean endsInOrder() {
    return (endsInOrder && !isIncomplete) || (topology.isEmpty() && isEmpty);
  }

  long records() {
    return records;
  }

  /** Position of the first record that is needed to tell the topology. */
  long topologyStart() {
    return topologyStart;
  }

  /** All records were applied: tells the target everything; returns how many references it kept. */
  long tell(RecoveryTarget target) {
    uncommitted.end();
    if (isIncomplete) {
      target.onRecordsLost();
    }
    if (topologyWasReset) {
      target.onTopologyReset();
    }
    for (byte[] change : topology) {
      target.onTopologyChange(change);
    }
    target.onTopologyComplete(endsInOrder());
    long kept = messages.tell(target);
    liveness.replayed();
    return kept;
  }

  private void settled(ByteBuffer buffer, int at, long own) {
    long queueId = buffer.getLong(at + RecordCodec.SETTLED_QUEUE_AT);
    int count = buffer.getInt(at + RecordCodec.SETTLED_COUNT_AT);
    buffer.position(at + RecordCodec.SETTLED_DELTAS_AT);
    long name = own - RecordCodec.getVarint(buffer) * RecordCodec.ALIGNMENT;
    messages.settled(queueId, name);
    for (int i = 1; i < count; i++) {
      name += RecordCodec.getVarint(buffer) * RecordCodec.ALIGNMENT;
      messages.settled(queueId, name);
    }
    buffer.position(0);
  }

  private void addToSnapshot(byte[] change, long position) {
    if (snapshot != null) {
      snapshot.add(change);
    } else {
      // Its beginning was lost; what is left of it is worth keeping.
      addTopology(List.of(change), position);
    }
  }

  private void addTopology(List<byte[]> changes, long position) {
    topology.addAll(changes);
    topologyStart = topologyStart == TopologyLog.NOWHERE ? position : topologyStart;
  }

  /** Records are missing here. What is left of a snapshot adds to what was known before. */
  private void lost(long position, int length) {
    isIncomplete = true;
    liveness.lost(position, length);
    flushSnapshot();
  }

  private void flushSnapshot() {
    if (snapshot != null) {
      addTopology(snapshot, snapshotStart);
      snapshot = null;
    }
  }

  /** The same for a place which was found damaged, in a log that is only looked at. */
  void damaged(DamagedPlace place) {
    isIncomplete = true;
    if (place.kind() == DamagedPlace.Kind.RECORDS) {
      uncommitted.enter(place.term());
      uncommitted.commit(this::applyType);
      lost(place.segment() * liveness.segmentBytes() + place.offset(), place.bytes());
    } else if (place.kind() == DamagedPlace.Kind.MISSING_SEGMENT) {
      flushSnapshot();
    }
  }

  /** Whether records were lost, so that others may refer to what is not there. */
  boolean isIncomplete() {
    return isIncomplete;
  }

  /** A snapshot counts only when it is complete. */
  private void endSnapshot(int count) {
    if (snapshot != null && snapshot.size() == count) {
      topology = snapshot;
      topologyWasReset = true;
      topologyStart = snapshotStart;
    }
    snapshot = null;
  }

  private static byte[] body(ByteBuffer buffer, int at, int length) {
    byte[] body = new byte[length - RecordCodec.HEADER_BYTES];
    buffer.get(at + RecordCodec.HEADER_BYTES, body);
    return body;
  }
}
