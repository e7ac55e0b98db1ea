package dev.warren.core.journal;

import dev.warren.core.message.Message;
import dev.warren.core.message.MessageCodec;
import dev.warren.core.message.MessageHeader;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The layout of a record, and whether bytes are one. {@code docs/journal.md} draws it; a test
 * compares the two. All integers are big-endian.
 *
 * <p>The <i>position</i> in each header is the record's own address, so that what an earlier use of
 * a recycled file left behind is never taken for a record. The <i>term</i> rises at each opening of
 * the log, so that neither is what a crash left behind the point where the log was cut. The
 * <i>unsynced</i> field says how many bytes before the record were not known to be durable when it
 * was written: a record that survives proves that everything before {@code position - unsynced} was
 * durable once, which tells damage from a torn last write.
 *
 * <p>Not thread-safe: each owner has its own.
 */
final class RecordCodec {
  static final int CRC_AT = 0;
  static final int LENGTH_AT = 4;
  static final int POSITION_AT = 8;
  static final int TERM_AT = 16;
  static final int UNSYNCED_AT = 24;
  static final int TYPE_AT = 28;
  static final int VERSION_AT = 29;
  static final int FLAGS_AT = 30;
  static final int HEADER_BYTES = 32;

  /** Records begin at multiples of this; the gap is zero. */
  static final int ALIGNMENT = 8;

  static final byte VERSION = 1;

  static final byte MESSAGE_STORED = 1;
  static final byte SETTLED = 2;
  static final byte COUNTED = 3;
  static final byte TOPOLOGY_CHANGED = 4;
  static final byte SNAPSHOT_BEGIN = 5;
  static final byte SNAPSHOT_CHANGE = 6;
  static final byte SNAPSHOT_END = 7;
  static final byte OPENED = 8;
  static final byte CLEAN_SHUTDOWN = 9;
  static final byte SEGMENT_END = 10;
  static final byte TRANSACTION_COMMITTED = 11;

  /** A message moved forward, out of a segment that was to be freed. */
  static final byte MESSAGE_COPIED = 12;

  /** Stands where records were which could not be read when the operator gave them up. */
  static final byte LOST = 13;

  /** An {@link #UNSYNCED_AT} which says nothing of what was durable. */
  static final long VOUCHES_FOR_NOTHING = 0xFFFF_FFFFL;

  /** A flag: the record counts only if the transaction it belongs to was committed. */
  static final short IN_TRANSACTION = 1;

  /** A flag of a message's record: its header has a priority. */
  static final short HAS_PRIORITY = 2;

  /** The priority is in the flags from this bit on; zero without {@link #HAS_PRIORITY}. */
  static final int PRIORITY_BIT = 8;

  /** Offsets in a message's record, from its first byte. */
  static final int MESSAGE_RECEIVED_AT = HEADER_BYTES;

  static final int MESSAGE_TTL_AT = HEADER_BYTES + 8;
  static final int MESSAGE_SIZE_AT = HEADER_BYTES + 16;
  static final int MESSAGE_QUEUES_AT = HEADER_BYTES + 20;
  static final int MESSAGE_QUEUE_IDS_AT = HEADER_BYTES + 24;

  static final int COUNTED_BYTES = HEADER_BYTES + 24;

  static final int SETTLED_QUEUE_AT = HEADER_BYTES;
  static final int SETTLED_COUNT_AT = HEADER_BYTES + 8;
  static final int SETTLED_DELTAS_AT = HEADER_BYTES + 12;

  /** What {@link #intactLength} answers for bytes which are no record. */
  static final int NONE = -1;

  private static final int VARINT_BYTES_MAX = 9;

  private final CRC32C crc = new CRC32C();

  /** Length rounded up to where the next record begins. */
  static int aligned(int length) {
    return (length + ALIGNMENT - 1) & -ALIGNMENT;
  }

  /** The flags that tell a message's priority, if it has one. */
  static int priorityFlags(int priority) {
    return priority < 0 ? 0 : HAS_PRIORITY | priority << PRIORITY_BIT;
  }

  /** The priority these flags tell, or {@link MessageHeader#ABSENT}. */
  static int priority(short flags) {
    return (flags & HAS_PRIORITY) == 0 ? MessageHeader.ABSENT : (flags & 0xFFFF) >>> PRIORITY_BIT;
  }

  /**
   * The position before which everything was durable when the record which begins at {@code at} was
   * written.
   */
  static long durableBefore(ByteBuffer buffer, int at) {
    long unsynced = buffer.getInt(at + UNSYNCED_AT) & 0xFFFF_FFFFL;
    return unsynced == VOUCHES_FOR_NOTHING ? 0 : buffer.getLong(at + POSITION_AT) - unsynced;
  }

  /** Whether a record of this type holds a message, in either of the two forms. */
  static boolean isMessage(byte type) {
    return type == MESSAGE_STORED || type == MESSAGE_COPIED;
  }

  /**
   * The name of the message whose record begins at {@code at}: the position at which it was stored
   * first. A copy carries it behind the queue identifiers.
   *
   * @param position the record's own position
   */
  static long messageName(ByteBuffer buffer, int at, long position) {
    return buffer.get(at + TYPE_AT) == MESSAGE_COPIED
        ? buffer.getLong(queueIdsEnd(buffer, at))
        : position;
  }

