package dev.warren.core.queue;

import org.jspecify.annotations.Nullable;

/**
 * How a queue treats its messages and consumers. Immutable. Derived from the queue's arguments
 * (contract §8); made with {@link #toBuilder}.
 *
 * @param messageTtlMs messages expire after this long, or {@link #NONE}
 * @param maxLength most ready messages, or {@link #NONE}
 * @param maxLengthBytes most bytes of ready messages, or {@link #NONE}
 * @param overflow what happens beyond either
 * @param deadLetterExchange where dead letters go, or null: they are dropped
 * @param deadLetterRoutingKey their routing key, or null: the one they had
 * @param deliveryLimit failed deliveries after which a message is dead-lettered, or {@link #NONE}
 * @param expiresMs the queue is deleted when it is unused for this long, or {@link #NONE}
 * @param consumerTimeoutMs how long a consumer may hold a message, 0 without a limit, or {@link
 *     #NONE} for the node's default
 * @param delayedRetry how long a message waits that went back
 * @param priorities which levels there are
 * @param singleActive whether one consumer at a time gets messages
 */
public record QueueOptions(
    long messageTtlMs,
    long maxLength,
    long maxLengthBytes,
    Overflow overflow,
    @Nullable String deadLetterExchange,
    @Nullable String deadLetterRoutingKey,
    int deliveryLimit,
    long expiresMs,
    long consumerTimeoutMs,
    DelayedRetry delayedRetry,
    Priorities priorities,
    SingleActive singleActive) {
  /** No limit. */
  public static final int NONE = -1;

  /** The delivery limit when a queue's arguments do not name one (contract §15). */
  public static final int DELIVERY_LIMIT_DEFAULT = 20;

  /** No limits but the default delivery limit. */
  public static final QueueOptions DEFAULTS = new Builder().build();

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

  /** A builder which begins with these. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.messageTtlMs = messageTtlMs;
    builder.maxLength = maxLength;
    builder.maxLengthBytes = maxLengthBytes;
    builder.overflow = overflow;
    builder.deadLetterExchange = deadLetterExchange;
    builder.deadLetterRoutingKey = deadLetterRoutingKey;
    builder.deliveryLimit = deliveryLimit;
    builder.expiresMs = expiresMs;
    builder.consumerTimeoutMs = consumerTimeoutMs;
    builder.delayedRetry = delayedRetry;
    builder.priorities = priorities;
    builder.singleActive = singleActive;
    return builder;
  }

  /** Changes options one at a time; what each means is told at {@link QueueOptions}. */
  public static final class Builder {
    private long messageTtlMs = NONE;
    private long maxLength = NONE;
    private long maxLengthBytes = NONE;
    private Overflow overflow = Overflow.DROP_HEAD;
    private @Nullable String deadLetterExchange;
    private @Nullable String deadLetterRoutingKey;
    private int deliveryLimit = DELIVERY_LIMIT_DEFAULT;
    private long expiresMs = NONE;
    private long consumerTimeoutMs = NONE;
    private DelayedRetry delayedRetry = DelayedRetry.DISABLED;
    private Priorities priorities = Priorities.NONE;
    private SingleActive singleActive = SingleActive.NONE;

    private Builder() {}

    public Builder messageTtlMs(long ms) {
      messageTtlMs = ms;
      return this;
    }

    public Builder maxLength(long messages) {
      maxLength = messages;
      return this;
    }

    public Builder maxLengthBytes(long bytes) {
      maxLengthBytes = bytes;
      return this;
    }

    public Builder overflow(Overflow newOverflow) {
      overflow = newOverflow;
      return this;
    }

    public Builder deadLetter(@Nullable String exchange, @Nullable String routingKey) {
      deadLetterExchange = exchange;
      deadLetterRoutingKey = routingKey;
      return this;
    }

    public Builder deliveryLimit(int failures) {
      deliveryLimit = failures;
      return this;
    }

    public Builder expiresMs(long ms) {
      expiresMs = ms;
      return this;
    }

    public Builder consumerTimeoutMs(long ms) {
      consumerTimeoutMs = ms;
      return this;
    }

    public Builder delayedRetry(DelayedRetry retry) {
      delayedRetry = retry;
      return this;
    }

    public Builder priorities(Priorities levels) {
      priorities = levels;
      return this;
    }

    public Builder singleActive(SingleActive mode) {
      singleActive = mode;
      return this;
    }

    /** The options as they are now. */
    public QueueOptions build() {
      return new QueueOptions(
          messageTtlMs,
          maxLength,
          maxLengthBytes,
          overflow,
          deadLetterExchange,
          deadLetterRoutingKey,
          deliveryLimit,
          expiresMs,
          consumerTimeoutMs,
          delayedRetry,
          priorities,
          singleActive);
    }
  }
}
