package dev.warren.core.broker;

import dev.warren.core.broker.VirtualHostDeclaration.QueueDeclaration;
import dev.warren.core.journal.Journal;
import dev.warren.core.journal.JournalStatistics;
import dev.warren.core.journal.RecoveryReport;
import dev.warren.core.message.Message;
import dev.warren.core.queue.PayloadBudget;
import dev.warren.core.routing.Binding;
import dev.warren.core.routing.ExchangeDefinition;
import dev.warren.core.routing.RoutedQueue;
import dev.warren.core.routing.Topology;
import dev.warren.core.routing.TopologyChange;
import dev.warren.core.security.VirtualHostSettings;
import dev.warren.core.time.BrokerClock;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine: virtual hosts on loops, over one journal. Thread-safe.
 *
 * <p>Made by {@link #open}, which recovers what the journal holds and declares what is asked for,
 * before any client can connect.
 */
public final class Broker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Broker.class);
  private static final long CLOSE_SECONDS = 5;
  private static final long TRIM_PERIOD_MS = 1000;

  private final BrokerOptions options;
  private final Journal journal;
  private final AuditTrail audit;
  private final JournalledAccess access;
  private final UserPaces paces;
  private final UnroutableMessages unroutable = new UnroutableMessages();
  private final DepartedQueues departed = new DepartedQueues();
  private final BrokerClock clock;
  private final PayloadBudget budget;
  private final Alarms alarms;
  private final OpenTransactions transactions;
  private final Control control = new Control();
  private final Connections connections = new Connections();
  private final List<BrokerLoop> loops = new ArrayList<>();
  private final Map<String, VirtualHost> virtualHosts = new ConcurrentSkipListMap<>();
  private final AtomicLong lastQueueId = new AtomicLong();
  private final BrokerManagement management;
  private final RecoveryReport recovery;

  private Broker(Parts parts, List<VirtualHostDeclaration> declarations) {
    this.options = parts.options();
    this.journal = parts.journal();
    this.clock = parts.clock();
    this.audit = new AuditTrail(clock);
    this.access = new JournalledAccess(control, audit, parts.access(), new Hosts());
    this.paces = new UserPaces(access::rules, options.publishRate(), clock);
    this.budget = new PayloadBudget(options.payloadBytesMax());
    this.transactions = new OpenTransactions(options);
    this.alarms = new Alarms(options, parts.dataDirectory(), clock);
    for (int i = 0; i < parts.eventLoops().size(); i++) {
      loops.add(new BrokerLoop(i, parts.eventLoops().get(i), clock));
    }
    loops.forEach(loop -> loop.introduce(loops));
    BrokerRecovery target =
        new BrokerRecovery(this::virtualHostForReplay, virtualHosts::remove, this::sawQueueId);
    recovery = journal.recover(target);
    access.recovered(target.accessRules());
    loops.forEach(loop -> loop.start(journal));
    control.start(journal);
    journal.topologySource(this::topologyRecords);
    alarms.watch(journal);
    connections.onClosed(this::deleteExclusiveQueues);
    management = new BrokerManagement(this, parts.dataDirectory());
    for (VirtualHost host : virtualHosts.values()) {
      host.topology().queues().forEach(queue -> ((QueueProxy) queue).declared());
    }
    declare(declarations);
    control.every(Alarms.PERIOD_MS, alarms::check);
    control.every(TRIM_PERIOD_MS, this::trimQueues);
    control.every(OpenTransactions.PERIOD_MS, () -> transactions.expire(clock.epochMs()));
  }

  /**
   * What a broker is made of.
   *
   * @param journal not recovered yet; closed by the broker
   * @param dataDirectory whose file system must keep some room
   * @param eventLoops the threads that queues and connections are spread over, at least one
   */
  public record Parts(
      BrokerOptions options,
      Journal journal,
      Path dataDirectory,
      List<EventLoop> eventLoops,
      AccessDeclaration access,
      BrokerClock clock) {
    /** Copies the loops. */
    public Parts {
      eventLoops = List.copyOf(eventLoops);
    }
  }

  /**
   * Recovers the journal and declares what is asked for. Blocks until both is done.
   *
   * @throws dev.warren.core.journal.JournalException if the journal cannot be recovered
   * @throws BrokerException if something that exists differs from its declaration; nothing is open
   *     then
   */
  public static Broker open(Parts parts, List<VirtualHostDeclaration> declarations) {
    return new Broker(parts, declarations);
  }

  private void declare(List<VirtualHostDeclaration> declarations) {
    await(
        control.submit(
            () -> {
              declarations.forEach(declaration -> virtualHostForReplay(declaration.name()));
              access.declareNow(virtualHosts.keySet());
              declarations.forEach(this::declareNow);
              return true;
            }));
  }

  private void declareNow(VirtualHostDeclaration declaration) {
    VirtualHost host = virtualHostForReplay(declaration.name());
    for (ExchangeDefinition exchange : declaration.exchanges()) {
      host.apply(Actor.CONFIGURATION, new TopologyChange.DeclareExchange(exchange));
    }
    for (QueueDeclaration queue : declaration.queues()) {
      host.declareQueueNow(Actor.CONFIGURATION, queue);
    }
    for (Binding binding : declaration.bindings()) {
      host.apply(Actor.CONFIGURATION, new TopologyChange.Bind(binding));
    }
  }

  private final class Hosts implements JournalledAccess.VirtualHosts {
    @Override
    public void create(String name) {
      virtualHostForReplay(name);
    }

    @Override
    public void delete(Actor actor, String name) {
      departed.removeVirtualHost(
          name,
          () -> {
            VirtualHost host = virtualHosts.remove(name);
            if (host != null) {
              host.deleteAllNow(actor);
            }
          });
    }
  }

  private static void await(java.util.concurrent.CompletionStage<Boolean> stage) {
    CountDownLatch done = new CountDownLatch(1);
    List<Throwable> failures = new ArrayList<>();
    stage.whenComplete(
        (value, failure) -> {
          if (failure != null) {
            failures.add(failure);
          }
          done.countDown();
        });
    try {
      done.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BrokerException(BrokerError.INTERNAL, "interrupted while declaring the topology");
    }
    if (!failures.isEmpty()) {
      throw failures.get(0) instanceof RuntimeException e
          ? e
          : new IllegalStateException(failures.get(0));
    }
  }

  private VirtualHost virtualHostForReplay(String name) {
    return virtualHosts.computeIfAbsent(
        name,
        absent ->
            new VirtualHost(
                name,
                control,
                new Queues(name),
                budget,
                alarms,
                transactions,
                new VirtualHost.Surroundings(
                    () -> settingsOf(name), audit, paces, unroutable, departed)));
  }

  private VirtualHostSettings settingsOf(String virtualHost) {
    return access.rules().virtualHost(virtualHost).orElse(VirtualHostSettings.DEFAULTS);
  }

  private void sawQueueId(long id) {
    lastQueueId.accumulateAndGet(id, Math::max);
  }

  private Iterable<byte[]> topologyRecords() {
    List<byte[]> records = new ArrayList<>();
    records.add(TopologyRecords.nextQueueId(lastQueueId.get()));
    records.addAll(access.records());
    virtualHosts.values().forEach(host -> records.addAll(host.records()));
    return records;
  }

  private final class Queues implements VirtualHost.QueueFactory {
    private final String virtualHost;

    Queues(String virtualHost) {
      this.virtualHost = virtualHost;
    }

    @Override
    public QueueProxy create(QueueDefinition definition) {
      sawQueueId(definition.id());
      BrokerLoop owner = loops.get((int) (definition.id() % loops.size()));
      return new QueueProxy(
          definition,
          owner,
          new QueueProxy.Environment(
              budget,
              journal,
              this::topology,
              this::lost,
              unused -> virtualHost(virtualHost).ifPresent(host -> host.deleteUnused(unused)),
              expired -> virtualHost(virtualHost).ifPresent(host -> host.deleteExpired(expired)),
              options.consumerTimeoutMs()));
    }

    private void lost(QueueDefinition from, Message letter) {
      var origin = new UnroutableMessages.Origin(from.name(), true, false);
      virtualHost(virtualHost)
          .ifPresent(host -> unroutable.add(host, letter, clock.epochMs(), origin));
    }

    /** That of a virtual host which is deleted has nothing in it. */
    private Topology topology() {
      return virtualHost(virtualHost)
          .map(VirtualHost::topology)
          .orElseGet(() -> Topology.of(virtualHost));
    }

    @Override
    public long nextId() {
      return lastQueueId.incrementAndGet();
    }
  }

  /** Queues that see no traffic give up payload only when they are told to. */
  private void trimQueues() {
    if (!budget.isExceeded()) {
      return;
    }
    for (VirtualHost host : virtualHosts.values()) {
      for (RoutedQueue queue : host.topology().queues()) {
        QueueProxy proxy = (QueueProxy) queue;
        proxy.owner().execute(proxy::trim);
      }
    }
  }

  /** On the control thread, so that it comes after what the connection has asked for. */
  private void deleteExclusiveQueues(long connectionId) {
    var unused =
        control.submit(
            () -> {
              deleteExclusiveQueuesNow(connectionId);
              return true;
            });
  }

  private void deleteExclusiveQueuesNow(long connectionId) {
    for (VirtualHost host : virtualHosts.values()) {
      host.topology()
          .queues()
          .forEach(
              queue -> {
                if (((QueueProxy) queue).definition().exclusiveTo() == connectionId) {
                  host.deleteQueueNow(Actor.BROKER, queue.name());
                }
              });
    }
  }

  /** The loops, in the order of the event loops given. */
  public List<BrokerLoop> loops() {
    return List.copyOf(loops);
  }

  /** The virtual host with this name. */
  public Optional<VirtualHost> virtualHost(String name) {
    return Optional.ofNullable(virtualHosts.get(name));
  }

  /** All virtual hosts, by name. */
  Map<String, VirtualHost> virtualHosts() {
    return virtualHosts;
  }

  /** Who may log in and do what. */
  public AccessAdministration access() {
    return access;
  }

  /** The last messages no queue got. */
  public UnroutableMessages unroutable() {
    return unroutable;
  }

  /** Figures for monitoring. */
  public BrokerFigures figures() {
    return new BrokerFigures(this);
  }

  DepartedQueues departedQueues() {
    return departed;
  }

  int openTransactions() {
    return transactions.count();
  }

  /** What was changed and refused. */
  public AuditTrail audit() {
    return audit;
  }

  /** The open connections. */
  public Connections connections() {
    return connections;
  }

  /** What the journal held at the start. */
  public RecoveryReport recovery() {
    return recovery;
  }

  /** Figures of the journal. */
  public JournalStatistics journalStatistics() {
    return journal.statistics();
  }

  /** Whether publishers get no credit at the moment (disk, memory or journal). */
  public boolean publishersBlocked() {
    return alarms.isBlocked();
  }

  /** Adds a listener called on this loop when {@link #publishersBlocked} changes; once per loop. */
  public void onPublishersBlocked(BrokerLoop loop, Runnable listener) {
    alarms.listen(loop, listener);
  }

  /** What transactions may take. */
  public TransactionLimits transactionLimits() {
    return options.transactions();
  }

  /** What the operator sees. */
  public Management management() {
    return management;
  }

  /** The listeners are open; shown to the operator. */
  public void listening(List<Management.ListenerInfo> listeners) {
    management.listening(listeners);
  }

  /** The name of this node, for example {@code warren@host}. */
  public String nodeName() {
    return options.nodeName();
  }

  BrokerOptions options() {
    return options;
  }

  UserPaces paces() {
    return paces;
  }

  Alarms alarms() {
    return alarms;
  }

  BrokerClock clock() {
    return clock;
  }

  Journal journal() {
    return journal;
  }

  /**
   * Stops in order: what the loops still have for each other and for the journal is worked off,
   * then the journal is closed. The fronts must have closed their connections.
   */
  @Override
  public void close() {
    // A tick may post to another loop, whose tick may post back; and what consumers leave behind
    // may be for the control thread, whose answer is a tick again.
    awaitLoops();
    awaitLoops();
    control.close();
    awaitLoops();
    journal.close();
  }

  private void awaitLoops() {
    CountDownLatch done = new CountDownLatch(loops.size());
    loops.forEach(loop -> loop.execute(done::countDown));
    try {
      if (!done.await(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("a loop did not come to an end seconds={}", CLOSE_SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
