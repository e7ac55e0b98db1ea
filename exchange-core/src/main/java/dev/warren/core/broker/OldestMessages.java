package dev.warren.core.broker;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Finds out when the oldest messages of queues came that are on disk: for a few queues at a time,
 * and of each one message after the other, because each is read as a whole. Those that wait are at
 * most all queues, each once. Thread-safe.
 */
final class OldestMessages {
  private static final int UNDER_WAY_MAX = 2;

  private final Queue<QueueProxy> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicInteger underWay = new AtomicInteger();

  /** Looks into a queue when it is its turn; does nothing if it waits, or is looked into. */
  void find(QueueProxy queue) {
    if (queue.beginFindingOldest()) {
      waiting.add(queue);
      next();
    }
  }

  private void next() {
    while (!waiting.isEmpty()) {
      if (underWay.incrementAndGet() > UNDER_WAY_MAX) {
        underWay.decrementAndGet();
        return;
      }
      QueueProxy queue = waiting.poll();
      if (queue == null) {
        underWay.decrementAndGet();
      } else {
        queue.findOldest(this::onFound);
      }
    }
  }

  private void onFound() {
    underWay.decrementAndGet();
    next();
  }
}
