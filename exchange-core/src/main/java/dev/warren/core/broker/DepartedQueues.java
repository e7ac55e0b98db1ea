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
  private final Map<String, QueueCounts> byVirtualHost = new HashMap<>();
  private final QueueCounts all = new QueueCounts();
  private final LongAdder declared = new LongAdder();
  private final LongAdder created = new LongAdder();
  private final LongAdder deleted = new LongAdder();

  /** Takes a queue away, by the action, and keeps what it had counted. */
  void remove(QueueProxy queue, Runnable action) {
    synchronized (this) {
      action.run();
      BrokerFigures.Sum sum = BrokerFigures.Sum.of(queue);
      byType.merge(queue.definition().type(), sum, BrokerFigures.Sum::plus);
      byVirtualHost
          .computeIfAbsent(queue.definition().virtualHost(), name -> new QueueCounts())
          .add(queue);
      all.add(queue);
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

  /** Takes a virtual host away, by the action; one of its name that comes later begins anew. */
  synchronized void removeVirtualHost(String name, Runnable action) {
    action.run();
    byVirtualHost.remove(name);
  }

  /** Adds one virtual host's to others. */
  synchronized void addOf(String virtualHost, QueueCounts to) {
    QueueCounts counts = byVirtualHost.get(virtualHost);
    if (counts != null) {
      to.add(counts);
    }
  }

  /** Adds those of all to others. */
  synchronized void addAll(QueueCounts to) {
    to.add(all);
  }

  /** By type. */
  synchronized Map<String, BrokerFigures.Sum> copy() {
    return new HashMap<>(byType);
  }

  Management.QueueChurn churn() {
    return new Management.QueueChurn(declared.sum(), created.sum(), deleted.sum());
  }
}
