package dev.warren.core.journal;

import dev.warren.core.journal.DamagedPlace.Remains;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Goes through a log of which parts may be damaged: tells each intact record and each damaged
 * place, in order, up to where the log ends. Changes nothing.
 *
 * <p>Ends where {@link Recovery} says an undamaged log ends: at the first place without a record of
 * which nothing proves that it was durable. Separate from it because a broker that starts has no
 * use for a log with holes, and reads every byte of it only once.
 */
final class LogWalk {
  private static final int WINDOW_BYTES = 2 << 20;

  private final LogFiles files;
  private final SegmentScanner scanner;

  /** Where the walk is: index in the files, and offset. */
  private int index;

  private int offset = SegmentFile.DATA_START;

  /** Term of the last record. */
  private long term;

  /** The first index whose fault as a whole has not been told. */
  private int untold;

  /** Everything before this was durable; known after the first place without a record. */
  private long durable = -1;

  private long highestTerm;
  private long cutBytes;
  private boolean atEnd;

  /** Receives what is found. */
  interface Visitor {
    /**
     * An intact record, which begins at {@code at}; the buffer is only lent.
     *
     * @return whether to go on
     */
    boolean onRecord(ByteBuffer buffer, int at, int length, long position) throws IOException;

    /** A place which cannot be read; records before it have been told. */
    void onDamage(DamagedPlace place) throws IOException;
  }

  /** Walks these files, of which there must be one at least. */
  LogWalk(LogFiles files) {
    this.files = files;
    SegmentFile first = files.get(0).segment();
    if (first == null) {
      throw new IllegalArgumentException("the first segment is there, or it is not the first");
    }
    this.scanner = new SegmentScanner(first, WINDOW_BYTES);
  }

  /** Begins at this segment, which must not be missing, instead of at the first. */
  LogWalk from(int startIndex) {
    index = startIndex;
    untold = startIndex;
    return this;
  }

  /** Goes to the end of the log, or until the visitor has enough. */
  void walk(Visitor visitor) throws IOException {
    enter(visitor);
    while (true) {
      int length = isHere() ? lengthInTerm(offset) : RecordCodec.NONE;
      if (length == RecordCodec.NONE) {
        if (!skipGap(visitor)) {
          break;
        }
        continue;
      }
      ByteBuffer buffer = scanner.buffer();
      int at = scanner.indexOf(offset);
      term = buffer.getLong(at + RecordCodec.TERM_AT);
      boolean endsSegment = buffer.get(at + RecordCodec.TYPE_AT) == RecordCodec.SEGMENT_END;
      if (!visitor.onRecord(buffer, at, length, position())) {
        return;
      }
      if (!endsSegment) {
        offset += RecordCodec.aligned(length);
      } else if (!nextSegment(visitor)) {
        break;
      }
    }
    atEnd = true;
    highestTerm = Math.max(highestTerm, term);
    tellFaults(files.count() - 1, visitor);
  }

  /** Position of the record the walk is at. */
  long position() {
    return files.base(index) + offset;
  }

  /** Whether the end of the log was reached; only then are the figures below known. */
  boolean isAtEnd() {
    return atEnd;
  }

  int endOffset() {
    return offset;
  }

  long endSegment() {
    return files.get(0).number() + index;
  }

  /** Term of the last record in the log. */
  long lastTerm() {
    return term;
  }

  /** Highest term seen, also behind the end. */
  long highestTerm() {
    return highestTerm;
  }

  /** Bytes of an unfinished last write behind the end. */
  long cutBytes() {
    return cutBytes;
  }

  private boolean isHere() {
    return files.get(index).segment() != null;
  }

  private void enter(Visitor visitor) throws IOException {
    tellFaults(index, visitor);
    look(index);
  }

  private void look(int at) {
    SegmentFile segment = files.get(at).segment();
    if (segment != null) {
      scanner.open(segment, files.segmentBytes());
    }
  }

  private boolean nextSegment(Visitor visitor) throws IOException {
    index++;
    offset = SegmentFile.DATA_START;
    if (index < files.count()) {
      enter(visitor);
      return true;
    }
    visitor.onDamage(missing(files.get(0).number() + index));
    return false;
  }

  private void tellFaults(int upTo, Visitor visitor) throws IOException {
    for (; untold <= upTo; untold++) {
      LogFiles.Part part = files.get(untold);
      DamagedPlace.Kind fault = part.fault();
      if (fault == DamagedPlace.Kind.MISSING_SEGMENT) {
        visitor.onDamage(missing(part.number()));
      } else if (fault != null) {
        visitor.onDamage(
            new DamagedPlace(
                files.describe(part.number()),
                part.number(),
                fault,
                0,
                SegmentFile.HEADER_BYTES,
                Remains.NOTHING,
                term));
      }
    }
  }

  private DamagedPlace missing(long number) {
    int bytes = files.segmentBytes() - SegmentFile.DATA_START;
    return new DamagedPlace(
        files.describe(number),
        number,
        DamagedPlace.Kind.MISSING_SEGMENT,
        0,
        bytes,
        Remains.NOTHING,
        term);
  }

