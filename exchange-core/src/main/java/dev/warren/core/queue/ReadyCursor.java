package dev.warren.core.queue;

/**
 * How far one consumer has looked through the ready messages, all of which it left where they are.
 * Owned by the queue's owner.
 *
 * <p>Messages of the ring are new to it from its place in the ring on. Those that went back to the
 * queue come anywhere: they are new if they came later than what it has seen, and lie in a range
 * which the queue keeps.
 */
final class ReadyCursor {
  /** Beyond all sequences, but for the one that means the end. */
  static final long LAST = Long.MAX_VALUE - 1;

  final RingCursor ring;

  /** Returned messages to look at have sequences in this range; there are none if it is empty. */
  long returnedFrom;

  long returnedTo = LAST;

  /** Returned messages up to this version were seen. */
  long seenVersion;

  ReadyCursor(RingCursor ring) {
    this.ring = ring;
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

  boolean isNew(ReadyWalk at) {
    long sequence = at.sequence();
    ReturnedMessage returned = at.returned();
    if (returned == null) {
      return ring.sequence <= sequence;
    }
    return returned.version > seenVersion && returnedFrom <= sequence && sequence <= returnedTo;
  }
}
