package dev.warren.management;

import dev.warren.core.broker.EventLoop;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A loop with a thread of its own. */
final class ThreadLoop implements EventLoop, AutoCloseable {
  private volatile @Nullable Thread thread;
  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread made = new Thread(task, "test-loop");
            made.setDaemon(true);
            thread = made;
            return made;
          });

  @Override
  public void execute(Runnable task) {
    executor.execute(task);
  }

  @Override
  public boolean isCurrent() {
    return Thread.currentThread() == thread;
  }

  @Override
  public void schedule(long delayMs, Runnable task) {
    var unused = executor.schedule(task, delayMs, TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
