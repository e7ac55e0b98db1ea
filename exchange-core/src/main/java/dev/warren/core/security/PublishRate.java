package dev.warren.core.security;

/**
 * How fast one user may publish, all connections together. What is beyond it waits at the client:
 * credit is withheld, and nothing is refused or dropped. Immutable.
 *
 * @param messagesPerSecond or {@link UserLimits#UNLIMITED}
 * @param octetsPerSecond of messages as they came, or {@link UserLimits#UNLIMITED}
 */
public record PublishRate(long messagesPerSecond, long octetsPerSecond) {
  /** The highest number of messages a second that is a limit. */
  public static final long MESSAGES_MAX = 1_000_000_000;

  /** The highest number of octets a second that is a limit: more than a link of 64 Gbit/s. */
  public static final long OCTETS_MAX = 8_000_000_000L;

  /** As fast as the broker takes it. */
  public static final PublishRate NONE =
      new PublishRate(UserLimits.UNLIMITED, UserLimits.UNLIMITED);

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException naming the number that is out of range
   */
  public PublishRate {
    check(messagesPerSecond, MESSAGES_MAX, "messagesPerSecond");
    check(octetsPerSecond, OCTETS_MAX, "octetsPerSecond");
  }

  /** Whether neither is limited. */
  public boolean isNone() {
    return messagesPerSecond == UserLimits.UNLIMITED && octetsPerSecond == UserLimits.UNLIMITED;
  }

  private static void check(long perSecond, long max, String name) {
    if (perSecond != UserLimits.UNLIMITED && (perSecond < 1 || perSecond > max)) {
      throw new IllegalArgumentException("out of range: " + name);
    }
  }
}
