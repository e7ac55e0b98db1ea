package dev.warren.core.queue;

import java.util.Arrays;

/**
 * A place in each of the {@link LevelRings}: in each, everything before it was looked at. The rings
 * keep it valid. Owned by the queue's owner.
 */
final class ReadyPlace {
  /** One for each ring, in their order. */
  private RingCursor[] cursors;

  /** Which ring it stands in; only where {@link LevelRings#seek} has found a message. */
  private int index;

  ReadyPlace(RingCursor[] cursors) {
    this.cursors = cursors;
  }

  RingCursor cursor(int ring) {
    return cursors[ring];
  }

  /** There is one more ring. */
  void insert(int ring, RingCursor cursor) {
    RingCursor[] more = Arrays.copyOf(cursors, cursors.length + 1);
    System.arraycopy(cursors, ring, more, ring + 1, cursors.length - ring);
    more[ring] = cursor;
    cursors = more;
    if (index >= ring) {
      index++;
    }
  }

  int index() {
    return index;
  }

  void standIn(int ring) {
    index = ring;
  }

  /** The place in the ring it stands in. */
  RingCursor here() {
    return cursors[index];
  }

  void set(ReadyPlace other) {
    for (int i = 0; i < cursors.length; i++) {
      cursors[i].set(other.cursors[i]);
    }
    index = other.index;
  }

  /** Moves on to where the other is, in each ring where that is further. */
  void advanceTo(ReadyPlace other) {
    for (int i = 0; i < cursors.length; i++) {
      if (cursors[i].sequence < other.cursors[i].sequence) {
        cursors[i].set(other.cursors[i]);
      }
    }
  }

  /** Moves back to where the other is, in each ring where that is less far. */
  void backTo(ReadyPlace other) {
    for (int i = 0; i < cursors.length; i++) {
      if (cursors[i].sequence > other.cursors[i].sequence) {
        cursors[i].set(other.cursors[i]);
      }
    }
    index = 0;
  }
}
