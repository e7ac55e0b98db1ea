package dev.warren.core.queue;

import dev.warren.core.message.Message;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The ready messages of a queue which never left it: a {@link ReadyRing} for each level in use,
 * highest first. Owned by the queue's owner. Must not be asked for its head while it is empty.
 *
 * <p>Each level has its own range of sequences, lower ones for higher levels, so that sequences are
 * the order of the queue, and tell the level.
 */
final class LevelRings {
  /** Sequences of each level, of which there are more than a queue will see messages. */
  private static final int LEVEL_BITS = 48;

  private ReadyRing[] rings;
  private int[] levels;
  private final List<ReadyPlace> places = new ArrayList<>();

  /**
   * Creates an empty ring for one level; others follow when they are used.
   *
   * @param level the level of most messages
   */
  LevelRings(int level) {
    rings = new ReadyRing[] {new ReadyRing(firstSequence(level))};
    levels = new int[] {level};
  }

  private static long firstSequence(int level) {
    return (long) (Priorities.HIGHEST_MAX - level) << LEVEL_BITS;
  }

  private static int levelOf(long sequence) {
    return Priorities.HIGHEST_MAX - (int) (sequence >>> LEVEL_BITS);
  }

  long count() {
    long count = 0;
    for (ReadyRing ring : rings) {
      count += ring.count();
    }
    return count;
  }

  long bytes() {
    long bytes = 0;
    for (ReadyRing ring : rings) {
      bytes += ring.bytes();
    }
    return bytes;
  }

  /**
   * When the oldest head of a level came, of those and {@code other}; {@link KnownHeads#UNKNOWN} if
   * one is on disk and was not looked at.
   */
  long oldestAtMs(long other, KnownHeads known) {
    long oldest = other;
    for (ReadyRing ring : rings) {
      if (oldest == KnownHeads.UNKNOWN) {
        break;
      }
      if (ring.count() > 0) {
        oldest = Math.min(oldest, known.receivedAtMs(ring.headSequence(), ring.headPayload()));
      }
    }
    return oldest;
  }

  /** Shows a search the heads. */
  void show(KnownHeads.Search search, KnownHeads known) {
    for (ReadyRing ring : rings) {
      if (ring.count() > 0) {
        known.show(search, ring.headSequence(), ring.headPayload(), ring.headPosition());
      }
    }
  }

  long cold() {
    long cold = 0;
    for (ReadyRing ring : rings) {
      cold += ring.cold();
    }
    return cold;
  }

  boolean hasCold() {
    for (ReadyRing ring : rings) {
      if (ring.cold() > 0) {
        return true;
      }
    }
    return false;
  }

  /** The ring messages of this level are added to. */
  ReadyRing at(int level) {
    int index = 0;
    while (index < levels.length && levels[index] > level) {
      index++;
    }
    return index < levels.length && levels[index] == level ? rings[index] : insert(index, level);
  }

  private ReadyRing insert(int index, int level) {
    ReadyRing ring = new ReadyRing(firstSequence(level));
    int count = rings.length;
    ReadyRing[] more = Arrays.copyOf(rings, count + 1);
    int[] moreLevels = Arrays.copyOf(levels, count + 1);
    System.arraycopy(rings, index, more, index + 1, count - index);
    System.arraycopy(levels, index, moreLevels, index + 1, count - index);
    more[index] = ring;
    moreLevels[index] = level;
    rings = more;
    levels = moreLevels;
    for (int i = 0; i < places.size(); i++) {
      places.get(i).insert(index, ring.open());
    }
    return ring;
  }

  /** The ring whose head comes first. */
  ReadyRing first() {
    for (ReadyRing ring : rings) {
      if (ring.count() > 0) {
        return ring;
      }
    }
    return rings[0];
  }

  boolean isEmpty() {
    return first().count() == 0;
  }

  private @Nullable ReadyRing find(long sequence) {
    int level = levelOf(sequence);
    for (int i = 0; i < levels.length; i++) {
      if (levels[i] == level) {
        return rings[i];
      }
    }
    return null;
  }

  /** Gives a cold message its payload, unless it is gone. */
  boolean fill(long sequence, Message message) {
    ReadyRing ring = find(sequence);
    return ring != null && ring.fill(sequence, message);
  }

