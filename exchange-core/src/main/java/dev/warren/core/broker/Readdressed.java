package dev.warren.core.broker;

import dev.warren.core.message.Annotations;
import dev.warren.core.message.Envelope;
import dev.warren.core.message.MalformedMessageException;
import dev.warren.core.message.Message;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Messages that an operator sends on from a queue. Stateless. */
public final class Readdressed {
  private Readdressed() {}

  /**
   * A copy to publish somewhere else: it keeps its deaths, its time to live begins anew, and it
   * counts as never delivered.
   */
  public static Message to(Envelope envelope, Message message, long nowMs) {
    Map<String, Object> set = new LinkedHashMap<>();
    set.put(Annotations.EXCHANGE, envelope.exchange());
    set.put(Annotations.ROUTING_KEY, envelope.routingKey());
    return message.republished(
        envelope,
        message.header(),
        Annotations.changed(message.annotations(), Set.of(Annotations.CC), set),
        nowMs);
  }

  /** The queue in which a message died first; empty if it was never dead-lettered. */
  public static Optional<String> origin(Message message) {
    try {
      return message.annotationMap().get(DeathHistory.FIRST_QUEUE) instanceof String queue
          ? Optional.of(queue)
          : Optional.empty();
    } catch (MalformedMessageException e) {
      return Optional.empty();
    }
  }

  /** How a message died, newest first; see {@link Death}. */
  public static List<Death> deaths(Message message) {
    try {
      return DeathHistory.of(message.annotationMap()).deaths().stream()
          .map(
              death ->
                  new Death(
                      death.queue(),
                      death.reason(),
                      death.count(),
                      death.firstMs(),
                      death.lastMs(),
                      death.exchange(),
                      death.routingKeys()))
          .toList();
    } catch (MalformedMessageException e) {
      return List.of();
    }
  }

  /** So often a message died in a queue for a reason; times are milliseconds since the epoch. */
  public record Death(
      String queue,
      String reason,
      long count,
      long firstMs,
      long lastMs,
      String exchange,
      List<String> routingKeys) {}
}
