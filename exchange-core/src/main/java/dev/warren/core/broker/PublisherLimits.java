package dev.warren.core.broker;

/** What keeps publishers from publishing. Thread-safe. */
interface PublisherLimits {
  /** Whether an alarm withholds credit. */
  boolean isBlocked();

  /** Whether a message that cannot go to disk has to be refused. */
  boolean isOutOfMemory();

  /** Messages one publisher may have parked. */
  int parkedMax();
}
