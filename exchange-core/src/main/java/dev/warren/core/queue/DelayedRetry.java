package dev.warren.core.queue;

/**
 * How long a message that went back to its queue waits before it is ready again (contract §8,
 * {@code x-delayed-retry-*}). Immutable.
 *
 * @param type which messages wait
 * @param minMs the wait for each failed delivery, in milliseconds
 * @param maxMs the longest wait, in milliseconds
 */
public record DelayedRetry(Type type, long minMs, long maxMs) {
  /** Nothing waits. */
  public static final DelayedRetry DISABLED = new DelayedRetry(Type.DISABLED, 0, 0);

  /** Which messages wait. */
  public enum Type {
    /** None. */
    DISABLED,
    /** All that go back. */
    ALL,
    /** Those whose delivery failed, which raises the delivery count. */
    FAILED,
    /** Those that go back without having failed. */
    RETURNED
  }

  /**
   * How long a message waits: {@link #minMs} times its failed deliveries, at least once, at most
   * {@link #maxMs}.
   *
   * @param failed whether it goes back because its delivery failed
   * @param deliveryCount failed deliveries, this one included
   */
  long delayMs(boolean failed, int deliveryCount) {
    boolean waits =
        switch (type) {
          case DISABLED -> false;
          case ALL -> true;
          case FAILED -> failed;
          case RETURNED -> !failed;
        };
    if (!waits) {
      return 0;
    }
    long times = Math.max(1, deliveryCount);
    return minMs > maxMs / times ? maxMs : minMs * times;
  }
}
