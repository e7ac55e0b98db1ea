package dev.warren.core.journal;

import dev.warren.core.message.StoredMessage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The end of the log: gives positions, gathers records in one direct buffer, writes, syncs, and
 * rolls to the next segment. Owned by the writer.
 *
 * <p>Separate from {@link BatchEncoder}, which knows what to write but nothing of files. Bytes go
 * from the buffer to the file at {@link #flush}; then messages can be read. They are durable after
 * {@link #sync}.
 */
final class LogTail {
  /** Kept free in each segment and buffer for the record that ends a segment. */
  private static final int END_BYTES = RecordCodec.HEADER_BYTES;

  private final SegmentSet segments;
  private final SegmentPool pool;
  private final int segmentBytes;
  private final RecordCodec codec = new RecordCodec();
  private final ByteBuffer standardBuffer;

  /** The standard buffer, or a larger one for a single large record. */
  private ByteBuffer buffer;

  private @Nullable SegmentFile active;
  private @Nullable SegmentFile next;

  /** Offset in the active file of the buffer's first byte. */
  private int bufferOffset;

  private int recordAt;
  private int recordLength;
  private long term;

  /** Flags of the records that are put now. */
  private short flags;

  /** Everything before this position is durable. */
  private long synced;

  /** Messages whose records are in the buffer. */
  private StoredMessage[] gathered = new StoredMessage[256];

  private int gatheredCount;
  private long bytesSinceSync;
  private long bytesPut;
  private long bytesWritten;
  private long writes;
  private long syncs;

  LogTail(SegmentSet segments, SegmentPool pool, int segmentBytes, int bufferBytes) {
    this.segments = segments;
    this.pool = pool;
    this.segmentBytes = segmentBytes;
    this.standardBuffer = ByteBuffer.allocateDirect(Math.min(bufferBytes, segmentBytes));
    this.buffer = standardBuffer;
  }

  /** Begins an empty log: the first segment is being prepared. */
  void startEmpty(long firstNumber) {
    term = 1;
    pool.prepare(firstNumber);
  }

  /** Continues a log that ends at this offset of its last segment; what is there is durable. */
  void continueAt(SegmentFile last, int offset, long newTerm, @Nullable SegmentFile following) {
    active = last;
    bufferOffset = offset;
    synced = last.base() + offset;
    term = newTerm;
    next = following;
    if (following == null) {
      pool.prepare(last.number() + 1);
    }
  }

  /**
   * Makes a record of the new term durable. If it does not fit, the end of the segment will be the
   * first record of the term, and synced before any other.
   */
  void markOpened() throws IOException {
    if (active != null && RecordCodec.HEADER_BYTES <= roomInActive()) {
      mark(RecordCodec.OPENED);
      sync();
    }
  }

  /** The segment after the active one, as the pool has made it. */
  void offerNext(SegmentFile segment) {
    assert next == null;
    next = segment;
  }

  boolean hasNext() {
    return next != null;
  }

  /** Number of the segment which is missing when {@link #hasNext} is false. */
  long nextNumber() {
    return active == null ? 1 : active.number() + 1;
  }

  @Nullable SegmentFile next() {
    return next;
  }

  @Nullable SegmentFile active() {
    return active;
  }

  /** What a record is for. Decides how much of the active segment it leaves to others. */
  enum Purpose {
    MESSAGE,
    /** Settlements, counts, changes of the topology. */
    SETTLEMENT,
    /** What helps to free a segment. */
    UPKEEP
  }

  /** Whether a record of this length can be written now. */
  boolean hasRoom(int length, Purpose purpose) {
    return RecordCodec.aligned(length) <= roomFor(purpose);
  }

  /**
   * The length of the largest record that can be written now. While there is no next segment,
   * messages leave the last eighth of the active one to other records, so that settlements go on
   * when the disk is full; those leave the last 64th to what frees a segment.
   */
  int roomFor(Purpose purpose) {
    if (next != null) {
      return segmentBytes - SegmentFile.DATA_START - END_BYTES;
    }
    int reserve =
        switch (purpose) {
          case MESSAGE -> segmentBytes / 8;
          case SETTLEMENT -> segmentBytes / 64;
          case UPKEEP -> 0;
        };
    return active == null ? 0 : Math.max(0, roomInActive() - reserve);
  }

  /** Whether this many bytes of small records can be written one after the other. */
  boolean hasRoomForRun(long bytes) {
    return (active != null && bytes <= roomInActive())
        || (next != null && bytes <= segmentBytes - SegmentFile.DATA_START - END_BYTES);
  }

  private int roomInActive() {
    return segmentBytes - END_BYTES - bufferOffset - buffer.position();
  }

  /**
   * Begins a record, for which there must be room; the caller puts the body and calls {@link #end}.
   *
   * @return its position
   */
  long begin(byte type, int length) throws IOException {
    int needed = RecordCodec.aligned(length);
    if (active == null || needed > roomInActive()) {
      roll();
    }
    if (needed + END_BYTES > buffer.remaining()) {
      flush();
      if (needed + END_BYTES > buffer.capacity()) {
        buffer = ByteBuffer.allocateDirect(needed + END_BYTES);
      }
    }
    long position = putHeader(type, length);
    if (flags != 0) {
      buffer.putShort(recordAt + RecordCodec.FLAGS_AT, flags);
    }
    return position;
  }

  /** Whether the records that follow belong to a transaction; the ends of segments never do. */
  void inTransaction(boolean inside) {
    flags = inside ? RecordCodec.IN_TRANSACTION : 0;
  }

  /**
   * Whether the records of a transaction, which take at most this many bytes, can all be written
   * now. They may go over to the next segment, but not further.
   */
  boolean hasRoomForTransaction(long bytes) {
    return next != null
        ? bytes <= segmentBytes - SegmentFile.DATA_START - END_BYTES
        : active != null && bytes <= roomInActive() - segmentBytes / 8;
  }

  /** Adds flags to the record that was begun. */
  void addFlags(int added) {
    if (added != 0) {
      buffer.putShort(recordAt + RecordCodec.FLAGS_AT, (short) (flags | added));
    }
  }

  private long putHeader(byte type, int length) {
    long position = position();
    recordAt = buffer.position();
    recordLength = length;
    RecordCodec.putHeader(buffer, type, length, position, term, position - synced);
    return position;
  }

  /** The position the next record of this length will get, without writing it. */
  long positionFor(int length) throws IOException {
    if (active == null || RecordCodec.aligned(length) > roomInActive()) {
      roll();
    }
    return position();
  }

  /** Where records are put, for the body of the record that was begun. */
  ByteBuffer body() {
    return buffer;
  }

  /** Ends the record. */
  void end() {
    assert buffer.position() == recordAt + recordLength;
    codec.seal(buffer, recordAt, recordLength);
    int end = recordAt + RecordCodec.aligned(recordLength);
    while (buffer.position() < end) {
      buffer.put((byte) 0);
    }
    bytesSinceSync += end - recordAt;
    bytesPut += end - recordAt;
  }

  /** Writes a record without a body; returns its position. */
  long mark(byte type) throws IOException {
    long position = begin(type, RecordCodec.HEADER_BYTES);
    end();
    return position;
  }

  /** Writes a record whose body is these bytes; returns its position. */
  long putBytes(byte type, byte[] body) throws IOException {
    long position = begin(type, RecordCodec.HEADER_BYTES + body.length);
    buffer.put(body);
    end();
    return position;
  }

  /** Tells the message its position once the buffer is written. */
  void gathered(StoredMessage message) {
    if (gatheredCount == gathered.length) {
      gathered = Arrays.copyOf(gathered, gatheredCount * 2);
    }
    gathered[gatheredCount++] = message;
  }

  private void roll() throws IOException {
    SegmentFile upcoming = next;
    if (upcoming == null) {
      throw new IllegalStateException("no room was checked");
    }
    if (active != null) {
      putHeader(RecordCodec.SEGMENT_END, RecordCodec.HEADER_BYTES);
      end();
      sync();
    }
    boolean first = active == null;
    active = upcoming;
    next = null;
    segments.addLast(upcoming);
    bufferOffset = SegmentFile.DATA_START;
    synced = upcoming.base();
    pool.prepare(upcoming.number() + 1);
    if (first) {
      putHeader(RecordCodec.OPENED, RecordCodec.HEADER_BYTES);
      end();
      sync();
    }
  }

  /** Writes what was gathered, so that it can be read; it is not durable yet. */
  void flush() throws IOException {
    int bytes = buffer.position();
    if (bytes == 0 || active == null) {
      return;
    }
    buffer.flip();
    active.file().write(buffer, bufferOffset);
    bufferOffset += bytes;
    bytesWritten += bytes;
    writes++;
    buffer = standardBuffer;
    buffer.clear();
    StoredMessage[] messages = gathered;
    int count = gatheredCount;
    for (int i = 0; i < count; i++) {
      messages[i].written(messages[i].assignedPosition());
    }
    Arrays.fill(messages, 0, count, null);
    gatheredCount = 0;
  }

  /** Makes everything so far durable; nothing is done if it is already. */
  void sync() throws IOException {
    flush();
    if (active != null && isUnsynced()) {
      active.file().force();
      syncs++;
      synced = position();
    }
    bytesSinceSync = 0;
  }

  /** Whether something was put which is not durable. */
  boolean isUnsynced() {
    return active != null && position() > Math.max(synced, active.base() + SegmentFile.DATA_START);
  }

  /** Position of the next record if it goes to the active segment. */
  long position() {
    SegmentFile segment = active;
    return segment == null ? 0 : segment.base() + bufferOffset + buffer.position();
  }

  /** Record bytes put since the last sync. */
  long bytesSinceSync() {
    return bytesSinceSync;
  }

  /** Record bytes put so far. */
  long bytesPut() {
    return bytesPut;
  }

  long bytesWritten() {
    return bytesWritten;
  }

  /** Times something was handed to the file system. */
  long writes() {
    return writes;
  }

  long syncs() {
    return syncs;
  }
}
