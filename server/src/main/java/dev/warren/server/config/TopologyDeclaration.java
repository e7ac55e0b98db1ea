package dev.warren.server.config;

import dev.warren.core.security.VirtualHostSettings;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The topology the file wants in one virtual host. Immutable. Names are valid and distinct, and
 * every binding leads from an exchange that exists to a destination that exists.
 *
 * @param virtualHost its name
 * @param settings if the file names any of them
 */
public record TopologyDeclaration(
    String virtualHost,
    Optional<VirtualHostSettings> settings,
    List<Exchange> exchanges,
    List<Queue> queues,
    List<Binding> bindings) {
  /** Copies the lists. */
  public TopologyDeclaration {
    exchanges = List.copyOf(exchanges);
    queues = List.copyOf(queues);
    bindings = List.copyOf(bindings);
  }

  /**
   * An exchange; {@code alternate-exchange} is among the arguments.
   *
   * @param type direct, fanout, topic or headers
   */
  public record Exchange(
      String name,
      String type,
      boolean durable,
      boolean autoDelete,
      boolean internal,
      Map<String, @Nullable Object> arguments) {
    /** Copies the arguments. */
    public Exchange {
      arguments = copy(arguments);
    }
  }

  /** A queue; all its settings are x- arguments. */
  public record Queue(
      String name, boolean durable, boolean autoDelete, Map<String, @Nullable Object> arguments) {
    /** Copies the arguments. */
    public Queue {
      arguments = copy(arguments);
    }
  }

  /**
   * A binding.
   *
   * @param destination a queue or an exchange
   * @param toQueue which of them
   */
  public record Binding(
      String source,
      String destination,
      boolean toQueue,
      String key,
      Map<String, @Nullable Object> arguments) {
    /** Copies the arguments. */
    public Binding {
      arguments = copy(arguments);
    }
  }

  private static Map<String, @Nullable Object> copy(Map<String, @Nullable Object> arguments) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(arguments));
  }
}
