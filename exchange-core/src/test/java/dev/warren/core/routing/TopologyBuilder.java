package dev.warren.core.routing;

import dev.warren.core.message.Message;
import dev.warren.core.routing.TopologyChange.Bind;
import dev.warren.core.routing.TopologyChange.DeclareExchange;
import dev.warren.core.routing.TopologyChange.DeclareQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Arranges the topology of a test, in virtual host {@code /}. */
final class TopologyBuilder {
  private Topology topology = Topology.of("/");

  static TopologyBuilder aTopology() {
    return new TopologyBuilder();
  }

  TopologyBuilder exchange(String name, ExchangeType type) {
    return with(new DeclareExchange(ExchangeDefinition.durable(name, type)));
  }

  TopologyBuilder autoDelete(String name) {
    return with(
        new DeclareExchange(
            new ExchangeDefinition(name, ExchangeType.FANOUT, true, true, false, Map.of())));
  }

  TopologyBuilder exchangeWithAlternate(String name, ExchangeType type, String alternate) {
    return with(
        new DeclareExchange(
            new ExchangeDefinition(
                name, type, true, false, false, Map.of("alternate-exchange", alternate))));
  }

  TopologyBuilder queues(String... names) {
    for (String name : names) {
      with(new DeclareQueue(new FakeQueue(name)));
    }
    return this;
  }

  TopologyBuilder bind(String source, String queue, String key) {
    return with(new Bind(Binding.toQueue(source, queue, key)));
  }

  TopologyBuilder bindExchange(String source, String destination, String key) {
    return with(new Bind(Binding.toExchange(source, destination, key)));
  }

  TopologyBuilder with(TopologyChange change) {
    topology = topology.with(change);
    return this;
  }

  Topology build() {
    return topology;
  }

  /** Names of the queues a message goes to, in the order they were found. */
  static List<String> routed(Topology topology, Message message) {
    RouteResult result = new RouteResult();
    Router.route(topology, message, result);
    return names(result);
  }

  static List<String> names(RouteResult result) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < result.count(); i++) {
      names.add(result.queue(i).name());
    }
    return names;
  }
}
