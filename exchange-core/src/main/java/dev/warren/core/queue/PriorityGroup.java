package dev.warren.core.queue;

import org.jspecify.annotations.Nullable;

/**
 * The consumers of one priority: a circle of those with credit, and whose turn it is. Owned by the
 * queue's owner.
 */
final class PriorityGroup {
  final int priority;
  @Nullable PriorityGroup lower;
  int consumers;

  /** Who is next, or null if nobody has credit. */
  @Nullable Consumer turn;

  PriorityGroup(int priority) {
    this.priority = priority;
  }

  /** The next turn is the following consumer's. */
  void pass() {
    if (turn != null) {
      turn = turn.after;
    }
  }

  /** A consumer got credit: it is the last in turn. */
  void join(Consumer consumer) {
    Consumer next = turn;
    if (next == null) {
      turn = consumer;
      return;
    }
    Consumer last = next.before;
    consumer.before = last;
    consumer.after = next;
    last.after = consumer;
    next.before = consumer;
  }

  /** A consumer has no credit any more. */
  void leave(Consumer consumer) {
    Consumer before = consumer.before;
    Consumer after = consumer.after;
    if (after == consumer) {
      turn = null;
    } else {
      before.after = after;
      after.before = before;
      if (turn == consumer) {
        turn = after;
      }
    }
    consumer.before = consumer;
    consumer.after = consumer;
  }
}
