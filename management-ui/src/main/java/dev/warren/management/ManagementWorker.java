package dev.warren.management;

import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread for what takes time, off the event loops, which have messages to move. The one that
 * answers API requests samples the counters, too, and so is the owner of the sampler. Its methods
 * are thread-safe.
 */
final class ManagementWorker implements Executor {
  private static final Logger LOG = LoggerFactory.getLogger(ManagementWorker.class);

  private final ScheduledThreadPoolExecutor executor;
  private final AtomicInteger waiting = new AtomicInteger();
  private final int waitingMax;

  ManagementWorker(String name, int waitingMax) {
    this.waitingMax = waitingMax;
    this.executor =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, name);
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Runs a task again and again; a failing run is logged and the next one comes. */
  void repeat(Runnable task, long intervalMs) {
    var unused =
        executor.scheduleWithFixedDelay(
            () -> {
              try {
                task.run();
              } catch (RuntimeException e) {
                LOG.warn("Cannot sample the counters, will try again", e);
              }
            },
            0,
            intervalMs,
            TimeUnit.MILLISECONDS);
  }

  /**
   * Runs a task and tells one of the two what became of it: on the worker, or on the caller's
   * thread if it cannot be taken because too many wait or the worker is closed.
   */
  <T> void call(Callable<T> task, Consumer<T> done, Consumer<Throwable> failed) {
    if (waiting.incrementAndGet() > waitingMax) {
      waiting.decrementAndGet();
      failed.accept(new RejectedExecutionException("too many requests"));
      return;
    }
    try {
      executor.execute(() -> run(task, done, failed));
    } catch (RejectedExecutionException e) {
      waiting.decrementAndGet();
      failed.accept(e);
    }
  }

  /**
   * Runs a task.
   *
   * @throws RejectedExecutionException if too many wait, or it is closed
   */
  @Override
  public void execute(Runnable task) {
    if (waiting.incrementAndGet() > waitingMax) {
      waiting.decrementAndGet();
      throw new RejectedExecutionException("too many requests");
    }
    try {
      executor.execute(() -> run(task));
    } catch (RejectedExecutionException e) {
      waiting.decrementAndGet();
      throw e;
    }
  }

  private void run(Runnable task) {
    try {
      task.run();
    } finally {
      waiting.decrementAndGet();
    }
  }

  /** Runs a task after some milliseconds, unless the worker is closed before. */
  void later(Runnable task, long delayMs) {
    var unused = executor.schedule(task, delayMs, TimeUnit.MILLISECONDS);
  }

  private <T> void run(Callable<T> task, Consumer<T> done, Consumer<Throwable> failed) {
    T result;
    try {
      result = task.call();
    } catch (Throwable e) {
      failed.accept(e);
      return;
    } finally {
      waiting.decrementAndGet();
    }
    done.accept(result);
  }

  /** Stops; what waits is dropped. */
  void close() {
    executor.shutdownNow();
  }
}
