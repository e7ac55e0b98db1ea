package dev.warren.core.time;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * Counts values by size. Written by one thread, read by any, each count on its own and without the
 * cost of a fence for the writer.
 */
public final class Histogram {
  private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);

  private final long[] bounds;

  /** A count for each bound, one for what is beyond, and the sum of all values. */
  private final long[] cells;

  /**
   * Creates an empty one.
   *
   * @param bounds inclusive upper bounds, rising; few, since they are looked at one by one
   */
  public Histogram(long... bounds) {
    this.bounds = bounds.clone();
    this.cells = new long[bounds.length + 2];
  }

  /** Counts a value; owner only. One below zero, from a clock that was put back, counts as zero. */
  public void record(long value) {
    long counted = Math.max(0, value);
    int cell = 0;
    while (cell < bounds.length && counted > bounds[cell]) {
      cell++;
    }
    CELL.setOpaque(cells, cell, cells[cell] + 1);
    int sum = cells.length - 1;
    CELL.setOpaque(cells, sum, cells[sum] + counted);
  }

  /** What was counted so far; any thread. */
  public Counts counts() {
    long[] counts = new long[bounds.length + 1];
    for (int i = 0; i < counts.length; i++) {
      counts[i] = (long) CELL.getOpaque(cells, i);
    }
    return new Counts(bounds.clone(), counts, (long) CELL.getOpaque(cells, cells.length - 1));
  }

  /** Counts at one moment. Immutable: the arrays are its own. */
  public static final class Counts {
    private final long[] bounds;
    private final long[] counts;
    private final long sum;

    private Counts(long[] bounds, long[] counts, long sum) {
      this.bounds = bounds;
      this.counts = counts;
      this.sum = sum;
    }

    /** How many bounds there are. */
    public int bounds() {
      return bounds.length;
    }

    /** An inclusive upper bound. */
    public long bound(int index) {
      return bounds[index];
    }

    /** How many values were within this bound and beyond the one before; the last has none. */
    public long count(int index) {
      return counts[index];
    }

    /** How many values there were. */
    public long total() {
      return Arrays.stream(counts).sum();
    }

    /** Sum of all values. */
    public long sum() {
      return sum;
    }

    /** These and others of the same bounds. */
    public Counts plus(Counts other) {
      if (!Arrays.equals(bounds, other.bounds)) {
        throw new IllegalArgumentException("histograms of different bounds");
      }
      long[] both = new long[counts.length];
      for (int i = 0; i < both.length; i++) {
        both[i] = counts[i] + other.counts[i];
      }
      return new Counts(bounds, both, sum + other.sum);
    }
  }
}
