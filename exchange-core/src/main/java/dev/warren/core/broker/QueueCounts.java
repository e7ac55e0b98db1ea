package dev.warren.core.broker;

import dev.warren.core.queue.QueueCounters;

/** What queues have counted together. Owned by whoever sums up. */
final class QueueCounts {
  private long delivered;
  private long presettled;
  private long redelivered;
  private long settled;
  private long got;
  private long gotEmpty;

  /** Adds what a queue has counted. */
  void add(QueueProxy queue) {
    QueueCounters counters = queue.counters();
    delivered += counters.delivered();
    presettled += counters.deliveredPresettled();
    redelivered += counters.redelivered();
    settled += counters.acknowledged();
    got += counters.got();
    gotEmpty += counters.gotEmpty();
  }

  /** Adds others. */
  void add(QueueCounts other) {
    delivered += other.delivered;
    presettled += other.presettled;
    redelivered += other.redelivered;
    settled += other.settled;
    got += other.got;
    gotEmpty += other.gotEmpty;
  }

  long delivered() {
    return delivered;
  }

  long presettled() {
    return presettled;
  }

  long redelivered() {
    return redelivered;
  }

  long settled() {
    return settled;
  }

  long got() {
    return got;
  }

  long gotEmpty() {
    return gotEmpty;
  }
}
