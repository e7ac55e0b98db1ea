package dev.warren.core.broker;

import dev.warren.core.routing.Binding;
import dev.warren.core.routing.Destination;
import dev.warren.core.routing.Exchange;
import dev.warren.core.routing.ExchangeDefinition;
import dev.warren.core.routing.Topology;
import dev.warren.core.routing.TopologyChange;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the audit trail says of changes of topology. Nodes that belong to one connection are left
 * out, and what is bound to their exchanges: they come and go with requests. A binding that brings
 * them messages from elsewhere is told, whoever's queue it is. Stateless.
 */
final class TopologyAudit {
  private TopologyAudit() {}

  static void declared(AuditTrail audit, Actor actor, QueueDefinition queue) {
    if (!queue.isExclusive()) {
      audit.changed(
          actor, "queue.created", queue.virtualHost(), queue.name(), Map.of(), view(queue));
    }
  }

  /** A change that had an effect, but for the declaration of a queue. */
  static void changed(AuditTrail audit, Actor actor, Topology before, TopologyChange change) {
    String host = before.virtualHost();
    if (change instanceof TopologyChange.DeclareExchange declare) {
      ExchangeDefinition exchange = declare.definition();
      if (!exchange.name().startsWith(TemporaryNodes.PREFIX)) {
        audit.changed(actor, "exchange.created", host, exchange.name(), Map.of(), view(exchange));
      }
    } else if (change instanceof TopologyChange.DeleteExchange delete) {
      Exchange exchange = before.exchange(delete.name());
      if (exchange != null && !delete.name().startsWith(TemporaryNodes.PREFIX)) {
        audit.changed(
            actor, "exchange.deleted", host, delete.name(), view(exchange.definition()), Map.of());
      }
    } else if (change instanceof TopologyChange.DeleteQueue delete) {
      if (before.queue(delete.name()) instanceof QueueProxy queue
          && !queue.definition().isExclusive()) {
        audit.changed(
            actor, "queue.deleted", host, delete.name(), view(queue.definition()), Map.of());
      }
    } else if (change instanceof TopologyChange.Bind bind && !isTemporary(bind.binding())) {
      Binding binding = bind.binding();
      if (isOfOneConnection(before, binding)) {
        audit.passed(actor, "binding.created", host, binding.source(), Map.of(), view(binding));
      } else {
        audit.changed(actor, "binding.created", host, binding.source(), Map.of(), view(binding));
      }
    } else if (change instanceof TopologyChange.Unbind unbind && !isTemporary(unbind.binding())) {
      Binding binding = unbind.binding();
      if (isOfOneConnection(before, binding)) {
        audit.passed(actor, "binding.deleted", host, binding.source(), view(binding), Map.of());
      } else {
        audit.changed(actor, "binding.deleted", host, binding.source(), view(binding), Map.of());
      }
    }
  }

  private static boolean isTemporary(Binding binding) {
    return binding.source().startsWith(TemporaryNodes.PREFIX);
  }

  private static boolean isOfOneConnection(Topology topology, Binding binding) {
    return binding.destination() instanceof Destination.QueueName name
        && topology.queue(name.name()) instanceof QueueProxy queue
        && queue.definition().isExclusive();
  }

  private static Map<String, Object> view(QueueDefinition queue) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("type", queue.type());
    view.put("durable", queue.durable());
    view.put("auto_delete", queue.autoDelete());
    view.put("arguments", queue.arguments());
    return view;
  }

  private static Map<String, Object> view(ExchangeDefinition exchange) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("type", exchange.type().text());
    view.put("durable", exchange.durable());
    view.put("auto_delete", exchange.autoDelete());
    view.put("internal", exchange.internal());
    view.put("arguments", Arguments.withoutNulls(exchange.arguments()));
    return view;
  }

  private static Map<String, Object> view(Binding binding) {
    Map<String, Object> view = new LinkedHashMap<>();
    boolean toQueue = binding.destination() instanceof Destination.QueueName;
    view.put("destination_type", toQueue ? "queue" : "exchange");
    view.put("destination", binding.destination().name());
    view.put("routing_key", binding.bindingKey());
    view.put("arguments", Arguments.withoutNulls(binding.arguments()));
    return view;
  }
}