  /** Goes on behind a place without a record; false if the log ends here. */
  private boolean skipGap(Visitor visitor) throws IOException {
    long here = position();
    boolean first = durable < 0;
    if (first) {
      durable = durableBefore();
    }
    if (here >= durable) {
      if (!first) {
        durableBefore();
      }
      noteTorn();
      return false;
    }
    int fromIndex = index;
    int fromOffset = offset;
    if (!findNext()) {
      throw new CorruptJournalException(
          files.describe(files.get(fromIndex).number()), fromOffset, "no end of the damage found");
    }
    int toIndex = index;
    int toOffset = offset;
    long next = scanner.buffer().getLong(scanner.indexOf(offset) + RecordCodec.TERM_AT);
    int from = fromOffset;
    for (int at = fromIndex; at <= toIndex; at++) {
      tellFaults(at, visitor);
      int to = at == toIndex ? toOffset : files.segmentBytes();
      if (to > from && files.get(at).segment() != null) {
        visitor.onDamage(records(at, from, to, next));
      }
      from = SegmentFile.DATA_START;
    }
    look(index);
    return true;
  }

  private DamagedPlace records(int at, int from, int to, long nextTerm) throws IOException {
    long number = files.get(at).number();
    look(at);
    int messages = 0;
    int settlements = 0;
    int counts = 0;
    int topology = 0;
    int others = 0;
    int last = Math.min(to, files.segmentBytes()) - RecordCodec.HEADER_BYTES;
    for (int i = from; i <= last; i += RecordCodec.ALIGNMENT) {
      if (scanner.isPlausible(i)) {
        switch (scanner.buffer().get(scanner.indexOf(i) + RecordCodec.TYPE_AT)) {
          case RecordCodec.MESSAGE_STORED, RecordCodec.MESSAGE_COPIED -> messages++;
          case RecordCodec.SETTLED -> settlements++;
          case RecordCodec.COUNTED -> counts++;
          case RecordCodec.TOPOLOGY_CHANGED,
              RecordCodec.SNAPSHOT_BEGIN,
              RecordCodec.SNAPSHOT_CHANGE,
              RecordCodec.SNAPSHOT_END ->
              topology++;
          default -> others++;
        }
      }
    }
    return new DamagedPlace(
        files.describe(number),
        number,
        DamagedPlace.Kind.RECORDS,
        from,
        to - from,
        new Remains(messages, settlements, counts, topology, others),
        nextTerm);
  }

  /**
   * Looks at all records from here to the end of the files: what they vouch for, and their terms.
   */
  private long durableBefore() throws IOException {
    long vouched = 0;
    long lastByte = position();
    for (int at = index; at < files.count(); at++) {
      if (files.get(at).segment() == null) {
        continue;
      }
      look(at);
      int i = at == index ? offset : SegmentFile.DATA_START;
      while (i <= files.segmentBytes() - RecordCodec.HEADER_BYTES) {
        int length = lengthInTerm(i);
        if (length == RecordCodec.NONE) {
          i += RecordCodec.ALIGNMENT;
          continue;
        }
        ByteBuffer buffer = scanner.buffer();
        int found = scanner.indexOf(i);
        vouched = Math.max(vouched, RecordCodec.durableBefore(buffer, found));
        highestTerm = Math.max(highestTerm, buffer.getLong(found + RecordCodec.TERM_AT));
        i += RecordCodec.aligned(length);
        lastByte = files.base(at) + i;
      }
    }
    cutBytes = lastByte - position();
    return vouched;
  }

  /** At the end: counts a record of which only the beginning was written. */
  private void noteTorn() throws IOException {
    look(index);
    if (cutBytes == 0 && isHere() && scanner.isPlausible(offset)) {
      int at = scanner.indexOf(offset);
      int length = scanner.buffer().getInt(at + RecordCodec.LENGTH_AT);
      if (length >= RecordCodec.HEADER_BYTES
          && scanner.buffer().getLong(at + RecordCodec.TERM_AT) >= term) {
        cutBytes = Math.min(length, files.segmentBytes() - offset);
      }
    }
  }

  /**
   * Moves to the next intact record. The damaged one had a header at least; nothing that begins
   * within is the next.
   */
  private boolean findNext() throws IOException {
    int i = offset + RecordCodec.HEADER_BYTES;
    for (; index < files.count(); index++) {
      if (files.get(index).segment() != null) {
        look(index);
        while (i <= files.segmentBytes() - RecordCodec.HEADER_BYTES) {
          if (lengthInTerm(i) != RecordCodec.NONE) {
            offset = i;
            return true;
          }
          i += i == SegmentFile.DATA_START ? RecordCodec.HEADER_BYTES : RecordCodec.ALIGNMENT;
        }
      }
      i = SegmentFile.DATA_START;
    }
    return false;
  }

  private int lengthInTerm(int at) throws IOException {
    return scanner.isPlausible(at)
            && scanner.buffer().getLong(scanner.indexOf(at) + RecordCodec.TERM_AT) >= term
        ? scanner.intactLength(at)
        : RecordCodec.NONE;
  }
}
