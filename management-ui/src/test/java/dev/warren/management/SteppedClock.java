package dev.warren.management;

import dev.warren.core.time.BrokerClock;

/** A clock that stands until it is stepped. */
final class SteppedClock implements BrokerClock {
  private volatile long nowMs;

  SteppedClock(long startMs) {
    this.nowMs = startMs;
  }

  synchronized void advanceMs(long ms) {
    nowMs += ms;
  }

  @Override
  public long epochMs() {
    return nowMs;
  }

  @Override
  public long nanoTime() {
    return nowMs * 1_000_000;
  }
}
