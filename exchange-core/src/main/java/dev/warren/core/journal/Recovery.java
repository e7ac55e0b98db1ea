package dev.warren.core.journal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the log from its first record to its end. Changes nothing.
 *
 * <p>Where no intact record follows, either the log ends there (perhaps with a torn write) or
 * something was damaged. Records of the last, unsynced batch may have reached the disk in any
 * order, so intact records further on do not decide it; what they say does: each names the position
 * up to which everything was durable when it was written. One that vouches for the place without a
 * record proves damage; otherwise the rest was never confirmed and is cut.
 */
final class Recovery {
  private static final Logger log = LoggerFactory.getLogger(Recovery.class);
  private static final int WINDOW_BYTES = 2 << 20;

  private final Storage storage;
  private final boolean usesSummaries;
  private final SegmentSummary summary;
  private int segmentBytes;
  private SegmentSet segments;
  private Liveness liveness;
  private Replay replay;
  private final List<SegmentFile> files = new ArrayList<>();

  /** Index in {@link #files} and offset where the log ends. */
  private int endIndex;

  private int endOffset = SegmentFile.DATA_START;

  /** Highest term of the records before the end, and of all that were seen. */
  private long term;

  private long highestTerm;
  private long tornBytes;
  private int summaries;

  /** A record says that everything before this was durable. */
  private long proven;

  /**
   * A recovery of what is there.
   *
   * @param segmentBytesIfEmpty length of the segments of a log yet to begin
   * @param usesSummaries whether it may read them in place of their segments
   */
  Recovery(Storage storage, int segmentBytesIfEmpty, boolean usesSummaries) {
    this.storage = storage;
    this.usesSummaries = usesSummaries;
    this.summary = new SegmentSummary(storage);
    this.segmentBytes = segmentBytesIfEmpty;
    this.segments = new SegmentSet(segmentBytesIfEmpty);
    this.liveness = new Liveness(segments);
    this.replay = new Replay(liveness);
  }

  /**
   * Opens and reads all segments.
   *
   * @throws CorruptJournalException if a record that was durable is damaged or missing
   */
  void read(List<String> names, RecoveryProgress progress) throws IOException {
    long[] numbers =
        names.stream().mapToLong(SegmentFile::numberOf).filter(n -> n >= 0).sorted().toArray();
    for (int i = 0; i < numbers.length; i++) {
      if (numbers[i] != numbers[0] + i) {
        throw corrupt(SegmentFile.name(numbers[0] + i), 0, "the segment is missing");
      }
      files.add(openSegment(numbers[i]));
    }
    if (!files.isEmpty()) {
      segmentBytes = files.get(0).segmentBytes();
      segments = new SegmentSet(segmentBytes);
      files.forEach(segments::addLast);
      liveness = new Liveness(segments);
      replay = new Replay(liveness);
      SegmentScanner scanner = new SegmentScanner(files.get(0), WINDOW_BYTES);
      replayAll(scanner, Set.copyOf(names), progress);
      checkBehindEnd(scanner);
      segments.truncate(endIndex + 1);
    }
  }

  boolean isEmpty() {
    return files.isEmpty();
  }

  /** The length all segments have. */
  int segmentBytes() {
    return segmentBytes;
  }

  /** The segments up to the one where the log ends. */
  SegmentSet segments() {
    return segments;
  }

  Liveness liveness() {
    return liveness;
  }

  /** The segment where the log ends; only if there is one. */
  SegmentFile last() {
    return files.get(endIndex);
  }

  /** Segments which were prepared, or written by an unfinished batch, behind the end. */
  List<SegmentFile> behindEnd() {
    return files.subList(endIndex + 1, files.size());
  }

  int endOffset() {
    return endOffset;
  }

  /** Rises with each opening, so that what is behind the end is never taken for records. */
  long nextTerm() {
    return highestTerm + 1;
  }

  /** Everything before this position was durable when it was said to be; behind it perhaps not. */
  long proven() {
    return proven;
  }

  long tornBytes() {
    return tornBytes;
  }

  /** Segments which were replayed from their summaries. */
  int summaries() {
    return summaries;
  }

  Replay replay() {
    return replay;
  }

  /** Closes what was opened, after a failure. */
  void closeFiles(@Nullable Throwable because) {
    for (SegmentFile file : files) {
      try {
        file.file().close();
      } catch (IOException e) {
        if (because != null) {
          because.addSuppressed(e);
        }
      }
    }
  }

  private SegmentFile openSegment(long number) throws IOException {
    String name = SegmentFile.name(number);
    Storage.StorageFile file = storage.open(name);
    int itsBytes = SegmentFile.readHeader(file, number);
    boolean fits =
        itsBytes >= JournalOptions.SEGMENT_BYTES_MIN
            && file.size() >= itsBytes
            && (files.isEmpty() || itsBytes == files.get(0).segmentBytes());
    if (!fits) {
      file.close();
      throw corrupt(name, 0, "the segment's header or length is damaged");
    }
    return new SegmentFile(number, itsBytes, file);
  }

