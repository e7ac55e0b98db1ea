package dev.warren.management;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.core.broker.Management.QueueInfo;
import dev.warren.core.broker.VirtualHost;
import dev.warren.core.routing.Binding;
import dev.warren.core.routing.Destination;
import dev.warren.core.routing.Exchange;
import dev.warren.core.routing.Topology;
import dev.warren.management.RateSampler.QueueFigure;
import dev.warren.management.TopologyLines.Line;
import dev.warren.management.TopologyRanking.Choice;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A virtual host as a graph: {@code /topology/{vhost}}. Not in RabbitMQ's API. At most {@link
 * #NODES_MAX} exchanges and queues are in it: those that are asked for by {@code show}, and those
 * whose name contains {@code name} and their neighbours, the busiest first. A queue with consumers
 * has a node for them.
 *
 * <p>Who is how busy is found out once in a while for everybody who looks, so that an answer costs
 * little more than what is in it. Owned by the management worker.
 */
final class TopologyResource {
  private static final int NODES_MAX = 120;
  private static final int SHOW_MAX = 100;
  private static final int KEYS_TOLD_MAX = 20;
  private static final int RANKINGS_MAX = 8;

  /** As long as a ranking is used the same nodes are shown, and nothing moves. */
  private static final long RANKED_FOR_MS = 5_000;

  private static final String EXCHANGE = "exchange/";
  private static final String QUEUE = "queue/";

  private final ManagedBroker broker;
  private final RateSampler sampler;

  /** Of the virtual hosts looked at last. */
  private final Map<String, TopologyRanking> rankings = new LinkedHashMap<>(16, 0.75f, true);

  TopologyResource(ManagedBroker broker, RateSampler sampler) {
    this.broker = broker;
    this.sampler = sampler;
  }

  void addTo(Routes routes) {
    routes.get("/topology/{vhost}", Access.MANAGEMENT, this::graph);
  }

  private Reply graph(Request request) {
    String name = VirtualHostScope.required(broker.management(), request);
    Topology topology =
        broker
            .virtualHosts()
            .apply(name)
            .map(VirtualHost::topology)
            .orElseThrow(() -> ApiException.objectNotFound("no vhost '" + name + "'"));
    Set<Destination> wanted = wanted(request.parameter("show").orElse(""));
    TopologyRanking ranking = ranking(topology);
    Choice choice = ranking.choose(request.parameter("name").orElse(""), wanted, NODES_MAX);
    return Reply.ok(view(ranking, choice, wanted));
  }

  /**
   * What is to be shown in any case, one in a line.
   *
   * @throws ApiException 400 saying what was expected
   */
  private static Set<Destination> wanted(String text) {
    Set<Destination> wanted = new LinkedHashSet<>();
    if (text.isEmpty()) {
      return wanted;
    }
    for (String line : text.split("\n", -1)) {
      if (line.startsWith(EXCHANGE)) {
        wanted.add(Destination.exchange(line.substring(EXCHANGE.length())));
      } else if (line.startsWith(QUEUE)) {
        wanted.add(Destination.queue(line.substring(QUEUE.length())));
      } else {
        throw ApiException.badRequest(
            "show: '%s': exchange/NAME or queue/NAME was expected, one in a line".formatted(line));
      }
    }
    if (wanted.size() > SHOW_MAX) {
      throw ApiException.badRequest(
          "show: at most %d were expected, not %d".formatted(SHOW_MAX, wanted.size()));
    }
    return wanted;
  }

  /** The last one, unless the topology is another or it is too old. */
  private TopologyRanking ranking(Topology topology) {
    String host = topology.virtualHost();
    TopologyRanking known = rankings.get(host);
    if (known != null
        && known.topology() == topology
        && Math.abs(sampler.latestMs() - known.sampledAtMs()) < RANKED_FOR_MS) {
      return known;
    }
    TopologyLines lines =
        known != null && known.topology() == topology
            ? known.lines()
            : new TopologyLines(topology, broker.management());
    TopologyRanking ranking = new TopologyRanking(topology, lines, sampler);
    rankings.keySet().removeIf(name -> broker.virtualHosts().apply(name).isEmpty());
    rankings.put(host, ranking);
    if (rankings.size() > RANKINGS_MAX) {
      rankings.remove(rankings.keySet().iterator().next());
    }
    return ranking;
  }

