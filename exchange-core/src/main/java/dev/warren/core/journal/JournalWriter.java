package dev.warren.core.journal;

import dev.warren.core.time.BrokerClock;
import dev.warren.core.time.Histogram;
import java.io.IOException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes: takes every batch that waits, writes, syncs once, confirms.
 *
 * <p>It never waits for more work, so batches grow by themselves: what arrives during a sync is the
 * next batch. Only what nobody waits for (settlements, counts) is left unsynced, for at most {@link
 * #UNSYNCED_MAX_NS}. {@link #offer}, {@link #state} and the counters are thread-safe, the rest
 * belongs to the thread, or to the test which steps {@link #runOnce} in its place.
 *
 * <p>A failed write or sync is the end: the state of the page cache is unknown then, so nothing is
 * tried again and nothing more is confirmed.
 */
final class JournalWriter {
  static final long UNSYNCED_MAX_NS = TimeUnit.MILLISECONDS.toNanos(100);
  static final long RETRY_NS = TimeUnit.SECONDS.toNanos(1);

  private static final long NONE = Long.MIN_VALUE;

  /** So much is not left unsynced, or the sync of those who wait would take its time. */
  private static final int UNSYNCED_BYTES_MAX = 1 << 20;

  private static final Logger log = LoggerFactory.getLogger(JournalWriter.class);

  private final LogTail tail;
  private final SegmentSet segments;
  private final SegmentPool pool;
  private final Liveness liveness;
  private final Cleaner cleaner;
  private final BatchEncoder encoder;
  private final TopologyLog topology;
  private final BrokerClock clock;
  private final int batchBytesMax;
  private final int unsyncedBytesMax;

  /** How many segments a segment must be behind the end of the log to be worth a summary. */
  private final int summaryDistance;

  private final ConcurrentLinkedQueue<AppendBatch> incoming = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean parked = new AtomicBoolean();
  private final AtomicLong messagesWritten = new AtomicLong();
  private final AtomicLong messagesElided = new AtomicLong();
  private final AtomicLong messagesCopied = new AtomicLong();
  private final AtomicLong bytesCopied = new AtomicLong();
  private final AtomicLong bytesWritten = new AtomicLong();
  private final AtomicLong writes = new AtomicLong();
  private final AtomicLong syncs = new AtomicLong();
  private final Histogram syncMicros = JournalLatencies.histogram();
  private final Histogram appendMicros = JournalLatencies.histogram();

  private volatile Journal.State state = Journal.State.RUNNING;
  private volatile Consumer<Journal.State> stateListener = changed -> {};
  private volatile boolean closing;
  private volatile @Nullable Thread thread;
  private volatile @Nullable Throwable failure;

  /** Why there is no next segment, until there is one. */
  private @Nullable IOException noRoom;

  private long retryAtNs;

  /** Whether a snapshot of the topology is needed and had no room; then it is tried again later. */
  private boolean snapshotWaits;

  private long snapshotAgainNs;
  private long nextSummary;
  private boolean unsynced;

  /** When the oldest batch since the last sync was offered, or {@link #NONE}. */
  private long oldestNs = NONE;

  private long unsyncedSinceNs;

  JournalWriter(
      LogTail tail,
      SegmentSet segments,
      SegmentPool pool,
      Liveness liveness,
      TopologyLog topology,
      BrokerClock clock,
      JournalOptions options) {
    this.tail = tail;
    this.segments = segments;
    this.pool = pool;
    this.liveness = liveness;
    this.topology = topology;
    this.encoder = new BatchEncoder(tail, liveness, topology, options.recordBytesMax());
    this.clock = clock;
    this.batchBytesMax = options.batchBytesMax();
    this.unsyncedBytesMax = Math.min(UNSYNCED_BYTES_MAX, batchBytesMax);
    this.summaryDistance = options.spareSegmentsMax() + 2;
    this.cleaner =
        new Cleaner(tail, segments, liveness, pool, options.spareSegmentsMax(), this::wake);
    pool.wakeWriter(this::wake);
  }

  /** Hands a batch over. Thread-safe. */
  void offer(AppendBatch batch) {
    batch.offeredNs = clock.nanoTime();
    incoming.offer(batch);
    wake();
  }

  boolean takesMessages() {
    return !closing && state != Journal.State.FAILED;
  }

  Journal.State state() {
    return state;
  }

  /** Whether anything waits for room or for the writer's next pass. Only for the owner. */
  boolean isWaiting() {
    return encoder.isWaiting() || !incoming.isEmpty();
  }

  /** Why it is {@link Journal.State#FAILED}. */
  @Nullable Throwable failure() {
    return failure;
  }

  void onStateChange(Consumer<Journal.State> listener) {
    stateListener = listener;
  }

  long messagesWritten() {
    return messagesWritten.get();
  }

  long messagesElided() {
    return messagesElided.get();
  }

  long messagesCopied() {
    return messagesCopied.get();
  }

  long bytesCopied() {
    return bytesCopied.get();
  }

  long bytesWritten() {
    return bytesWritten.get();
  }

  long writes() {
    return writes.get();
  }

  long syncs() {
    return syncs.get();
  }

  /** Starts the thread. */
  Thread start() {
    Thread started = new JournalThread(this::run, "journal-writer");
    thread = started;
    started.start();
    return started;
  }

  /** Asks the thread to write what it has and end. */
  void close() {
    closing = true;
    wake();
  }

  private void run() {
    while (true) {
      boolean ending = closing;
      if (!runOnce()) {
        if (ending && !awaitsSegment()) {
          finish();
          return;
        }
        idle();
      }
    }
  }

  private void wake() {
    if (parked.get() && parked.compareAndSet(true, false)) {
      LockSupport.unpark(thread);
    }
  }

  private void idle() {
    parked.set(true);
    boolean mayEnd = closing && !awaitsSegment();
    if (incoming.isEmpty() && !mayEnd && (state == Journal.State.FAILED || !hasNews())) {
      long ns = idleNs();
      if (ns == Long.MAX_VALUE) {
        LockSupport.park(this);
      } else if (ns > 0) {
        LockSupport.parkNanos(this, ns);
      }
    }
    parked.set(false);
  }

  private boolean hasNews() {
    return pool.hasNews() || cleaner.hasNews();
  }

  /** Whether something waits for a segment that is being made. */
  private boolean awaitsSegment() {
    return state != Journal.State.FAILED
        && noRoom == null
        && !tail.hasNext()
        && encoder.isWaiting();
  }

  private long idleNs() {
    long now = clock.nanoTime();
    long left = Long.MAX_VALUE;
    if (unsynced) {
      left = UNSYNCED_MAX_NS - (now - unsyncedSinceNs);
    }
    if (noRoom != null) {
      left = Math.min(left, retryAtNs - now);
    }
    return closing ? left : Math.min(left, cleaner.idleNs(now));
  }

  /**
   * One pass over everything that waits.
   *
   * @return whether there was anything, so that it is worth looking again at once
   */
  boolean runOnce() {
    if (state == Journal.State.FAILED) {
      return discard();
    }
    try {
      boolean worked = pass();
      publishCounters();
      return worked;
    } catch (IOException | RuntimeException | Error e) {
      fail(e);
      return true;
    }
  }

  /** Runs passes until nothing waits; for the last pass of a stepped writer. */
  void drain() {
    while (runOnce()) {
      // each pass takes a bounded batch
    }
  }

  /** The last pass: leaves a log that ends in order. */
  void finish() {
    if (state == Journal.State.FAILED) {
      return;
    }
    try {
      tail.sync();
      if (encoder.isHolding()) {
        log.warn("journal closed while messages waited for room; they were not confirmed");
      }
      if (tail.active() != null && tail.hasRoom(RecordCodec.HEADER_BYTES, LogTail.Purpose.UPKEEP)) {
        tail.mark(RecordCodec.CLEAN_SHUTDOWN);
        tail.sync();
      }
      publishCounters();
    } catch (IOException | RuntimeException e) {
      fail(e);
    }
  }

  private boolean pass() throws IOException {
    boolean worked = acceptSegment();
    long before = tail.bytesPut();
    encoder.retryHeld(batchBytesMax);
    AppendBatch batch;
    while (tail.bytesSinceSync() < batchBytesMax && (batch = incoming.poll()) != null) {
      oldestNs = oldestNs == NONE ? batch.offeredNs : oldestNs;
      encoder.take(batch);
      worked = true;
    }
    encoder.finish();
    worked |= encoder.needsSync();
    if (!closing) {
      long put = tail.bytesPut() - before;
      worked |= cleaner.step(put, !incoming.isEmpty(), clock.nanoTime());
    }
    boolean synced =
        encoder.needsSync() || isOverdue() || tail.bytesSinceSync() >= unsyncedBytesMax;
    if (synced) {
      sync();
    } else {
      tail.flush();
    }
    encoder.confirm();
    if (synced && oldestNs != NONE) {
      appendMicros.record((clock.nanoTime() - oldestNs) / 1000);
      oldestNs = NONE;
    }
    worked |= freeSegments();
    summarise();
    noteUnsynced();
    updateState();
    return worked;
  }

  private void sync() throws IOException {
    long startNs = clock.nanoTime();
    tail.sync();
    syncMicros.record((clock.nanoTime() - startNs) / 1000);
  }

  JournalLatencies latencies() {
    return new JournalLatencies(syncMicros.counts(), appendMicros.counts());
  }

  private boolean acceptSegment() {
    SegmentFile prepared = pool.takePrepared();
    if (prepared != null) {
      tail.offerNext(prepared);
      noRoom = null;
      snapshotWaits = false;
      return true;
    }
    IOException failure = pool.takeNoRoom();
    if (failure != null) {
      noRoom = failure;
      retryAtNs = clock.nanoTime() + RETRY_NS;
      cleaner.roomIsShort(clock.nanoTime());
    } else if (noRoom != null && clock.nanoTime() - retryAtNs >= 0) {
      retrySegment();
    }
    return false;
  }

  private void retrySegment() {
    retryAtNs = clock.nanoTime() + RETRY_NS;
    pool.prepare(tail.nextNumber());
  }

  private boolean isOverdue() {
    return unsynced && clock.nanoTime() - unsyncedSinceNs >= UNSYNCED_MAX_NS;
  }

  private void noteUnsynced() {
    boolean now = tail.isUnsynced();
    if (now && !unsynced) {
      unsyncedSinceNs = clock.nanoTime();
    }
    unsynced = now;
  }

  /**
   * Frees segments nobody needs, oldest first. Only when everything is synced: a message which
   * replaced one of those freed must have become durable before.
   */
  private boolean freeSegments() throws IOException {
    if (tail.isUnsynced()) {
      return false;
    }
    IOException broken = pool.broken();
    if (broken != null) {
      throw broken;
    }
    if (noRoom != null && segments.size() > 1) {
      isTopologyBehind(segments.first()); // as long as there is room for a snapshot
    }
    boolean freed = false;
    while (segments.size() > 1
        && segments.first().liveness().live() == 0
        && cleaner.isDoneWith(segments.first())
        && isTopologyBehind(segments.first())) {
      liveness.freed(segments.first());
      pool.release(segments.removeFirst());
      freed = true;
      if (noRoom != null) {
        noRoom = null; // until the pool says so again
        retrySegment();
      }
    }
    return freed;
  }

  /** Whether the topology can be told without this segment; if not, writes what is needed. */
  private boolean isTopologyBehind(SegmentFile first) throws IOException {
    if (topology.isFreeOf(first)) {
      return true;
    }
    if (snapshotWaits && clock.nanoTime() - snapshotAgainNs < 0) {
      return false;
    }
    snapshotWaits = !topology.writeSnapshot();
    snapshotAgainNs = clock.nanoTime() + RETRY_NS;
    tail.sync();
    return !snapshotWaits;
  }

  /**
   * Has a summary made of each segment that has none. Not of the newest ones: most are freed before
   * it would be of use.
   */
  private void summarise() {
    if (segments.size() > summaryDistance) {
      nextSummary = Math.max(nextSummary, segments.first().number());
      while (nextSummary + summaryDistance < tail.nextNumber()) {
        SegmentFile segment = segments.find(nextSummary * segments.segmentBytes());
        nextSummary++;
        if (segment != null) {
          pool.summarise(segment);
        }
      }
    }
  }

  private void updateState() {
    IOException reason = noRoom;
    Journal.State now =
        reason != null && encoder.isHolding() ? Journal.State.FULL : Journal.State.RUNNING;
    if (now != state) {
      if (reason != null && now == Journal.State.FULL) {
        log.warn(
            "journal has no room: messages wait, settlements go on reason={}", reason.toString());
      } else {
        log.info("journal has room again");
      }
      changeState(now);
    }
  }

  private void changeState(Journal.State now) {
    state = now;
    stateListener.accept(now);
  }

  private void fail(Throwable cause) {
    failure = cause;
    log.error("journal failed: nothing is confirmed any more, restart the broker", cause);
    changeState(Journal.State.FAILED);
  }

  private boolean discard() {
    boolean any = false;
    while (incoming.poll() != null) {
      any = true;
    }
    return any;
  }

  private void publishCounters() {
    messagesWritten.lazySet(encoder.messagesWritten());
    messagesElided.lazySet(encoder.messagesElided());
    messagesCopied.lazySet(cleaner.messagesCopied());
    bytesCopied.lazySet(cleaner.bytesCopied());
    bytesWritten.lazySet(tail.bytesWritten());
    writes.lazySet(tail.writes());
    syncs.lazySet(tail.syncs());
  }
}
