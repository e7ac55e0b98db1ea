package dev.warren.server.security;

import dev.warren.core.time.BrokerClock;
import java.util.concurrent.atomic.AtomicLong;

/** The machine's clock with a date that can be put forward; durations stay true. Thread-safe. */
final class LaterClock implements BrokerClock {
  private final BrokerClock system = BrokerClock.system();
  private final AtomicLong aheadMs = new AtomicLong();

  @Override
  public long epochMs() {
    return system.epochMs() + aheadMs.get();
  }

  @Override
  public long nanoTime() {
    return system.nanoTime();
  }

  void putForward(long ms) {
    aheadMs.addAndGet(ms);
  }
}
