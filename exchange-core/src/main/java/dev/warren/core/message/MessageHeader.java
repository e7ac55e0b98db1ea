package dev.warren.core.message;

/**
 * What the broker keeps of the publisher's header section (AMQP 1.0 §3.2.1). Immutable.
 *
 * @param durable whether the message survives a restart when it is in a durable queue
 * @param priority 0 to 255, or {@link #ABSENT}
 * @param ttlMs time to live in milliseconds from arrival (an AMQP uint), or {@link #ABSENT}
 */
public record MessageHeader(boolean durable, int priority, long ttlMs) {
  /** Marks a field the publisher left out. */
  public static final int ABSENT = -1;

  /** A durable message, nothing else said. */
  public static final MessageHeader DURABLE = new MessageHeader(true, ABSENT, ABSENT);

  /** What an absent header means: not durable (contract §5.1). */
  public static final MessageHeader TRANSIENT = new MessageHeader(false, ABSENT, ABSENT);

  /** Returns a shared instance where one fits. */
  public static MessageHeader of(boolean durable, int priority, long ttlMs) {
    if (priority == ABSENT && ttlMs == ABSENT) {
      return durable ? DURABLE : TRANSIENT;
    }
    return new MessageHeader(durable, priority, ttlMs);
  }

  /** Whether a time to live was given. */
  public boolean hasTtl() {
    return ttlMs != ABSENT;
  }

  /** The same without a time to live, as dead-lettering needs it. */
  public MessageHeader withoutTtl() {
    return of(durable, priority, ABSENT);
  }
}
