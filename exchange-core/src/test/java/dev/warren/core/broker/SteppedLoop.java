package dev.warren.core.broker;

import java.util.concurrent.BlockingQueue;

/**
 * A loop without a thread: its tasks wait in a queue which the test works off. All loops of a test
 * share the queue and the test's thread, so that an interleaving is what the test makes of it.
 */
final class SteppedLoop implements EventLoop {
  private final BlockingQueue<Runnable> tasks;

  SteppedLoop(BlockingQueue<Runnable> tasks) {
    this.tasks = tasks;
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
  }

  @Override
  public boolean isCurrent() {
    return true;
  }

  /** Time does not pass by itself here; what is scheduled is run at once. */
  @Override
  public void schedule(long delayMs, Runnable task) {
    tasks.add(task);
  }
}
