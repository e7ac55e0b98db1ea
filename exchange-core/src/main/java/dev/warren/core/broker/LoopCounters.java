package dev.warren.core.broker;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * What one loop has counted since start. Written by the loop, read by any thread; each value on its
 * own, without the cost of a fence for the writer.
 */
@SuppressWarnings("EnumOrdinal") // an index into an array of the same enum, never stored
final class LoopCounters {
  private static final VarHandle VALUES = MethodHandles.arrayElementVarHandle(long[].class);

  private final long[] values = new long[Counter.values().length];

  /** What is counted. */
  enum Counter {
    /** Messages taken from publishers. */
    PUBLISHED,
    /** Those of them that are not settled: their publishers are told. */
    PUBLISHED_UNSETTLED,
    /** Publishers opened. */
    PUBLISHERS_OPENED,
    /** Publishers closed. */
    PUBLISHERS_CLOSED,
    /** Outcomes accepted told to publishers. */
    CONFIRMED,
    /** Times a message was put into a queue by a publisher. */
    ROUTED,
    /** Messages released for want of a queue. */
    UNROUTABLE_RETURNED,
    /** The same, pre-settled: dropped. */
    UNROUTABLE_DROPPED
  }

  /** Adds one; owner only. */
  void increment(Counter counter) {
    int i = counter.ordinal();
    VALUES.setOpaque(values, i, values[i] + 1);
  }

  /** Adds so many; owner only. */
  void add(Counter counter, long count) {
    int i = counter.ordinal();
    VALUES.setOpaque(values, i, values[i] + count);
  }

  /** Reads a value; any thread. */
  long get(Counter counter) {
    return (long) VALUES.getOpaque(values, counter.ordinal());
  }
}
