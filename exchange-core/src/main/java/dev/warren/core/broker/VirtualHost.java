package dev.warren.core.broker;

import dev.warren.core.broker.VirtualHostDeclaration.QueueDeclaration;
import dev.warren.core.queue.PayloadBudget;
import dev.warren.core.routing.Binding;
import dev.warren.core.routing.Exchange;
import dev.warren.core.routing.RoutedQueue;
import dev.warren.core.routing.Topology;
import dev.warren.core.routing.TopologyChange;
import dev.warren.core.routing.TopologyException;
import dev.warren.core.security.UserLimits;
import dev.warren.core.security.VirtualHostSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;

/**
 * A namespace of exchanges, queues and bindings. Thread-safe.
 *
 * <p>Its {@link Topology} is owned by the control thread and published as an immutable snapshot,
 * from which every loop routes without asking anybody. What the virtual host opens (publishers,
 * subscriptions) is owned by the loop it is opened on.
 */
public final class VirtualHost {
  private static final int NAME_BYTES_MAX = 255;

  private final String name;
  private final Control control;
  private final QueueFactory queueFactory;
  private final PayloadBudget budget;
  private final PublisherLimits limits;
  private final OpenTransactions transactions;
  private final Surroundings surroundings;

  /** What the exchanges had counted that are deleted. Guarded by itself. */
  private final ExchangeCounters departedExchanges = new ExchangeCounters();

  private final ConcurrentMap<String, ExchangeCounters> exchangeCounters =
      new ConcurrentHashMap<>();
  private final TemporaryNodes temporaryNodes = new TemporaryNodes(this);
  private final SubscriptionQueues subscriptionQueues = new SubscriptionQueues(this);
  private final ReplyQueues replyQueues = new ReplyQueues();
  private volatile Topology topology;

  VirtualHost(
      String name,
      Control control,
      QueueFactory queueFactory,
      PayloadBudget budget,
      PublisherLimits limits,
      OpenTransactions transactions,
      Surroundings surroundings) {
    this.name = name;
    this.control = control;
    this.queueFactory = queueFactory;
    this.budget = budget;
    this.limits = limits;
    this.transactions = transactions;
    this.surroundings = surroundings;
    this.topology = Topology.of(name);
  }

  /** Nodes that the broker names. */
  public TemporaryNodes temporaryNodes() {
    return temporaryNodes;
  }

  /** The queues behind JMS subscriptions. */
  public SubscriptionQueues subscriptionQueues() {
    return subscriptionQueues;
  }

  /** The volatile queues of direct reply-to. */
  public ReplyQueues replyQueues() {
    return replyQueues;
  }

  /**
   * What it depends on besides the journal and the loops.
   *
   * @param settings its present ones
   */
  record Surroundings(
      Supplier<VirtualHostSettings> settings,
      AuditTrail audit,
      UserPaces paces,
      UnroutableMessages unroutable,
      DepartedQueues departed) {}

  /** Makes a queue, empty, on a loop of its own choice. */
  interface QueueFactory {
    QueueProxy create(QueueDefinition definition);

    long nextId();
  }

  /** Its name; {@code /} is the default one. */
  public String name() {
    return name;
  }

  /** The present snapshot. */
  public Topology topology() {
    return topology;
  }

  /** Whether the exchange exists, and if so whether clients may publish to it. */
  public ExchangeAccess exchangeAccess(String exchange) {
    Exchange found = topology.exchange(exchange);
    if (found == null) {
      return ExchangeAccess.MISSING;
    }
    return found.definition().internal() ? ExchangeAccess.INTERNAL : ExchangeAccess.OPEN;
  }

  /** The queue, if it exists. */
  public Optional<RoutedQueue> queue(String queue) {
    return Optional.ofNullable(topology.queue(queue));
  }

  /**
   * A queue's declaration and figures of this moment, if it exists: a volatile one is always empty.
   */
  public Optional<Management.QueueInfo> queueInfo(String queue) {
    return topology.queue(queue) instanceof QueueProxy proxy
        ? Optional.of(BrokerManagement.info(proxy))
        : replyQueues.find(queue).map(reply -> reply.info(name));
  }

  /**
   * Opens a way to publish. Call on the loop.
   *
   * @param user whose publish rate counts
   */
  public Publisher openPublisher(BrokerLoop loop, String user, Publisher.Listener listener) {
    loop.assertOwner();
    UserPace pace = surroundings.paces().join(user);
    return new RoutingPublisher(
        this, loop, new RoutingPublisher.Sender(user, listener), budget, limits, pace);
  }

  /** The publish rate of a user, who is counted as one more publisher until it is left. */
  UserPace joinPace(String user) {
    return surroundings.paces().join(user);
  }