  private void replayAll(SegmentScanner scanner, Set<String> names, RecoveryProgress progress)
      throws IOException {
    while (true) {
      SegmentFile segment = files.get(endIndex);
      segment.summarised(names.contains(SegmentSummary.name(segment.number())));
      boolean ended = segment.isSummarised() && usesSummaries && replaySummary(segment);
      scanner.open(segment, segmentBytes);
      if (ended) {
        summaries++;
      } else if (!replayRest(segment, scanner)) {
        break;
      }
      endIndex++;
      endOffset = SegmentFile.DATA_START;
      progress.read(endIndex, files.size(), replay.records());
      if (endIndex == files.size()) {
        throw corrupt(
            SegmentFile.name(files.get(0).number() + endIndex), 0, "the segment is missing");
      }
    }
    progress.read(files.size(), files.size(), replay.records());
    highestTerm = term;
  }

  /** Applies what the summary has; whether that was all there is. */
  private boolean replaySummary(SegmentFile segment) {
    boolean[] ended = {false};
    @Nullable IOException failure = null;
    try {
      summary.read(
          segment,
          (block, at, length) -> {
            long position = segment.base() + endOffset;
            long its = block.getLong(at + RecordCodec.TERM_AT);
            boolean follows = block.getLong(at + RecordCodec.POSITION_AT) == position;
            boolean isEnd = block.get(at + RecordCodec.TYPE_AT) == RecordCodec.SEGMENT_END;
            if (!follows || its < term) {
              return false; // not what it should be: the segment itself is read from here on
            }
            term = its;
            proven = Math.max(proven, RecordCodec.durableBefore(block, at));
            replay.apply(block, at, length, position);
            endOffset += RecordCodec.aligned(block.getInt(at + RecordCodec.LENGTH_AT));
            ended[0] = isEnd;
            return !isEnd;
          });
    } catch (IOException e) {
      failure = e; // what can be read elsewhere is no reason to stop
    }
    if (!ended[0]) {
      segment.summarised(false);
      log.warn(
          "journal: a summary is not what it should be, its segment is read instead"
              + " file={} reason={}",
          storage.describe(SegmentSummary.name(segment.number())),
          failure == null ? "does not fit" : failure.toString());
    }
    return ended[0];
  }

  /** Applies the records from {@link #endOffset} on; whether the log goes on behind the segment. */
  private boolean replayRest(SegmentFile segment, SegmentScanner scanner) throws IOException {
    int length;
    while ((length = lengthInTerm(scanner, endOffset, term)) != RecordCodec.NONE) {
      int at = scanner.indexOf(endOffset);
      term = scanner.buffer().getLong(at + RecordCodec.TERM_AT);
      proven = Math.max(proven, RecordCodec.durableBefore(scanner.buffer(), at));
      replay.apply(scanner.buffer(), at, length, segment.base() + endOffset);
      if (scanner.buffer().get(at + RecordCodec.TYPE_AT) == RecordCodec.SEGMENT_END) {
        return true;
      }
      endOffset += RecordCodec.aligned(length);
    }
    return false;
  }

  /** Looks for records behind the end, all the way, for what they vouch for and their terms. */
  private void checkBehindEnd(SegmentScanner scanner) throws IOException {
    SegmentFile last = files.get(endIndex);
    long end = last.base() + endOffset;
    long lastByte = end;
    for (int i = endIndex; i < files.size(); i++) {
      SegmentFile file = files.get(i);
      scanner.open(file, segmentBytes);
      int offset = i == endIndex ? endOffset : SegmentFile.DATA_START;
      while (offset <= segmentBytes - RecordCodec.HEADER_BYTES) {
        int length = lengthInTerm(scanner, offset, term);
        if (length == RecordCodec.NONE) {
          offset += RecordCodec.ALIGNMENT;
          continue;
        }
        int at = scanner.indexOf(offset);
        long position = file.base() + offset;
        if (RecordCodec.durableBefore(scanner.buffer(), at) > end) {
          throw corrupt(
              last.name(), endOffset, "no intact record here, but one follows at " + position);
        }
        long itsTerm = scanner.buffer().getLong(at + RecordCodec.TERM_AT);
        highestTerm = Math.max(highestTerm, itsTerm);
        offset += RecordCodec.aligned(length);
        lastByte = file.base() + offset;
      }
    }
    noteTorn(scanner, last, end, lastByte);
  }

  private void noteTorn(SegmentScanner scanner, SegmentFile last, long end, long lastByte)
      throws IOException {
    scanner.open(last, segmentBytes);
    long torn = lastByte - end;
    if (torn == 0 && scanner.isPlausible(endOffset)) {
      int at = scanner.indexOf(endOffset);
      int length = scanner.buffer().getInt(at + RecordCodec.LENGTH_AT);
      long itsTerm = scanner.buffer().getLong(at + RecordCodec.TERM_AT);
      boolean isOurs = length >= RecordCodec.HEADER_BYTES && itsTerm >= term;
      torn = isOurs ? Math.min(length, segmentBytes - endOffset) : 0;
    }
    tornBytes = torn;
    if (torn > 0) {
      log.warn(
          "journal: unfinished last write cut off file={} offset={} bytes={}",
          storage.describe(last.name()),
          endOffset,
          torn);
    }
  }

  /** Length of the intact record at this offset unless it is left over from an earlier term. */
  private static int lengthInTerm(SegmentScanner scanner, int offset, long term)
      throws IOException {
    if (!scanner.isPlausible(offset)) {
      return RecordCodec.NONE;
    }
    long its = scanner.buffer().getLong(scanner.indexOf(offset) + RecordCodec.TERM_AT);
    return its < term ? RecordCodec.NONE : scanner.intactLength(offset);
  }

  private CorruptJournalException corrupt(String name, long offset, String what) {
    return new CorruptJournalException(storage.describe(name), offset, what);
  }
}
