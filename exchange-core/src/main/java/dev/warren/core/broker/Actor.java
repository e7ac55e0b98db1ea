package dev.warren.core.broker;

/**
 * Who asks for a change, for the audit trail. Immutable.
 *
 * @param user login name, or empty if nobody has logged in
 * @param address where from, or empty
 * @param by {@code amqp}, {@code http}, or {@code broker} for what the broker does by itself
 */
public record Actor(String user, String address, String by) {
  /** The broker itself: at start, or because a rule of the topology says so. */
  public static final Actor BROKER = new Actor("", "", "broker");

  /** The configuration file. */
  public static final Actor CONFIGURATION = new Actor("", "", "configuration");
}
