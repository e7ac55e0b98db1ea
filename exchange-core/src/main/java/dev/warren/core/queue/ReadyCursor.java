package dev.warren.core.queue;

/**
 * How far one consumer has looked through the ready messages, all of which it left where they are.
 * Owned by the queue's owner.
 *
 * <p>Messages of a ring are new to it from its place in that ring on. Those that went back to the
 * queue come anywhere: they are new if they came later than what it has seen, and lie in a range
 * which the queue keeps.
 */
final class ReadyCursor {
  /** Beyond all sequences, but for the one that means the end. */
  static final long LAST = Long.MAX_VALUE - 1;

  private final LevelRings rings;
  final ReadyPlace place;

  /** Returned messages to look at have sequences in this range; there are none if it is empty. */
  long returnedFrom;

  long returnedTo = LAST;

  /** Returned messages up to this version were seen. */
  long seenVersion;

  ReadyCursor(LevelRings rings, ReadyPlace place) {
    this.rings = rings;
    this.place = place;
  }

  boolean hasReturned() {
    return returnedFrom <= returnedTo;
  }

  /** A message has come back at this sequence. */
  void onReturned(long sequence) {
    if (hasReturned()) {
      returnedFrom = Math.min(returnedFrom, sequence);
      returnedTo = Math.max(returnedTo, sequence);
    } else {
      returnedFrom = sequence;
      returnedTo = sequence;
    }
  }

  /** No message before this is new. */
  long first() {
    long first = rings.firstNew(place);
    return hasReturned() ? Math.min(first, returnedFrom) : first;
  }

  boolean isNew(ReadyWalk at) {
    long sequence = at.sequence();
    ReturnedMessage returned = at.returned();
    if (returned == null) {
      return place.cursor(at.place().index()).sequence <= sequence;
    }
    return returned.version > seenVersion && returnedFrom <= sequence && sequence <= returnedTo;
  }
}
