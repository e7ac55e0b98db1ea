package dev.warren.core.broker;

import dev.warren.core.broker.LoopCounters.Counter;
import dev.warren.core.journal.JournalStatistics;
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
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The broker as the operator sees it. Thread-safe: reads snapshots and counters only. */
final class BrokerManagement implements Management {
  /** Comparisons for each element of a list that is sorted, about. */
  private static final int SORT_STEPS = 16;

  private final Broker broker;
  private final Path dataDirectory;
  private final long startedAtMs;
  private final ConcurrentMap<String, Sorted> sorted = new ConcurrentHashMap<>();
  private final OldestMessages oldest = new OldestMessages();
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
        d.id(),
        d.virtualHost(),
        d.name(),
        d.type(),
        d.durable(),
        d.autoDelete(),
        d.isExclusive(),
        d.exclusiveTo(),
        d.arguments(),
        queue.deliveryLimit(),
        queue.isPaused(),
        figures(queue.counters(), queue.owner().epochMs()));
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
    Collection<VirtualHost> hosts = hosts(virtualHost);
    if (hosts.size() == 1) {
      return sortedBindings(hosts.iterator().next().topology());
    }
    List<BindingInfo> all = new ArrayList<>();
    hosts.forEach(host -> all.addAll(sortedBindings(host.topology())));
    return Collections.unmodifiableList(all);
  }

  @Override
  public List<BindingInfo> bindingsTo(String virtualHost, Destination destination) {
    return some(
        virtualHost,
        topology -> topology.bindingsTo(destination),
        binding -> binding.destination().equals(destination));
  }

  @Override
  public List<BindingInfo> bindingsFrom(String virtualHost, String exchange) {
    return some(
        virtualHost,
        topology -> topology.bindingsFrom(exchange),
        binding -> binding.source().equals(exchange));
  }

  /** Few are sorted by themselves; many are better picked from a list which is sorted already. */
  private List<BindingInfo> some(
      String virtualHost,
      Function<Topology, List<Binding>> lookup,
      Predicate<Binding> isOneOfThem) {
    Optional<VirtualHost> host = broker.virtualHost(virtualHost);
    if (host.isEmpty()) {
      return List.of();
    }
    Topology topology = host.get().topology();
    List<Binding> found = lookup.apply(topology);
    Sorted known = sorted.get(virtualHost);
    boolean isSorted = known != null && known.topology() == topology;
    if (known != null && isSorted && found.size() > known.bindings().size() / SORT_STEPS) {
      return known.bindings().stream()
          .filter(binding -> isOneOfThem.test(binding.binding()))
          .toList();
    }
    return sorted(virtualHost, found);
  }

  private static List<BindingInfo> sorted(String host, List<Binding> bindings) {
    return bindings.stream()
        .sorted(
            Comparator.comparing(Binding::source)
                .thenComparing(binding -> binding.destination().name())
                .thenComparing(Binding::bindingKey))
        .map(binding -> new BindingInfo(host, binding))
        .toList();
  }

  /** Sorting takes most of the time of a long list; a topology that is the same needs it once. */
  private List<BindingInfo> sortedBindings(Topology topology) {
    String host = topology.virtualHost();
    Sorted known = sorted.get(host);
    if (known == null || known.topology() != topology) {
      known = new Sorted(topology, sorted(host, topology.bindings()));
      sorted.put(host, known);
      sorted.keySet().retainAll(broker.virtualHosts().keySet());
    }
    return known.bindings();
  }

  /** The bindings of a topology in the order of their names. */
  private record Sorted(Topology topology, List<BindingInfo> bindings) {}

  @Override
  public Predicate<BindingInfo> matched() {
    Map<List<String>, Predicate<Binding>> unmatched = new HashMap<>();
    return binding ->
        !unmatched
            .computeIfAbsent(List.of(binding.virtualHost(), binding.source()), this::unmatched)
            .test(binding.binding());
  }

  /** Of an exchange; nothing is said of one that is gone. */
  private Predicate<Binding> unmatched(List<String> hostAndExchange) {
    return broker
        .virtualHost(hostAndExchange.get(0))
        .map(host -> host.topology().exchange(hostAndExchange.get(1)))
        .map(Exchange::unmatched)
        .orElse(binding -> false);
  }

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

  @Override
  public List<ConsumerInfo> consumers(String virtualHost, String queue) {
    VirtualHost host = broker.virtualHosts().get(virtualHost);
    return host != null && host.topology().queue(queue) instanceof QueueProxy proxy
        ? proxy.consumers().snapshot().stream().map(one -> info(host, one)).toList()
        : List.of();
  }

  private static ConsumerInfo info(VirtualHost host, QueueSubscription subscription) {
    Subscription.Request request = subscription.request();
    QueueSubscription.Place place = subscription.place();
    QueueProxy queue = subscription.queue();
    boolean browses = subscription.consumer().isBrowsing();
    return new ConsumerInfo(
        host.name(),
        request.queue(),
        request.consumerTag(),
        place.connectionId(),
        place.channel(),
        request.priority(),
        request.presettled(),
        subscription.consumer().isActive(),
        queue.isForSingleActive() && !browses,
        queue.isForSingleConsumer() && !browses,
        subscription.timeoutMs(),
        subscription.consumer().credit(),
        subscription.consumer().unsettled());
  }

  @Override
  public MessageCounters totals() {
    return counters(
        sum(Counter.PUBLISHED),
        sum(Counter.CONFIRMED),
        sum(Counter.UNROUTABLE_RETURNED),
        sum(Counter.UNROUTABLE_DROPPED),
        broker.figures().counts());
  }

  @Override
  public MessageCounters totals(String virtualHost) {
    VirtualHost host = broker.virtualHosts().get(virtualHost);
    ExchangeCounters exchanges = host == null ? new ExchangeCounters() : host.exchangeTotals();
    return counters(
        exchanges.publishedIn(),
        0,
        exchanges.unroutableReturned(),
        exchanges.unroutableDropped(),
        host == null ? new QueueCounts() : broker.figures().counts(host));
  }

  private static MessageCounters counters(
      long published, long confirmed, long returned, long dropped, QueueCounts queues) {
    return new MessageCounters(
        published,
        confirmed,
        returned,
        dropped,
        queues.delivered(),
        queues.presettled(),
        queues.redelivered(),
        queues.settled(),
        queues.got(),
        queues.gotEmpty());
  }

  @Override
  public long routed() {
    return sum(Counter.ROUTED);
  }

  @Override
  public void findOldest(List<QueueInfo> queues) {
    for (QueueInfo info : queues) {
      if (info.figures().isOldestUnknown()
          && broker
                  .virtualHost(info.virtualHost())
                  .flatMap(host -> host.queue(info.name()))
                  .orElse(null)
              instanceof QueueProxy queue) {
        oldest.find(queue);
      }
    }
  }

  @Override
  public JournalStatistics journal() {
    return broker.journalStatistics();
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
  public PublishPace publishPace(String user) {
    return broker.paces().look(user);
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

  private static QueueFigures figures(QueueCounters c, long nowMs) {
    return new QueueFigures(
        c.ready(),
        c.unsettled(),
        c.scheduled(),
        c.readyBytes(),
        c.unsettledBytes(),
        c.scheduledBytes(),
        (int) c.consumers(),
        c.memoryBytes(),
        c.readyInMemory(),
        c.readyInMemory() + c.unsettled() + c.scheduledInMemory(),
        c.oldestAtMs(),
        c.enqueued(),
        c.delivered(),
        c.deliveredPresettled(),
        c.redelivered(),
        c.acknowledged(),
        c.got(),
        c.gotEmpty(),
        c.readBack(),
        c.capableMs(nowMs),
        deadLettered(c),
        c.expired());
  }
}
