package dev.warren.core.broker;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.BlockingQueue;

/**
 * A loop without a thread: its tasks wait in a queue which the test works off. All loops of a test
 * share the queue and the test's thread, so that an interleaving is what the test makes of it.
 */
final class SteppedLoop implements EventLoop {
  /** What is to happen within this time is polling. */
  private static final long POLLING_MS = 1000;

  private final BlockingQueue<Runnable> tasks;
  private final SimClock clock;
  private final List<Later> later = new ArrayList<>();

  private record Later(long atMs, boolean polls, Runnable task) {}

  SteppedLoop(BlockingQueue<Runnable> tasks, SimClock clock) {
    this.tasks = tasks;
    this.clock = clock;
  }

  /** Time has passed: what is due now is a task. */
  void timePassed() {
    List<Later> due = later.stream().filter(l -> l.atMs() <= clock.epochMs()).toList();
    later.removeAll(due);
    due.stream().sorted(Comparator.comparingLong(Later::atMs)).forEach(l -> tasks.add(l.task()));
  }

  /** Nothing else is to be done: what polls may look again, though no time passes. */
  void poll() {
    List<Later> polling = later.stream().filter(Later::polls).toList();
    later.removeAll(polling);
    polling.forEach(l -> tasks.add(l.task()));
  }

  /** How much waits for its time. */
  int waiting() {
    return later.size();
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
  }

  @Override
  public boolean isCurrent() {
    return true;
  }

  /** Time does not pass by itself here. */
  @Override
  public void schedule(long delayMs, Runnable task) {
    later.add(new Later(clock.epochMs() + delayMs, delayMs <= POLLING_MS, task));
  }
}
