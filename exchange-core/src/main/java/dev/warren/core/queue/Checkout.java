package dev.warren.core.queue;

import dev.warren.core.message.Message;
import dev.warren.core.message.StoredMessage;
import org.jspecify.annotations.Nullable;

/**
 * One message in the hands of one consumer, from delivery to settlement.
 *
 * <p>What the public accessors tell is immutable and may be read by any thread; everything else is
 * owned by the queue's owner. The front keeps this object as the context of its delivery and hands
 * it back with the outcome.
 */
public final class Checkout {
  /** Longest time-out of a consumer, in milliseconds: 24 days. */
  public static final long TIMEOUT_MS_MAX = 24L * 24 * 3600 * 1000;

  final Consumer consumer;
  final long sequence;
  final long position;
  final long expiresAtMs;
  final @Nullable StoredMessage stored;
  private final Message message;
  private final int deliveryCount;
  private final int acquiredCount;
  private final boolean redelivered;

  /** Owned by the queue's owner: neighbours among the consumer's unsettled, oldest first. */
  @Nullable Checkout previous;

  @Nullable Checkout next;

  /** Owned by the queue's owner: the group that stays with the consumer while it holds this. */
  @Nullable MessageGroup group;

  /** Owned by the queue's owner: false once settled or requeued. */
  boolean open = true;

  /** The low bits of the time it was handed out, which keeps the object small. */
  private int heldSinceMs;

  Checkout(
      Consumer consumer,
      long sequence,
      long position,
      long expiresAtMs,
      @Nullable StoredMessage stored,
      Message message,
      Attempts attempts) {
    this.consumer = consumer;
    this.sequence = sequence;
    this.position = position;
    this.expiresAtMs = expiresAtMs;
    this.stored = stored;
    this.message = message;
    this.deliveryCount = attempts.deliveryCount();
    this.acquiredCount = attempts.acquiredCount();
    this.redelivered = attempts.maybeDelivered();
  }

  void handedOut(long nowMs) {
    heldSinceMs = (int) nowMs;
  }

  /**
   * For how long it has been held. Right up to {@link #TIMEOUT_MS_MAX}, and 0 if the clock was put
   * back.
   */
  long heldMs(long nowMs) {
    return Math.max(0, (int) nowMs - heldSinceMs);
  }

  /** The message. */
  public Message message() {
    return message;
  }

  /** Failed deliveries before this one: the header's delivery-count (AMQP 1.0 §3.2.1). */
  public int deliveryCount() {
    return deliveryCount;
  }

  /** How often the message had been handed out before. */
  public int acquiredCount() {
    return acquiredCount;
  }

  /** Whether another consumer may have had it before: then first-acquirer is false. */
  public boolean isRedelivered() {
    return redelivered;
  }

  /** The message as it was stored, if it was in memory when it was delivered. */
  public @Nullable StoredMessage stored() {
    return stored;
  }

  /** Otherwise its position in the journal, or {@link StoredMessage#NO_POSITION}. */
  public long position() {
    return position;
  }

  /**
   * Takes it out of its consumer's hands on behalf of a transaction: from now on it is not requeued
   * with the consumer, nor when the queue is deleted. Called by the queue's owner.
   *
   * @return false if it is not open any more
   */
  public boolean hold() {
    if (!open) {
      return false;
    }
    consumer.remove(this);
    return true;
  }

  /** Ends {@link #hold}: it is in its consumer's hands again, even if that has left. */
  public void endHold() {
    consumer.add(this);
    open = true;
  }

  /** The consumer that holds it. */
  public Consumer consumer() {
    return consumer;
  }
}
