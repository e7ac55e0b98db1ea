package dev.warren.core.security;

import java.util.OptionalLong;
import java.util.Set;

/**
 * Somebody who has logged in, and what that allows at this moment: every answer follows the present
 * rules. Thread-safe.
 */
public interface Identity {
  /** The login name. */
  String name();

  /** RabbitMQ's tags (contract §11.2). */
  Set<String> tags();

  /** Whether the user still exists. */
  boolean exists();

  /** Whether the user may open a connection to the virtual host. */
  boolean mayEnter(String virtualHost);

  /**
   * Whether the user may use a queue or exchange of this name; the default exchange has the name
   * {@code ""}.
   */
  boolean may(Permission permission, String virtualHost, String name);

  /**
   * Whether the user may publish with this routing key (write) or bind with this key (read), as far
   * as the permissions for topic exchanges go. Ask it of topic exchanges only, and only if {@link
   * #may} says yes.
   */
  boolean mayUseKey(Permission permission, String virtualHost, String exchange, String key);

  /**
   * Whether {@link #mayUseKey} can say no for any key of this exchange, so that it need not be
   * asked for each message.
   */
  boolean hasKeyRules(String virtualHost, String exchange);

  /** When the login ends, in milliseconds since the epoch; never, if empty. */
  OptionalLong expiresAtMs();

  /** Whether the user is one of the broker's own, and not only in a token. */
  boolean isInternal();
}