  /** Whether no publisher on this loop gets credit, whoever it is. */
  boolean isClosedToPublishers(BrokerLoop loop) {
    return limits.isBlocked() || loop.appender().isCongested();
  }

  /**
   * Opens a transaction. Call on the loop, which owns it from then on.
   *
   * @param user whose it is
   * @throws BrokerException if there are as many as the node, or the user, may have
   */
  public Transaction openTransaction(BrokerLoop loop, String user, Transaction.Listener listener) {
    loop.assertOwner();
    Transaction transaction = new Transaction(this, loop, user, listener, transactions);
    transactions.add(transaction);
    return transaction;
  }

  /**
   * Attaches a consumer. Call on the loop; the answer comes to the listener, perhaps before this
   * returns.
   */
  public void subscribe(
      BrokerLoop loop, Subscription.Request request, Subscription.Listener listener) {
    loop.assertOwner();
    if (!(topology.queue(request.queue()) instanceof QueueProxy queue)) {
      listener.onRefused(noQueue(request.queue(), name));
      return;
    }
    QueueDefinition definition = queue.definition();
    if (definition.isExclusive() && definition.exclusiveTo() != request.connectionId()) {
      listener.onRefused(locked(definition));
      return;
    }
    new QueueSubscription(loop, queue, request, listener).open();
  }

  /**
   * A way to look into a queue, if it exists.
   *
   * @throws BrokerException resource-locked if it belongs to one connection, which alone uses it
   */
  public Optional<QueueInspector> inspector(String queue) {
    if (!(topology.queue(queue) instanceof QueueProxy proxy)) {
      return Optional.empty();
    }
    if (proxy.definition().isExclusive()) {
      throw locked(proxy.definition());
    }
    return Optional.of(new QueueInspector(this, proxy));
  }

  /** Changes on behalf of somebody, whom the audit trail names. */
  public TopologyEditor by(Actor actor) {
    return new TopologyEditor(this, actor);
  }

  // On the control thread.

  boolean declareQueueNow(Actor actor, QueueDeclaration declaration) {
    checkName("queue", declaration.name());
    QueueDefinition definition =
        new QueueDefinition(
            name,
            declaration.name(),
            queueFactory.nextId(),
            declaration.durable(),
            declaration.autoDelete(),
            declaration.exclusiveTo(),
            withDefaultType(declaration));
    definition.options();
    QueueArgumentRules.check(definition);
    if (topology.queue(declaration.name()) instanceof QueueProxy existing) {
      checkEquivalent(existing.definition(), definition);
      existing.declared();
      surroundings.departed().declared(false);
      return false;
    }
    checkQueueLimit();
    QueueProxy created = queueFactory.create(definition);
    topology = changed(new TopologyChange.DeclareQueue(created));
    if (isJournalled(definition)) {
      control.append(TopologyRecords.queueDeclared(definition));
    }
    TopologyAudit.declared(surroundings.audit(), actor, definition);
    created.declared();
    surroundings.departed().declared(true);
    return true;
  }

  /** A queue that could be of another type is of the virtual host's (contract §8). */
  private Map<String, Object> withDefaultType(QueueDeclaration declaration) {
    String type = surroundings.settings().get().defaultQueueType();
    boolean mayBeQuorum =
        declaration.durable()
            && !declaration.autoDelete()
            && declaration.exclusiveTo() == QueueDefinition.SHARED;
    if (!mayBeQuorum
        || type.equals(VirtualHostSettings.DEFAULTS.defaultQueueType())
        || declaration.arguments().containsKey(QueueArguments.TYPE)) {
      return declaration.arguments();
    }
    Map<String, Object> arguments = new LinkedHashMap<>(declaration.arguments());
    arguments.put(QueueArguments.TYPE, type);
    return arguments;
  }

  private void checkQueueLimit() {
    int queuesMax = surroundings.settings().get().limits().queuesMax();
    if (queuesMax != UserLimits.UNLIMITED && topology.queues().size() >= queuesMax) {
      throw new BrokerException(
          BrokerError.QUEUE_LIMIT,
          "cannot declare queue: queue limit in vhost '%s' (%d) is reached"
              .formatted(name, queuesMax));
    }
  }

  /** Deletes a queue which was unused for too long, unless that has changed meanwhile. */
  void deleteExpired(QueueProxy queue) {
    var unused =
        control.submit(
            () ->
                topology.queue(queue.name()) == queue
                    && queue.isExpired()
                    && deleteQueueNow(Actor.BROKER, queue.name()));
  }

