package dev.warren.amqp;

/** What an address of a source, a target or a message's {@code to} refers to (contract §3). */
sealed interface Address {
  /** The null target: each message says in {@code to} where it goes. */
  Address ANONYMOUS = new Anonymous();

  /** The node {@code /management}. */
  Address MANAGEMENT = new Management();

  /** An exchange and the routing key for it. */
  record Exchange(String exchange, String routingKey) implements Address {}

  /** A queue. As a target it means the default exchange with the queue's name as key. */
  record Queue(String queue) implements Address {}

  /** See {@link #ANONYMOUS}. */
  record Anonymous() implements Address {}

  /** See {@link #MANAGEMENT}. */
  record Management() implements Address {}

  /** Text that is no address, with the reason for the client. */
  record Malformed(String reason) implements Address {}
}
