package dev.warren.core.broker;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A number of things a second, of which those of a second may come at once. Thread-safe, without a
 * lock, and nothing is allocated.
 *
 * <p>What is kept is a time: until when everything taken so far is paid for, at the rate allowed.
 * It lies in the future when more was taken than there was, which then has to be waited for, so
 * that the rate holds in the long run whatever was let through at once.
 */
final class Pace {
  private static final long SECOND_NS = 1_000_000_000L;

  private final long perSecond;
  private final AtomicLong paidUntilNs;

  /** Begins with a second's worth. */
  Pace(long perSecond, long nowNs) {
    this.perSecond = perSecond;
    paidUntilNs = new AtomicLong(nowNs - SECOND_NS);
  }

  long perSecond() {
    return perSecond;
  }

  /** How many there are at this time; negative if more were taken. */
  long available(long nowNs) {
    long ns = Math.min(nowNs - paidUntilNs.get(), SECOND_NS);
    // A debt can be of any length; what is available is a second's worth at most.
    return ns < 0 ? -1 : ns * perSecond / SECOND_NS;
  }

  /** Takes so many, whether they are there or not. */
  void take(long nowNs, long count) {
    long price = (count * SECOND_NS + perSecond - 1) / perSecond;
    long before = paidUntilNs.get();
    while (!paidUntilNs.compareAndSet(before, Math.max(before, nowNs - SECOND_NS) + price)) {
      before = paidUntilNs.get();
    }
  }

  /** How long to wait until so many are there, in nanoseconds; of a second's worth at most. */
  long waitNs(long nowNs, long count) {
    long price = (Math.min(count, perSecond) * SECOND_NS + perSecond - 1) / perSecond;
    return Math.max(0, paidUntilNs.get() + price - nowNs);
  }
}
