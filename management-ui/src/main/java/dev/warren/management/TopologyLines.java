package dev.warren.management;

import dev.warren.core.broker.Management;
import dev.warren.core.routing.Destination;
import dev.warren.core.routing.Exchange;
import dev.warren.core.routing.RoutedQueue;
import dev.warren.core.routing.Topology;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What leads from one to another in a topology beside bindings: dead letters and alternate
 * exchanges. Immutable.
 */
final class TopologyLines {
  private static final String ALTERNATE_EXCHANGE = "alternate-exchange";
  private static final String DEAD_LETTER_EXCHANGE = "x-dead-letter-exchange";
  private static final String DEAD_LETTER_KEY = "x-dead-letter-routing-key";

  private final Topology topology;
  private final Map<Destination, List<Line>> lines = new HashMap<>();

  TopologyLines(Topology topology, Management management) {
    this.topology = topology;
    for (Exchange exchange : topology.exchanges()) {
      if (exchange.definition().arguments().get(ALTERNATE_EXCHANGE) instanceof String to) {
        Destination from = Destination.exchange(exchange.name());
        add(new Line("alternate", from, Destination.exchange(to), ""));
      }
    }
    for (RoutedQueue queue : topology.queues()) {
      management
          .queue(topology.virtualHost(), queue.name())
          .ifPresent(info -> addDeadLetters(queue.name(), info.arguments()));
    }
  }

  private void addDeadLetters(String queue, Map<String, Object> arguments) {
    if (!(arguments.get(DEAD_LETTER_EXCHANGE) instanceof String exchange)) {
      return;
    }
    Destination from = Destination.queue(queue);
    String key = arguments.get(DEAD_LETTER_KEY) instanceof String text ? text : "";
    if (!exchange.isEmpty()) {
      add(new Line("dead-letter", from, Destination.exchange(exchange), key));
    } else if (!key.isEmpty()) {
      add(new Line("dead-letter", from, Destination.queue(key), ""));
    }
  }

  /** Both may name something that does not exist. */
  private void add(Line line) {
    boolean leadsSomewhere =
        line.to() instanceof Destination.QueueName
            ? topology.queue(line.to().name()) != null
            : topology.exchange(line.to().name()) != null;
    if (leadsSomewhere) {
      lines.computeIfAbsent(line.from(), absent -> new ArrayList<>(1)).add(line);
      if (!line.from().equals(line.to())) {
        lines.computeIfAbsent(line.to(), absent -> new ArrayList<>(1)).add(line);
      }
    }
  }

  /** The topology they are of. */
  Topology topology() {
    return topology;
  }

  /** Those from and to an exchange or a queue. */
  List<Line> at(Destination end) {
    return lines.getOrDefault(end, List.of());
  }

  /**
   * One of them.
   *
   * @param kind {@code alternate} or {@code dead-letter}
   * @param key the key dead letters get; empty if they keep theirs
   */
  record Line(String kind, Destination from, Destination to, String key) {}
}
