package dev.warren.core.broker;

import dev.warren.core.broker.LoopCounters.Counter;
import dev.warren.core.queue.DeathReason;
import dev.warren.core.queue.QueueCounters;
import dev.warren.core.routing.Binding;
import dev.warren.core.routing.Destination;
import dev.warren.core.routing.Exchange;
import dev.warren.core.routing.ExchangeDefinition;
import dev.warren.core.routing.Topology;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** The broker as the operator sees it. Thread-safe: reads snapshots and counters only. */
final class BrokerManagement implements Management {
  private final Broker broker;
  private final Path dataDirectory;
  private final long startedAtMs;
  private final ConcurrentMap<String, Sorted> sorted = new ConcurrentHashMap<>();
  private volatile List<ListenerInfo> listeners = List.of();

  BrokerManagement(Broker broker, Path dataDirectory) {
    this.broker = broker;
    this.dataDirectory = dataDirectory;
    this.startedAtMs = broker.clock().epochMs();
  }

  void listening(List<ListenerInfo> open) {
    listeners = List.copyOf(open);
  }

  private Collection<VirtualHost> hosts(@Nullable String name) {
    if (name == null) {
      return broker.virtualHosts().values();
    }
    return broker.virtualHost(name).map(List::of).orElse(List.of());
  }

  @Override
  public List<String> virtualHosts() {
    return List.copyOf(broker.virtualHosts().keySet());
  }

  @Override
  public List<QueueInfo> queues(@Nullable String virtualHost) {
    List<QueueInfo> all = new ArrayList<>();
    for (VirtualHost host : hosts(virtualHost)) {
      host.topology().queues().forEach(queue -> all.add(info((QueueProxy) queue)));
    }
    all.sort(Comparator.comparing(QueueInfo::virtualHost).thenComparing(QueueInfo::name));
    return all;
  }

  @Override
  public Optional<QueueInfo> queue(String virtualHost, String name) {
    return broker
        .virtualHost(virtualHost)
        .flatMap(host -> host.queue(name))
        .map(queue -> info((QueueProxy) queue));
  }

  static QueueInfo info(QueueProxy queue) {
    QueueDefinition d = queue.definition();
    return new QueueInfo(
        d.virtualHost(),
        d.name(),
        d.type(),
        d.durable(),
        d.autoDelete(),
        d.isExclusive(),
        d.arguments(),
        queue.isPaused(),
        figures(queue.counters()));
  }

  @Override
  public List<ExchangeInfo> exchanges(@Nullable String virtualHost) {
    List<ExchangeInfo> all = new ArrayList<>();
    for (VirtualHost host : hosts(virtualHost)) {
      for (Exchange exchange : host.topology().exchanges()) {
        ExchangeDefinition d = exchange.definition();
        ExchangeCounters counters = host.countersOf(d.name());
        all.add(
            new ExchangeInfo(
                host.name(),
                d.name(),
                d.type().text(),
                d.durable(),
                d.autoDelete(),
                d.internal(),
                Arguments.withoutNulls(d.arguments()),
                exchange.bindingCount(),
                counters.publishedIn(),
                counters.publishedOut(),
                counters.unroutableReturned(),
                counters.unroutableDropped()));
      }
    }
    all.sort(Comparator.comparing(ExchangeInfo::virtualHost).thenComparing(ExchangeInfo::name));
    return all;
  }

  @Override
  public List<BindingInfo> bindings(@Nullable String virtualHost) {
    List<BindingInfo> all = new ArrayList<>();
    for (VirtualHost host : hosts(virtualHost)) {
      Topology topology = host.topology();
      Set<Binding> unmatched = new HashSet<>();
      topology.exchanges().forEach(exchange -> unmatched.addAll(exchange.unmatchedBindings()));
      for (Binding binding : sortedBindings(topology)) {
        all.add(
            new BindingInfo(
                host.name(),
                binding.source(),
                binding.destination().name(),
                binding.destination() instanceof Destination.QueueName,
                binding.bindingKey(),
                Arguments.withoutNulls(binding.arguments()),
                unmatched.isEmpty() || !unmatched.contains(binding)));
      }
    }
    return all;
  }

