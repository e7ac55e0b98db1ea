package dev.warren.core.queue;

import dev.warren.core.message.Message;
import org.jspecify.annotations.Nullable;

/**
 * A message of a queue as somebody sees it who only looks. Immutable; any thread may read it.
 *
 * @param id its place in the queue: unique there, rising in the order of the queue, and the same
 *     until the broker restarts
 * @param message itself, or null if it has to be read from the journal
 * @param position where it is in the journal, or {@link
 *     dev.warren.core.message.StoredMessage#NO_POSITION}
 * @param sizeBytes as it counts for the queue's limits
 * @param expiresAtMs milliseconds since the epoch, or {@link Long#MAX_VALUE}
 * @param deliveryCount failed deliveries
 * @param acquiredCount how often a consumer had it before
 * @param holder who holds it unsettled, or null if it is ready
 */
public record QueuedMessage(
    long id,
    @Nullable Message message,
    long position,
    int sizeBytes,
    long expiresAtMs,
    int deliveryCount,
    int acquiredCount,
    @Nullable Holder holder) {

  /**
   * Who holds a message.
   *
   * @param context the consumer's, see {@link Consumer#context}
   * @param heldMs for how many milliseconds, at most {@link Checkout#TIMEOUT_MS_MAX}
   */
  public record Holder(Object context, long heldMs) {}

  /** The same with the message that was read. */
  public QueuedMessage with(@Nullable Message read) {
    return new QueuedMessage(
        id, read, position, sizeBytes, expiresAtMs, deliveryCount, acquiredCount, holder);
  }
}
