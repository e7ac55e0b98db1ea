package dev.warren.core.journal;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Which places of one segment are settled, places counted in units of {@link
 * RecordCodec#ALIGNMENT}. Owned by the writer.
 *
 * <p>Four bytes an entry, sorted only when somebody asks; a bit for each place once the entries
 * would take more than that, so never more than a 64th of the segment.
 */
final class SettledSet {
  private static final int INITIAL = 16;

  private final int places;
  private int[] entries = {};
  private int count;
  private boolean sorted = true;
  private long @Nullable [] bits;

  SettledSet(int segmentBytes) {
    places = segmentBytes / RecordCodec.ALIGNMENT;
  }

  /** Adds a place; one that is there already makes no difference. */
  void add(int place) {
    if (bits != null) {
      setBit(bits, place);
    } else if (count < entries.length || grow()) {
      entries[count++] = place;
      sorted = false;
    } else {
      add(place);
    }
  }

  boolean contains(int place) {
    if (bits != null) {
      return (bits[place >> 6] & 1L << place) != 0;
    }
    sort();
    return Arrays.binarySearch(entries, 0, count, place) >= 0;
  }

  /** How many different places it has. */
  int count() {
    sort();
    return count;
  }

  /** From now on a bit for each place, so that asking is cheap whatever is added meanwhile. */
  void useBits() {
    if (bits == null) {
      sort();
      long[] made = new long[(places >> 6) + 1];
      int of = count;
      count = 0;
      for (int i = 0; i < of; i++) {
        setBit(made, entries[i]);
      }
      bits = made;
      entries = new int[0];
    }
  }

  /** Makes room for more; false if it turned into bits. */
  private boolean grow() {
    if (count >= places / Integer.SIZE) {
      useBits();
      return false;
    }
    entries = Arrays.copyOf(entries, Math.max(INITIAL, count * 2));
    return true;
  }

  private void setBit(long[] in, int place) {
    long bit = 1L << place;
    if ((in[place >> 6] & bit) == 0) {
      in[place >> 6] |= bit;
      count++;
    }
  }

  private void sort() {
    if (sorted || bits != null) {
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
