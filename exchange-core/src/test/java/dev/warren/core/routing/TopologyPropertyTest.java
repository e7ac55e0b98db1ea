package dev.warren.core.routing;

import static dev.warren.core.routing.TopologyBuilder.routed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.core.message.Envelope;
import dev.warren.core.message.Message;
import dev.warren.core.routing.TopologyChange.Bind;
import dev.warren.core.routing.TopologyChange.DeclareExchange;
import dev.warren.core.routing.TopologyChange.DeclareQueue;
import dev.warren.core.routing.TopologyChange.DeleteExchange;
import dev.warren.core.routing.TopologyChange.DeleteQueue;
import dev.warren.core.routing.TopologyChange.Unbind;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random changes against a model that is nothing but a set of bindings: after every step the
 * topology lists the same objects, and every message goes where going through that set leads.
 */
class TopologyPropertyTest {
  private static final int STEPS = 400;
  private static final List<String> QUEUES = List.of("q0", "q1", "q2", "q3", "q4", "q5");
  private static final List<String> EXCHANGES = List.of("d", "f", "t", "h", "e", "g");
  private static final List<String> KEYS = List.of("", "a", "b", "a.b", "a.#", "*.b", "#");

  private final Map<String, ExchangeDefinition> exchanges = new TreeMap<>();
  private final Set<String> queues = new TreeSet<>();
  private final Set<Binding> bindings = new HashSet<>();
  private Topology topology = Topology.of("/");

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("dev.warren.core.routing.Seeds#seeds")
  void routesAsGoingThroughTheListOfBindings(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    topology.exchanges().forEach(x -> exchanges.put(x.name(), x.definition()));
    for (int step = 0; step < STEPS; step++) {
      TopologyChange change = change(random);
      String where = "seed " + seed + ", step " + step + ": " + change;
      topology = topology.with(change);
      applyToModel(change);
      checkLists(where);
      for (int i = 0; i < 5; i++) {
        Message message = message(random);
        assertThat(routed(topology, message))
            .as("%s, then %s", where, message)
            .containsExactlyInAnyOrderElementsOf(routedByModel(message));
        assertThat(explained(topology, message))
            .as("explained, %s, then %s", where, message)
            .containsExactlyInAnyOrderElementsOf(routedByModel(message));
      }
    }
  }

  private static List<String> explained(Topology topology, Message message) {
    var explained = RouteExplanation.of(topology, message.envelope(), message);
    return explained == null
        ? List.of()
        : explained.queues().stream().map(RoutedQueue::name).toList();
  }

  private TopologyChange change(SplittableRandom random) {
    return switch (random.nextInt(10)) {
      case 0 -> new DeclareQueue(new FakeQueue(one(random, QUEUES)));
      case 1 -> new DeleteQueue(one(random, QUEUES));
      case 2, 3 -> declare(random);
      case 4 -> new DeleteExchange(one(random, EXCHANGES));
      case 5 ->
          bindings.isEmpty()
              ? new DeleteQueue("q0")
              : new Unbind(one(random, List.copyOf(bindings)));
      default -> bind(random);
    };
  }

  private TopologyChange declare(SplittableRandom random) {
    String name = one(random, EXCHANGES);
    ExchangeDefinition existing = exchanges.get(name);
    if (existing != null) {
      return new DeclareExchange(existing);
    }
    ExchangeType type =
        switch (name) {
          case "f" -> ExchangeType.FANOUT;
          case "t" -> ExchangeType.TOPIC;
          case "h" -> ExchangeType.HEADERS;
          default -> ExchangeType.DIRECT;
        };
    Map<String, @Nullable Object> arguments =
        random.nextBoolean() ? Map.of() : Map.of("alternate-exchange", one(random, EXCHANGES));
    return new DeclareExchange(
        new ExchangeDefinition(name, type, true, random.nextBoolean(), false, arguments));
  }

  private TopologyChange bind(SplittableRandom random) {
    String source = one(random, EXCHANGES);
    String target = one(random, random.nextInt(4) == 0 ? EXCHANGES : QUEUES);
    Destination destination =
        EXCHANGES.contains(target) ? Destination.exchange(target) : Destination.queue(target);
    if (!exchanges.containsKey(source) || !exists(destination)) {
      return new DeclareQueue(new FakeQueue(one(random, QUEUES)));
    }
    Map<String, @Nullable Object> arguments =
        switch (random.nextInt(4)) {
          case 0 -> Map.of("k", 1L);
          case 1 -> Map.of("x-match", "any", "k", 1L, "l", "v");
          default -> Map.of();
        };
    return new Bind(new Binding(source, destination, one(random, KEYS), arguments));
  }

  private boolean exists(Destination destination) {
    return destination instanceof Destination.QueueName
        ? queues.contains(destination.name())
        : exchanges.containsKey(destination.name());
  }