  /** Index of the encoded message in the record which begins at {@code at}. */
  static int messageBodyAt(ByteBuffer buffer, int at) {
    int end = queueIdsEnd(buffer, at);
    return buffer.get(at + TYPE_AT) == MESSAGE_COPIED ? end + Long.BYTES : end;
  }

  private static int queueIdsEnd(ByteBuffer buffer, int at) {
    return at + MESSAGE_QUEUE_IDS_AT + buffer.getInt(at + MESSAGE_QUEUES_AT) * Long.BYTES;
  }

  static int messageBytes(Message message, int queues) {
    return MESSAGE_QUEUE_IDS_AT + queues * Long.BYTES + MessageCodec.encodedBytes(message);
  }

  /** The most a settlement with a record of its own takes. */
  static int settledAloneBytesMax() {
    return settledBytesMax(1);
  }

  /** The most a record of so many settlements takes. */
  static int settledBytesMax(int settlements) {
    return aligned(SETTLED_DELTAS_AT + settlements * VARINT_BYTES_MAX);
  }

  /** The most settlements whose record is certain not to exceed {@code bytes}. */
  static int settlementsMax(int bytes) {
    return (bytes - ALIGNMENT + 1 - SETTLED_DELTAS_AT) / VARINT_BYTES_MAX;
  }

  /** Writes the header but for flags, which are 0, and the CRC, which {@link #seal} adds. */
  static void putHeader(
      ByteBuffer to, byte type, int length, long position, long term, long unsynced) {
    assert unsynced >= 0 && unsynced <= 0xFFFF_FFFFL;
    to.putInt(0)
        .putInt(length)
        .putLong(position)
        .putLong(term)
        .putInt((int) unsynced)
        .put(type)
        .put(VERSION)
        .putShort((short) 0);
  }

  static void putMessageBody(ByteBuffer to, Message message, long[] queueIds) {
    to.putLong(message.receivedAtMs())
        .putLong(message.header().ttlMs())
        .putInt(message.sizeBytes())
        .putInt(queueIds.length);
    for (long queueId : queueIds) {
      to.putLong(queueId);
    }
    MessageCodec.encode(message, to);
  }

  static void putCountedBody(
      ByteBuffer to, long queueId, long position, int deliveryCount, int acquiredCount) {
    to.putLong(queueId).putLong(position).putInt(deliveryCount).putInt(acquiredCount);
  }

  /**
   * Bytes of a record for {@code positions[from..to)}, which are sorted: the distance back from the
   * record to the first position, then the steps from one to the next, in units of the alignment.
   */
  static int settledBytes(long own, long[] positions, int from, int to) {
    int bytes = SETTLED_DELTAS_AT + varintBytes((own - positions[from]) / ALIGNMENT);
    for (int i = from + 1; i < to; i++) {
      bytes += varintBytes((positions[i] - positions[i - 1]) / ALIGNMENT);
    }
    return bytes;
  }

  static void putSettledBody(
      ByteBuffer buffer, long queueId, long own, long[] positions, int from, int to) {
    buffer.putLong(queueId).putInt(to - from);
    putVarint(buffer, (own - positions[from]) / ALIGNMENT);
    for (int i = from + 1; i < to; i++) {
      putVarint(buffer, (positions[i] - positions[i - 1]) / ALIGNMENT);
    }
  }

  static void putVarint(ByteBuffer to, long value) {
    assert value >= 0;
    long rest = value;
    while (rest > 0x7F) {
      to.put((byte) (rest | 0x80));
      rest >>>= 7;
    }
    to.put((byte) rest);
  }

  static long getVarint(ByteBuffer from) {
    long value = 0;
    for (int shift = 0; shift < 63; shift += 7) {
      byte b = from.get();
      value |= (long) (b & 0x7F) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw new JournalException("journal record holds an overlong number", null);
  }

  static int varintBytes(long value) {
    return value == 0 ? 1 : (70 - Long.numberOfLeadingZeros(value)) / 7;
  }

  /** Writes the CRC of the record at {@code at}. Leaves position and limit as they were. */
  void seal(ByteBuffer buffer, int at, int length) {
    buffer.putInt(at + CRC_AT, crcOf(buffer, at, length));
  }

  /**
   * Whether an intact record of this position begins at {@code at}.
   *
   * @param available bytes of the buffer from {@code at} that may belong to it
   * @return its length, or {@link #NONE}
   */
  int intactLength(ByteBuffer buffer, int at, int available, long position) {
    if (available < HEADER_BYTES || buffer.getLong(at + POSITION_AT) != position) {
      return NONE;
    }
    int length = buffer.getInt(at + LENGTH_AT);
    if (length < HEADER_BYTES || length > available) {
      return NONE;
    }
    return buffer.getInt(at + CRC_AT) == crcOf(buffer, at, length) ? length : NONE;
  }

  private int crcOf(ByteBuffer buffer, int at, int length) {
    int position = buffer.position();
    int limit = buffer.limit();
    buffer.limit(at + length).position(at + LENGTH_AT);
    crc.reset();
    crc.update(buffer);
    buffer.limit(limit).position(position);
    return (int) crc.getValue();
  }
}
