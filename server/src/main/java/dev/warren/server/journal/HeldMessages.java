package dev.warren.server.journal;

import java.util.Arrays;

/**
 * The messages a queue holds, by name, in its order: eight bytes each, and eight more once one of
 * them has counts. Owned by one thread.
 */
final class HeldMessages {
  private static final int INITIAL = 1024;

  private long[] names = new long[INITIAL];
  private int[] counts = {};
  private int size;
  private long bytes;

  void add(long name, int sizeBytes, int deliveryCount, int acquiredCount) {
    if (size == names.length) {
      names = Arrays.copyOf(names, size * 2);
    }
    if (deliveryCount > 0 || acquiredCount > 0) {
      if (counts.length < 2 * names.length) {
        counts = Arrays.copyOf(counts, 2 * names.length);
      }
      counts[2 * size] = deliveryCount;
      counts[2 * size + 1] = acquiredCount;
    }
    names[size++] = name;
    bytes += sizeBytes;
  }

  int size() {
    return size;
  }

  /** What they count for in limits, together. */
  long bytes() {
    return bytes;
  }

  long name(int index) {
    return names[index];
  }

  int deliveryCount(int index) {
    return 2 * index < counts.length ? counts[2 * index] : 0;
  }

  int acquiredCount(int index) {
    return 2 * index < counts.length ? counts[2 * index + 1] : 0;
  }
}
