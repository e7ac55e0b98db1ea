package dev.warren.core.queue;

import org.jspecify.annotations.Nullable;

/**
 * How a queue treats its messages. Immutable. Derived from the queue's arguments (contract §8).
 *
 * @param messageTtlMs messages expire after this long, or {@link #NONE}
 * @param maxLength most ready messages, or {@link #NONE}
 * @param maxLengthBytes most bytes of ready messages, or {@link #NONE}
 * @param overflow what happens beyond either
 * @param deadLetterExchange where dead letters go, or null: they are dropped
 * @param deadLetterRoutingKey their routing key, or null: the one they had
 * @param deliveryLimit failed deliveries after which a message is dead-lettered, or {@link #NONE}
 */
public record QueueOptions(
    long messageTtlMs,
    long maxLength,
    long maxLengthBytes,
    Overflow overflow,
    @Nullable String deadLetterExchange,
    @Nullable String deadLetterRoutingKey,
    int deliveryLimit) {
  /** No limit. */
  public static final int NONE = -1;

  /** The delivery limit when a queue's arguments do not name one (contract §15). */
  public static final int DELIVERY_LIMIT_DEFAULT = 20;

  /** No limits but the default delivery limit. */
  public static final QueueOptions DEFAULTS =
      new QueueOptions(NONE, NONE, NONE, Overflow.DROP_HEAD, null, null, DELIVERY_LIMIT_DEFAULT);

  /** What a queue does with a message beyond its length limit. */
  public enum Overflow {
    /** Dead-letters the oldest ready message. */
    DROP_HEAD,
    /** Refuses the new one. */
    REJECT_PUBLISH,
    /** Refuses the new one and dead-letters it. */
    REJECT_PUBLISH_DLX
  }

  /** Whether {@link QueueState#enqueue} can refuse. */
  public boolean mayReject() {
    return overflow != Overflow.DROP_HEAD && (maxLength != NONE || maxLengthBytes != NONE);
  }
}
