package dev.warren.core.queue;

/** Whether a queue has a single active consumer, and who it is (contract §8). */
public enum SingleActive {
  /** All consumers are active. */
  NONE,
  /** The first of the highest priority, until it detaches. */
  UNTIL_DETACHED,
  /** The first of the highest priority, until it detaches or one of a higher priority attaches. */
  HIGHEST_PRIORITY
}
