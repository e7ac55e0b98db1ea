package dev.warren.core.queue;

import dev.warren.core.message.Message;
import dev.warren.core.message.StoredMessage;
import org.jspecify.annotations.Nullable;

/**
 * A walk over ready messages in their order, those in the rings and those that went back together;
 * the message it stands at can be taken. Owned by the queue's owner; used again for each walk.
 */
final class ReadyWalk {
  private final LevelRings rings;
  private final ReturnedMessages all;
  private final ScannedMessages scanned;
  private final ReadyPlace place;
  private long returnedNext;
  private @Nullable ReturnedMessage returned;
  private long ringAt;
  private boolean atEnd = true;

  ReadyWalk(LevelRings rings, ReturnedMessages returned, ScannedMessages scanned) {
    this.rings = rings;
    this.all = returned;
    this.scanned = scanned;
    this.place = rings.open();
  }

  /**
   * Begins before the first message from here on.
   *
   * @param from where to begin in the rings, or null to leave them out
   * @param returnedFrom the first sequence among those that went back
   */
  void start(@Nullable ReadyPlace from, long returnedFrom) {
    begin();
    if (from != null) {
      include(from);
    }
    start(returnedFrom);
  }

  /** Begins at a sequence, or behind it if that message is gone. */
  void startAt(long sequence) {
    rings.toSequence(place, sequence);
    start(sequence);
  }

  /** The walk is over for good. */
  void close() {
    rings.close(place);
  }

  /** Begins to look for where to begin: nowhere in the rings, but for what is included. */
  void begin() {
    rings.toTail(place);
  }

  /** Begins nowhere later than here. */
  void include(ReadyPlace from) {
    place.backTo(from);
  }

  /** Begins before the first message from what was included on. */
  void start(long returnedFrom) {
    place.standIn(0);
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
      RingCursor here = place.here();
      here.sequence = Math.max(here.sequence, ringAt + 1);
    }
    look();
  }

  private void look() {
    boolean ringAhead = rings.seek(place);
    ringAt = place.here().sequence;
    returned = all.isEmpty() ? null : all.atOrAfter(returnedNext);
    if (returned != null && ringAhead && returned.sequence > ringAt) {
      returned = null;
    }
    atEnd = !ringAhead && returned == null;
  }

  /** The place of the message, or behind all of them at the end. */
  long sequence() {
    ReturnedMessage here = returned;
    return here == null ? ringAt : here.sequence;
  }

  /** How far it has come in the rings. */
  ReadyPlace place() {
    return place;
  }

  /** The message if it went back to the queue, or null if it is in a ring. */
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
    return here == null ? place.here().chunk.payload(place.here().slot()) : here.payload;
  }

  long position() {
    ReturnedMessage here = returned;
    return here == null ? place.here().chunk.position(place.here().slot()) : here.position();
  }

  int sizeBytes() {
    ReturnedMessage here = returned;
    return here == null ? place.here().chunk.sizeBytes(place.here().slot()) : here.sizeBytes;
  }

  long expiresAtMs() {
    ReturnedMessage here = returned;
    return here == null ? place.here().chunk.expiresAtMs(place.here().slot()) : here.expiresAtMs;
  }

  Attempts attempts() {
    ReturnedMessage here = returned;
    return here == null ? place.here().chunk.attempts(place.here().slot()) : here.attempts;
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
      rings.take(place);
    } else {
      all.remove(here);
    }
  }

  /** Tells a consumer's cursor that it has seen everything before this place. */
  void markSeen(ReadyCursor cursor) {
    cursor.place.advanceTo(place);
    long sequence = atEnd ? Long.MAX_VALUE : sequence();
    if (cursor.returnedFrom < sequence) {
      cursor.returnedFrom = sequence;
    }
    if (!cursor.hasReturned()) {
      cursor.seenVersion = all.version();
    }
  }
}
