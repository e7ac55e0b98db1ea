package dev.warren.core.journal;

import java.util.Arrays;

/**
 * Where the messages of one freed segment are now, those that were still held: 12 bytes a message,
 * in the order of their places. Changed by one thread only, and not any more once others see it.
 */
final class Moved {
  private int[] places;
  private long[] positions;
  private int count;

  Moved() {
    this(new int[8], new long[8], 0);
  }

  private Moved(int[] places, long[] positions, int count) {
    this.places = places;
    this.positions = positions;
    this.count = count;
  }

  Moved copy() {
    return new Moved(
        Arrays.copyOf(places, Math.max(8, count)),
        Arrays.copyOf(positions, Math.max(8, count)),
        count);
  }

  /** The same without room for more, as it stays long and is changed as a copy. */
  Moved trimmed() {
    return places.length <= Math.max(8, count) ? this : copy();
  }

  /** Position of the message stored first at this place, or -1 if it did not move. */
  long find(int place) {
    int index = Arrays.binarySearch(places, 0, count, place);
    return index < 0 ? -1 : positions[index];
  }

  /** Notes where a message is now. */
  void put(int place, long position) {
    int index = Arrays.binarySearch(places, 0, count, place);
    if (index >= 0) {
      positions[index] = position;
      return;
    }
    int at = -1 - index;
    if (count == places.length) {
      places = Arrays.copyOf(places, count * 2);
      positions = Arrays.copyOf(positions, count * 2);
    }
    System.arraycopy(places, at, places, at + 1, count - at);
    System.arraycopy(positions, at, positions, at + 1, count - at);
    places[at] = place;
    positions[at] = position;
    count++;
  }

  /** Forgets all whose position is in this range. */
  void removePositions(long from, long to) {
    int kept = 0;
    for (int i = 0; i < count; i++) {
      if (positions[i] < from || positions[i] >= to) {
        places[kept] = places[i];
        positions[kept] = positions[i];
        kept++;
      }
    }
    count = kept;
  }

  int count() {
    return count;
  }

  int place(int index) {
    return places[index];
  }

  long position(int index) {
    return positions[index];
  }
}