  /** Takes a message out wherever it is; does nothing if it is not here any more. */
  boolean take(long sequence) {
    ReadyRing ring = find(sequence);
    return ring != null && ring.take(sequence);
  }

  // --- what is in memory and what is not ---

  /** How many slots there are before both the first cold one and this sequence. */
  long hotBefore(long sequence) {
    long hot = 0;
    for (ReadyRing ring : rings) {
      hot += Math.max(0, Math.min(ring.hotPrefix(), sequence - ring.headSequence()));
      if (ring.cold() > 0) {
        break;
      }
    }
    return hot;
  }

  /** The first cold message besides those of another load, or the highest number. */
  long firstColdBesides(@Nullable ColdLoad other) {
    for (ReadyRing ring : rings) {
      long first = ring.firstColdBesides(other);
      if (first != Long.MAX_VALUE) {
        return first;
      }
    }
    return Long.MAX_VALUE;
  }

  /** Adds the first cold messages to a load, but for those of another. */
  void addColdTo(ColdLoad load, int slotsMax, @Nullable ColdLoad other) {
    for (ReadyRing ring : rings) {
      long first = ring.firstColdBesides(other);
      if (first != Long.MAX_VALUE && !ring.addColdTo(load, first, slotsMax, other)) {
        return;
      }
    }
  }

  /** A bounded step of giving payload up; returns what that frees of the budget. */
  long demote(int window, int slotsMax) {
    long freed = 0;
    long left = window;
    for (ReadyRing ring : rings) {
      freed += ring.demote((int) left, slotsMax);
      left = Math.max(0, left - ring.count());
    }
    return freed;
  }

  /** Gives up all payload beyond the head that the journal has; returns what that frees. */
  long demoteAll(int window) {
    long freed = 0;
    long left = window;
    for (ReadyRing ring : rings) {
      freed += ring.demoteAll((int) left);
      left = Math.max(0, left - ring.count());
    }
    return freed;
  }

  // --- places ---

  /** A new place before everything; to be closed. */
  ReadyPlace open() {
    RingCursor[] cursors = new RingCursor[rings.length];
    for (int i = 0; i < cursors.length; i++) {
      cursors[i] = rings[i].open();
    }
    ReadyPlace place = new ReadyPlace(cursors);
    places.add(place);
    return place;
  }

  void close(ReadyPlace place) {
    places.remove(place);
    for (int i = 0; i < rings.length; i++) {
      rings[i].close(place.cursor(i));
    }
  }

  void toTail(ReadyPlace place) {
    for (int i = 0; i < rings.length; i++) {
      rings[i].toTail(place.cursor(i));
    }
  }

  /** Behind everything before this sequence. */
  void toSequence(ReadyPlace place, long sequence) {
    for (int i = 0; i < rings.length; i++) {
      rings[i].toSequence(place.cursor(i), sequence);
    }
  }

  boolean isAtTail(ReadyPlace place) {
    for (int i = 0; i < rings.length; i++) {
      if (place.cursor(i).sequence < rings[i].tailSequence()) {
        return false;
      }
    }
    return true;
  }

  /** No message before this is new to a place. */
  long firstNew(ReadyPlace place) {
    int last = rings.length - 1;
    for (int i = 0; i < last; i++) {
      if (place.cursor(i).sequence < rings[i].tailSequence()) {
        return place.cursor(i).sequence;
      }
    }
    return place.cursor(last).sequence;
  }

  /**
   * Moves a place to the first message from there on, beginning in the ring it stands in; false if
   * there is none.
   */
  boolean seek(ReadyPlace place) {
    for (int i = place.index(); i < rings.length; i++) {
      place.standIn(i);
      if (rings[i].seek(place.cursor(i))) {
        return true;
      }
    }
    return false;
  }

  /** Everything from this sequence on is new again. */
  void rewind(ReadyPlace place, long sequence) {
    for (int i = 0; i < rings.length; i++) {
      rings[i].rewind(place.cursor(i), sequence);
    }
  }

  /** Takes the message at a place, which {@link #seek} has found. */
  void take(ReadyPlace place) {
    rings[place.index()].take(place.here());
  }
}
