package dev.warren.core.journal;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * One record of the log, to be shown to a person. Immutable.
 *
 * @param position its address in the log
 * @param segment number of the segment it is in
 * @param offset where it begins in the segment's file
 * @param bytes its length, without the gap behind it
 * @param term how often the log had been opened
 * @param inTransaction whether it counts only if a commit follows
 */
public record JournalRecord(
    long position,
    long segment,
    int offset,
    int bytes,
    long term,
    Type type,
    boolean inTransaction,
    Content content) {

  /** What a record may be, in the order of the type's number, which begins at 1. */
  public enum Type {
    /** A message, stored for the first time. */
    MESSAGE_STORED,
    /** Messages a queue is done with. */
    SETTLED,
    /** Counts of a message that went back to its queue. */
    COUNTED,
    /** One change of the topology. */
    TOPOLOGY_CHANGED,
    /** The whole topology follows. */
    SNAPSHOT_BEGIN,
    /** One change of the whole topology. */
    SNAPSHOT_CHANGE,
    /** The whole topology was told. */
    SNAPSHOT_END,
    /** The log was opened. */
    OPENED,
    /** The log was closed in order. */
    CLEAN_SHUTDOWN,
    /** The log goes on in the next segment. */
    SEGMENT_END,
    /** The transaction before it counts. */
    TRANSACTION_COMMITTED,
    /** A message moved forward from a segment that was to be freed. */
    MESSAGE_COPIED,
    /** Records were here which could not be read and were given up. */
    LOST
  }

  /** What is in a record. */
  public sealed interface Content {}

  /** Nothing but the record itself. */
  public record Nothing() implements Content {}

  /**
   * A message.
   *
   * @param name where it was stored first; the record's own position unless it is a copy
   * @param queueIds the queues it was stored for
   * @param sizeBytes what it counts for in limits
   * @param encodedBytes bytes of the message as it is stored
   */
  public record MessageContent(
      long name,
      List<Long> queueIds,
      int sizeBytes,
      long receivedAtMs,
      long ttlMs,
      int priority,
      int encodedBytes)
      implements Content {}

  /** Messages, by their names, which a queue is done with. */
  public record SettledContent(long queueId, List<Long> names) implements Content {}

  /** Counts of one message in one queue. */
  public record CountedContent(long queueId, long name, int deliveryCount, int acquiredCount)
      implements Content {}

  /** One encoded change of the topology; not to be written to. */
  public record TopologyContent(ByteBuffer change) implements Content {}

  /** How many changes a snapshot has. */
  public record SnapshotContent(int changes) implements Content {}

  /** Reads the intact record which begins at {@code at}. */
  static JournalRecord of(
      ByteBuffer buffer, int at, int length, long position, SegmentFile segment) {
    byte code = buffer.get(at + RecordCodec.TYPE_AT);
    if (buffer.get(at + RecordCodec.VERSION_AT) != RecordCodec.VERSION) {
      throw Replay.unknown("version", buffer.get(at + RecordCodec.VERSION_AT), position);
    }
    if (code < 1 || code > Type.values().length) {
      throw Replay.unknown("type", code, position);
    }
    Type type = Type.values()[code - 1];
    boolean flagged =
        (buffer.getShort(at + RecordCodec.FLAGS_AT) & RecordCodec.IN_TRANSACTION) != 0;
    return new JournalRecord(
        position,
        segment.number(),
        segment.offsetOf(position),
        length,
        buffer.getLong(at + RecordCodec.TERM_AT),
        type,
        flagged,
        content(type, buffer, at, length, position));
  }

  private static Content content(Type type, ByteBuffer buffer, int at, int length, long position) {
    return switch (type) {
      case MESSAGE_STORED, MESSAGE_COPIED -> message(buffer, at, length, position);
      case SETTLED -> settled(buffer, at, position);
      case COUNTED -> {
        int body = at + RecordCodec.HEADER_BYTES;
        yield new CountedContent(
            buffer.getLong(body),
            buffer.getLong(body + 8),
            buffer.getInt(body + 16),
            buffer.getInt(body + 20));
      }
      case TOPOLOGY_CHANGED, SNAPSHOT_CHANGE -> {
        byte[] change = new byte[length - RecordCodec.HEADER_BYTES];
        buffer.get(at + RecordCodec.HEADER_BYTES, change);
        yield new TopologyContent(ByteBuffer.wrap(change).asReadOnlyBuffer());
      }
      case SNAPSHOT_END -> new SnapshotContent(buffer.getInt(at + RecordCodec.HEADER_BYTES));
      case SNAPSHOT_BEGIN, OPENED, CLEAN_SHUTDOWN, SEGMENT_END, TRANSACTION_COMMITTED, LOST ->
          new Nothing();
    };
  }

  private static MessageContent message(ByteBuffer buffer, int at, int length, long position) {
    int count = buffer.getInt(at + RecordCodec.MESSAGE_QUEUES_AT);
    List<Long> queueIds = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      queueIds.add(buffer.getLong(at + RecordCodec.MESSAGE_QUEUE_IDS_AT + i * Long.BYTES));
    }
    return new MessageContent(
        RecordCodec.messageName(buffer, at, position),
        queueIds,
        buffer.getInt(at + RecordCodec.MESSAGE_SIZE_AT),
        buffer.getLong(at + RecordCodec.MESSAGE_RECEIVED_AT),
        buffer.getLong(at + RecordCodec.MESSAGE_TTL_AT),
        RecordCodec.priority(buffer.getShort(at + RecordCodec.FLAGS_AT)),
        at + length - RecordCodec.messageBodyAt(buffer, at));
  }

  private static SettledContent settled(ByteBuffer buffer, int at, long own) {
    int count = buffer.getInt(at + RecordCodec.SETTLED_COUNT_AT);
    List<Long> names = new ArrayList<>(count);
    ByteBuffer deltas = buffer.duplicate().position(at + RecordCodec.SETTLED_DELTAS_AT);
    long name = own - RecordCodec.getVarint(deltas) * RecordCodec.ALIGNMENT;
    names.add(name);
    for (int i = 1; i < count; i++) {
      name += RecordCodec.getVarint(deltas) * RecordCodec.ALIGNMENT;
      names.add(name);
    }
    return new SettledContent(buffer.getLong(at + RecordCodec.SETTLED_QUEUE_AT), names);
  }
}
