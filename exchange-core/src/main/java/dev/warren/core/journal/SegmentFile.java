package dev.warren.core.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * One file of the log: its number, its header, and what in it is still needed.
 *
 * <p>A file gets its header, synced, before it gets its name, so a header which does not fit the
 * name is damage. {@link #liveness} belongs to the writer; the rest is immutable.
 */
final class SegmentFile {
  /** Where the first record begins: the header has a page of its own, so no write can tear it. */
  static final int DATA_START = 4096;

  static final long MAGIC = 0x5741_5252_454E_4A4CL; // "WARRENJL"
  static final int VERSION = 1;
  static final int MAGIC_AT = 0;
  static final int VERSION_AT = 8;
  static final int SEGMENT_BYTES_AT = 12;
  static final int NUMBER_AT = 16;
  static final int CRC_AT = 24;
  static final int HEADER_BYTES = 28;

  private static final String PREFIX = "segment-";
  private static final String SPARE_PREFIX = "spare-";
  private static final String SUFFIX = ".log";

  private final long number;
  private final int segmentBytes;
  private final Storage.StorageFile file;
  private final SegmentLiveness liveness;

  /** Whether there is a file for its summary. Owned by the thread that makes files. */
  private boolean summarised;

  SegmentFile(long number, int segmentBytes, Storage.StorageFile file) {
    this.number = number;
    this.segmentBytes = segmentBytes;
    this.file = file;
    this.liveness = new SegmentLiveness(segmentBytes);
  }

  static String name(long number) {
    return name(PREFIX, SUFFIX, number);
  }

  static String spareName(long number) {
    return name(SPARE_PREFIX, SUFFIX, number);
  }

  static boolean isSpare(String name) {
    return name.startsWith(SPARE_PREFIX) && name.endsWith(SUFFIX);
  }

  /** The number in a file name, or -1 if the file is no segment. */
  static long numberOf(String name) {
    return numberOf(PREFIX, SUFFIX, name);
  }

  /** The number in a file name of this form, or -1. */
  static long numberOf(String prefix, String suffix, String name) {
    if (!name.startsWith(prefix) || !name.endsWith(suffix)) {
      return -1;
    }
    try {
      return Long.parseLong(name, prefix.length(), name.length() - suffix.length(), 10);
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  static String name(String prefix, String suffix, long number) {
    String digits = Long.toString(number);
    return prefix + "0".repeat(Math.max(0, 12 - digits.length())) + digits + suffix;
  }

  static void writeHeader(Storage.StorageFile file, long number, int segmentBytes)
      throws IOException {
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
    header.putLong(MAGIC).putInt(VERSION).putInt(segmentBytes).putLong(number);
    header.putInt(crcOf(header)).flip();
    file.write(header, 0);
  }

  /**
   * Checks the header.
   *
   * @return the segment length it names, or -1 if it is not the header of this segment
   */
  static int readHeader(Storage.StorageFile file, long number) throws IOException {
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
    while (header.hasRemaining()) {
      if (file.read(header, header.position()) < 0) {
        return -1;
      }
    }
    boolean intact =
        header.getLong(MAGIC_AT) == MAGIC
            && header.getInt(CRC_AT) == crcOf(header)
            && header.getLong(NUMBER_AT) == number;
    if (intact && header.getInt(VERSION_AT) != VERSION) {
      throw new JournalException(
          "the journal is in a format this release does not read, start the release which wrote it:"
              + (" file=" + name(number) + " version=" + header.getInt(VERSION_AT))
              + (" readable=" + VERSION),
          null);
    }
    return intact ? header.getInt(SEGMENT_BYTES_AT) : -1;
  }

  private static int crcOf(ByteBuffer header) {
    CRC32C crc = new CRC32C();
    crc.update(header.duplicate().limit(CRC_AT).position(0));
    return (int) crc.getValue();
  }

  long number() {
    return number;
  }

  String name() {
    return name(number);
  }

  /** Position of the file's first byte. */
  long base() {
    return number * segmentBytes;
  }

  int segmentBytes() {
    return segmentBytes;
  }

  /** Offset in the file of a position in this segment. */
  int offsetOf(long position) {
    return (int) (position - base());
  }

  boolean isSummarised() {
    return summarised;
  }

  void summarised(boolean exists) {
    summarised = exists;
  }

  SegmentLiveness liveness() {
    return liveness;
  }

  Storage.StorageFile file() {
    return file;
  }
}
