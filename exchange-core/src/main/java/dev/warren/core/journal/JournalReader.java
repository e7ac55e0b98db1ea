package dev.warren.core.journal;

import dev.warren.core.message.Message;
import dev.warren.core.message.StoredMessage;
import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Reads messages back at their positions, on reader threads. Thread-safe.
 *
 * <p>Positions which follow one another in a segment, as those of a backlog do, are read in runs.
 * Each record is checked; one that is not there any more because its segment was recycled is
 * answered with null, one that should be there and is damaged with a failure.
 */
final class JournalReader {
  private static final Message[] NOTHING = {};
  private static final int WINDOW_BYTES = 1 << 20;

  /** What is read behind the last position of a run, whose length is not known. */
  private static final int LAST_RECORD_BYTES = 8 << 10;

  /** After so many separate places, or so much in one go, others have their turn. */
  private static final int TURN_RUNS_MAX = 16;

  private static final int TURN_BYTES = 1 << 20;

  /** A gap between two positions which is worth reading over. */
  private static final int GAP_BYTES_MAX = 64 << 10;

  private final Storage storage;
  private final SegmentSet segments;
  private final Liveness liveness;
  private final Executor readers;
  private final int readBatchMax;
  private final ArrayBlockingQueue<SegmentScanner> scanners = new ArrayBlockingQueue<>(2);
  private final AtomicLong messagesRead = new AtomicLong();
  private final AtomicLong reads = new AtomicLong();
  private final AtomicLong bytesRead = new AtomicLong();

  JournalReader(
      Storage storage, SegmentSet segments, Liveness liveness, Executor readers, int readBatchMax) {
    this.storage = storage;
    this.segments = segments;
    this.liveness = liveness;
    this.readers = readers;
    this.readBatchMax = readBatchMax;
  }

  void read(long[] names, Journal.ReadCallback callback) {
    readers.execute(new Reading(names, callback));
  }

  long messagesRead() {
    return messagesRead.get();
  }

  /** Times something was read from a file. */
  long reads() {
    return reads.get();
  }

  /** Octets read, what lies between messages and behind them too. */
  long bytesRead() {
    return bytesRead.get();
  }

  /**
   * One request. It is read in turns, between which others have theirs: messages far apart, or many
   * of them, hold up nobody for long.
   */
  private final class Reading implements Runnable {
    private final long[] names;
    private final Journal.ReadCallback callback;
    private final @Nullable Message[] messages;
    private final long[] positions;
    private int at;
    private boolean begun;

    Reading(long[] names, Journal.ReadCallback callback) {
      this.names = names;
      this.callback = callback;
      this.messages = new Message[names.length];
      this.positions = new long[names.length];
    }

    @Override
    public void run() {
      JournalException failure = null;
      try {
        while (takeTurn()) {
          if (isHandedBack()) {
            return;
          }
        }
        messagesRead.addAndGet(names.length);
      } catch (JournalException e) {
        failure = e;
      } catch (RuntimeException e) {
        failure = new JournalException("a message in the journal cannot be decoded", e);
      }
      callback.onRead(failure == null ? messages : NOTHING, failure);
    }

    /** Whether it waits for its next turn; not when the journal is closing. */
    private boolean isHandedBack() {
      try {
        readers.execute(this);
        return true;
      } catch (RejectedExecutionException e) {
        return false;
      }
    }

    /** Reads a bounded part; returns whether something is left to read. */
    private boolean takeTurn() {
      if (!begun) {
        begun = true;
        for (int i = 0; i < names.length; i++) {
          positions[i] = liveness.find(names[i]);
        }
      }
      int end = (int) Math.min(names.length, (long) at + readBatchMax);
      long bytes = 0;
      for (int runs = 0; at < end && runs < TURN_RUNS_MAX && bytes < TURN_BYTES; runs++) {
        int from = at;
        at = readRun(positions, from, end, messages);
        bytes += positions[at - 1] - positions[from];
      }
      if (at < names.length) {
        return true;
      }
      at = 0;
      return hasMoved(names, positions, messages);
    }
  }

  /**
   * Looks again for what was not found: its segment may have been freed since, and the message be
   * elsewhere. Each turn takes a segment freed in between, so there are few.
   */
  private boolean hasMoved(long[] names, long[] positions, @Nullable Message[] messages) {
    boolean moved = false;
    for (int i = 0; i < names.length; i++) {
      long position = messages[i] == null ? liveness.find(names[i]) : StoredMessage.NO_POSITION;
      moved |= position != StoredMessage.NO_POSITION && position != positions[i];
      positions[i] = position;
    }
    return moved;
  }

  /**
   * Reads from {@code from} as far as one segment, one run and {@code end} go; returns where it
   * stopped.
   */
  private int readRun(long[] positions, int from, int end, @Nullable Message[] messages) {
    long first = positions[from];
    SegmentFile segment = first <= StoredMessage.NO_POSITION ? null : segments.find(first);
    if (segment == null) {
      return from + 1;
    }
    int to = endOfRun(positions, from, end, segment);
    SegmentScanner scanner = scanners.poll();
    if (scanner == null) {
      scanner = new SegmentScanner(segment, WINDOW_BYTES);
    }
    long last = positions[to - 1] - segment.base();
    long readsBefore = scanner.reads();
    long bytesBefore = scanner.bytesRead();
    scanner.open(segment, (int) Math.min(segment.segmentBytes(), last + LAST_RECORD_BYTES));
    try {
      for (int i = from; i < to; i++) {
        messages[i] = readOne(scanner, segment, positions[i]);
      }
    } catch (IOException e) {
      if (segments.find(first) == segment) {
        throw new JournalException(
            "cannot read the journal: file=" + storage.describe(segment.name()), e);
      }
    }
    reads.addAndGet(scanner.reads() - readsBefore);
    bytesRead.addAndGet(scanner.bytesRead() - bytesBefore);
    scanners.offer(scanner);
    return to;
  }

  private static int endOfRun(long[] positions, int from, int max, SegmentFile segment) {
    long end = segment.base() + segment.segmentBytes();
    int to = from + 1;
    while (to < max
        && positions[to] > positions[to - 1]
        && positions[to] < end
        && positions[to] - positions[from] <= WINDOW_BYTES
        && positions[to] - positions[to - 1] <= GAP_BYTES_MAX) {
      to++;
    }
    return to;
  }

  private @Nullable Message readOne(SegmentScanner scanner, SegmentFile segment, long position)
      throws IOException {
    int offset = (int) (position - segment.base());
    int length = scanner.intactLength(offset);
    boolean isMessage =
        length != RecordCodec.NONE
            && RecordCodec.isMessage(
                scanner.buffer().get(scanner.indexOf(offset) + RecordCodec.TYPE_AT));
    if (isMessage) {
      return scanner.decodeMessage(offset, length);
    }
    if (segments.find(position) != segment) {
      return null; // recycled meanwhile
    }
    throw new CorruptJournalException(
        storage.describe(segment.name()), offset, "no intact message is at this place");
  }
}
