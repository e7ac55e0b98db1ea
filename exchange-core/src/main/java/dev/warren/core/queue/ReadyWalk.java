package dev.warren.core.queue;

import dev.warren.core.message.Message;
import dev.warren.core.message.StoredMessage;
import org.jspecify.annotations.Nullable;

/**
 * A walk over ready messages in their order, those in the ring and those that went back together;
 * the message it stands at can be taken. Owned by the queue's owner; used again for each walk.
 */
final class ReadyWalk {
  private final ReadyRing ring;
  private final ReturnedMessages all;
  private final ScannedMessages scanned;
  private final RingCursor place;
  private long returnedNext;
  private @Nullable ReturnedMessage returned;
  private long ringAt;
  private boolean atEnd = true;

  ReadyWalk(ReadyRing ring, ReturnedMessages returned, ScannedMessages scanned) {
    this.ring = ring;
    this.all = returned;
    this.scanned = scanned;
    this.place = ring.open();
  }

  /**
   * Begins before the first message from here on.
   *
   * @param from where to begin in the ring, or null to leave it out
   * @param returnedFrom the first sequence among those that went back
   */
  void start(@Nullable RingCursor from, long returnedFrom) {
    if (from == null) {
      ring.toTail(place);
    } else {
      place.set(from);
    }
    returnedNext = returnedFrom;
    returned = null;
    atEnd = false;
    look();
  }

  /** Whether it has passed the last message. */
  boolean isAtEnd() {
    return atEnd;
  }

  /** Moves behind the message it stands at, which is or was taken or left there. */
  void advance() {
    ReturnedMessage passed = returned;
    if (passed != null) {
      returnedNext = passed.sequence + 1;
    } else {
      // Taking a message may have moved the place on already.
      place.sequence = Math.max(place.sequence, ringAt + 1);
    }
    look();
  }

  private void look() {
    boolean ringAhead = ring.seek(place);
    ringAt = place.sequence;
    returned = all.isEmpty() ? null : all.atOrAfter(returnedNext);
    if (returned != null && ringAhead && returned.sequence > place.sequence) {
      returned = null;
    }
    atEnd = !ringAhead && returned == null;
  }

  /** The place of the message, or behind all of them at the end. */
  long sequence() {
    ReturnedMessage here = returned;
    return here == null ? ringAt : here.sequence;
  }

  /** How far it has come in the ring. */
  RingCursor place() {
    return place;
  }

  /** The message if it went back to the queue, or null if it is in the ring. */
  @Nullable ReturnedMessage returned() {
    return returned;
  }

  /** A {@link StoredMessage}, a {@link Message}, or null if it must be read first. */
  @Nullable Object payload() {
    Object kept = keptPayload();
    return kept == null ? scanned.get(sequence()) : kept;
  }

  /** The payload the queue itself has in memory. */
  @Nullable Object keptPayload() {
    ReturnedMessage here = returned;
    return here == null ? place.chunk.payload(place.slot()) : here.payload;
  }

  long position() {
    ReturnedMessage here = returned;
    return here == null ? place.chunk.position(place.slot()) : here.position();
  }

  int sizeBytes() {
    ReturnedMessage here = returned;
    return here == null ? place.chunk.sizeBytes(place.slot()) : here.sizeBytes;
  }

  long expiresAtMs() {
    ReturnedMessage here = returned;
    return here == null ? place.chunk.expiresAtMs(place.slot()) : here.expiresAtMs;
  }

  Attempts attempts() {
    ReturnedMessage here = returned;
    return here == null ? place.chunk.attempts(place.slot()) : here.attempts;
  }

  /** What a consumer gets that is handed this message, whose payload this is. */
  Checkout checkout(Consumer consumer, Object payload) {
    StoredMessage stored = payload instanceof StoredMessage s ? s : null;
    return new Checkout(
        consumer,
        sequence(),
        stored == null ? position() : StoredMessage.NO_POSITION,
        expiresAtMs(),
        stored,
        ReadyChunk.messageOf(payload),
        attempts());
  }

  /** Removes the message from the ready ones; go on with {@link #advance}. */
  void take() {
    ReturnedMessage here = returned;
    if (here == null) {
      ring.take(place);
    } else {
      all.remove(here);
    }
  }

  /** Tells a consumer's cursor that it has seen everything before this place. */
  void markSeen(ReadyCursor cursor) {
    if (cursor.ring.sequence < place.sequence) {
      cursor.ring.set(place);
    }
    long sequence = atEnd ? Long.MAX_VALUE : sequence();
    if (cursor.returnedFrom < sequence) {
      cursor.returnedFrom = sequence;
    }
    if (!cursor.hasReturned()) {
      cursor.seenVersion = all.version();
    }
  }
}