  /** Sorting takes most of the time of a long list; a topology that is the same needs it once. */
  private List<Binding> sortedBindings(Topology topology) {
    Sorted known = sorted.get(topology.virtualHost());
    if (known == null || known.topology() != topology) {
      List<Binding> bindings = topology.bindings();
      bindings.sort(
          Comparator.comparing(Binding::source)
              .thenComparing(binding -> binding.destination().name())
              .thenComparing(Binding::bindingKey));
      known = new Sorted(topology, bindings);
      sorted.put(topology.virtualHost(), known);
      sorted.keySet().retainAll(broker.virtualHosts().keySet());
    }
    return known.bindings();
  }

  /** The bindings of a topology in the order of their names. */
  private record Sorted(Topology topology, List<Binding> bindings) {}

  @Override
  public List<ConsumerInfo> consumers(@Nullable String virtualHost) {
    List<ConsumerInfo> all = new ArrayList<>();
    for (VirtualHost host : hosts(virtualHost)) {
      host.topology()
          .queues()
          .forEach(
              queue ->
                  ((QueueProxy) queue)
                      .consumers()
                      .snapshot()
                      .forEach(subscription -> all.add(info(host, subscription))));
    }
    return all;
  }

  private static ConsumerInfo info(VirtualHost host, QueueSubscription subscription) {
    Subscription.Request request = subscription.request();
    return new ConsumerInfo(
        host.name(),
        request.queue(),
        request.consumerTag(),
        request.connectionId(),
        request.priority(),
        request.presettled(),
        subscription.consumer().credit(),
        subscription.consumer().unsettled());
  }

  @Override
  public MessageCounters totals() {
    long delivered = 0;
    long presettled = 0;
    long redelivered = 0;
    long settled = 0;
    for (VirtualHost host : hosts(null)) {
      for (var queue : host.topology().queues()) {
        QueueFigures figures = figures(((QueueProxy) queue).counters());
        delivered += figures.delivered();
        presettled += figures.deliveredPresettled();
        redelivered += figures.redelivered();
        settled += figures.settled();
      }
    }
    return new MessageCounters(
        sum(Counter.PUBLISHED),
        sum(Counter.CONFIRMED),
        sum(Counter.UNROUTABLE_RETURNED),
        sum(Counter.UNROUTABLE_DROPPED),
        delivered,
        presettled,
        redelivered,
        settled);
  }

  @Override
  public QueueChurn queueChurn() {
    return broker.departedQueues().churn();
  }

  private long sum(Counter counter) {
    long sum = 0;
    for (BrokerLoop loop : broker.loops()) {
      sum += loop.counters().get(counter);
    }
    return sum;
  }

  @Override
  public List<String> alarms() {
    return broker.alarms().active();
  }

  @Override
  public NodeInfo node() {
    Runtime runtime = Runtime.getRuntime();
    return new NodeInfo(
        broker.nodeName(),
        broker.options().version(),
        dataDirectory.toAbsolutePath().toString(),
        startedAtMs,
        broker.alarms().diskFreeBytes(),
        broker.options().diskFreeLimitBytes(),
        runtime.totalMemory() - runtime.freeMemory(),
        (long) (runtime.maxMemory() * broker.options().memoryLimitRatio()));
  }

  @Override
  public List<ListenerInfo> listeners() {
    return listeners;
  }

  private static long deadLettered(QueueCounters counters) {
    long sum = 0;
    for (DeathReason reason : DeathReason.values()) {
      sum += counters.deadLettered(reason);
    }
    return sum;
  }

  private static QueueFigures figures(QueueCounters c) {
    return new QueueFigures(
        c.ready(),
        c.unsettled(),
        c.scheduled(),
        c.readyBytes(),
        c.unsettledBytes(),
        (int) c.consumers(),
        c.memoryBytes(),
        0,
        c.oldestAtMs(),
        c.enqueued(),
        c.delivered(),
        c.deliveredPresettled(),
        c.redelivered(),
        c.acknowledged(),
        deadLettered(c),
        c.expired());
  }
}
