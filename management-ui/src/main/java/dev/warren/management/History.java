package dev.warren.management;

import org.jspecify.annotations.Nullable;

/**
 * The last samples of one object's figures. Owned by the management worker.
 *
 * <p>Kept as the latest values and a ring of differences, most of which fit in an int: the first
 * one that does not makes the ring one of longs. The ring appears with the first change, so an
 * object nothing happens to costs no more than its latest values.
 */
final class History {
  private static final int[] NONE = {};
  private static final long[] NONE_WIDE = {};

  private final int depth;
  private final @Nullable History longer;
  private final long[] latest;
  private final long[] lastChange;
  private int[] changes = NONE;

  /** In place of those, once one did not fit. */
  private long[] wideChanges = NONE_WIDE;

  private long changesRecorded = -1;

  /**
   * Creates an empty history.
   *
   * @param figures how many each sample has
   * @param depth how many differences are kept; 1 is enough for a rate
   */
  History(int figures, int depth) {
    this(figures, depth, null);
  }

  /**
   * The same, beside one of the same figures that reaches further back, in longer steps.
   *
   * @param longer that one, if there is one; who records here records there when a step is over
   */
  History(int figures, int depth, @Nullable History longer) {
    this.latest = new long[figures];
    this.lastChange = new long[figures];
    this.depth = depth;
    this.longer = longer;
  }

  /** The one that reaches further back, if there is one. */
  @Nullable History longer() {
    return longer;
  }

  /** Whether one of the first figures, which only go up, is lower in this sample. */
  boolean goesBack(long[] figures, int counters) {
    for (int i = 0; i < counters; i++) {
      if (figures[i] < latest[i]) {
        return true;
      }
    }
    return false;
  }

  /** Whether one of the first figures differs between the last two samples. */
  boolean hasChanged(int first) {
    for (int i = 0; i < first; i++) {
      if (lastChange[i] != 0) {
        return true;
      }
    }
    return false;
  }

  /** Takes the next sample. */
  void record(long[] figures) {
    if (changesRecorded < 0) {
      System.arraycopy(figures, 0, latest, 0, latest.length);
      changesRecorded = 0;
      return;
    }
    boolean hasChanged = false;
    boolean fits = true;
    for (int i = 0; i < latest.length; i++) {
      lastChange[i] = figures[i] - latest[i];
      latest[i] = figures[i];
      hasChanged |= lastChange[i] != 0;
      fits &= lastChange[i] == (int) lastChange[i];
    }
    if (depth > 1) {
      keepChange(hasChanged, fits);
    }
    changesRecorded++;
  }

  private void keepChange(boolean hasChanged, boolean fits) {
    if (changes == NONE && wideChanges == NONE_WIDE && hasChanged) {
      changes = new int[depth * latest.length];
    }
    if (changes != NONE && !fits) {
      wideChanges = new long[changes.length];
      for (int i = 0; i < changes.length; i++) {
        wideChanges[i] = changes[i];
      }
      changes = NONE;
    }
    int slot = (int) (changesRecorded % depth) * latest.length;
    for (int i = 0; i < latest.length; i++) {
      if (changes != NONE) {
        changes[slot + i] = (int) lastChange[i];
      } else if (wideChanges != NONE_WIDE) {
        wideChanges[slot + i] = lastChange[i];
      }
    }
  }

  /** How many samples can be asked for. */
  int size() {
    return (int) Math.min(changesRecorded, depth) + 1;
  }

  /** The latest value of a figure. */
  long latest(int figure) {
    return latest[figure];
  }

  /** The latest values of some figures together. */
  long latest(int... figures) {
    long sum = 0;
    for (int figure : figures) {
      sum += latest[figure];
    }
    return sum;
  }

  /** By how much the figure differs from the sample before. */
  long lastChange(int figure) {
    return lastChange[figure];
  }

  /** By how much the figure changed between the samples {@code back + 1} and {@code back} ago. */
  long change(int figure, int back) {
    if (changes == NONE && wideChanges == NONE_WIDE) {
      return depth == 1 && back == 0 ? lastChange[figure] : 0;
    }
    int slot = (int) Math.floorMod(changesRecorded - 1 - back, (long) depth);
    int at = slot * latest.length + figure;
    return changes == NONE ? wideChanges[at] : changes[at];
  }
}