  private static Message message(SplittableRandom random) {
    List<String> ccKeys = random.nextInt(3) == 0 ? List.of(one(random, KEYS)) : List.of();
    Map<String, @Nullable Object> properties =
        random.nextBoolean() ? Map.of("k", 1L) : Map.of("l", "v");
    String key = one(random, List.of("", "a", "b", "a.b", "c.b", "a.b.c", "q1"));
    String exchange = random.nextInt(8) == 0 ? "" : one(random, EXCHANGES);
    return Messages.message(new Envelope(exchange, key, ccKeys), properties, Map.of());
  }

  private void applyToModel(TopologyChange change) {
    if (change instanceof DeclareExchange declare) {
      exchanges.put(declare.definition().name(), declare.definition());
    } else if (change instanceof DeclareQueue declare) {
      queues.add(declare.queue().name());
    } else if (change instanceof Bind bind) {
      bindings.add(bind.binding());
    } else if (change instanceof Unbind unbind) {
      remove(Set.of(unbind.binding()));
    } else if (change instanceof DeleteQueue delete) {
      queues.remove(delete.name());
      removeTo(Destination.queue(delete.name()));
    } else if (change instanceof DeleteExchange delete) {
      deleteExchange(delete.name());
    }
  }

  private void deleteExchange(String name) {
    exchanges.remove(name);
    bindings.removeIf(binding -> binding.source().equals(name));
    removeTo(Destination.exchange(name));
  }

  private void removeTo(Destination destination) {
    Set<Binding> removed = new HashSet<>(bindings);
    removed.removeIf(binding -> !binding.destination().equals(destination));
    remove(removed);
  }

  private void remove(Set<Binding> removed) {
    bindings.removeAll(removed);
    for (Binding binding : removed) {
      String source = binding.source();
      ExchangeDefinition exchange = exchanges.get(source);
      if (exchange != null
          && exchange.autoDelete()
          && bindings.stream().noneMatch(other -> other.source().equals(source))) {
        deleteExchange(source);
      }
    }
  }

  private void checkLists(String where) {
    assertThat(topology.exchanges().stream().map(Exchange::definition))
        .as(where)
        .containsExactlyInAnyOrderElementsOf(exchanges.values());
    assertThat(topology.queues().stream().map(RoutedQueue::name))
        .as(where)
        .containsExactlyInAnyOrderElementsOf(queues);
    Set<Binding> expected = new HashSet<>(bindings);
    queues.forEach(queue -> expected.add(Binding.toQueue("", queue, queue)));
    assertThat(topology.bindings()).as(where).containsExactlyInAnyOrderElementsOf(expected);
    for (String queue : queues) {
      assertThat(topology.bindingsTo(Destination.queue(queue)))
          .as(where)
          .containsExactlyInAnyOrderElementsOf(
              expected.stream()
                  .filter(b -> b.destination().equals(Destination.queue(queue)))
                  .toList());
    }
  }

  private Set<String> routedByModel(Message message) {
    Set<String> reached = new TreeSet<>();
    Set<String> visited = new HashSet<>();
    Deque<String> next = new ArrayDeque<>(List.of(message.envelope().exchange()));
    while (!next.isEmpty()) {
      String name = next.remove();
      ExchangeDefinition exchange = exchanges.get(name);
      if (exchange == null || !visited.add(name)) {
        continue;
      }
      Set<Destination> found = destinations(exchange, message);
      for (Destination destination : found) {
        if (destination instanceof Destination.QueueName) {
          reached.add(destination.name());
        } else {
          next.add(destination.name());
        }
      }
      String alternate = exchange.alternateExchange();
      if (found.isEmpty() && alternate != null) {
        next.add(alternate);
      }
    }
    return reached;
  }

  private Set<Destination> destinations(ExchangeDefinition exchange, Message message) {
    Set<Destination> found = new HashSet<>();
    for (int i = 0; i < message.envelope().keyCount(); i++) {
      String key = message.envelope().key(i);
      if (exchange.name().isEmpty() && queues.contains(key)) {
        found.add(Destination.queue(key));
      }
      for (Binding binding : bindings) {
        if (binding.source().equals(exchange.name())
            && follows(exchange.type(), binding, key, message)) {
          found.add(binding.destination());
        }
      }
    }
    return found;
  }

  private static boolean follows(ExchangeType type, Binding binding, String key, Message message) {
    return switch (type) {
      case DIRECT -> binding.bindingKey().equals(key);
      case FANOUT -> true;
      case TOPIC -> NaiveTopic.matches(binding.bindingKey(), key);
      case HEADERS -> followsHeaders(binding, message);
    };
  }

  private static boolean followsHeaders(Binding binding, Message message) {
    boolean hasK = message.applicationProperties().containsKey("k");
    boolean hasL = message.applicationProperties().containsKey("l");
    if (binding.arguments().isEmpty()) {
      return true;
    }
    return binding.arguments().containsKey("x-match") ? hasK || hasL : hasK;
  }

  private static <T> T one(SplittableRandom random, List<T> of) {
    return of.get(random.nextInt(of.size()));
  }
}
