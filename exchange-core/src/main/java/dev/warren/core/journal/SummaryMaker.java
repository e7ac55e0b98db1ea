package dev.warren.core.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the summaries of full segments, one after the other, with buffers of its own. It hands
 * itself to the executor again after each mebibyte, so that nobody who needs a segment made or
 * freed waits for longer than that. Everything is called on the executor's one thread.
 *
 * <p>A summary that cannot be made is no harm: the segment will be read instead.
 */
final class SummaryMaker {
  private static final Logger log = LoggerFactory.getLogger(SummaryMaker.class);
  private static final int PART_BYTES = 1 << 20;

  private final Storage storage;
  private final Executor files;
  private final ArrayDeque<SegmentFile> waiting = new ArrayDeque<>();

  /** What is being made, and how far it is. */
  private @Nullable SegmentFile segment;

  private @Nullable SummaryWriter writer;
  private @Nullable SegmentScanner scanner;
  private int offset;
  private long term;

  SummaryMaker(Storage storage, Executor files) {
    this.storage = storage;
    this.files = files;
  }

  /** Wants the summary of a segment that is full and durable. */
  void add(SegmentFile full) {
    if (!full.isSummarised()) {
      boolean idle = segment == null && waiting.isEmpty();
      waiting.addLast(full);
      if (idle) {
        goOn();
      }
    }
  }

  /** The segment is about to be freed: it needs no summary, and loses the one it has. */
  void forget(SegmentFile freed) {
    waiting.remove(freed);
    if (segment == freed) {
      abandon();
    }
    if (freed.isSummarised()) {
      freed.summarised(false);
      try {
        storage.delete(SegmentSummary.name(freed.number()));
      } catch (IOException e) {
        // Without its segment it means nothing; the next start removes it.
        log.warn("cannot remove the summary of a segment number={}", freed.number(), e);
      }
    }
  }

  /** Drops what is not finished; after the executor has ended, too. */
  void end() {
    waiting.clear();
    abandon();
  }

  private void goOn() {
    try {
      files.execute(this::step);
    } catch (RejectedExecutionException e) {
      end(); // the journal is being closed
    }
  }

  private void step() {
    try {
      SegmentFile now = segment;
      if (now == null) {
        now = waiting.pollFirst();
        if (now == null) {
          return; // freed meanwhile
        }
        begin(now);
      } else {
        copyPart(now);
      }
    } catch (IOException | RuntimeException | Error e) {
      log.warn("no summary of a segment: it will be read at a start reason={}", e.toString());
      abandon();
    }
    if (segment != null || !waiting.isEmpty()) {
      goOn();
    }
  }

  private void begin(SegmentFile now) throws IOException {
    if (storage.availableBytes() < now.segmentBytes()) {
      return; // room is for segments first
    }
    segment = now;
    offset = SegmentFile.DATA_START;
    term = 0;
    SegmentScanner its = scanner;
    if (its == null) {
      scanner = new SegmentScanner(now, PART_BYTES);
    } else {
      its.open(now, now.segmentBytes());
    }
    SummaryWriter to = writer;
    if (to == null) {
      to = new SummaryWriter(storage);
      writer = to;
    }
    to.begin();
  }

  /** Adds the records of about a mebibyte; at the end of the segment, finishes. */
  private void copyPart(SegmentFile now) throws IOException {
    SegmentScanner from = scanner;
    SummaryWriter to = writer;
    if (from == null || to == null) {
      throw new IllegalStateException("not begun");
    }
    int end = offset + PART_BYTES;
    while (offset < end) {
      int length = from.intactLength(offset);
      if (length == RecordCodec.NONE) {
        throw new IOException("no intact record: file=" + now.name() + " offset=" + offset);
      }
      ByteBuffer buffer = from.buffer();
      int at = from.indexOf(offset);
      if (buffer.getLong(at + RecordCodec.TERM_AT) < term) {
        throw new IOException("a record of an earlier term: file=" + now.name());
      }
      term = buffer.getLong(at + RecordCodec.TERM_AT);
      to.add(buffer, at, length, offset);
      if (buffer.get(at + RecordCodec.TYPE_AT) == RecordCodec.SEGMENT_END) {
        to.finish(now);
        now.summarised(true);
        segment = null;
        return;
      }
      offset += RecordCodec.aligned(length);
    }
  }

  private void abandon() {
    segment = null;
    SummaryWriter its = writer;
    if (its != null) {
      its.abandon();
    }
  }
}
