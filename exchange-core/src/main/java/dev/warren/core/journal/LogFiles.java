package dev.warren.core.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The segment files of a log of which not all may be there or intact, from the lowest number to the
 * highest. Opens what is there and changes nothing. Owned by one thread.
 */
final class LogFiles implements AutoCloseable {
  /** More missing numbers than this are no gap but a file which does not belong here. */
  private static final int MISSING_MAX = 100_000;

  private final Storage storage;
  private final List<Part> parts = new ArrayList<>();
  private final int segmentBytes;

  /**
   * One number of the log.
   *
   * @param segment the file, or null if it is missing
   * @param fault what is wrong with the file as a whole, or null
   */
  record Part(long number, @Nullable SegmentFile segment, DamagedPlace.@Nullable Kind fault) {}

  private record Header(Storage.StorageFile file, int segmentBytes) {}

  /**
   * Opens all segments among these files.
   *
   * @throws JournalException if one was written in another format, or the length of the segments
   *     cannot be told
   */
  LogFiles(Storage storage, List<String> names) throws IOException {
    this.storage = storage;
    TreeMap<Long, Header> headers = new TreeMap<>();
    try {
      for (String name : names) {
        long number = SegmentFile.numberOf(name);
        if (number >= 0) {
          Storage.StorageFile file = new UnreadableAsZeros(storage.open(name));
          headers.put(number, new Header(file, -1));
          headers.put(number, new Header(file, SegmentFile.readHeader(file, number)));
        }
      }
      segmentBytes = headers.isEmpty() ? 0 : segmentBytes(headers);
      addParts(headers);
    } catch (IOException | RuntimeException e) {
      for (Header header : headers.values()) {
        header.file.close();
      }
      throw e;
    }
  }

  /** The length the intact headers name; without any, the length of the longest file. */
  private int segmentBytes(NavigableMap<Long, Header> headers) throws IOException {
    long longest = 0;
    for (Header header : headers.values()) {
      if (header.segmentBytes >= JournalOptions.SEGMENT_BYTES_MIN) {
        return header.segmentBytes;
      }
      longest = Math.max(longest, header.file.size());
    }
    if (longest < JournalOptions.SEGMENT_BYTES_MIN
        || longest % 4096 != 0
        || longest > Integer.MAX_VALUE) {
      throw new CorruptJournalException(
          describe(headers.firstKey()), 0, "no segment has an intact header or a possible length");
    }
    return (int) longest;
  }

  private void addParts(NavigableMap<Long, Header> headers) throws IOException {
    if (headers.isEmpty()) {
      return;
    }
    long missing = headers.lastKey() - headers.firstKey() + 1 - headers.size();
    if (missing > MISSING_MAX) {
      throw new CorruptJournalException(
          describe(headers.lastKey()), 0, "segments are missing before it: count=" + missing);
    }
    for (long number = headers.firstKey(); number <= headers.lastKey(); number++) {
      Header header = headers.get(number);
      if (header == null) {
        parts.add(new Part(number, null, DamagedPlace.Kind.MISSING_SEGMENT));
      } else {
        boolean fits = header.segmentBytes == segmentBytes && header.file.size() >= segmentBytes;
        parts.add(
            new Part(
                number,
                new SegmentFile(number, segmentBytes, header.file),
                fits ? null : DamagedPlace.Kind.HEADER));
      }
    }
  }

  int count() {
    return parts.size();
  }

  Part get(int index) {
    return parts.get(index);
  }

  /** The part of this number; it must be between the lowest and the highest. */
  Part numbered(long number) {
    return parts.get((int) (number - parts.get(0).number()));
  }

  /** Whether this number is not beyond the highest. */
  boolean reaches(long number) {
    return !parts.isEmpty() && number <= parts.get(parts.size() - 1).number();
  }

  /** All segments, of which nothing is known yet, with an empty file for each that is missing. */
  SegmentSet set() {
    SegmentSet set = new SegmentSet(segmentBytes);
    for (Part part : parts) {
      SegmentFile segment = part.segment();
      set.addLast(
          new SegmentFile(
              part.number(), segmentBytes, segment == null ? new MissingFile() : segment.file()));
    }
    return set;
  }

  /** Length of every segment; only if there are any. */
  int segmentBytes() {
    return segmentBytes;
  }

  /** Position of the first byte of the segment at this index, which may be one behind the last. */
  long base(int index) {
    return (parts.get(0).number() + index) * segmentBytes;
  }

  String describe(long number) {
    return storage.describe(SegmentFile.name(number));
  }

  @Override
  public void close() throws IOException {
    for (Part part : parts) {
      SegmentFile segment = part.segment();
      if (segment != null) {
        segment.file().close();
      }
    }
  }

  /** A file nothing can be read from. */
  private static final class MissingFile implements Storage.StorageFile {
    @Override
    public int read(ByteBuffer to, long at) {
      return -1;
    }

    @Override
    public void write(ByteBuffer from, long at) throws IOException {
      throw new IOException("the segment is missing");
    }

    @Override
    public void force() throws IOException {
      throw new IOException("the segment is missing");
    }

    @Override
    public long size() {
      return 0;
    }

    @Override
    public void close() {
      // nothing is open
    }
  }
}
