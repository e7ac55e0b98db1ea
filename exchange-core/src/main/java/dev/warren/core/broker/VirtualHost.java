package dev.warren.core.broker;

import dev.warren.core.broker.VirtualHostDeclaration.QueueDeclaration;
import dev.warren.core.queue.PayloadBudget;
import dev.warren.core.routing.Binding;
import dev.warren.core.routing.Destination;
import dev.warren.core.routing.Exchange;
import dev.warren.core.routing.ExchangeDefinition;
import dev.warren.core.routing.RoutedQueue;
import dev.warren.core.routing.Topology;
import dev.warren.core.routing.TopologyChange;
import dev.warren.core.routing.TopologyException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

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
      OpenTransactions transactions) {
    this.name = name;
    this.control = control;
    this.queueFactory = queueFactory;
    this.budget = budget;
    this.limits = limits;
    this.transactions = transactions;
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

  /** Opens a way to publish. Call on the loop. */
  public Publisher openPublisher(BrokerLoop loop, Publisher.Listener listener) {
    loop.assertOwner();
    return new RoutingPublisher(this, loop, listener, budget, limits);
  }

  /**
   * Opens a transaction. Call on the loop, which owns it from then on.
   *
   * @throws BrokerException if there are as many as the node allows
   */
  public Transaction openTransaction(BrokerLoop loop, Transaction.Listener listener) {
    loop.assertOwner();
    Transaction transaction = new Transaction(this, loop, listener, transactions);
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

  // Changes. They run on the control thread; the answer is complete when the change is durable.

  /** Declares an exchange; true if it is new. */
  public CompletionStage<Boolean> declareExchange(ExchangeDefinition definition) {
    return control.submit(
        () -> {
          checkName("exchange", definition.name());
          checkNotTemporary(definition.name());
          return apply(new TopologyChange.DeclareExchange(definition));
        });
  }

  /** Deletes an exchange; false if there is none. */
  public CompletionStage<Boolean> deleteExchange(String exchange) {
    return control.submit(
        () -> {
          checkNotTemporary(exchange);
          return apply(new TopologyChange.DeleteExchange(exchange));
        });
  }

  /** Adds a binding; false if it is there already. */
  public CompletionStage<Boolean> bind(Binding binding) {
    return control.submit(() -> apply(new TopologyChange.Bind(binding)));
  }

  /** Removes a binding; false if there is none. */
  public CompletionStage<Boolean> unbind(Binding binding) {
    return control.submit(() -> apply(new TopologyChange.Unbind(binding)));
  }

  /** Declares a queue; true if it is new. */
  public CompletionStage<Boolean> declareQueue(QueueDeclaration declaration) {
    return control.submit(() -> declareQueueNow(declaration));
  }

  /** Deletes a queue with its messages and bindings; false if there is none. */
  public CompletionStage<Boolean> deleteQueue(String queue) {
    return control.submit(() -> deleteQueueNow(queue));
  }

  /**
   * Deletes a queue for a connection and answers how many ready messages went with it: 0 if there
   * was no such queue.
   */
  public CompletionStage<Long> deleteQueue(String queue, long connectionId) {
    return control.submitLater(
        answer -> {
          if (!(topology.queue(queue) instanceof QueueProxy proxy)) {
            answer.complete(0L);
            return;
          }
          checkAccess(proxy.definition(), connectionId);
          commit(new TopologyChange.DeleteQueue(queue), isJournalled(proxy.definition()));
          proxy
              .owner()
              .execute(
                  () -> {
                    long ready = proxy.counters().ready();
                    proxy.onDelete();
                    answer.complete(ready);
                  });
        });
  }

  /** Adds a binding for a connection, which may own the queue; false if it is there already. */
  public CompletionStage<Boolean> bind(Binding binding, long connectionId) {
    return control.submit(
        () -> {
          if (binding.destination() instanceof Destination.QueueName
              && topology.queue(binding.destination().name()) instanceof QueueProxy proxy) {
            checkAccess(proxy.definition(), connectionId);
          }
          return apply(new TopologyChange.Bind(binding));
        });
  }

  private static void checkAccess(QueueDefinition queue, long connectionId) {
    if (queue.isExclusive() && queue.exclusiveTo() != connectionId) {
      throw locked(queue);
    }
  }

  /** Removes the ready messages of a queue for a connection and answers how many there were. */
  public CompletionStage<Long> purge(String queue, long connectionId) {
    return control.submitLater(
        answer -> {
          QueueProxy proxy = existing(queue);
          checkAccess(proxy.definition(), connectionId);
          purgeNow(proxy, answer);
        });
  }

  /** Removes the ready messages of a queue and answers how many there were. */
  public CompletionStage<Long> purge(String queue) {
    return control.submitLater(answer -> purgeNow(existing(queue), answer));
  }

  private QueueProxy existing(String queue) {
    if (topology.queue(queue) instanceof QueueProxy proxy) {
      return proxy;
    }
    throw noQueue(queue, name);
  }

  private static void purgeNow(QueueProxy proxy, CompletableFuture<Long> answer) {
    proxy.owner().execute(() -> proxy.onPurge(answer::complete));
  }

  // On the control thread.

  boolean declareQueueNow(QueueDeclaration declaration) {
    checkName("queue", declaration.name());
    QueueDefinition definition =
        new QueueDefinition(
            name,
            declaration.name(),
            queueFactory.nextId(),
            declaration.durable(),
            declaration.autoDelete(),
            declaration.exclusiveTo(),
            declaration.arguments());
    definition.options();
    QueueArgumentRules.check(definition);
    if (topology.queue(declaration.name()) instanceof QueueProxy existing) {
      checkEquivalent(existing.definition(), definition);
      existing.declared();
      return false;
    }
    QueueProxy created = queueFactory.create(definition);
    topology = changed(new TopologyChange.DeclareQueue(created));
    if (isJournalled(definition)) {
      control.append(TopologyRecords.queueDeclared(definition));
    }
    created.declared();
    return true;
  }

  /** Deletes a queue which was unused for too long, unless that has changed meanwhile. */
  void deleteExpired(QueueProxy queue) {
    var unused =
        control.submit(
            () ->
                topology.queue(queue.name()) == queue
                    && queue.isExpired()
                    && deleteQueueNow(queue.name()));
  }

  /** Deletes an auto-delete queue whose last consumer has left, unless another has come. */
  void deleteUnused(QueueDefinition definition) {
    var unused =
        control.submit(
            () ->
                topology.queue(definition.name()) instanceof QueueProxy proxy
                    && proxy.definition().id() == definition.id()
                    && !proxy.consumers().hasTaker()
                    && deleteQueueNow(definition.name()));
  }

  boolean deleteQueueNow(String queue) {
    if (!(topology.queue(queue) instanceof QueueProxy proxy)) {
      return false;
    }
    commit(new TopologyChange.DeleteQueue(queue), isJournalled(proxy.definition()));
    proxy.owner().execute(proxy::onDelete);
    return true;
  }

  boolean apply(TopologyChange change) {
    Topology before = topology;
    commit(change, isJournalled(before, change));
    return topology != before;
  }

  /**
   * Makes the change the present topology, then records it: the journal may ask for a snapshot at
   * any time, and what is recorded must be in it. What follows from a change is recorded as well,
   * since a replay knows of durable things only and might not come to the same conclusion.
   */
  private void commit(TopologyChange change, boolean journalledBefore) {
    Topology before = topology;
    List<TopologyChange> consequences = new ArrayList<>();
    Topology after = changed(change, consequences);
    if (after == before) {
      return;
    }
    topology = after;
    forgetCounters(change);
    consequences.forEach(this::forgetCounters);
    if (journalledBefore || isJournalled(after, change)) {
      control.append(TopologyRecords.change(name, change));
    }
    for (TopologyChange consequence : consequences) {
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
      ExchangeCounters counters = exchangeCounters.remove(delete.name());
      if (counters != null) {
        counters.forget();
      }
    }
  }

  ExchangeCounters countersOf(String exchange) {
    return exchangeCounters.computeIfAbsent(exchange, absent -> new ExchangeCounters());
  }

  PayloadBudget budget() {
    return budget;
  }

  PublisherLimits limits() {
    return limits;
  }

  Control control() {
    return control;
  }

  /** Such exchanges belong to a link: a client can neither make nor delete them by name. */
  private static void checkNotTemporary(String exchange) {
    if (exchange.startsWith(TemporaryNodes.PREFIX)) {
      throw new BrokerException(
          BrokerError.ACCESS_REFUSED,
          "exchange name '%s' contains reserved prefix '%s*'"
              .formatted(exchange, TemporaryNodes.PREFIX));
    }
  }

  private static void checkName(String kind, String name) {
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

  private static BrokerException locked(QueueDefinition queue) {
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

  private static BrokerException noQueue(String queue, String virtualHost) {
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
