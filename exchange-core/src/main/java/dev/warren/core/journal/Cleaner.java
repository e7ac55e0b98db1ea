package dev.warren.core.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps old messages from pinning the disk: copies what is still held in the oldest segment to the
 * end of the log, so that the segment can be freed. Owned by the writer, which lets it take a
 * {@link #step} in each pass; the files' executor reads ahead for it.
 *
 * <p>It works while the log is longer than {@link #LIVE_SHARE} times the messages it holds, and the
 * segments that may lie spare, more; always on the oldest segment: the log stays without gaps, and
 * what settles a message is never freed before the message. In a step it copies at most as much as
 * the others have written in the same pass, more if the log is far too long, and a mebibyte when
 * there is nothing else to do. While the disk is full ({@link #roomIsShort}) it is content with
 * much less gain.
 *
 * <p>A failed read is tried again a few times. A record that is not intact, or cannot be read, ends
 * its work for good: nothing is freed because it is unreadable.
 */
final class Cleaner {
  /** The log may be this many times what it holds. */
  static final double LIVE_SHARE = 2.25;

  /** The same while there is no room for more. */
  static final double SHARE_IN_NEED = 1.2;

  static final long CHECK_NS = 50_000_000;

  /** How long after the disk was full it is cleaned as if it still were. */
  static final long IN_NEED_NS = 10_000_000_000L;

  static final long READ_RETRY_NS = 1_000_000_000;
  static final int READS_MAX = 5;

  private static final Logger log = LoggerFactory.getLogger(Cleaner.class);
  private static final int WINDOW_BYTES = 1 << 20;
  private static final int STEP_BYTES_MIN = 32 << 10;
  private static final int STEP_BYTES_BEHIND = 256 << 10;
  private static final int STEP_BYTES_IDLE = 1 << 20;

  /** So many counts are gathered before they are written on. */
  private static final int COUNTS_MAX = 1 << 14;

  private static final int COUNTS_PER_STEP = 1 << 12;

  private final LogTail tail;
  private final SegmentSet segments;
  private final Liveness liveness;
  private final SegmentPool pool;
  private final Runnable wakeWriter;
  private final int freeSegments;

  /** Highest counts in the segment, for messages that are held: queue and name to the two. */
  private final Map<Reference, int[]> counts = new LinkedHashMap<>();

  private long[] queueIds = new long[8];

  /** What is being cleaned, or null. */
  private @Nullable SegmentFile segment;

  /** The segment whose records have all been seen, until it is freed. */
  private @Nullable SegmentFile finished;

  private @Nullable SegmentScanner scanner;
  private int offset;

  /** Whether the counts gathered are written on before anything else. */
  private boolean writingCounts;

  private boolean reading;
  private int readsFailed;
  private long readAgainNs;
  private volatile boolean readDone;
  private volatile @Nullable IOException readFailure;
  private boolean damaged;
  private long nextCheckNs;
  private int checkedSize;
  private boolean far;
  private boolean inNeed;
  private long inNeedSinceNs;
  private long messagesCopied;
  private long bytesCopied;

  /**
   * A cleaner that has not begun.
   *
   * @param freeSegments so many segments more than the live share are never worth the work
   */
  Cleaner(
      LogTail tail,
      SegmentSet segments,
      Liveness liveness,
      SegmentPool pool,
      int freeSegments,
      Runnable wakeWriter) {
    this.tail = tail;
    this.segments = segments;
    this.liveness = liveness;
    this.pool = pool;
    this.freeSegments = freeSegments;
    this.wakeWriter = wakeWriter;
  }

  /** No segment could be made: from now on, for a while, less is gain enough. */
  void roomIsShort(long nowNs) {
    inNeed = true;
    inNeedSinceNs = nowNs;
  }

  /** In how long it wants to be asked again although nothing happens, or the maximum. */
  long idleNs(long nowNs) {
    return readsFailed > 0 && !reading && !damaged ? readAgainNs - nowNs : Long.MAX_VALUE;
  }

  /** Whether a read has ended that the writer was to be woken for. */
  boolean hasNews() {
    return reading && readDone;
  }

  long messagesCopied() {
    return messagesCopied;
  }

  long bytesCopied() {
    return bytesCopied;
  }

  /**
   * Whether the first segment, which holds no live message any more, can be freed; if it first has
   * to be looked through for counts, that begins.
   */
  boolean isDoneWith(SegmentFile first) {
    if (first == segment) {
      return false;
    }
    if (first != finished && liveness.mayHaveCounts(first)) {
      if (segment == null && !damaged) {
        begin(first);
      }
      return false;
    }
    return true;
  }

  /**
   * Does some of the work.
   *
   * @param othersBytes what the pass has written for others
   * @param othersWait whether more of theirs has come meanwhile
   * @return whether anything was done
   */
  boolean step(long othersBytes, boolean othersWait, long nowNs) throws IOException {
    if (damaged || (segment == null && !beginIfDue(nowNs))) {
      return false;
    }
    SegmentFile cleaned = segment;
    if (cleaned == null || !isReadEnded(cleaned, nowNs)) {
      return false;
    }
    long upTo = bytesCopied + budget(othersBytes, othersWait);
    SegmentScanner window = windowOf(cleaned);
    while (bytesCopied < upTo) {
      if (writingCounts) {
        return writeCounts();
      }
      if (!window.holds(offset)) {
        read(window);
        return true;
      }
      int length = window.intactLength(offset);
      if (length == RecordCodec.NONE) {
        noteDamage(cleaned, null);
        return false;
      }
      byte type = window.buffer().get(window.indexOf(offset) + RecordCodec.TYPE_AT);
      if (type == RecordCodec.SEGMENT_END) {
        return finish(cleaned);
      }
      if (!takeForward(cleaned, window, type, length)) {
        return false;
      }
      offset += RecordCodec.aligned(length);
    }
    return true;
  }

  private long budget(long othersBytes, boolean othersWait) {
    if (othersBytes == 0 && !othersWait) {
      return STEP_BYTES_IDLE;
    }
    return Math.max(othersBytes, far ? STEP_BYTES_BEHIND : STEP_BYTES_MIN);
  }

  private boolean beginIfDue(long nowNs) {
    int size = segments.size();
    inNeed = inNeed && nowNs - inNeedSinceNs < IN_NEED_NS;
    int free = inNeed ? 1 : Math.max(1, freeSegments);
    if (size <= free || (size == checkedSize && nowNs - nextCheckNs < 0)) {
      return false;
    }
    checkedSize = size;
    nextCheckNs = nowNs + CHECK_NS;
    long spare = ((long) size - free) * segments.segmentBytes();
    long live = segments.liveBytes();
    far = spare > 2 * LIVE_SHARE * live;
    SegmentFile first = segments.first();
    if (spare <= (inNeed ? SHARE_IN_NEED : LIVE_SHARE) * live || first == finished) {
      return false;
    }
    if (inNeed && !tail.hasNext() && !mayUseReserve(first)) {
      return false;
    }
    begin(first);
    return true;
  }

  private void begin(SegmentFile first) {
    segment = first;
    first.liveness().prepareToClean();
    offset = SegmentFile.DATA_START;
    windowOf(first).open(first, first.segmentBytes());
  }

  private SegmentScanner windowOf(SegmentFile of) {
    SegmentScanner made = scanner;
    if (made == null) {
      made = new SegmentScanner(of, Math.min(WINDOW_BYTES, of.segmentBytes()));
      scanner = made;
    }
    return made;
  }

  private void read(SegmentScanner window) {
    reading = true;
    readDone = false;
    int from = offset;
    pool.execute(
        () -> {
          try {
            window.load(from);
          } catch (IOException e) {
            readFailure = e;
          } catch (RuntimeException | Error e) {
            readFailure = new IOException("cannot read a segment", e);
          }
          readDone = true;
          wakeWriter.run();
        });
  }

  private boolean isReadEnded(SegmentFile of, long nowNs) {
    if (!reading) {
      return readsFailed == 0 || nowNs - readAgainNs >= 0;
    }
    if (!readDone) {
      return false;
    }
    reading = false;
    IOException failure = readFailure;
    readFailure = null;
    if (failure == null && windowOf(of).holds(offset)) {
      readsFailed = 0;
      return true;
    }
    if (failure == null || ++readsFailed == READS_MAX) {
      noteDamage(of, failure);
    } else {
      readAgainNs = nowNs + READ_RETRY_NS;
      log.warn(
          "journal: a segment that is to be cleaned cannot be read, trying again file={} reason={}",
          pool.describe(of),
          failure.toString());
    }
    return false;
  }

  private void noteDamage(SegmentFile of, @Nullable IOException because) {
    damaged = true;
    log.error(
        "journal: no intact record, so nothing is freed any more: stop the broker and see 'warren"
            + " journal verify' file={} offset={}",
        pool.describe(of),
        offset,
        because);
  }

  /** Carries a record over if it is needed; false if there is no room. */
  private boolean takeForward(SegmentFile of, SegmentScanner window, byte type, int length)
      throws IOException {
    ByteBuffer buffer = window.buffer();
    int at = window.indexOf(offset);
    if (RecordCodec.isMessage(type)) {
      int held = heldBy(of, buffer, at);
      return held == 0 || copy(of, buffer, at, length, held);
    }
    if (type == RecordCodec.COUNTED) {
      noteCounts(buffer, at + RecordCodec.HEADER_BYTES);
    }
    return true;
  }

  /** Gathers the queues that hold the message; returns how many. */
  private int heldBy(SegmentFile of, ByteBuffer buffer, int at) {
    int queues = buffer.getInt(at + RecordCodec.MESSAGE_QUEUES_AT);
    if (queues > queueIds.length) {
      queueIds = new long[queues];
    }
    int held = 0;
    for (int i = 0; i < queues; i++) {
      long queueId = buffer.getLong(at + RecordCodec.MESSAGE_QUEUE_IDS_AT + i * Long.BYTES);
      if (!of.liveness().isSettled(offset, queueId)) {
        queueIds[held++] = queueId;
      }
    }
    return held;
  }

  private boolean copy(SegmentFile of, ByteBuffer from, int at, int length, int held)
      throws IOException {
    int bodyAt = RecordCodec.messageBodyAt(from, at);
    int bodyBytes = at + length - bodyAt;
    int bytes = RecordCodec.MESSAGE_QUEUE_IDS_AT + (held + 1) * Long.BYTES + bodyBytes;
    LogTail.Purpose purpose = mayUseReserve(of) ? LogTail.Purpose.UPKEEP : LogTail.Purpose.MESSAGE;
    if (!tail.hasRoom(bytes, purpose)) {
      return false;
    }
    long name = RecordCodec.messageName(from, at, of.base() + offset);
    long position = tail.begin(RecordCodec.MESSAGE_COPIED, bytes);
    tail.addFlags(from.getShort(at + RecordCodec.FLAGS_AT) & ~RecordCodec.IN_TRANSACTION);
    ByteBuffer to = tail.body();
    to.putLong(from.getLong(at + RecordCodec.MESSAGE_RECEIVED_AT))
        .putLong(from.getLong(at + RecordCodec.MESSAGE_TTL_AT))
        .putInt(from.getInt(at + RecordCodec.MESSAGE_SIZE_AT))
        .putInt(held);
    for (int i = 0; i < held; i++) {
      to.putLong(queueIds[i]);
    }
    to.putLong(name)
        .put(to.position(), from, bodyAt, bodyBytes)
        .position(to.position() + bodyBytes);
    tail.end();
    int recordBytes = RecordCodec.aligned(bytes);
    int sizeBytes = from.getInt(at + RecordCodec.MESSAGE_SIZE_AT);
    liveness.moved(name, of.base() + offset, position, held, sizeBytes, recordBytes);
    messagesCopied++;
    bytesCopied += recordBytes;
    return true;
  }

  /**
   * When no segment can be made, what is kept for settlements may be used if that frees a segment.
   */
  private boolean mayUseReserve(SegmentFile of) {
    return !tail.hasNext() && tail.hasRoomForRun(2 * of.liveness().liveBytes());
  }

  private void noteCounts(ByteBuffer buffer, int bodyAt) {
    long queueId = buffer.getLong(bodyAt);
    long name = buffer.getLong(bodyAt + 8);
    if (liveness.isLive(queueId, name)) {
      int[] highest = counts.computeIfAbsent(new Reference(queueId, name), r -> new int[2]);
      highest[0] = Math.max(highest[0], buffer.getInt(bodyAt + 16));
      highest[1] = Math.max(highest[1], buffer.getInt(bodyAt + 20));
      writingCounts = counts.size() >= COUNTS_MAX;
    }
  }

  /** All records were seen: writes the counts on, then the segment may go once this is durable. */
  private boolean finish(SegmentFile cleaned) throws IOException {
    if (!counts.isEmpty()) {
      return writeCounts();
    }
    finished = cleaned;
    segment = null;
    queueIds = queueIds.length > 1024 ? Arrays.copyOf(queueIds, 8) : queueIds;
    return true;
  }

  /** Writes counts on, not too many at once; false if there is no room. */
  private boolean writeCounts() throws IOException {
    var left = counts.entrySet().iterator();
    for (int i = 0; i < COUNTS_PER_STEP && left.hasNext(); i++) {
      Map.Entry<Reference, int[]> entry = left.next();
      Reference reference = entry.getKey();
      if (!tail.hasRoom(RecordCodec.COUNTED_BYTES, LogTail.Purpose.UPKEEP)) {
        return false;
      }
      if (liveness.isLive(reference.queueId, reference.name)) {
        int[] highest = entry.getValue();
        long at = tail.begin(RecordCodec.COUNTED, RecordCodec.COUNTED_BYTES);
        RecordCodec.putCountedBody(
            tail.body(), reference.queueId, reference.name, highest[0], highest[1]);
        tail.end();
        liveness.counted(reference.name, at);
      }
      left.remove();
    }
    writingCounts = writingCounts && !counts.isEmpty();
    return true;
  }

  private record Reference(long queueId, long name) {}
}
