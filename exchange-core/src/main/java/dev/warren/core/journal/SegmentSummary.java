package dev.warren.core.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * A file beside a full segment with its records, but without the messages themselves: what a
 * recovery needs, in a twentieth of the bytes. {@code docs/journal.md} draws it.
 *
 * <p>It is only ever a shorter way to the same records: where it ends, or is not intact, the
 * segment itself is read on.
 */
final class SegmentSummary {
  static final long MAGIC = 0x5741_5252_454E_534DL; // "WARRENSM"
  static final int VERSION = 1;
  static final int MAGIC_AT = 0;
  static final int VERSION_AT = 8;
  static final int SEGMENT_BYTES_AT = 12;
  static final int NUMBER_AT = 16;
  static final int CRC_AT = 24;
  static final int HEADER_BYTES = 28;

  /** A block: its length without these two, a CRC32C of what follows them, then entries. */
  static final int BLOCK_LENGTH_AT = 0;

  static final int BLOCK_CRC_AT = 4;
  static final int BLOCK_HEADER_BYTES = 8;

  /** An entry: the bytes kept of the record, then these. */
  static final int ENTRY_HEADER_BYTES = 4;

  private static final int BLOCK_BYTES_MAX = 1 << 20;
  private static final int WINDOW_BYTES = 1 << 20;
  private static final String PREFIX = "summary-";
  private static final String SUFFIX = ".idx";
  private static final String UNFINISHED = "summary.tmp";

  private SegmentSummary() {}

  static String name(long number) {
    return SegmentFile.name(PREFIX, SUFFIX, number);
  }

  /** The number of the segment a file summarises, or -1 if it is no summary. */
  static long numberOf(String file) {
    return SegmentFile.numberOf(PREFIX, SUFFIX, file);
  }

  /** Whether a file is a summary that was not finished. */
  static boolean isUnfinished(String file) {
    return file.equals(UNFINISHED);
  }

  /**
   * Makes the summary of a segment that is full and durable. Blocks; reads the segment once.
   *
   * @return false if the segment could not be read to its end, so that there is no summary
   */
  static boolean write(Storage storage, SegmentFile segment) throws IOException {
    boolean exists = storage.list().contains(UNFINISHED);
    if (exists) {
      storage.delete(UNFINISHED);
    }
    Storage.StorageFile file = storage.open(UNFINISHED);
    boolean whole;
    try {
      file.write(header(segment), 0);
      whole = new Writer(file, segment.segmentBytes()).copy(segment);
      if (whole) {
        file.force();
      }
    } finally {
      file.close();
    }
    if (whole) {
      storage.rename(UNFINISHED, name(segment.number()));
      storage.syncDirectory();
    } else {
      storage.delete(UNFINISHED);
    }
    return whole;
  }

  private static ByteBuffer header(SegmentFile segment) {
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
    header.putLong(MAGIC).putInt(VERSION).putInt(segment.segmentBytes()).putLong(segment.number());
    CRC32C crc = new CRC32C();
    crc.update(header.duplicate().flip());
    return header.putInt((int) crc.getValue()).flip();
  }

  /**
   * Gives each record of a summary to a reader, in order, as far as it is intact. The records are
   * those of the segment but for the encoded messages, which are missing from their end.
   */
  static void read(Storage storage, SegmentFile segment, Reader reader) throws IOException {
    Storage.StorageFile file = storage.open(name(segment.number()));
    try {
      ByteBuffer wanted = header(segment);
      ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
      if (!fill(file, header, 0) || !header.equals(wanted)) {
        return;
      }
      long at = HEADER_BYTES;
      ByteBuffer lengths = ByteBuffer.allocate(BLOCK_HEADER_BYTES);
      while (fill(file, lengths.clear(), at)) {
        int length = lengths.getInt(BLOCK_LENGTH_AT);
        if (length <= 0 || length > file.size() - at - BLOCK_HEADER_BYTES) {
          break;
        }
        ByteBuffer block = ByteBuffer.allocate(length);
        boolean whole = fill(file, block, at + BLOCK_HEADER_BYTES);
        if (!whole || crcOf(block.duplicate()) != lengths.getInt(BLOCK_CRC_AT)) {
          break;
        }
        readBlock(block, reader);
        at += BLOCK_HEADER_BYTES + length;
      }
    } finally {
      file.close();
    }
  }

  private static void readBlock(ByteBuffer block, Reader reader) {
    int at = 0;
    while (at < block.capacity()) {
      int length = block.getInt(at);
      reader.record(block, at + ENTRY_HEADER_BYTES, length);
      at += ENTRY_HEADER_BYTES + length;
    }
  }

  /** Reads until the buffer is full, and flips it; false at the end of the file. */
  private static boolean fill(Storage.StorageFile file, ByteBuffer to, long at) throws IOException {
    while (to.hasRemaining()) {
      if (file.read(to, at + to.position()) < 0) {
        return false;
      }
    }
    to.flip();
    return true;
  }

  private static int crcOf(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  /** Takes the records of a summary. */
  @FunctionalInterface
  interface Reader {
    /** The record is at {@code at} of the block; {@code length} bytes of it are there. */
    void record(ByteBuffer block, int at, int length);
  }

  /** Gathers entries into blocks. */
  private static final class Writer {
    private final Storage.StorageFile file;
    private ByteBuffer block;
    private long fileAt = HEADER_BYTES;

    Writer(Storage.StorageFile file, int segmentBytes) {
      this.file = file;
      this.block = ByteBuffer.allocateDirect(Math.min(BLOCK_BYTES_MAX, segmentBytes));
      block.position(BLOCK_HEADER_BYTES);
    }

    boolean copy(SegmentFile segment) throws IOException {
      SegmentScanner scanner = new SegmentScanner(segment, WINDOW_BYTES);
      int offset = SegmentFile.DATA_START;
      int length;
      while ((length = scanner.intactLength(offset)) != RecordCodec.NONE) {
        ByteBuffer from = scanner.buffer();
        int at = scanner.indexOf(offset);
        byte type = from.get(at + RecordCodec.TYPE_AT);
        add(
            from,
            at,
            RecordCodec.isMessage(type) ? RecordCodec.messageBodyAt(from, at) - at : length);
        if (type == RecordCodec.SEGMENT_END) {
          end();
          return true;
        }
        offset += RecordCodec.aligned(length);
      }
      return false;
    }

    private void add(ByteBuffer from, int at, int length) throws IOException {
      int needed = ENTRY_HEADER_BYTES + length;
      if (needed > block.remaining()) {
        end();
        if (needed > block.remaining()) {
          block = ByteBuffer.allocateDirect(BLOCK_HEADER_BYTES + needed);
          block.position(BLOCK_HEADER_BYTES);
        }
      }
      block.putInt(length).put(block.position(), from, at, length);
      block.position(block.position() + length);
    }

    private void end() throws IOException {
      int length = block.position() - BLOCK_HEADER_BYTES;
      if (length > 0) {
        block.flip();
        block.putInt(BLOCK_LENGTH_AT, length);
        block.putInt(BLOCK_CRC_AT, crcOf(block.duplicate().position(BLOCK_HEADER_BYTES)));
        file.write(block, fileAt);
        fileAt += BLOCK_HEADER_BYTES + length;
      }
      block.clear().position(BLOCK_HEADER_BYTES);
    }
  }
}
