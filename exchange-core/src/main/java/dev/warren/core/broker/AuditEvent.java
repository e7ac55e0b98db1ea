package dev.warren.core.broker;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Something that was changed or refused, for those who ask later who did it. Immutable; holds no
 * secret.
 *
 * @param timeMs milliseconds since the epoch
 * @param event RabbitMQ's name for it, such as {@code queue.created}
 * @param virtualHost where, or empty
 * @param name of what was changed; of a binding, its source
 * @param before what it was; empty if it did not exist
 * @param after what it is; empty if it is no more
 * @param refusal why it was not done; empty if it was
 */
public record AuditEvent(
    long timeMs,
    Actor actor,
    String event,
    String virtualHost,
    String name,
    Map<String, Object> before,
    Map<String, Object> after,
    String refusal) {
  /** Copies the maps, in their order. */
  public AuditEvent {
    before = Collections.unmodifiableMap(new LinkedHashMap<>(before));
    after = Collections.unmodifiableMap(new LinkedHashMap<>(after));
  }
}
