package dev.warren.core.broker;

import dev.warren.core.routing.Binding;
import dev.warren.core.routing.ExchangeDefinition;
import java.util.List;
import java.util.Map;

/**
 * What a virtual host shall have: declared at start, added to what is there already. Immutable.
 *
 * @param bindings may name anything declared here or existing already
 */
public record VirtualHostDeclaration(
    String name,
    List<ExchangeDefinition> exchanges,
    List<QueueDeclaration> queues,
    List<Binding> bindings) {
  /** Copies the lists. */
  public VirtualHostDeclaration {
    exchanges = List.copyOf(exchanges);
    queues = List.copyOf(queues);
    bindings = List.copyOf(bindings);
  }

  /**
   * A queue to be declared.
   *
   * @param exclusiveTo a connection, or {@link QueueDefinition#SHARED}
   */
  public record QueueDeclaration(
      String name,
      boolean durable,
      boolean autoDelete,
      long exclusiveTo,
      Map<String, Object> arguments) {
    /** Copies the arguments. */
    public QueueDeclaration {
      arguments = Map.copyOf(arguments);
    }

    /**
     * Checks name and arguments, as declaring it would.
     *
     * @throws BrokerException saying what is wrong
     */
    public void check(String virtualHost) {
      VirtualHost.checkName("queue", name);
      QueueDefinition definition =
          new QueueDefinition(virtualHost, name, 0, durable, autoDelete, exclusiveTo, arguments);
      var unused = definition.options();
      QueueArgumentRules.check(definition);
    }

    /** A durable queue that anybody may use. */
    public static QueueDeclaration durable(String name, Map<String, Object> arguments) {
      return new QueueDeclaration(name, true, false, QueueDefinition.SHARED, arguments);
    }
  }
}
