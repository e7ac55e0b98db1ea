package dev.warren.core.security;

/**
 * What one virtual host may take of the node (contract §14). {@link UserLimits#UNLIMITED} for no
 * limit.
 *
 * @param connectionsMax open connections
 * @param queuesMax queues
 */
public record VirtualHostLimits(int connectionsMax, int queuesMax) {
  /** None at all. */
  public static final VirtualHostLimits NONE =
      new VirtualHostLimits(UserLimits.UNLIMITED, UserLimits.UNLIMITED);
}
