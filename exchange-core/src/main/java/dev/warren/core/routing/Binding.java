package dev.warren.core.routing;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A rule from an exchange to a destination. Two bindings are the same if all four parts are
 * (contract §7.6). Immutable.
 *
 * @param source name of the exchange it starts from
 * @param destination the queue or exchange it leads to
 * @param bindingKey the key or pattern; at most 255 bytes as UTF-8
 * @param arguments for headers exchanges what to match, otherwise only kept; see {@link
 *     ArgumentValues} for the form they are brought into
 */
public record Binding(
    String source,
    Destination destination,
    String bindingKey,
    Map<String, @Nullable Object> arguments) {

  /**
   * Brings the arguments into one form, so that the width of an integer makes no difference.
   *
   * @throws TopologyException if an argument has a type that arguments cannot have
   */
  public Binding {
    arguments = ArgumentValues.normalised(arguments);
  }

  /** A binding to a queue, without arguments. */
  public static Binding toQueue(String source, String queue, String bindingKey) {
    return new Binding(source, Destination.queue(queue), bindingKey, Map.of());
  }

  /** A binding to an exchange, without arguments. */
  public static Binding toExchange(String source, String exchange, String bindingKey) {
    return new Binding(source, Destination.exchange(exchange), bindingKey, Map.of());
  }
}
