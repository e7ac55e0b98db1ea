package dev.warren.core.routing;

import dev.warren.core.routing.TopologyException.Code;

/** How an exchange decides which bindings a message follows (contract §7.3). */
public enum ExchangeType {
  /** The binding key equals the routing key. */
  DIRECT("direct"),
  /** Every binding. */
  FANOUT("fanout"),
  /** The binding key is a pattern of words. */
  TOPIC("topic"),
  /** The arguments are compared with the message's application properties. */
  HEADERS("headers");

  private final String text;

  ExchangeType(String text) {
    this.text = text;
  }

  /** The name clients use. */
  public String text() {
    return text;
  }

  /**
   * The type of that name.
   *
   * @throws TopologyException with code {@code INVALID} if there is none
   */
  public static ExchangeType parse(String text) {
    return switch (text) {
      case "direct" -> DIRECT;
      case "fanout" -> FANOUT;
      case "topic" -> TOPIC;
      case "headers" -> HEADERS;
      default -> throw new TopologyException(Code.INVALID, "unknown exchange type '" + text + "'");
    };
  }

  @Override
  public String toString() {
    return text;
  }
}
