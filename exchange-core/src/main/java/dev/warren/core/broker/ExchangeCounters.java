package dev.warren.core.broker;

import java.util.concurrent.atomic.LongAdder;

/** What went through one exchange since start. Thread-safe. */
final class ExchangeCounters {
  private final LongAdder in = new LongAdder();
  private final LongAdder out = new LongAdder();
  private final LongAdder returned = new LongAdder();
  private final LongAdder dropped = new LongAdder();
  private volatile boolean forgotten;

  /** The exchange is deleted: one of the same name that comes later has counters of its own. */
  void forget() {
    forgotten = true;
  }

  /** Whether its exchange is deleted. */
  boolean isForgotten() {
    return forgotten;
  }

  /** Adds what another has counted. */
  void add(ExchangeCounters other) {
    in.add(other.publishedIn());
    out.add(other.publishedOut());
    returned.add(other.unroutableReturned());
    dropped.add(other.unroutableDropped());
  }

  /** A message came in and went to so many queues. */
  void published(int queues) {
    in.increment();
    if (queues > 0) {
      out.add(queues);
    }
  }

  /** One of those went to no queue. */
  void unroutable(boolean presettled) {
    (presettled ? dropped : returned).increment();
  }

  long unroutableReturned() {
    return returned.sum();
  }

  long unroutableDropped() {
    return dropped.sum();
  }

  long publishedIn() {
    return in.sum();
  }

  long publishedOut() {
    return out.sum();
  }
}
