package dev.warren.server;

import dev.warren.core.broker.QueueDefinition;
import dev.warren.core.broker.VirtualHostDeclaration;
import dev.warren.core.broker.VirtualHostDeclaration.QueueDeclaration;
import dev.warren.core.routing.Binding;
import dev.warren.core.routing.Destination;
import dev.warren.core.routing.ExchangeDefinition;
import dev.warren.core.routing.ExchangeType;
import dev.warren.server.config.TopologyDeclaration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The topology of the configuration file in the words of the core. Stateless. */
final class DesiredTopology {
  private DesiredTopology() {}

  static List<VirtualHostDeclaration> of(List<TopologyDeclaration> hosts) {
    return hosts.stream().map(DesiredTopology::host).toList();
  }

  private static VirtualHostDeclaration host(TopologyDeclaration host) {
    return new VirtualHostDeclaration(
        host.virtualHost(),
        host.exchanges().stream().map(DesiredTopology::exchange).toList(),
        host.queues().stream().map(DesiredTopology::queue).toList(),
        host.bindings().stream().map(DesiredTopology::binding).toList());
  }

  private static ExchangeDefinition exchange(TopologyDeclaration.Exchange exchange) {
    return new ExchangeDefinition(
        exchange.name(),
        ExchangeType.parse(exchange.type()),
        exchange.durable(),
        exchange.autoDelete(),
        exchange.internal(),
        exchange.arguments());
  }

  private static QueueDeclaration queue(TopologyDeclaration.Queue queue) {
    Map<String, Object> arguments = new LinkedHashMap<>();
    for (Map.Entry<String, @Nullable Object> argument : queue.arguments().entrySet()) {
      Object value = argument.getValue();
      if (value != null) {
        arguments.put(argument.getKey(), value);
      }
    }
    return new QueueDeclaration(
        queue.name(), queue.durable(), queue.autoDelete(), QueueDefinition.SHARED, arguments);
  }

  private static Binding binding(TopologyDeclaration.Binding binding) {
    Destination destination =
        binding.toQueue()
            ? Destination.queue(binding.destination())
            : Destination.exchange(binding.destination());
    return new Binding(binding.source(), destination, binding.key(), binding.arguments());
  }
}
