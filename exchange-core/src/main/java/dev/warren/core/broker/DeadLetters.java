package dev.warren.core.broker;

import dev.warren.core.message.Annotations;
import dev.warren.core.message.Envelope;
import dev.warren.core.message.MalformedMessageException;
import dev.warren.core.message.Message;
import dev.warren.core.message.StoredMessage;
import dev.warren.core.queue.Attempts;
import dev.warren.core.queue.DeathReason;
import dev.warren.core.queue.QueueOptions;
import dev.warren.core.routing.RouteResult;
import dev.warren.core.routing.Router;
import dev.warren.core.routing.Topology;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes a queue's dead letters (contract §9.2). Owned by the queue's loop.
 *
 * <p>Queues get them by mail, never directly: a dead letter comes from the middle of a queue's
 * command, and may lead back to the same queue.
 */
final class DeadLetters {
  private static final Logger LOG = LoggerFactory.getLogger(DeadLetters.class);

  private final Supplier<Topology> topology;
  private final Lost lost;
  private final QueueDefinition queue;
  private final QueueOptions options;
  private final BrokerLoop owner;
  private final RouteResult result = new RouteResult();

  DeadLetters(
      QueueProxy.Environment environment,
      QueueDefinition queue,
      QueueOptions options,
      BrokerLoop owner) {
    this.topology = environment.topology();
    this.lost = environment.lost();
    this.queue = queue;
    this.options = options;
    this.owner = owner;
  }

  /** Told of a dead letter that no queue got. */
  interface Lost {
    void told(QueueDefinition from, Message letter);
  }

  /**
   * Publishes a copy; without a dead-letter exchange, or a route from it, the message is dropped.
   */
  void publish(Message message, DeathReason reason, int deliveryCount) {
    if (options.deadLetterExchange() == null) {
      return;
    }
    Letter letter = letterOf(queue, message, reason, owner.nowMs());
    Message dead = letter.message();
    try {
      Router.route(topology.get(), dead, result);
    } catch (MalformedMessageException e) {
      LOG.warn(
          "dead letter cannot be routed by its headers queue={} exchange={}",
          queue.name(),
          dead.envelope().exchange(),
          e);
      return;
    }
    if (!result.hasRoute()) {
      lost.told(queue, dead);
      return;
    }
    // A consumer had it, unless it died of age or of the queue's length.
    boolean acquired = reason == DeathReason.REJECTED || reason == DeathReason.DELIVERY_LIMIT;
    send(dead, letter.history(), new Attempts(deliveryCount, acquired ? 1 : 0, true));
    result.clear();
  }

  private static Map<String, Object> annotations(Message message) {
    try {
      return message.annotationMap();
    } catch (MalformedMessageException e) {
      // The publisher's; what the broker needs of them it writes anew.
      return Map.of();
    }
  }

  /** A dead letter, and the deaths it tells of. */
  record Letter(Message message, DeathHistory history) {}

  /**
   * The dead letter a message becomes when it dies in a queue. Any thread.
   *
   * @param queue one with a dead-letter exchange
   */
  static Letter letterOf(QueueDefinition queue, Message message, DeathReason reason, long nowMs) {
    Map<String, Object> before = annotations(message);
    DeathHistory history = DeathHistory.of(before).with(queue.name(), reason, message, nowMs);
    QueueOptions options = queue.options();
    String exchange =
        Objects.requireNonNull(options.deadLetterExchange(), "no dead-letter exchange");
    String key = options.deadLetterRoutingKey();
    Envelope old = message.envelope();
    Envelope envelope =
        key == null
            ? new Envelope(exchange, old.routingKey(), old.ccKeys())
            : Envelope.of(exchange, key);
    Map<String, Object> set = new LinkedHashMap<>(history.annotations(before));
    set.put(Annotations.EXCHANGE, exchange);
    set.put(Annotations.ROUTING_KEY, envelope.routingKey());
    Set<String> without = key == null ? Set.of() : Set.of(Annotations.CC);
    Message dead =
        message.republished(
            envelope,
            message.header().withoutTtl(),
            Annotations.changed(message.annotations(), without, set),
            nowMs);
    return new Letter(dead, history);
  }

  private void send(Message dead, DeathHistory history, Attempts attempts) {
    int durable = 0;
    for (int i = 0; i < result.count(); i++) {
      if (!history.isCycle(result.queue(i).name()) && isStored(dead, result.queue(i).isDurable())) {
        durable++;
      }
    }
    long[] ids = new long[durable];
    int next = 0;
    for (int i = 0; i < result.count(); i++) {
      QueueProxy to = (QueueProxy) result.queue(i);
      if (!history.isCycle(to.name()) && isStored(dead, to.isDurable())) {
        ids[next++] = to.definition().id();
      }
    }
    StoredMessage stored =
        durable == 0 ? StoredMessage.unjournalled(dead) : StoredMessage.journalled(dead, ids);
    if (durable > 0) {
      owner.appender().appendAlways(stored);
    }
    DeadLetter letter = new DeadLetter(stored, attempts);
    for (int i = 0; i < result.count(); i++) {
      QueueProxy to = (QueueProxy) result.queue(i);
      if (!history.isCycle(to.name())) {
        to.enqueueDeadLetter(owner, letter);
      }
    }
  }

  private static boolean isStored(Message dead, boolean durableQueue) {
    return durableQueue && dead.header().durable();
  }
}
