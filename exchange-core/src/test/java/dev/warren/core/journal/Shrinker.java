package dev.warren.core.journal;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Leaves out as many steps of a failing scenario as it can while it still fails: halves first, then
 * quarters, and so on to single steps, as long as that gets on. Bounded by time.
 */
final class Shrinker {
  private static final long NS_MAX = TimeUnit.SECONDS.toNanos(15);

  private final Predicate<List<Integer>> fails;
  private final long deadlineNs = System.nanoTime() + NS_MAX;

  /** A shrinker of what fails with these steps. */
  Shrinker(Predicate<List<Integer>> fails) {
    this.fails = fails;
  }

  /** The steps that are enough, of these. */
  List<Integer> shrink(List<Integer> steps) {
    List<Integer> left = List.copyOf(steps);
    int size = Math.max(1, left.size() / 2);
    while (true) {
      List<Integer> fewer = without(left, size);
      if (System.nanoTime() - deadlineNs > 0 || (size == 1 && fewer.size() == left.size())) {
        return fewer;
      }
      left = fewer;
      size = Math.max(1, Math.min(size / 2, left.size() / 2));
    }
  }

  /** Leaves out each run of so many steps that is not needed; the last ones first. */
  private List<Integer> without(List<Integer> steps, int size) {
    List<Integer> left = steps;
    for (int to = steps.size(); to > 0 && System.nanoTime() - deadlineNs < 0; to -= size) {
      List<Integer> attempt = new ArrayList<>(left);
      attempt.subList(Math.max(0, to - size), to).clear();
      if (fails.test(attempt)) {
        left = attempt;
      }
    }
    return left;
  }
}
