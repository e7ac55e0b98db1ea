package dev.warren.benchmarks.load;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** How latencies are kept: nanoseconds up to an hour, to three digits. */
final class Latencies {

  private static final long MAX_NS = TimeUnit.HOURS.toNanos(1);

  private Latencies() {}

  static Histogram create() {
    return new Histogram(MAX_NS, 3);
  }

  /** A time that fits; clocks of two processes on one machine agree, so 0 is only rounding. */
  static long clamp(long ns) {
    return Math.max(0, Math.min(MAX_NS, ns));
  }
}
