package dev.warren.core.broker;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * What the queues that are deleted had counted, so that sums over all queues never go back, and how
 * queues come and go. Thread-safe; whoever takes a queue out of the topology, or sums up, holds its
 * monitor, so that no queue counts twice or not at all.
 */
final class DepartedQueues {
  private final Map<String, BrokerFigures.Sum> byType = new HashMap<>();
  private final LongAdder declared = new LongAdder();
  private final LongAdder created = new LongAdder();
  private final LongAdder deleted = new LongAdder();

  /** Takes a queue away, by the action, and keeps what it had counted. */
  void remove(QueueProxy queue, Runnable action) {
    synchronized (this) {
      action.run();
      byType.merge(queue.definition().type(), BrokerFigures.Sum.of(queue), BrokerFigures.Sum::plus);
    }
    deleted.increment();
  }

  /** A queue was declared. */
  void declared(boolean isNew) {
    declared.increment();
    if (isNew) {
      created.increment();
    }
  }

  synchronized Map<String, BrokerFigures.Sum> copy() {
    return new HashMap<>(byType);
  }

  Management.QueueChurn churn() {
    return new Management.QueueChurn(declared.sum(), created.sum(), deleted.sum());
  }
}
