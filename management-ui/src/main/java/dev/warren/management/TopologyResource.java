package dev.warren.management;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.core.broker.Management;
import dev.warren.core.broker.Management.QueueInfo;
import dev.warren.core.broker.VirtualHost;
import dev.warren.core.routing.Binding;
import dev.warren.core.routing.Destination;
import dev.warren.core.routing.Exchange;
import dev.warren.core.routing.Topology;
import dev.warren.management.RateSampler.QueueFigure;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A virtual host as a graph: {@code /topology/{vhost}}. Not in RabbitMQ's API. At most {@link
 * #NODES_MAX} exchanges and queues are shown: those whose name contains what is asked for and their
 * neighbours, or the busiest.
 */
final class TopologyResource {
  private static final int NODES_MAX = 120;
  private static final int LABEL_LENGTH_MAX = 28;
  private static final int TITLE_KEYS_MAX = 20;
  private static final String ALTERNATE_EXCHANGE = "alternate-exchange";
  private static final String DEAD_LETTER_EXCHANGE = "x-dead-letter-exchange";
  private static final String DEAD_LETTER_KEY = "x-dead-letter-routing-key";

  private final ManagedBroker broker;
  private final RateSampler sampler;

  TopologyResource(ManagedBroker broker, RateSampler sampler) {
    this.broker = broker;
    this.sampler = sampler;
  }

  void addTo(Routes routes) {
    routes.get("/topology/{vhost}", Access.MANAGEMENT, this::graph);
  }

  private Reply graph(Request request) {
    Management management = broker.management();
    String name = VirtualHostScope.required(management, request);
    Topology topology =
        broker
            .virtualHosts()
            .apply(name)
            .map(VirtualHost::topology)
            .orElseThrow(() -> ApiException.objectNotFound("no vhost '" + name + "'"));
    Graph graph = new Graph(name);
    graph.read(topology, management.queues(name));
    return Reply.ok(graph.view(request.parameter("name").orElse("")));
  }

  private static String exchangeId(String name) {
    return "exchange/" + name;
  }

  private static String queueId(String name) {
    return "queue/" + name;
  }

  /** A line, with the binding keys of all bindings it stands for. */
  private record Edge(String kind, String from, String to, List<String> keys) {}

  /** A virtual host's exchanges and queues with the lines between them. */
  private final class Graph {
    private final String virtualHost;
    private final Map<String, ObjectNode> nodes = new LinkedHashMap<>();
    private final Map<String, Double> activity = new LinkedHashMap<>();
    private final Map<List<String>, Edge> edges = new LinkedHashMap<>();

    Graph(String virtualHost) {
      this.virtualHost = virtualHost;
    }

    void read(Topology topology, List<QueueInfo> queues) {
      for (Exchange exchange : topology.exchanges()) {
        addExchange(exchange);
      }
      queues.forEach(this::addQueue);
      for (Binding binding : topology.bindings()) {
        if (!binding.source().isEmpty()) {
          boolean toQueue = binding.destination() instanceof Destination.QueueName;
          String to = binding.destination().name();
          connect(
              "binding",
              exchangeId(binding.source()),
              toQueue ? queueId(to) : exchangeId(to),
              binding.bindingKey());
        }
      }
    }

    private void addExchange(Exchange exchange) {
      String name = exchange.definition().name();
      History history = sampler.exchange(virtualHost, name);
      double rate = sampler.rate(history, 0);
      String id = exchangeId(name);
      nodes.put(
          id,
          JsonViews.object()
              .put("id", id)
              .put("kind", "exchange")
              .put("name", name)
              .put("type", exchange.definition().type().text())
              .put("in_rate", rate));
      activity.put(id, rate);
      if (exchange.definition().arguments().get(ALTERNATE_EXCHANGE) instanceof String alternate) {
        connect("alternate", id, exchangeId(alternate), "");
      }
    }

