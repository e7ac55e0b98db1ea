package dev.warren.core.queue;

import dev.warren.core.message.Message;
import dev.warren.core.message.StoredMessage;
import org.jspecify.annotations.Nullable;

/** A message which went back to its queue. Owned by the queue's owner. */
final class ReturnedMessage {
  final long sequence;
  final long expiresAtMs;
  final Attempts attempts;

  /** Where it is in the journal; unknown while the payload is a {@link StoredMessage}. */
  long position;

  int sizeBytes;

  /** A {@link StoredMessage}, a {@link Message}, or null while it is cold. */
  @Nullable Object payload;

  /** Whether a load that reads ahead and is under way has it. */
  boolean loading;

  /** Higher than that of all that went back before. */
  long version;

  /** False once it left the queue or was handed out again: a late load then means nothing. */
  boolean waiting = true;

  ReturnedMessage(Checkout from, long position, Object payload, Attempts attempts) {
    this.sequence = from.sequence;
    this.expiresAtMs = from.expiresAtMs;
    this.position = position;
    this.payload = payload;
    this.sizeBytes = ReadyChunk.messageOf(payload).sizeBytes();
    this.attempts = attempts;
  }

  /** Something to search with. */
  ReturnedMessage(long sequence) {
    this.sequence = sequence;
    this.expiresAtMs = ReadyChunk.NEVER;
    this.attempts = Attempts.NONE;
    this.waiting = false;
  }

  long position() {
    return payload instanceof StoredMessage stored ? stored.position() : position;
  }

  /** Gives the payload up if the journal has it; returns what that frees of the budget. */
  long demote() {
    if (payload == null) {
      return 0;
    }
    if (payload instanceof StoredMessage stored) {
      if (stored.position() == StoredMessage.NO_POSITION) {
        return 0;
      }
      position = stored.position();
    }
    long freed = PayloadBudget.charge(payload);
    payload = null;
    return freed;
  }
}