  /** Deletes an auto-delete queue whose last consumer has left, unless another has come. */
  void deleteUnused(QueueDefinition definition) {
    var unused =
        control.submit(
            () ->
                topology.queue(definition.name()) instanceof QueueProxy proxy
                    && proxy.definition().id() == definition.id()
                    && !proxy.consumers().hasTaker()
                    && deleteQueueNow(Actor.BROKER, definition.name()));
  }

  boolean deleteQueueNow(Actor actor, String queue) {
    if (!(topology.queue(queue) instanceof QueueProxy proxy)) {
      return false;
    }
    removeNow(actor, proxy);
    proxy.owner().execute(proxy::onDelete);
    return true;
  }

  /** Takes the queue out of the topology; the owner must be told. */
  void removeNow(Actor actor, QueueProxy queue) {
    surroundings
        .departed()
        .remove(
            queue,
            () ->
                commit(
                    actor,
                    new TopologyChange.DeleteQueue(queue.name()),
                    isJournalled(queue.definition())));
  }

  /** Deletes every queue: the virtual host goes. */
  void deleteAllNow(Actor actor) {
    for (RoutedQueue queue : List.copyOf(topology.queues())) {
      deleteQueueNow(actor, queue.name());
    }
  }

  /** Pauses or resumes a queue; false if that is how it is. */
  boolean pauseNow(Actor actor, QueueProxy queue, boolean paused) {
    if (queue.isPaused() == paused) {
      return false;
    }
    queue.pauseLater(paused);
    if (isJournalled(queue.definition())) {
      control.append(TopologyRecords.queuePaused(queue.definition(), paused));
    }
    surroundings
        .audit()
        .changed(
            actor,
            paused ? "queue.paused" : "queue.resumed",
            name,
            queue.name(),
            Map.of("paused", !paused),
            Map.of("paused", paused));
    return true;
  }

  boolean apply(Actor actor, TopologyChange change) {
    Topology before = topology;
    commit(actor, change, isJournalled(before, change));
    return topology != before;
  }

  /**
   * Makes the change the present topology, then records it: the journal may ask for a snapshot at
   * any time, and what is recorded must be in it. What follows from a change is recorded as well,
   * since a replay knows of durable things only and might not come to the same conclusion.
   */
  private void commit(Actor actor, TopologyChange change, boolean journalledBefore) {
    Topology before = topology;
    List<TopologyChange> consequences = new ArrayList<>();
    Topology after = changed(change, consequences);
    if (after == before) {
      return;
    }
    topology = after;
    TopologyAudit.changed(surroundings.audit(), actor, before, change);
    forgetCounters(change);
    consequences.forEach(this::forgetCounters);
    if (journalledBefore || isJournalled(after, change)) {
      control.append(TopologyRecords.change(name, change));
    }
    for (TopologyChange consequence : consequences) {
      TopologyAudit.changed(surroundings.audit(), Actor.BROKER, before, consequence);
      if (isJournalled(before, consequence)) {
        control.append(TopologyRecords.change(name, consequence));
      }
    }
  }

  private Topology changed(TopologyChange change) {
    return changed(change, new ArrayList<>());
  }

  private Topology changed(TopologyChange change, List<TopologyChange> consequences) {
    try {
      return topology.with(change, consequences::add);
    } catch (TopologyException e) {
      throw new BrokerException(
          switch (e.code()) {
            case NOT_FOUND -> BrokerError.NOT_FOUND;
            case PRECONDITION_FAILED -> BrokerError.PRECONDITION_FAILED;
            case ACCESS_REFUSED -> BrokerError.ACCESS_REFUSED;
            case INVALID -> BrokerError.INVALID;
          },
          String.valueOf(e.getMessage()));
    }
  }

  /** Whether what the change is about survives a restart, as this topology knows it. */
  private static boolean isJournalled(Topology topology, TopologyChange change) {
    if (change instanceof TopologyChange.DeclareExchange declare) {
      return declare.definition().durable();
    }
    if (change instanceof TopologyChange.DeleteExchange delete) {
      Exchange exchange = topology.exchange(delete.name());
      return exchange != null && exchange.definition().durable();
    }
    if (change instanceof TopologyChange.Bind bind) {
      return topology.isDurable(bind.binding());
    }
    return change instanceof TopologyChange.Unbind unbind && topology.isDurable(unbind.binding());
  }

  private static boolean isJournalled(QueueDefinition queue) {
    return queue.survivesRestart();
  }

  /** Replays a change; on the starting thread. */
  void replay(TopologyChange change) {
    topology = changed(change);
  }

  /** Replays the declaration of a queue; on the starting thread. */
  void replay(QueueDefinition definition) {
    if (topology.queue(definition.name()) == null) {
      topology = changed(new TopologyChange.DeclareQueue(queueFactory.create(definition)));
    }
  }

