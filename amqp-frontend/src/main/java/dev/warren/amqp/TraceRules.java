package dev.warren.amqp;

import java.util.Set;

/**
 * Which connections have their frames traced from the start. Immutable.
 *
 * @param users names of users; traced from their login on
 * @param addresses of clients, as in the names of connections and without a port
 * @param payloadBytes octets of each payload to show; 0 for none
 */
public record TraceRules(Set<String> users, Set<String> addresses, int payloadBytes) {
  /** No connection is traced until somebody asks for it. */
  public static final TraceRules NONE = new TraceRules(Set.of(), Set.of(), 0);

  /** Copies the sets. */
  public TraceRules {
    users = Set.copyOf(users);
    addresses = Set.copyOf(addresses);
    if (payloadBytes < 0) {
      throw new IllegalArgumentException("payloadBytes must not be negative");
    }
  }
}
