package dev.warren.core.routing;

/** Where a binding leads: a queue or an exchange of the same virtual host, by name. */
public sealed interface Destination {
  /** Name of the queue or exchange. */
  String name();

  /** The queue of that name. */
  static Destination queue(String name) {
    return new QueueName(name);
  }

  /** The exchange of that name. */
  static Destination exchange(String name) {
    return new ExchangeName(name);
  }

  /** A queue. */
  record QueueName(String name) implements Destination {}

  /** An exchange, which routes the message again with the same keys. */
  record ExchangeName(String name) implements Destination {}
}
