package dev.warren.core.routing;

import dev.warren.core.routing.Destination.ExchangeName;
import dev.warren.core.routing.Destination.QueueName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The exchanges, queues and bindings of one virtual host at one moment. Immutable and thread-safe;
 * the next version shares nearly everything with this one, and a change of one among 100,000
 * bindings takes microseconds.
 *
 * <p>Rules and cascades of a change are in {@link TopologyDraft}.
 */
public final class Topology {
  /** Name of the exchange to which every queue is bound under its own name. */
  public static final String DEFAULT_EXCHANGE = "";

  private final String virtualHost;
  private final SnapshotMap<String, Exchange> exchanges;
  private final SnapshotMap<String, RoutedQueue> queues;
  private final SnapshotMap<Destination, SnapshotMap<Binding, Binding>> incoming;

  Topology(
      String virtualHost,
      SnapshotMap<String, Exchange> exchanges,
      SnapshotMap<String, RoutedQueue> queues,
      SnapshotMap<Destination, SnapshotMap<Binding, Binding>> incoming) {
    this.virtualHost = virtualHost;
    this.exchanges = exchanges;
    this.queues = queues;
    this.incoming = incoming;
  }

  /** A new virtual host: the predeclared exchanges (contract §7.1) and nothing else. */
  public static Topology of(String virtualHost) {
    SnapshotMap<String, Exchange> predeclared = SnapshotMap.empty();
    for (ExchangeDefinition definition :
        List.of(
            ExchangeDefinition.durable(DEFAULT_EXCHANGE, ExchangeType.DIRECT),
            ExchangeDefinition.durable("amq.direct", ExchangeType.DIRECT),
            ExchangeDefinition.durable("amq.fanout", ExchangeType.FANOUT),
            ExchangeDefinition.durable("amq.topic", ExchangeType.TOPIC),
            ExchangeDefinition.durable("amq.headers", ExchangeType.HEADERS),
            ExchangeDefinition.durable("amq.match", ExchangeType.HEADERS),
            new ExchangeDefinition(
                "amq.rabbitmq.trace", ExchangeType.TOPIC, true, false, true, Map.of()))) {
      predeclared = predeclared.with(definition.name(), Exchange.declared(definition));
    }
    return new Topology(virtualHost, predeclared, SnapshotMap.empty(), SnapshotMap.empty());
  }

  /** Name of the virtual host. */
  public String virtualHost() {
    return virtualHost;
  }

  /**
   * The topology after a change, with everything that follows from it.
   *
   * @return this very topology if the change is in force already
   * @throws TopologyException if the change is refused
   */
  public Topology with(TopologyChange change) {
    return with(change, consequence -> {});
  }

  /**
   * The topology after a change.
   *
   * @param consequences is told of each {@code Unbind} and {@code DeleteExchange} the change brings
   *     with it, in an order in which they could be applied one by one
   * @return this very topology if the change is in force already
   * @throws TopologyException if the change is refused; some consequences may have been told then
   */
  public Topology with(TopologyChange change, Consumer<? super TopologyChange> consequences) {
    return new TopologyDraft(this, consequences).apply(change);
  }

  /** The exchange of that name, or null. For the default exchange see {@link #DEFAULT_EXCHANGE}. */
  public @Nullable Exchange exchange(String name) {
    return exchanges.get(name);
  }

  /** The queue of that name, or null. */
  public @Nullable RoutedQueue queue(String name) {
    return queues.get(name);
  }

  /** How many exchanges there are, the predeclared ones included. */
  public int exchangeCount() {
    return exchanges.size();
  }

  /** How many queues there are. */
  public int queueCount() {
    return queues.size();
  }

  /** All exchanges, the predeclared ones included, in no particular order. */
  public List<Exchange> exchanges() {
    return exchanges.values();
  }

  /** All queues, in no particular order. */
  public List<RoutedQueue> queues() {
    return queues.values();
  }

  /** All bindings, those of the default exchange included, in no particular order. */
  public List<Binding> bindings() {
    List<Binding> all = implicitBindings();
    exchanges.forEachValue(exchange -> all.addAll(exchange.bindings()));
    return all;
  }

  /** The bindings from an exchange; none if it does not exist. */
  public List<Binding> bindingsFrom(String exchange) {
    if (exchange.equals(DEFAULT_EXCHANGE)) {
      return implicitBindings();
    }
    Exchange source = exchanges.get(exchange);
    return source == null ? List.of() : source.bindings();
  }

  /** The bindings to a queue or exchange, the implicit one of a queue included. */
  public List<Binding> bindingsTo(Destination destination) {
    List<Binding> all = new ArrayList<>();
    if (destination instanceof QueueName && queues.containsKey(destination.name())) {
      all.add(implicitBinding(destination.name()));
    }
    SnapshotMap<Binding, Binding> explicit = incoming.get(destination);
    if (explicit != null) {
      explicit.forEachValue(all::add);
    }
    return all;
  }

  /** Whether this very binding is there; implicit ones are not looked at. */
  public boolean hasBinding(Binding binding) {
    Exchange source = exchanges.get(binding.source());
    return source != null && source.hasBinding(binding);
  }

  /** Whether a binding survives a restart: if both its ends exist and are durable. */
  public boolean isDurable(Binding binding) {
    Exchange source = exchanges.get(binding.source());
    if (source == null || !source.definition().durable()) {
      return false;
    }
    if (binding.destination() instanceof ExchangeName) {
      Exchange destination = exchanges.get(binding.destination().name());
      return destination != null && destination.definition().durable();
    }
    RoutedQueue queue = queues.get(binding.destination().name());
    return queue != null && queue.isDurable();
  }

  SnapshotMap<String, Exchange> exchangeMap() {
    return exchanges;
  }

  SnapshotMap<String, RoutedQueue> queueMap() {
    return queues;
  }

  SnapshotMap<Destination, SnapshotMap<Binding, Binding>> incomingMap() {
    return incoming;
  }

  private List<Binding> implicitBindings() {
    List<Binding> implicit = new ArrayList<>(queues.size());
    queues.forEachValue(queue -> implicit.add(implicitBinding(queue.name())));
    return implicit;
  }

  private static Binding implicitBinding(String queue) {
    return Binding.toQueue(DEFAULT_EXCHANGE, queue, queue);
  }
}
