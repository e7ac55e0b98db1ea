package dev.warren.core.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * A file beside a full segment with its records, but without the messages themselves: what a
 * recovery needs, in a twentieth of the bytes. {@code docs/journal.md} draws it; {@link
 * SummaryMaker} makes it. An instance reads one after the other, and belongs to one thread.
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

  /** Where in the segment its last two records are, and their checksums: whose summary it is. */
  static final int BEFORE_END_OFFSET_AT = 24;

  static final int BEFORE_END_CRC_AT = 28;
  static final int END_OFFSET_AT = 32;
  static final int END_CRC_AT = 36;
  static final int CRC_AT = 40;
  static final int HEADER_BYTES = 44;

  /** A block: its length without these two, a CRC32C of what follows them, then entries. */
  static final int BLOCK_LENGTH_AT = 0;

  static final int BLOCK_CRC_AT = 4;
  static final int BLOCK_HEADER_BYTES = 8;

  /** An entry: the bytes kept of the record, then these. */
  static final int ENTRY_HEADER_BYTES = 4;

  /** The name of one that is being made. */
  static final String UNFINISHED = "summary.tmp";

  private static final int USUAL_BLOCK_BYTES = 1 << 20;
  private static final String PREFIX = "summary-";
  private static final String SUFFIX = ".idx";

  private final Storage storage;
  private ByteBuffer block = ByteBuffer.allocateDirect(USUAL_BLOCK_BYTES);

  /** A reader of summaries. */
  SegmentSummary(Storage storage) {
    this.storage = storage;
  }

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

  /** The header of the summary of a segment, but for its last two records. */
  static ByteBuffer header(SegmentFile segment) {
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
    header.putLong(MAGIC_AT, MAGIC).putInt(VERSION_AT, VERSION);
    header.putInt(SEGMENT_BYTES_AT, segment.segmentBytes()).putLong(NUMBER_AT, segment.number());
    return header;
  }

  /** Puts the checksum of a header. */
  static ByteBuffer seal(ByteBuffer header) {
    return header.putInt(CRC_AT, crcOf(header.duplicate().position(0).limit(CRC_AT)));
  }

  static int crcOf(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  /**
   * Gives each record of a summary to a reader, in order, as far as it is intact or until the
   * reader has had enough. The records are those of the segment but for the encoded messages, which
   * are missing from their end.
   */
  void read(SegmentFile segment, Reader reader) throws IOException {
    Storage.StorageFile file = storage.open(name(segment.number()));
    try {
      ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
      if (!fill(file, header, 0) || !isOf(segment, header)) {
        return;
      }
      long at = HEADER_BYTES;
      int length;
      while ((length = readBlock(file, at)) > 0 && isTaken(length, reader)) {
        at += BLOCK_HEADER_BYTES + length;
      }
    } finally {
      file.close();
    }
  }

  /** Whether it is an intact header of this segment, whose last records are as it says. */
  private static boolean isOf(SegmentFile segment, ByteBuffer header) throws IOException {
    ByteBuffer wanted = header(segment);
    for (int at = BEFORE_END_OFFSET_AT; at < CRC_AT; at += Integer.BYTES) {
      wanted.putInt(at, header.getInt(at));
    }
    return header.equals(seal(wanted))
        && hasRecord(segment, header.getInt(BEFORE_END_OFFSET_AT), header.getInt(BEFORE_END_CRC_AT))
        && hasRecord(segment, header.getInt(END_OFFSET_AT), header.getInt(END_CRC_AT));
  }

  private static boolean hasRecord(SegmentFile segment, int offset, int crc) throws IOException {
    ByteBuffer record = ByteBuffer.allocate(RecordCodec.HEADER_BYTES);
    return fill(segment.file(), record, offset)
        && record.getInt(RecordCodec.CRC_AT) == crc
        && record.getLong(RecordCodec.POSITION_AT) == segment.base() + offset;
  }

  /** Length of the intact block which was read, or 0. */
  private int readBlock(Storage.StorageFile file, long at) throws IOException {
    ByteBuffer lengths = ByteBuffer.allocate(BLOCK_HEADER_BYTES);
    if (!fill(file, lengths, at)) {
      return 0;
    }
    int length = lengths.getInt(BLOCK_LENGTH_AT);
    if (length <= 0 || length > file.size() - at - BLOCK_HEADER_BYTES) {
      return 0;
    }
    if (length > block.capacity()) {
      block = ByteBuffer.allocateDirect(length);
    }
    block.clear().limit(length);
    boolean whole = fill(file, block, at + BLOCK_HEADER_BYTES);
    return whole && crcOf(block.duplicate()) == lengths.getInt(BLOCK_CRC_AT) ? length : 0;
  }

  private boolean isTaken(int blockLength, Reader reader) throws IOException {
    int at = 0;
    while (at < blockLength) {
      int length = blockLength - at > ENTRY_HEADER_BYTES ? block.getInt(at) : 0;
      at += ENTRY_HEADER_BYTES;
      boolean fits = length >= RecordCodec.HEADER_BYTES && length <= blockLength - at;
      if (!fits || !reader.record(block, at, length)) {
        return false;
      }
      at += length;
    }
    return true;
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

  /** Takes the records of a summary. */
  @FunctionalInterface
  interface Reader {
    /**
     * The record is at {@code at} of the block; {@code length} bytes of it are there.
     *
     * @return whether the next one is wanted
     */
    boolean record(ByteBuffer block, int at, int length) throws IOException;
  }
}
