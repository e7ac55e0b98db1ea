package dev.warren.benchmarks.load;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** What the connections of one run share. Thread-safe. */
final class LoadRun {

  final LoadOptions options;
  final long id = System.nanoTime() ^ ProcessHandle.current().pid() << 40;
  final LongAdder accepted = new LongAdder();
  final LongAdder received = new LongAdder();
  final CountDownLatch receiversReady;
  private final AtomicInteger sendersActive;
  private final AtomicReference<@Nullable String> failure = new AtomicReference<>();
  private volatile boolean gaveUp;

  LoadRun(LoadOptions options) {
    this.options = options;
    this.sendersActive = new AtomicInteger(options.senders());
    this.receiversReady = new CountDownLatch(options.receivers());
  }

  void senderDone() {
    sendersActive.decrementAndGet();
  }

  /** Whether the receivers have all there will be. */
  boolean isComplete() {
    if (options.senders() == 0) {
      return received.sum() >= options.count();
    }
    return sendersActive.get() == 0 && received.sum() >= accepted.sum() * options.copies();
  }

  void fail(String what) {
    failure.compareAndSet(null, what);
  }

  @Nullable String failure() {
    return failure.get();
  }

  void giveUp() {
    gaveUp = true;
  }

  boolean hasGivenUp() {
    return gaveUp;
  }

  boolean isOver() {
    return gaveUp || failure.get() != null;
  }
}
