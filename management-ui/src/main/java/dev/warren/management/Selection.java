package dev.warren.management;

import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A part of what a list would be if it were sorted, in time that grows with the list's length and
 * not faster (Hoare's selection). Stateless.
 */
final class Selection {
  /** Fewer are sorted at once. */
  private static final int SORTED_MAX = 32;

  private Selection() {}

  /**
   * The elements which sorting would put from one place to another.
   *
   * @param items is reordered
   * @param order no two elements may be equal in it
   * @param to after the last
   */
  static <T> List<T> slice(List<T> items, Comparator<? super T> order, int from, int to) {
    if (from < to && to - from < items.size()) {
      // A fixed seed: the same request takes the same steps.
      SplittableRandom random = new SplittableRandom(items.size());
      divide(items, order, from, 0, items.size(), random);
      divide(items, order, to, from, items.size(), random);
    }
    List<T> slice = items.subList(from, to);
    slice.sort(order);
    return slice;
  }

  /** Puts what belongs before a place before it, and the rest behind; looks at a part only. */
  private static <T> void divide(
      List<T> items,
      Comparator<? super T> order,
      int place,
      int first,
      int end,
      SplittableRandom random) {
    int low = first;
    int high = end;
    while (place > low && place < high) {
      if (high - low <= SORTED_MAX) {
        items.subList(low, high).sort(order);
        return;
      }
      int middle = partition(items, order, low, high, random.nextInt(low, high));
      if (place <= middle) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
  }

  /** Puts an element where sorting would, what is less before it and what is more behind it. */
  private static <T> int partition(
      List<T> items, Comparator<? super T> order, int low, int high, int chosen) {
    Collections.swap(items, chosen, high - 1);
    T pivot = items.get(high - 1);
    int place = low;
    for (int i = low; i < high - 1; i++) {
      if (order.compare(items.get(i), pivot) < 0) {
        Collections.swap(items, i, place);
        place++;
      }
    }
    Collections.swap(items, place, high - 1);
    return place;
  }
}
