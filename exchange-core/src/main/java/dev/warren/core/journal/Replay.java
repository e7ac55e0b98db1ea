package dev.warren.core.journal;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the records read so far amount to: the topology and what each queue holds. */
final class Replay {
  private final Map<Long, RecoveredQueue> queues = new HashMap<>();

  /** The queue used last; neighbouring records often belong to the same one. */
  private @Nullable RecoveredQueue recent;

  private List<byte[]> topology = new ArrayList<>();
  private final UncommittedRecords uncommitted = new UncommittedRecords();
  private @Nullable List<byte[]> snapshot;
  private boolean topologyWasReset;
  private long topologyStart = TopologyLog.NOWHERE;
  private long snapshotStart;
  private boolean endsInOrder;
  private boolean isIncomplete;
  private long records;

  /** Applies the intact record which begins at {@code at} of the buffer. */
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
      case RecordCodec.MESSAGE_STORED -> message(buffer, at, position);
      case RecordCodec.SETTLED -> settled(buffer, at, position);
      case RecordCodec.COUNTED -> counted(buffer, at + RecordCodec.HEADER_BYTES);
      case RecordCodec.TOPOLOGY_CHANGED -> addTopology(List.of(body(buffer, at, length)), position);
      case RecordCodec.SNAPSHOT_BEGIN -> {
        snapshot = new ArrayList<>();
        snapshotStart = position;
      }
      case RecordCodec.SNAPSHOT_CHANGE -> addToSnapshot(body(buffer, at, length), position);
      case RecordCodec.SNAPSHOT_END -> endSnapshot(buffer.getInt(at + RecordCodec.HEADER_BYTES));
      case RecordCodec.LOST -> lost();
      case RecordCodec.OPENED, RecordCodec.CLEAN_SHUTDOWN, RecordCodec.SEGMENT_END -> {}
      default -> throw unknown("type", type, position);
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
    return (endsInOrder && !isIncomplete) || (topology.isEmpty() && queues.isEmpty());
  }

  long records() {
    return records;
  }

  /** Position of the first record that is needed to tell the topology. */
  long topologyStart() {
    return topologyStart;
  }

  /** Tells the target everything; returns how many references it kept. */
  long tell(RecoveryTarget target, SegmentSet segments) {
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
    Collection<RecoveredQueue> inOrder = new TreeMap<>(queues).values();
    long kept = 0;
    for (RecoveredQueue queue : inOrder) {
      kept += queue.tell(target, segments);
    }
    return kept;
  }

  private void message(ByteBuffer buffer, int at, long position) {
    long receivedAtMs = buffer.getLong(at + RecordCodec.MESSAGE_RECEIVED_AT);
    long ttlMs = buffer.getLong(at + RecordCodec.MESSAGE_TTL_AT);
    int sizeBytes = buffer.getInt(at + RecordCodec.MESSAGE_SIZE_AT);
    int priority = RecordCodec.priority(buffer.getShort(at + RecordCodec.FLAGS_AT));
    int count = buffer.getInt(at + RecordCodec.MESSAGE_QUEUES_AT);
    for (int i = 0; i < count; i++) {
      long queueId = buffer.getLong(at + RecordCodec.MESSAGE_QUEUE_IDS_AT + i * Long.BYTES);
      queue(queueId).add(position, sizeBytes, receivedAtMs, ttlMs, priority);
    }
  }

  private void settled(ByteBuffer buffer, int at, long own) {
    RecoveredQueue queue = queue(buffer.getLong(at + RecordCodec.SETTLED_QUEUE_AT));
    int count = buffer.getInt(at + RecordCodec.SETTLED_COUNT_AT);
    buffer.position(at + RecordCodec.SETTLED_DELTAS_AT);
    long position = own - RecordCodec.getVarint(buffer) * RecordCodec.ALIGNMENT;
    queue.settle(position);
    for (int i = 1; i < count; i++) {
      position += RecordCodec.getVarint(buffer) * RecordCodec.ALIGNMENT;
      queue.settle(position);
    }
    buffer.position(0);
  }

  private void counted(ByteBuffer buffer, int bodyAt) {
    queue(buffer.getLong(bodyAt))
        .count(buffer.getLong(bodyAt + 8), buffer.getInt(bodyAt + 16), buffer.getInt(bodyAt + 20));
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
  private void lost() {
    isIncomplete = true;
    if (snapshot != null) {
      addTopology(snapshot, snapshotStart);
      snapshot = null;
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

  private RecoveredQueue queue(long id) {
    RecoveredQueue queue = recent;
    if (queue == null || queue.id() != id) {
      queue = queues.computeIfAbsent(id, RecoveredQueue::new);
      recent = queue;
    }
    return queue;
  }

  private static byte[] body(ByteBuffer buffer, int at, int length) {
    byte[] body = new byte[length - RecordCodec.HEADER_BYTES];
    buffer.get(at + RecordCodec.HEADER_BYTES, body);
    return body;
  }
}
