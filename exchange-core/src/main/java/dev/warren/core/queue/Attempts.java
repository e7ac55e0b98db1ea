package dev.warren.core.queue;

/**
 * How often a message was tried before. Immutable.
 *
 * @param deliveryCount failed deliveries
 * @param acquiredCount times a consumer had it
 * @param maybeDelivered whether a consumer may have had it, also when that was not counted
 */
public record Attempts(int deliveryCount, int acquiredCount, boolean maybeDelivered) {
  /** Never handed out. */
  public static final Attempts NONE = new Attempts(0, 0, false);

  /** Not counted, but perhaps handed out before a crash. */
  public static final Attempts MAYBE = new Attempts(0, 0, true);
}
