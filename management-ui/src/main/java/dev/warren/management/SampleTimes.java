package dev.warren.management;

import dev.warren.core.time.BrokerClock;

/** When the last samples were taken. Owned by the management worker. */
final class SampleTimes {
  private final long[] timesMs;
  private final long[] timesNs;
  private long passes;

  /** Remembers so many. */
  SampleTimes(int max) {
    timesMs = new long[max];
    timesNs = new long[max];
  }

  /** A sample is taken now. */
  void mark(BrokerClock clock) {
    int slot = (int) (passes % timesMs.length);
    timesMs[slot] = clock.epochMs();
    timesNs[slot] = clock.nanoTime();
    passes++;
  }

  /** How many were taken. */
  long passes() {
    return passes;
  }

  /** When the sample was taken, counted back from the latest; milliseconds since the epoch. */
  long timeMs(int back) {
    return timesMs[(int) Math.floorMod(passes - 1 - back, (long) timesMs.length)];
  }

  /** Milliseconds from the latest sample here to the latest there, by a clock that is not set. */
  long msUntil(SampleTimes other) {
    int here = (int) Math.floorMod(passes - 1, (long) timesNs.length);
    int there = (int) Math.floorMod(other.passes - 1, (long) other.timesNs.length);
    return (other.timesNs[there] - timesNs[here]) / 1_000_000;
  }

  /** Time between a sample, counted back from the latest, and the one before it. */
  double intervalSeconds(int back) {
    long later = timesNs[(int) Math.floorMod(passes - 1 - back, (long) timesNs.length)];
    long earlier = timesNs[(int) Math.floorMod(passes - 2 - back, (long) timesNs.length)];
    return Math.max(1, later - earlier) / 1e9;
  }
}
