package dev.warren.core.journal;

import java.util.Arrays;

/** A growing set of numbers, eight bytes each, sorted only when somebody asks. Single owner. */
final class SortedLongs {
  private long[] entries = new long[8];
  private int count;
  private boolean sorted = true;

  /** Adds a number; one that is there already makes no difference. */
  void add(long value) {
    if (count == entries.length) {
      sort();
      if (count > entries.length / 2) {
        entries = Arrays.copyOf(entries, count * 2);
      }
    }
    entries[count++] = value;
    sorted = false;
  }

  boolean contains(long value) {
    sort();
    return Arrays.binarySearch(entries, 0, count, value) >= 0;
  }

  /** How many different numbers it has. */
  int count() {
    sort();
    return count;
  }

  /** The numbers, ascending. */
  long[] toArray() {
    sort();
    return Arrays.copyOf(entries, count);
  }

  private void sort() {
    if (sorted) {
      return;
    }
    Arrays.sort(entries, 0, count);
    int to = 0;
    for (int from = 0; from < count; from++) {
      if (to == 0 || entries[from] != entries[to - 1]) {
        entries[to++] = entries[from];
      }
    }
    count = to;
    sorted = true;
  }
}
