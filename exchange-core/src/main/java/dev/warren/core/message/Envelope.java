package dev.warren.core.message;

import java.util.List;

/**
 * Where a message was published to: the exchange, the routing key, and further keys from {@code
 * x-cc}. Immutable; one instance is shared by all messages of a link with a fixed target.
 *
 * @param exchange name of the exchange, {@code ""} for the default exchange
 * @param routingKey the primary routing key, possibly empty
 * @param ccKeys further routing keys, usually none
 */
public record Envelope(String exchange, String routingKey, List<String> ccKeys) {

  /** Copies the further keys. */
  public Envelope {
    ccKeys = List.copyOf(ccKeys);
  }

  /** An envelope with a single routing key. */
  public static Envelope of(String exchange, String routingKey) {
    return new Envelope(exchange, routingKey, List.of());
  }

  /** How many routing keys there are, at least one. */
  public int keyCount() {
    return 1 + ccKeys.size();
  }

  /** The routing key at {@code index}; 0 is the primary one. */
  public String key(int index) {
    return index == 0 ? routingKey : ccKeys.get(index - 1);
  }
}
