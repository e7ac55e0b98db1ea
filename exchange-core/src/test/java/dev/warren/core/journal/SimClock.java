package dev.warren.core.journal;

import dev.warren.core.time.BrokerClock;

/** A clock which a test moves. */
final class SimClock implements BrokerClock {
  private long nowNs = 1_000_000_000L;

  void advanceMs(long ms) {
    nowNs += ms * 1_000_000;
  }

  @Override
  public long epochMs() {
    return nowNs / 1_000_000;
  }

  @Override
  public long nanoTime() {
    return nowNs;
  }
}
