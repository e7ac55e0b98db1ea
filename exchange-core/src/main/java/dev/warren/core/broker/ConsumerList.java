package dev.warren.core.broker;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The subscriptions of one queue. Changed by the queue's owner, readable by any thread. */
final class ConsumerList {
  private final CopyOnWriteArrayList<QueueSubscription> all = new CopyOnWriteArrayList<>();

  void add(QueueSubscription subscription) {
    all.add(subscription);
  }

  boolean remove(QueueSubscription subscription) {
    return all.remove(subscription);
  }

  void clear() {
    all.clear();
  }

  boolean isEmpty() {
    return all.isEmpty();
  }

  /** Whether there is one that takes messages rather than only looking at them. */
  boolean hasTaker() {
    for (QueueSubscription subscription : all) {
      if (!subscription.consumer().isBrowsing()) {
        return true;
      }
    }
    return false;
  }

  List<QueueSubscription> snapshot() {
    return List.copyOf(all);
  }
}
