package dev.warren.core.security;

/**
 * What one user may take of the node (contract §14). {@link #UNLIMITED} for no limit.
 *
 * @param connectionsMax open connections
 * @param sessionsMax begun sessions of all of them; RabbitMQ's {@code max-channels}
 * @param publishRate how fast he may publish; {@link PublishRate#NONE} for what holds for everybody
 */
public record UserLimits(int connectionsMax, int sessionsMax, PublishRate publishRate) {
  /** No limit. */
  public static final int UNLIMITED = -1;

  /** None at all. */
  public static final UserLimits NONE = new UserLimits(UNLIMITED, UNLIMITED);

  /** Without a rate of his own. */
  public UserLimits(int connectionsMax, int sessionsMax) {
    this(connectionsMax, sessionsMax, PublishRate.NONE);
  }
}
