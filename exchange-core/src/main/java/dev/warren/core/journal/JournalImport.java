package dev.warren.core.journal;

import dev.warren.core.message.Message;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Adds messages to a stopped journal, all of them or none: they are written behind the place where
 * the log ends, leaving out the first record. While that is missing they are what an unfinished
 * write leaves behind, which every start cuts off. When all of them are durable the first record is
 * written, and with it everything counts. Owned by one thread.
 */
public final class JournalImport implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 20;
  private static final int MARK_BYTES = RecordCodec.HEADER_BYTES;

  private final Storage storage;
  private final LogFiles files;
  private final SegmentPool pool;
  private final RecordCodec codec = new RecordCodec();
  private final SegmentFile last;
  private final long end;
  private final long term;
  private final boolean endsInOrder;

  /** Segments written to besides the one in which the log ends. */
  private final List<SegmentFile> written = new ArrayList<>();

  private final List<SegmentFile> created = new ArrayList<>();
  private ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private SegmentFile active;
  private int bufferOffset;
  private long messages;
  private boolean committed;

  JournalImport(
      Storage storage, List<String> names, LogFiles files, LogWalk walk, boolean endsInOrder)
      throws IOException {
    this.storage = storage;
    this.files = files;
    this.endsInOrder = endsInOrder;
    SegmentFile segment = files.numbered(walk.endSegment()).segment();
    if (segment == null) {
      throw new IllegalStateException("an intact log ends in a segment");
    }
    this.last = segment;
    this.active = segment;
    this.end = walk.position();
    this.term = walk.highestTerm() + 1;
    this.bufferOffset = walk.endOffset();
    this.pool = new SegmentPool(storage, files.segmentBytes(), 0, Runnable::run);
    if (names.contains("filling.tmp")) {
      storage.delete("filling.tmp");
    }
    if (hasRoom(MARK_BYTES)) {
      bufferOffset += MARK_BYTES;
    } else {
      next();
    }
  }

  /** The most a message may take as {@link dev.warren.core.message.MessageCodec} writes it. */
  public int encodedBytesMax() {
    return (files.segmentBytes() - SegmentFile.DATA_START) / 2
        - RecordCodec.MESSAGE_QUEUE_IDS_AT
        - Long.BYTES;
  }

  /**
   * Adds a message to one queue.
   *
   * @param deliveryCount failed deliveries so far
   * @param acquiredCount how often a consumer had it
   * @throws JournalException if there is no room, or the disk fails
   */
  public void add(long queueId, Message message, int deliveryCount, int acquiredCount) {
    try {
      int length = RecordCodec.messageBytes(message, 1);
      long position = begin(RecordCodec.MESSAGE_STORED, length);
      int at = buffer.position() - RecordCodec.HEADER_BYTES;
      buffer.putShort(
          at + RecordCodec.FLAGS_AT,
          (short) RecordCodec.priorityFlags(message.header().priority()));
      RecordCodec.putMessageBody(buffer, message, new long[] {queueId});
      end(at, length);
      if (deliveryCount > 0 || acquiredCount > 0) {
        begin(RecordCodec.COUNTED, RecordCodec.COUNTED_BYTES);
        int countsAt = buffer.position() - RecordCodec.HEADER_BYTES;
        RecordCodec.putCountedBody(buffer, queueId, position, deliveryCount, acquiredCount);
        end(countsAt, RecordCodec.COUNTED_BYTES);
      }
      messages++;
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** Makes everything that was added count, durably. */
  public void commit() {
    if (messages == 0) {
      return;
    }
    try {
      if (!hasRoom(MARK_BYTES)) {
        roll();
      }
      flush();
      last.file().force();
      for (SegmentFile segment : written) {
        segment.file().force();
      }
      storage.syncDirectory();
      int endOffset = last.offsetOf(end);
      boolean fits = endOffset + 2 * MARK_BYTES <= files.segmentBytes();
      mark(last, endOffset, fits ? RecordCodec.OPENED : RecordCodec.SEGMENT_END);
      committed = true;
      // Vouches for all that was imported, and says how the log ended before.
      mark(active, bufferOffset, endsInOrder ? RecordCodec.CLEAN_SHUTDOWN : RecordCodec.OPENED);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** Without {@link #commit}: takes back what was added. */
  @Override
  public void close() {
    try {
      for (SegmentFile segment : created) {
        segment.file().close();
      }
      if (!committed) {
        for (int i = created.size() - 1; i >= 0; i--) {
          storage.delete(created.get(i).name());
          storage.syncDirectory();
        }
      }
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private static JournalException failed(IOException e) {
    return new JournalException("cannot write to the journal: " + e.getMessage(), e);
  }

  private void mark(SegmentFile segment, int offset, byte type) throws IOException {
    ByteBuffer record = ByteBuffer.allocate(MARK_BYTES);
    RecordCodec.putHeader(record, type, MARK_BYTES, segment.base() + offset, term, 0);
    codec.seal(record, 0, MARK_BYTES);
    segment.file().write(record.flip(), offset);
    segment.file().force();
  }

  /** Whether a record fits into the active segment, and the end of the segment behind it. */
  private boolean hasRoom(int length) {
    long needed = (long) bufferOffset + buffer.position() + RecordCodec.aligned(length);
    return needed + MARK_BYTES <= files.segmentBytes();
  }

  private long begin(byte type, int length) throws IOException {
    if (!hasRoom(length)) {
      roll();
    }
    int needed = RecordCodec.aligned(length);
    if (needed + MARK_BYTES > buffer.remaining()) {
      flush();
      if (needed + MARK_BYTES > buffer.capacity()) {
        buffer = ByteBuffer.allocateDirect(needed + MARK_BYTES);
      }
    }
    return putHeader(type, length);
  }

  private long putHeader(byte type, int length) {
    long position = active.base() + bufferOffset + buffer.position();
    long unsynced = Math.min(position - end, RecordCodec.VOUCHES_FOR_NOTHING);
    RecordCodec.putHeader(buffer, type, length, position, term, unsynced);
    return position;
  }

  private void end(int at, int length) {
    codec.seal(buffer, at, length);
    int to = at + RecordCodec.aligned(length);
    while (buffer.position() < to) {
      buffer.put((byte) 0);
    }
  }

  private void roll() throws IOException {
    int at = buffer.position();
    putHeader(RecordCodec.SEGMENT_END, MARK_BYTES);
    end(at, MARK_BYTES);
    flush();
    next();
  }

  /** Goes to the next segment: one that was prepared, or a new one. */
  private void next() throws IOException {
    long number = active.number() + 1;
    SegmentFile following = files.reaches(number) ? files.numbered(number).segment() : null;
    if (following == null) {
      pool.prepare(number);
      IOException noRoom = pool.takeNoRoom();
      if (noRoom != null) {
        throw noRoom;
      }
      following = pool.takePrepared();
      if (following == null) {
        throw new IOException("no segment was made: " + SegmentFile.name(number));
      }
      created.add(following);
    }
    written.add(following);
    active = following;
    bufferOffset = SegmentFile.DATA_START;
  }

  private void flush() throws IOException {
    int bytes = buffer.position();
    active.file().write(buffer.flip(), bufferOffset);
    bufferOffset += bytes;
    buffer.clear();
  }
}
