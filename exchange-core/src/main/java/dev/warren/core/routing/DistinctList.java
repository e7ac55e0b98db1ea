package dev.warren.core.routing;

import java.util.Arrays;

/**
 * A reusable list in which an object is at most once, compared by identity. Owned by one event
 * loop; allocates only when it has to grow.
 *
 * <p>Up to {@value #SCAN_MAX} objects are told apart by looking at all of them. Beyond that an
 * open-addressed table of positions is used, whose slots carry the number of the run they belong
 * to, so that clearing it costs nothing. Objects added as a block that is known to be distinct are
 * entered into the table only when something else is added after them, which for a fanout is never.
 */
final class DistinctList<T> {
  private static final int SCAN_MAX = 8;
  private static final int TABLE_MIN = 64;

  private T[] items;
  private int count;

  /** Run number in the high half, position in {@link #items} in the low half. */
  private long[] table = {};

  private int run = 1;

  /** How many of the items are in the table. */
  private int indexed;

  /** Creates a list that keeps its objects in arrays of the type of this one. */
  DistinctList(T[] initial) {
    items = initial;
  }

  int count() {
    return count;
  }

  T get(int index) {
    assert index < count;
    return items[index];
  }

  /** The objects, from 0 to {@link #count()}; valid until the list is changed. */
  T[] items() {
    return items;
  }

  void clear() {
    Arrays.fill(items, 0, count, null); // so that a deleted queue is not kept alive
    count = 0;
    indexed = 0;
    if (++run == 0) {
      Arrays.fill(table, 0);
      run = 1;
    }
  }

  /** Adds an object and tells whether it was new. */
  boolean add(T item) {
    if (count < SCAN_MAX) {
      for (int i = 0; i < count; i++) {
        if (items[i] == item) {
          return false;
        }
      }
      append(item);
      return true;
    }
    indexAll();
    append(item);
    if (enter(count - 1)) {
      indexed = count;
      return true;
    }
    items[--count] = null;
    return false;
  }

  /** Adds the first objects of an array, which are all different. */
  void addAll(T[] distinct, int howMany) {
    if (count > 0) {
      for (int i = 0; i < howMany; i++) {
        add(distinct[i]);
      }
      return;
    }
    if (items.length < howMany) {
      items = Arrays.copyOf(items, howMany);
    }
    System.arraycopy(distinct, 0, items, 0, howMany);
    count = howMany;
  }

  private void append(T item) {
    if (count == items.length) {
      items = Arrays.copyOf(items, Math.max(SCAN_MAX, count * 2));
    }
    items[count++] = item;
  }

  private void indexAll() {
    if ((count + 1) * 2 > table.length) {
      table = new long[Math.max(TABLE_MIN, Integer.highestOneBit(count + 1) * 4)];
      indexed = 0;
    }
    while (indexed < count) {
      boolean isNew = enter(indexed++);
      assert isNew;
    }
  }

  private boolean enter(int position) {
    T item = items[position];
    int hash = System.identityHashCode(item);
    int mask = table.length - 1;
    int slot = (hash ^ (hash >>> 15)) & mask;
    while ((int) (table[slot] >>> 32) == run) {
      if (items[(int) table[slot]] == item) {
        return false;
      }
      slot = (slot + 1) & mask;
    }
    table[slot] = ((long) run << 32) | position;
    return true;
  }
}
