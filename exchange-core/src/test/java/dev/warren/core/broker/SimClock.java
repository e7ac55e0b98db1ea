package dev.warren.core.broker;

import dev.warren.core.time.BrokerClock;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that stands still until it is told to go on. */
final class SimClock implements BrokerClock {
  private final AtomicLong epochMs = new AtomicLong(1_700_000_000_000L);

  void advanceMs(long ms) {
    epochMs.addAndGet(ms);
  }

  @Override
  public long epochMs() {
    return epochMs.get();
  }

  @Override
  public long nanoTime() {
    return epochMs.get() * 1_000_000;
  }
}
