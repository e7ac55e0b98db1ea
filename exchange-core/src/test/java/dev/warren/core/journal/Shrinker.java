package dev.warren.core.journal;

import java.util.BitSet;
import java.util.function.Predicate;

/**
 * Leaves out as many steps of a failing scenario as it can while it still fails: halves first, then
 * quarters, and so on to single steps. Bounded by a number of runs.
 */
final class Shrinker {
  private static final int RUNS_MAX = 300;

  private final Predicate<BitSet> fails;
  private int runs;

  /** A shrinker of what fails without these steps. */
  Shrinker(Predicate<BitSet> fails) {
    this.fails = fails;
  }

  /** The steps that can be left out, of so many. */
  BitSet shrink(int steps) {
    BitSet leftOut = new BitSet();
    for (int size = Math.max(1, steps / 2); size >= 1 && runs < RUNS_MAX; size /= 2) {
      for (int from = 0; from < steps && runs < RUNS_MAX; from += size) {
        BitSet attempt = (BitSet) leftOut.clone();
        attempt.set(from, Math.min(steps, from + size));
        if (!attempt.equals(leftOut)) {
          runs++;
          if (fails.test(attempt)) {
            leftOut = attempt;
          }
        }
      }
    }
    return leftOut;
  }
}