  /** Replays that a queue was paused or resumed; on the starting thread. */
  void replayPause(String queue, boolean paused) {
    if (topology.queue(queue) instanceof QueueProxy proxy) {
      proxy.pause(paused);
    }
  }

  /** Everything durable as records which, replayed in order, give this topology. Any thread. */
  List<byte[]> records() {
    Topology now = topology;
    List<byte[]> records = new ArrayList<>();
    for (Exchange exchange : now.exchanges()) {
      if (exchange.definition().durable() && !isPredeclared(exchange.definition().name())) {
        records.add(
            TopologyRecords.change(
                name, new TopologyChange.DeclareExchange(exchange.definition())));
      }
    }
    for (RoutedQueue queue : now.queues()) {
      QueueDefinition definition = ((QueueProxy) queue).definition();
      if (isJournalled(definition)) {
        records.add(TopologyRecords.queueDeclared(definition));
        if (((QueueProxy) queue).isPaused()) {
          records.add(TopologyRecords.queuePaused(definition, true));
        }
      }
    }
    for (Exchange exchange : now.exchanges()) {
      for (Binding binding : exchange.bindings()) {
        if (now.isDurable(binding)) {
          records.add(TopologyRecords.change(name, new TopologyChange.Bind(binding)));
        }
      }
    }
    return records;
  }

  static boolean isPredeclared(String exchange) {
    return exchange.isEmpty() || exchange.startsWith("amq.");
  }

  private void forgetCounters(TopologyChange change) {
    if (change instanceof TopologyChange.DeleteExchange delete) {
      synchronized (departedExchanges) {
        ExchangeCounters counters = exchangeCounters.remove(delete.name());
        if (counters != null) {
          counters.forget();
          departedExchanges.add(counters);
        }
      }
    }
  }

  /** What all exchanges have counted, those that are deleted included. */
  ExchangeCounters exchangeTotals() {
    ExchangeCounters sum = new ExchangeCounters();
    synchronized (departedExchanges) {
      sum.add(departedExchanges);
      exchangeCounters.values().forEach(sum::add);
    }
    return sum;
  }

  ExchangeCounters countersOf(String exchange) {
    return exchangeCounters.computeIfAbsent(exchange, absent -> new ExchangeCounters());
  }

  PayloadBudget budget() {
    return budget;
  }

  /** The last messages no queue got, of all virtual hosts. */
  UnroutableMessages unroutable() {
    return surroundings.unroutable();
  }

  AuditTrail audit() {
    return surroundings.audit();
  }

  PublisherLimits limits() {
    return limits;
  }

  Control control() {
    return control;
  }

  /** Such exchanges belong to a link: a client can neither make nor delete them by name. */
  static void checkNotTemporary(String exchange) {
    if (exchange.startsWith(TemporaryNodes.PREFIX)) {
      throw new BrokerException(
          BrokerError.ACCESS_REFUSED,
          "exchange name '%s' contains reserved prefix '%s*'"
              .formatted(exchange, TemporaryNodes.PREFIX));
    }
  }

  static void checkName(String kind, String name) {
    boolean fits = name.getBytes(java.nio.charset.StandardCharsets.UTF_8).length <= NAME_BYTES_MAX;
    if (name.isEmpty() || !fits || name.indexOf('\n') >= 0 || name.indexOf('\r') >= 0) {
      throw new BrokerException(
          BrokerError.INVALID,
          "%s name '%s': 1 to %d bytes without line breaks were expected"
              .formatted(kind, name, NAME_BYTES_MAX));
    }
  }

  private void checkEquivalent(QueueDefinition current, QueueDefinition asked) {
    if (current.exclusiveTo() != asked.exclusiveTo()) {
      throw locked(current);
    }
    QueueArgumentRules.checkEquivalent(current, asked);
  }

  static BrokerException locked(QueueDefinition queue) {
    return new BrokerException(
        BrokerError.RESOURCE_LOCKED,
        ("cannot obtain exclusive access to locked queue '%s' in vhost '%s'. It could be originally"
                + " declared on another connection or the exclusive property value does not match"
                + " that of the original declaration.")
            .formatted(queue.name(), queue.virtualHost()));
  }

  static BrokerException noQueue(QueueDefinition queue) {
    return noQueue(queue.name(), queue.virtualHost());
  }

  static BrokerException noQueue(String queue, String virtualHost) {
    return new BrokerException(
        BrokerError.NOT_FOUND, "no queue '%s' in vhost '%s'".formatted(queue, virtualHost));
  }

  /** What a client may do with an exchange. */
  public enum ExchangeAccess {
    /** It does not exist. */
    MISSING,
    /** It is internal: clients must not publish to it. */
    INTERNAL,
    /** Clients may publish to it. */
    OPEN
  }
}
