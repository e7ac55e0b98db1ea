package dev.warren.amqp.management;

import dev.warren.core.security.Permission;

/**
 * Whether the user behind a connection may do something: the one place that is asked, before each
 * operation. Called on the connection's loop.
 */
public interface AccessControl {
  /** What it is. */
  enum Resource {
    /** A queue. */
    QUEUE("queue"),
    /** An exchange. */
    EXCHANGE("exchange");

    private final String text;

    Resource(String text) {
      this.text = text;
    }

    /** Its name in refusals. */
    public String text() {
      return text;
    }
  }

  /**
   * Returns if it is allowed.
   *
   * @param name {@code ""} is the default exchange
   * @throws AccessRefusedException if not; the session ends with its text (contract §4.5)
   */
  void check(Permission permission, Resource resource, String name);

  /**
   * Returns if the user may look at it: any permission is enough.
   *
   * @throws AccessRefusedException if not
   */
  void checkSeen(Resource resource, String name);

  /**
   * Returns if the user may bind from the exchange with this key, should it be a topic exchange.
   *
   * @throws AccessRefusedException if not
   */
  void checkBindingKey(String exchange, String key);
}
