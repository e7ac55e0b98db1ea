package dev.warren.management;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What {@link Selection} says is there, against sorting everything. */
class SelectionTest {
  @Test
  void choosesWhatSortingWould() {
    Random random = new Random(7);
    for (int size : new int[] {0, 1, 2, 31, 33, 100, 1000}) {
      List<Integer> sorted = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        sorted.add(i);
      }
      for (int round = 0; round < 50; round++) {
        int from = random.nextInt(size + 1);
        int to = from + random.nextInt(size - from + 1);
        for (List<Integer> order : orders(sorted, random)) {
          assertThat(Selection.slice(order, Comparator.naturalOrder(), from, to))
              .as("%d to %d of %d", from, to, size)
              .isEqualTo(sorted.subList(from, to));
        }
      }
    }
  }

  private static List<List<Integer>> orders(List<Integer> sorted, Random random) {
    List<Integer> shuffled = new ArrayList<>(sorted);
    java.util.Collections.shuffle(shuffled, random);
    List<Integer> reversed = new ArrayList<>(sorted);
    java.util.Collections.reverse(reversed);
    return List.of(shuffled, reversed, new ArrayList<>(sorted));
  }

  /** Sorted lists are what a careless choice of pivots takes quadratic time for. */
  @Test
  void comparesAFewTimesPerElement() {
    int size = 100_000;
    List<Integer> items = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      items.add(i);
    }
    long[] compared = {0};
    List<Integer> slice =
        Selection.slice(
            items,
            (a, b) -> {
              compared[0]++;
              return Integer.compare(a, b);
            },
            50_000,
            50_100);
    assertThat(slice).hasSize(100).startsWith(50_000);
    assertThat(compared[0]).isLessThan(12L * size);
  }
}
