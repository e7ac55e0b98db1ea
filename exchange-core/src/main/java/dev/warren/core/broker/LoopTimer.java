package dev.warren.core.broker;

/** Something a {@link LoopTimers} does once at a time to come. Owned by one loop. */
final class LoopTimer {
  final Runnable task;
  long dueMs;

  /** Its place among timers of the same time; meaningful while it is set. */
  long order;

  boolean isSet;

  LoopTimer(Runnable task) {
    this.task = task;
  }
}
