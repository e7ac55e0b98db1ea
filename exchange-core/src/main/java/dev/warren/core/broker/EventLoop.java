package dev.warren.core.broker;

/**
 * One thread that runs tasks in the order they were given. Supplied by whoever embeds the broker:
 * in the server an event loop of the network layer, in tests a loop stepped by hand. Thread-safe.
 */
public interface EventLoop {
  /** Runs the task on this loop's thread, later; never at once. */
  void execute(Runnable task);

  /** Whether the calling thread is this loop's. */
  boolean isCurrent();

  /** Runs the task on this loop's thread after at least this many milliseconds, once. */
  void schedule(long delayMs, Runnable task);
}