    private void addQueue(QueueInfo queue) {
      History history = sampler.queue(virtualHost, queue.name());
      double delivered =
          sampler.rate(history, QueueFigure.DELIVER)
              + sampler.rate(history, QueueFigure.DELIVER_NO_ACK)
              + sampler.rate(history, QueueFigure.GET);
      long messages = queue.figures().messages();
      String id = queueId(queue.name());
      nodes.put(
          id,
          JsonViews.object()
              .put("id", id)
              .put("kind", "queue")
              .put("name", queue.name())
              .put("type", queue.type())
              .put("messages", messages)
              .put("consumers", queue.figures().consumers())
              .put("paused", queue.paused())
              .put("publish_rate", sampler.rate(history, QueueFigure.PUBLISH))
              .put("deliver_rate", delivered));
      activity.put(
          id,
          sampler.rate(history, QueueFigure.PUBLISH) + delivered + Math.log1p((double) messages));
      if (queue.arguments().get(DEAD_LETTER_EXCHANGE) instanceof String exchange) {
        addDeadLetters(queue, id, exchange);
      }
    }

    private void addDeadLetters(QueueInfo queue, String id, String exchange) {
      Object key = queue.arguments().get(DEAD_LETTER_KEY);
      if (!exchange.isEmpty()) {
        connect("dead-letter", id, exchangeId(exchange), key instanceof String text ? text : "");
      } else if (key instanceof String to) {
        connect("dead-letter", id, queueId(to), "");
      }
    }

    private void connect(String kind, String from, String to, String key) {
      edges
          .computeIfAbsent(
              List.of(kind, from, to), absent -> new Edge(kind, from, to, new ArrayList<>()))
          .keys()
          .add(key);
    }

    ObjectNode view(String filter) {
      edges
          .values()
          .removeIf(edge -> !nodes.containsKey(edge.from()) || !nodes.containsKey(edge.to()));
      Set<String> shown = chosen(filter.toLowerCase(Locale.ROOT));
      ObjectNode view = JsonViews.object();
      ArrayNode nodeViews = view.putArray("nodes");
      shown.forEach(id -> nodeViews.add(nodes.get(id)));
      ArrayNode edgeViews = view.putArray("edges");
      for (Edge edge : edges.values()) {
        if (shown.contains(edge.from()) && shown.contains(edge.to())) {
          edgeViews.add(view(edge));
        }
      }
      int total = candidates().size();
      view.put("total", total);
      view.put("truncated", filter.isEmpty() && shown.size() < total);
      return view;
    }

    private static ObjectNode view(Edge edge) {
      List<String> keys = edge.keys();
      String first = keys.get(0);
      String label =
          first.length() > LABEL_LENGTH_MAX
              ? first.substring(0, LABEL_LENGTH_MAX - 1) + "…"
              : first;
      String all = String.join("\n", keys.subList(0, Math.min(keys.size(), TITLE_KEYS_MAX)));
      return JsonViews.object()
          .put("kind", edge.kind())
          .put("from", edge.from())
          .put("to", edge.to())
          .put("label", keys.size() > 1 ? label + " +" + (keys.size() - 1) : label)
          .put("title", keys.size() > TITLE_KEYS_MAX ? all + "\n…" : all);
    }

    /** Queues, and exchanges from or to which there is a line. */
    private List<String> candidates() {
      Set<String> connected = new HashSet<>();
      for (Edge edge : edges.values()) {
        connected.add(edge.from());
        connected.add(edge.to());
      }
      return nodes.keySet().stream()
          .filter(id -> id.startsWith("queue/") || connected.contains(id))
          .toList();
    }

    private Set<String> chosen(String filter) {
      Set<String> shown = new HashSet<>();
      candidates().stream()
          .filter(id -> filter.isEmpty() || name(id).contains(filter))
          .sorted(Comparator.comparing((String id) -> activityOf(id)).reversed())
          .limit(NODES_MAX)
          .forEach(shown::add);
      // A line to nothing says little: the other end is shown as well, while there is room.
      Set<String> matched = Set.copyOf(shown);
      for (Edge edge : edges.values()) {
        if (shown.size() < NODES_MAX
            && matched.contains(edge.from()) != matched.contains(edge.to())) {
          shown.add(matched.contains(edge.from()) ? edge.to() : edge.from());
        }
      }
      List<String> ordered = new ArrayList<>(shown);
      ordered.sort(Comparator.naturalOrder());
      return new java.util.LinkedHashSet<>(ordered);
    }

    private double activityOf(String id) {
      @Nullable Double known = activity.get(id);
      return known == null ? 0 : known;
    }

    private String name(String id) {
      return id.substring(id.indexOf('/') + 1).toLowerCase(Locale.ROOT);
    }
  }
}
