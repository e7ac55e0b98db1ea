package dev.warren.management;

import dev.warren.core.routing.Binding;
import dev.warren.core.routing.Destination;
import dev.warren.core.routing.Exchange;
import dev.warren.core.routing.RoutedQueue;
import dev.warren.core.routing.Topology;
import dev.warren.management.RateSampler.QueueFigure;
import dev.warren.management.TopologyLines.Line;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The exchanges and queues of one topology in the order of how busy they were when last sampled,
 * and the choice of those that are drawn. Immutable; building one looks at everything, choosing and
 * connecting at little more than what is drawn.
 */
final class TopologyRanking {
  /** So many bindings of chosen exchanges are followed to find their neighbours. */
  private static final int FOLLOWED_BINDINGS_MAX = 2_000;

  private static final Comparator<Node> BUSIEST_FIRST =
      Comparator.comparingDouble(Node::activity)
          .reversed()
          .thenComparing(Node::isQueue)
          .thenComparing(node -> node.at().name());

  private final Topology topology;
  private final TopologyLines lines;
  private final List<Node> ranked = new ArrayList<>();
  private final Map<Destination, Integer> ranks = new HashMap<>();
  private final long sampledAtMs;

  TopologyRanking(Topology topology, TopologyLines lines, RateSampler sampler) {
    this.topology = topology;
    this.lines = lines;
    this.sampledAtMs = sampler.latestMs();
    topology.exchanges().forEach(exchange -> add(exchange, sampler));
    topology.queues().forEach(queue -> add(queue, sampler));
    ranked.sort(BUSIEST_FIRST);
    for (Node node : ranked) {
      ranks.put(node.at(), ranks.size());
    }
  }

  /** Exchanges from or to which nothing leads are left out, and so is the default exchange. */
  private void add(Exchange exchange, RateSampler sampler) {
    Destination at = Destination.exchange(exchange.name());
    if (!exchange.name().isEmpty()
        && (exchange.bindingCount() > 0
            || !lines.at(at).isEmpty()
            || !topology.bindingsTo(at).isEmpty())) {
      History history = sampler.exchange(topology.virtualHost(), exchange.name());
      ranked.add(new Node(at, lowerCase(exchange.name()), sampler.rate(history, 0)));
    }
  }

  private void add(RoutedQueue queue, RateSampler sampler) {
    History history = sampler.queue(topology.virtualHost(), queue.name());
    double activity = 0;
    if (history != null) {
      long messages = history.latest(QueueFigure.READY) + history.latest(QueueFigure.UNSETTLED);
      activity =
          sampler.rate(history, QueueFigure.PUBLISH)
              + sampler.rate(history, QueueFigure.DELIVER)
              + sampler.rate(history, QueueFigure.DELIVER_NO_ACK)
              + Math.log1p((double) messages);
    }
    ranked.add(new Node(Destination.queue(queue.name()), lowerCase(queue.name()), activity));
  }

  private static String lowerCase(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  /** What it was made of. */
  Topology topology() {
    return topology;
  }

  /** What leads where beside bindings. */
  TopologyLines lines() {
    return lines;
  }

  /** Of when the samples are, in milliseconds since the epoch. */
  long sampledAtMs() {
    return sampledAtMs;
  }

  /**
   * What is drawn: what is wanted, then the busiest of those that match, and the neighbours of
   * these.
   *
   * @param filter a part of the name; empty matches all
   * @param wanted those of it that exist are there in any case
   * @param max how many
   */
  Choice choose(String filter, Set<Destination> wanted, int max) {
    String part = lowerCase(filter);
    List<Destination> matching = new ArrayList<>();
    for (Node node : ranked) {
      if (node.lowerName().contains(part)) {
        matching.add(node.at());
      }
    }
    Set<Destination> shown = new LinkedHashSet<>();
    wanted.stream().filter(this::exists).limit(max).forEach(shown::add);
    boolean fits = matching.size() <= max - shown.size();
    // The busiest alone may be queues without the exchanges they get their messages from.
    add(matching, fits ? max : Math.max(shown.size(), max * 3 / 4), shown);
    if (shown.size() < ranked.size()) {
      add(neighbours(shown, max), max, shown);
    }
    add(matching, max, shown);
    int drawn = 0;
    for (Destination match : matching) {
      drawn += shown.contains(match) ? 1 : 0;
    }
    return new Choice(shown, ranked.size(), matching.size(), drawn);
  }

  private static void add(List<Destination> more, int max, Set<Destination> shown) {
    for (Destination one : more) {
      if (shown.size() >= max) {
        return;
      }
      shown.add(one);
    }
  }

  private boolean exists(Destination at) {
    return at instanceof Destination.QueueName
        ? topology.queue(at.name()) != null
        : topology.exchange(at.name()) != null;
  }

  /** Those a line leads to or from, the busiest first; no more than there is room for. */
  private List<Destination> neighbours(Set<Destination> shown, int max) {
    if (shown.size() >= max) {
      return List.of();
    }
    Set<Destination> found = new HashSet<>();
    Set<String> unfollowed = new HashSet<>();
    int bindingsLeft = FOLLOWED_BINDINGS_MAX;
    for (Destination at : shown) {
      for (Line line : lines.at(at)) {
        found.add(line.from());
        found.add(line.to());
      }
      for (Binding binding : topology.bindingsTo(at)) {
        found.add(Destination.exchange(binding.source()));
      }
      Exchange source =
          at instanceof Destination.ExchangeName ? topology.exchange(at.name()) : null;
      if (source != null && source.bindingCount() > bindingsLeft) {
        unfollowed.add(source.name());
      } else if (source != null) {
        bindingsLeft -= source.bindingCount();
        source.bindings().forEach(binding -> found.add(binding.destination()));
      }
    }
    return unfollowed.isEmpty()
        ? busiestFirst(found)
        : busiestOf(found, unfollowed, shown, max - shown.size());
  }

  private List<Destination> busiestFirst(Set<Destination> found) {
    List<Destination> known = new ArrayList<>();
    for (Destination one : found) {
      if (ranks.containsKey(one)) {
        known.add(one);
      }
    }
    known.sort(Comparator.comparing(one -> ranks.getOrDefault(one, Integer.MAX_VALUE)));
    return known;
  }

  /** Of exchanges with very many bindings the other ends are asked, the busiest first. */
  private List<Destination> busiestOf(
      Set<Destination> found, Set<String> sources, Set<Destination> shown, int max) {
    List<Destination> busiest = new ArrayList<>();
    for (Node node : ranked) {
      if (busiest.size() == max) {
        break;
      }
      if (!shown.contains(node.at())
          && (found.contains(node.at()) || isBoundToOneOf(sources, node.at()))) {
        busiest.add(node.at());
      }
    }
    return busiest;
  }

  private boolean isBoundToOneOf(Set<String> sources, Destination at) {
    for (Binding binding : topology.bindingsTo(at)) {
      if (sources.contains(binding.source())) {
        return true;
      }
    }
    return false;
  }

  /**
   * What is drawn.
   *
   * @param total all that could be
   * @param matched those that match, drawn or not
   * @param matchedShown those of them that are drawn
   */
  record Choice(Set<Destination> shown, int total, int matched, int matchedShown) {}

  private record Node(Destination at, String lowerName, double activity) {
    boolean isQueue() {
      return at instanceof Destination.QueueName;
    }
  }
}