  private ObjectNode view(TopologyRanking ranking, Choice choice, Set<Destination> wanted) {
    ObjectNode view = JsonViews.object();
    ArrayNode nodes = view.putArray("nodes");
    ArrayNode edges = view.putArray("edges");
    Set<Destination> shown = new LinkedHashSet<>();
    List<Destination> ordered = new ArrayList<>(choice.shown());
    ordered.sort(Comparator.comparing(TopologyResource::id));
    for (Destination at : ordered) {
      if (at instanceof Destination.QueueName
          ? addQueue(ranking, at, view)
          : addExchange(ranking, at, nodes)) {
        shown.add(at);
      }
    }
    for (Destination to : shown) {
      addBindings(ranking.topology(), to, shown, wanted, edges);
      for (Line line : ranking.lines().at(to)) {
        if (line.from().equals(to) && shown.contains(line.to())) {
          List<String> keys = line.key().isEmpty() ? List.of() : List.of(line.key());
          edges.add(edge(line.kind(), id(to), id(line.to()), keys, keys.size()));
        }
      }
    }
    view.put("total", choice.total());
    view.put("matched", choice.matched());
    view.put("matched_shown", choice.matchedShown());
    view.put("truncated", choice.matchedShown() < choice.matched());
    return view;
  }

  private boolean addExchange(TopologyRanking ranking, Destination at, ArrayNode nodes) {
    Topology topology = ranking.topology();
    @Nullable Exchange exchange = topology.exchange(at.name());
    if (exchange == null) {
      return false;
    }
    History history = sampler.exchange(topology.virtualHost(), at.name());
    nodes
        .addObject()
        .put("id", id(at))
        .put("kind", "exchange")
        .put("name", at.name())
        .put("type", exchange.definition().type().text())
        .put("in_rate", sampler.rate(history, 0))
        .put("out_rate", history == null ? 0 : sampler.rate(history, 1));
    return true;
  }

  /** Not if it is gone meanwhile. */
  private boolean addQueue(TopologyRanking ranking, Destination at, ObjectNode view) {
    String host = ranking.topology().virtualHost();
    Optional<QueueInfo> found = broker.management().queue(host, at.name());
    if (found.isEmpty()) {
      return false;
    }
    QueueInfo queue = found.get();
    History history = sampler.queue(host, at.name());
    double delivered =
        sampler.rate(history, QueueFigure.DELIVER)
            + sampler.rate(history, QueueFigure.DELIVER_NO_ACK)
            + sampler.rate(history, QueueFigure.GET);
    long messages = queue.figures().messages();
    ArrayNode nodes = view.withArray("nodes");
    nodes
        .addObject()
        .put("id", id(at))
        .put("kind", "queue")
        .put("name", queue.name())
        .put("type", queue.type())
        .put("messages", messages)
        .put("consumers", queue.figures().consumers())
        .put("dead_lettered", queue.figures().deadLettered())
        .put("paused", queue.paused())
        .put("publish_rate", sampler.rate(history, QueueFigure.PUBLISH))
        .put("deliver_rate", delivered);
    if (queue.figures().consumers() > 0) {
      String consumers = "consumers/" + queue.name();
      nodes
          .addObject()
          .put("id", consumers)
          .put("kind", "consumers")
          .put("name", queue.name())
          .put("consumers", queue.figures().consumers())
          .put("deliver_rate", delivered);
      view.withArray("edges").add(edge("consumers", id(at), consumers, List.of(), 0));
    }
    return true;
  }

  /**
   * One line for all bindings from the same exchange. Those of the default exchange are there
   * between what is wanted only: it leads to every queue.
   */
  private static void addBindings(
      Topology topology,
      Destination to,
      Set<Destination> shown,
      Set<Destination> wanted,
      ArrayNode edges) {
    Map<String, Keys> bySource = new TreeMap<>();
    for (Binding binding : topology.bindingsTo(to)) {
      Destination from = Destination.exchange(binding.source());
      boolean isDefault = binding.source().equals(Topology.DEFAULT_EXCHANGE);
      if (shown.contains(from) && (!isDefault || (wanted.contains(from) && wanted.contains(to)))) {
        bySource.computeIfAbsent(binding.source(), absent -> new Keys()).add(binding);
      }
    }
    bySource.forEach(
        (source, keys) ->
            edges.add(
                edge("binding", EXCHANGE + source, id(to), List.copyOf(keys.first), keys.count)));
  }

  private static ObjectNode edge(
      String kind, String from, String to, List<String> keys, int count) {
    ObjectNode view =
        JsonViews.object().put("kind", kind).put("from", from).put("to", to).put("count", count);
    ArrayNode keyViews = view.putArray("keys");
    keys.forEach(keyViews::add);
    return view;
  }

  private static String id(Destination at) {
    return (at instanceof Destination.QueueName ? QUEUE : EXCHANGE) + at.name();
  }

  /** The binding keys of a line, with the arguments of those that have any: the first are told. */
  private static final class Keys {
    private final TreeSet<String> first = new TreeSet<>();
    private int count;

    private void add(Binding binding) {
      String arguments =
          binding.arguments().isEmpty() ? "" : new TreeMap<>(binding.arguments()).toString();
      first.add((binding.bindingKey() + " " + arguments).strip());
      count++;
      if (first.size() > KEYS_TOLD_MAX) {
        first.pollLast();
      }
    }
  }
}
