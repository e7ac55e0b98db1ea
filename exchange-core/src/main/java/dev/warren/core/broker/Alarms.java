package dev.warren.core.broker;

import dev.warren.core.journal.Journal;
import dev.warren.core.time.BrokerClock;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Why publishers get no credit: too little disk, too much memory in use, a journal that takes
 * nothing. Checked by the control thread, readable by any; listeners are called on their loops.
 */
final class Alarms implements PublisherLimits {
  /** How often the resources are looked at. */
  static final long PERIOD_MS = 250;

  private static final Logger LOG = LoggerFactory.getLogger(Alarms.class);

  private static final long COLLECTION_PAUSE_NS_MIN = 1_000_000_000;
  private static final long COLLECTION_PAUSE_NS_MAX = 60_000_000_000L;

  private final BrokerOptions options;
  private final Path directory;
  private final Heap heap;
  private final BrokerClock clock;
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();
  private volatile List<String> active = List.of();
  private volatile boolean memory;
  private volatile long diskFreeBytes;
  private volatile @Nullable Journal journal;
  private volatile Journal.State journalState = Journal.State.RUNNING;

  private long collectionPauseNs;
  private long nextCollectionNs;

  private record Listener(BrokerLoop loop, Runnable task) {}

  /** The memory of this process, as a test may pretend it. */
  interface Heap {
    /** What was live after the last collection, as far as the collector tells. */
    long liveBytes();

    /** The most it may become. */
    long maxBytes();

    /** Collects now. */
    void collect();
  }

  Alarms(BrokerOptions options, Path directory, BrokerClock clock) {
    this(options, directory, new JavaHeap(), clock);
  }

  Alarms(BrokerOptions options, Path directory, Heap heap, BrokerClock clock) {
    this.options = options;
    this.directory = directory;
    this.heap = heap;
    this.clock = clock;
    this.diskFreeBytes = directory.toFile().getUsableSpace();
  }

  void listen(BrokerLoop loop, Runnable task) {
    listeners.add(new Listener(loop, task));
  }

  /** From now on the journal's spare segments count as free room: it writes there next. */
  void watch(Journal recovered) {
    journal = recovered;
    recovered.onStateChange(this::onJournalState);
  }

  /** The journal says how it is; any thread. */
  private void onJournalState(Journal.State state) {
    journalState = state;
    check();
  }

  /** Looks at everything and tells the listeners of a change. */
  synchronized void check() {
    Journal started = journal;
    long reusableBytes = started == null ? 0 : started.statistics().spareBytes();
    diskFreeBytes = directory.toFile().getUsableSpace() + reusableBytes;
    memory = isMemoryShort();
    List<String> now = new ArrayList<>();
    if (diskFreeBytes < options.diskFreeLimitBytes() || journalState == Journal.State.FULL) {
      now.add("disk");
    }
    if (journalState == Journal.State.FAILED) {
      now.add("journal");
    }
    if (memory) {
      now.add("memory");
    }
    if (now.equals(active)) {
      return;
    }
    LOG.warn("alarms changed active={} before={} diskFreeBytes={}", now, active, diskFreeBytes);
    active = List.copyOf(now);
    for (Listener listener : listeners) {
      listener.loop().execute(listener.task());
    }
  }

  /**
   * Whether too much is live. What the collector tells may be old, and with publishers blocked so
   * little is allocated that it might never look again: so it is asked to, now and then, before the
   * alarm is raised and while it lasts.
   */
  private boolean isMemoryShort() {
    if (!isAboveLimit()) {
      collectionPauseNs = 0;
      return false;
    }
    long nowNs = clock.nanoTime();
    if (collectionPauseNs == 0 || nowNs - nextCollectionNs >= 0) {
      collectionPauseNs =
          Math.min(
              Math.max(COLLECTION_PAUSE_NS_MIN, 2 * collectionPauseNs), COLLECTION_PAUSE_NS_MAX);
      nextCollectionNs = nowNs + collectionPauseNs;
      heap.collect();
    }
    return isAboveLimit();
  }

  private boolean isAboveLimit() {
    return heap.liveBytes() > options.memoryLimitRatio() * heap.maxBytes();
  }

  private static final class JavaHeap implements Heap {
    @Override
    public long liveBytes() {
      long bytes = 0;
      for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
        MemoryUsage usage = pool.getType() == MemoryType.HEAP ? pool.getCollectionUsage() : null;
        bytes += usage == null ? 0 : usage.getUsed();
      }
      return bytes;
    }

    @Override
    public long maxBytes() {
      return Runtime.getRuntime().maxMemory();
    }

    @Override
    public void collect() {
      System.gc();
    }
  }

  List<String> active() {
    return active;
  }

  long diskFreeBytes() {
    return diskFreeBytes;
  }

  @Override
  public boolean isBlocked() {
    return !active.isEmpty();
  }

  @Override
  public boolean isOutOfMemory() {
    return memory;
  }

  @Override
  public int parkedMax() {
    return options.parkedMax();
  }
}
