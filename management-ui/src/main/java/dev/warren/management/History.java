package dev.warren.management;

import org.jspecify.annotations.Nullable;

/**
 * The last samples of one object's figures. Owned by the management worker.
 *
 * <p>Kept as the latest values and a ring of differences, because differences fit in an int: a
 * difference outside its range is cut to it, which bends old samples and nothing else. The ring
 * appears with the first change, so an object nothing happens to costs no more than its latest
 * values.
 */
final class History {
  private static final int[] NONE = {};

  private final int depth;
  private final @Nullable History longer;
  private final long[] latest;
  private final int[] lastChange;
  private int[] changes = NONE;
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
    this.lastChange = new int[figures];
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
    for (int i = 0; i < latest.length; i++) {
      long change = figures[i] - latest[i];
      lastChange[i] = (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, change));
      latest[i] = figures[i];
      hasChanged |= change != 0;
    }
    if (depth > 1 && changes == NONE && hasChanged) {
      changes = new int[depth * latest.length];
    }
    if (changes != NONE) {
      int slot = (int) (changesRecorded % depth);
      System.arraycopy(lastChange, 0, changes, slot * latest.length, latest.length);
    }
    changesRecorded++;
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
    if (changes == NONE) {
      return depth == 1 && back == 0 ? lastChange[figure] : 0;
    }
    long slot = Math.floorMod(changesRecorded - 1 - back, (long) depth);
    return changes[(int) slot * latest.length + figure];
  }
}
