package dev.warren.core.journal;

import dev.warren.core.time.BrokerClock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The journal in segment files of one directory. See {@code docs/journal.md} for the bytes.
 *
 * <p>Threads: one writer ({@link JournalWriter}), one for making and freeing files ({@link
 * SegmentPool}), two readers ({@link JournalReader}).
 */
public final class FileJournal implements Journal {
  private static final Logger log = LoggerFactory.getLogger(FileJournal.class);
  private static final long FIRST_SEGMENT = 1;
  private static final int READERS = 2;
  private static final int REWRITE_BYTES = 1 << 20;

  private final Storage storage;
  private final JournalOptions wanted;
  private final BrokerClock clock;
  private final Threads threads;
  private final @Nullable DataDirectoryLock lock;
  private RecoveryProgress progress = (segments, of, records) -> {};
  private volatile @Nullable Opened opened;
  private boolean closed;
  private boolean acceptsDamage;

  FileJournal(
      Storage storage,
      JournalOptions options,
      BrokerClock clock,
      Threads threads,
      @Nullable DataDirectoryLock lock) {
    this.storage = storage;
    this.wanted = options;
    this.clock = clock;
    this.threads = threads;
    this.lock = lock;
  }

  /**
   * Takes a directory, which no other process may use until {@link #close}.
   *
   * @throws DataDirectoryLockedException if another process has it
   * @throws JournalException if it cannot be used
   */
  public static FileJournal open(Path directory, JournalOptions options, BrokerClock clock) {
    DataDirectoryLock lock = DataDirectoryLock.acquire(directory);
    try {
      return new FileJournal(new DiskStorage(directory), options, clock, Threads.own(), lock);
    } catch (RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /**
   * Lets {@link #recover} give up what is damaged: each place is logged, every damaged file is
   * copied aside first, and nothing is deleted. Called before it, on the same thread.
   */
  public void acceptDamage() {
    acceptsDamage = true;
  }

  /** Sets who is told how far {@link #recover} is; before it is called. */
  public void onProgress(RecoveryProgress listener) {
    progress = listener;
  }

  @Override
  public RecoveryReport recover(RecoveryTarget target) {
    if (opened != null || closed) {
      throw new IllegalStateException("recover once, before anything else");
    }
    long startNs = clock.nanoTime();
    // Who gives damage up wants all of it found, also where a summary would do.
    boolean usesSummaries = !acceptsDamage;
    Recovery recovery = new Recovery(storage, wanted.segmentBytes(), usesSummaries);
    try {
      List<String> names = storage.list();
      boolean mended = !isReadable(recovery, names);
      if (mended) {
        names = storage.list();
        recovery = new Recovery(storage, wanted.segmentBytes(), usesSummaries);
        recovery.read(names, progress);
      }
      long live = tell(recovery, mended, target);
      int read = recovery.segments().size();
      Opened now = start(recovery, names);
      opened = now;
      if (threads.startWriter) {
        now.writerThread = now.writer.start();
      }
      long tookMs = TimeUnit.NANOSECONDS.toMillis(clock.nanoTime() - startNs);
      RecoveryReport report =
          new RecoveryReport(
              recovery.replay().endsInOrder(),
              read,
              recovery.summaries(),
              recovery.replay().records(),
              live,
              recovery.tornBytes(),
              tookMs);
      log.info(
          "journal recovered segments={} summaries={} live={} tookMs={}",
          read,
          report.summaries(),
          live,
          tookMs);
      return report;
    } catch (IOException e) {
      recovery.closeFiles(e);
      throw new JournalException("cannot open the journal: " + storage.describe(""), e);
    } catch (RuntimeException e) {
      recovery.closeFiles(e);
      throw e;
    }
  }

  private long tell(Recovery recovery, boolean mended, RecoveryTarget target) throws IOException {
    if (!mended) {
      return recovery.replay().tell(target);
    }
    OrphanKeeper keeper = new OrphanKeeper(target, recovery.liveness());
    long live = recovery.replay().tell(keeper);
    keeper.keep(storage, storage.list());
    return live;
  }

  /** False if it was not, and has been mended: then it must be read again. */
  private boolean isReadable(Recovery recovery, List<String> names) throws IOException {
    try {
      recovery.read(names, progress);
      return true;
    } catch (CorruptJournalException | IOException e) {
      recovery.closeFiles(e);
      DamageGate.pass(storage, names, acceptsDamage, e);
      return false;
    }
  }

  private Opened start(Recovery recovery, List<String> names) throws IOException {
    SegmentSet segments = recovery.segments();
    Liveness liveness = recovery.liveness();
    JournalOptions options =
        new JournalOptions(
            recovery.segmentBytes(),
            wanted.pendingBytesMax(),
            wanted.batchBytesMax(),
            wanted.readBatchMax(),
            wanted.spareSegmentsMax());
    int segmentBytes = options.segmentBytes();
    SegmentPool pool =
        new SegmentPool(storage, segmentBytes, options.spareSegmentsMax(), threads.files);
    pool.adoptSpares(names, !recovery.isEmpty(), segments);
    LogTail tail = new LogTail(segments, pool, segmentBytes, options.batchBytesMax());
    TopologyLog topology = new TopologyLog(tail, recovery.replay().topologyStart());
    JournalWriter writer =
        new JournalWriter(tail, segments, pool, liveness, topology, clock, options);
    if (recovery.isEmpty()) {
      tail.startEmpty(FIRST_SEGMENT);
    } else {
      continueLog(recovery, tail);
    }
    JournalReader reader =
        new JournalReader(storage, segments, liveness, threads.readers, options.readBatchMax());
    return new Opened(options, segments, pool, tail, topology, writer, reader);
  }

  /**
   * Makes the log writable behind its end: first what was read becomes durable, names and content,
   * since it may only have been in the page cache; then a record of the new term, which makes
   * whatever is behind it stale; only then are files removed.
   */
  private void continueLog(Recovery recovery, LogTail tail) throws IOException {
    storage.syncDirectory();
    SegmentFile last = recovery.last();
    long end = last.base() + recovery.endOffset();
    SegmentFile unproven = recovery.segments().find(Math.min(recovery.proven(), end - 1));
    for (long number = unproven == null ? recovery.segments().first().number() : unproven.number();
        number <= last.number();
        number++) {
      SegmentFile segment = recovery.segments().find(number * recovery.segmentBytes());
      if (segment != null) {
        rewrite(segment, recovery.proven(), end);
      }
    }
    List<SegmentFile> behind = recovery.behindEnd();
    SegmentFile following = behind.isEmpty() ? null : behind.get(0);
    tail.continueAt(last, recovery.endOffset(), recovery.nextTerm(), following);
    tail.markOpened();
    for (int i = behind.size() - 1; i > 0; i--) {
      behind.get(i).file().close();
      storage.delete(behind.get(i).name());
      storage.syncDirectory();
    }
  }

  /**
   * Writes once more what is shown between two positions of the log, as far as it is in this
   * segment, and syncs it. To sync alone would not do: after a sync that failed, before this start,
   * the system may show what it never stored and count it as stored, so that the next sync succeeds
   * and does nothing.
   */
  private static void rewrite(SegmentFile segment, long from, long to) throws IOException {
    int at = (int) Math.max(SegmentFile.DATA_START, from - segment.base());
    int end = (int) Math.min(segment.segmentBytes(), to - segment.base());
    ByteBuffer bytes = ByteBuffer.allocate(Math.max(0, Math.min(end - at, REWRITE_BYTES)));
    while (at < end) {
      bytes.clear().limit(Math.min(end - at, REWRITE_BYTES));
      int count = segment.file().read(bytes, at);
      if (count < 0) {
        break;
      }
      segment.file().write(bytes.flip(), at);
      at += count;
    }
    segment.file().force();
  }

  @Override
  public JournalAppender appender(DurableListener listener) {
    Opened now = running();
    return new FileJournalAppender(now.writer, listener, now.pending, now.options);
  }

  @Override
  public void read(long[] positions, ReadCallback callback) {
    running().reader.read(positions, callback);
  }

  @Override
  public State state() {
    return running().writer.state();
  }

  @Override
  public void onStateChange(Consumer<State> listener) {
    running().writer.onStateChange(listener);
  }

  @Override
  public void topologySource(TopologySource source) {
    running().topology.source(source);
  }

  @Override
  public JournalStatistics statistics() {
    Opened now = running();
    return new JournalStatistics(
        now.writer.messagesWritten(),
        now.writer.messagesElided(),
        now.writer.messagesCopied(),
        now.writer.bytesCopied(),
        now.writer.bytesWritten(),
        now.writer.writes(),
        now.writer.syncs(),
        now.reader.messagesRead(),
        now.reader.reads(),
        now.reader.bytesRead(),
        now.segments.size(),
        now.pool.spareCount(),
        (long) now.pool.spareCount() * now.options.segmentBytes(),
        now.pending.get());
  }

  @Override
  public JournalLatencies latencies() {
    return running().writer.latencies();
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      Opened now = opened;
      if (now != null) {
        endWriter(now);
        threads.end();
        now.segments.closeAll();
        now.pool.closeAll();
        SegmentFile next = now.tail.next();
        if (next != null) {
          next.file().close();
        }
      } else {
        threads.end();
      }
      storage.close();
    } catch (IOException e) {
      throw new JournalException("cannot close the journal: " + storage.describe(""), e);
    } finally {
      if (lock != null) {
        lock.close();
      }
    }
  }

  private static void endWriter(Opened now) {
    now.writer.close();
    Thread thread = now.writerThread;
    if (thread == null) {
      now.writer.drain();
      now.writer.finish();
    } else {
      awaitEnd(thread);
    }
  }

  private static void awaitEnd(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** The writer, to be stepped by a test which did not start its thread. */
  JournalWriter writer() {
    return running().writer;
  }

  private Opened running() {
    Opened now = opened;
    if (now == null) {
      throw new IllegalStateException("recover first");
    }
    return now;
  }

  /** Who does what; a test does everything on its own thread. */
  static final class Threads {
    final boolean startWriter;
    final Executor files;
    final Executor readers;
    private final List<ExecutorService> owned;

    private Threads(
        boolean startWriter, Executor files, Executor readers, List<ExecutorService> owned) {
      this.startWriter = startWriter;
      this.files = files;
      this.readers = readers;
      this.owned = owned;
    }

    static Threads own() {
      ExecutorService files =
          Executors.newSingleThreadExecutor(work -> daemon(work, "journal-files"));
      ExecutorService readers =
          Executors.newFixedThreadPool(READERS, work -> daemon(work, "journal-reader"));
      return new Threads(true, files, readers, List.of(files, readers));
    }

    /** Nobody interrupts these: the executors only end idle ones. */
    private static Thread daemon(Runnable work, String name) {
      Thread thread = new Thread(work, name);
      thread.setDaemon(true);
      return thread;
    }

    /** Everything on the caller's thread. */
    static Threads callers() {
      return callers(Runnable::run);
    }

    /** The same, but that reading back is left to an executor. */
    static Threads callers(Executor readers) {
      return callers(Runnable::run, readers);
    }

    /** The same, but that making files is left to an executor too. */
    static Threads callers(Executor files, Executor readers) {
      return new Threads(false, files, readers, List.of());
    }

    /** Lets everything that was handed in finish. */
    void end() {
      for (ExecutorService service : owned) {
        service.shutdown();
        boolean interrupted = false;
        while (!service.isTerminated()) {
          try {
            service.awaitTermination(1, TimeUnit.MINUTES);
          } catch (InterruptedException e) {
            interrupted = true;
          }
        }
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }

  /** The parts of an open journal. */
  private static final class Opened {
    final JournalOptions options;
    final SegmentSet segments;
    final SegmentPool pool;
    final LogTail tail;
    final TopologyLog topology;
    final JournalWriter writer;
    final JournalReader reader;
    final PendingBytes pending = new PendingBytes();
    volatile @Nullable Thread writerThread;

    Opened(
        JournalOptions options,
        SegmentSet segments,
        SegmentPool pool,
        LogTail tail,
        TopologyLog topology,
        JournalWriter writer,
        JournalReader reader) {
      this.options = options;
      this.segments = segments;
      this.pool = pool;
      this.tail = tail;
      this.topology = topology;
      this.writer = writer;
      this.reader = reader;
    }
  }
}
