package dev.warren.core.routing;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an exchange was declared as (contract §7.2). Immutable.
 *
 * @param name its name, unique in the virtual host; {@code ""} is the default exchange
 * @param type how it routes
 * @param durable whether it survives a restart
 * @param autoDelete whether it goes when the last binding from it goes
 * @param internal whether clients may not publish to it
 * @param arguments further arguments, in the form of {@link ArgumentValues}
 */
public record ExchangeDefinition(
    String name,
    ExchangeType type,
    boolean durable,
    boolean autoDelete,
    boolean internal,
    Map<String, @Nullable Object> arguments) {
  /** The argument that names the alternate exchange (contract §7.7). */
  public static final String ALTERNATE_EXCHANGE = "alternate-exchange";

  /**
   * Brings the arguments into one form.
   *
   * @throws TopologyException if an argument has a type that arguments cannot have
   */
  public ExchangeDefinition {
    arguments = ArgumentValues.normalised(arguments);
  }

  /** A durable exchange without anything special. */
  public static ExchangeDefinition durable(String name, ExchangeType type) {
    return new ExchangeDefinition(name, type, true, false, false, Map.of());
  }

  /** Name of the exchange that gets what this one cannot route, or null if there is none. */
  public @Nullable String alternateExchange() {
    return arguments.get(ALTERNATE_EXCHANGE) instanceof String name ? name : null;
  }
}
