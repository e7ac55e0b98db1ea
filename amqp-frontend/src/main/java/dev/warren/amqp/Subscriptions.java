package dev.warren.amqp;

import dev.warren.amqp.management.AccessControl.Resource;
import dev.warren.core.broker.QueueDefinition;
import dev.warren.core.broker.SubscriptionQueues;
import dev.warren.core.broker.VirtualHost;
import dev.warren.core.filter.JmsSelector;
import dev.warren.core.filter.SqlFilter;
import dev.warren.core.security.Permission;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Terminus;
import org.apache.qpid.proton.amqp.messaging.TerminusDurability;
import org.apache.qpid.proton.amqp.messaging.TerminusExpiryPolicy;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.engine.Sender;
import org.jspecify.annotations.Nullable;

/**
 * Answers an attach that subscribes to an exchange, as JMS topics do: a queue is bound to the
 * exchange by the routing key of the address, and the link consumes from that queue. Stateless;
 * called on the connection's loop.
 *
 * <p>RabbitMQ knows no exchange as a source. Here it is one, to clients which say with the
 * capability {@code topic} that they mean a subscription. JMS's durable subscriptions are those
 * whose terminus never expires; they are known by the link's name and, unless {@code global}, the
 * container id. With the capability {@code shared} several links have one subscription.
 */
final class Subscriptions {
  /** What the names of queues begin with that end with their only consumer. */
  static final String UNNAMED = "jms.topic.";

  private static final Symbol TOPIC = Symbol.valueOf("topic");
  private static final Symbol SHARED = Symbol.valueOf("shared");
  private static final Symbol GLOBAL = Symbol.valueOf("global");
  private static final String NAME_ARGUMENT = "x-subscription-name";
  private static final String CLIENT_ARGUMENT = "x-subscription-client";

  private Subscriptions() {}

  /** Whether a source asks for one. */
  static boolean isAskedFor(Terminus asked) {
    return has(asked, TOPIC) || has(asked, DynamicNodes.TEMPORARY_TOPIC);
  }

  private static boolean has(Terminus terminus, Symbol capability) {
    Symbol[] all = terminus.getCapabilities();
    return all != null && Arrays.asList(all).contains(capability);
  }

  /** Subscribes. */
  static void attach(
      SessionHandler session, Sender sender, Source asked, Address.Exchange exchange) {
    ConnectionHandler connection = session.connection();
    VirtualHost host = connection.virtualHost();
    if (host.temporaryNodes().isOfAnother(exchange.exchange(), connection.id())) {
      session.refuse(sender, AmqpErrors.temporaryOfAnother(exchange.exchange(), host.name()));
      return;
    }
    SubscriptionQueues queues = host.subscriptionQueues();
    boolean durable = isDurable(asked);
    boolean shared = has(asked, SHARED);
    SubscriptionName name = null;
    if (durable || shared) {
      String client = has(asked, GLOBAL) ? null : connection.details().containerId();
      name = SubscriptionName.of(sender.getName(), client, durable, shared);
    }
    String queue = name == null ? queues.newName(UNNAMED) : name.queue();
    ErrorCondition refusal = refusal(connection.access(), exchange, queue);
    if (refusal != null) {
      session.end(refusal);
      return;
    }
    SubscriptionQueues.Declaration declaration =
        new SubscriptionQueues.Declaration(
            queue,
            durable,
            name == null ? connection.id() : QueueDefinition.SHARED,
            exchange.exchange(),
            exchange.routingKey(),
            arguments(asked, name, shared, durable ? 0 : connection.id()));
    PendingLink.await(
        session,
        sender,
        queues.declare(connection.actor(), declaration),
        fresh -> consume(session, sender, asked, queue, durable, fresh),
        fresh -> {
          if (!durable) {
            queues.delete(connection.actor(), queue, connection.id(), sender.getName());
          }
        });
  }

  /**
   * Why the user may not subscribe, or null: he declares a queue, binds it by a key, and consumes.
   * What each of the three asks for is asked in that order (contract §14).
   */
  static @Nullable ErrorCondition refusal(
      ConnectionAccess access, Address.Exchange exchange, String queue) {
    ErrorCondition refusal = access.refusal(Permission.CONFIGURE, Resource.QUEUE, queue);
    if (refusal == null) {
      refusal = access.refusal(Permission.WRITE, Resource.QUEUE, queue);
    }
    if (refusal == null) {
      refusal = access.refusal(Permission.READ, Resource.EXCHANGE, exchange.exchange());
    }
    if (refusal == null) {
      refusal = access.keyRefusal(Permission.READ, exchange.exchange(), exchange.routingKey());
    }
    return refusal == null ? access.refusal(Permission.READ, Resource.QUEUE, queue) : refusal;
  }

  /** The same for the queue alone, which ends with the subscription. */
  private static @Nullable ErrorCondition refusal(ConnectionAccess access, String queue) {
    ErrorCondition refusal = access.refusal(Permission.CONFIGURE, Resource.QUEUE, queue);
    return refusal == null ? access.refusal(Permission.READ, Resource.QUEUE, queue) : refusal;
  }

  /** A terminus which never expires; how durable it says it is does not matter then. */
  private static boolean isDurable(Source asked) {
    return asked.getExpiryPolicy() == TerminusExpiryPolicy.NEVER
        && asked.getDurable() != TerminusDurability.NONE;
  }

  /** What the queue says of itself. Two subscriptions that differ in it are not the same. */
  private static Map<String, Object> arguments(
      Source asked, @Nullable SubscriptionName name, boolean shared, long connectionId) {
    Map<String, Object> arguments = new LinkedHashMap<>();
    arguments.put(SubscriptionQueues.ADDRESS, String.valueOf(asked.getAddress()));
    arguments.put(SubscriptionQueues.SHARED, shared);
    if (name != null) {
      arguments.put(NAME_ARGUMENT, name.name());
      if (name.client() != null) {
        arguments.put(CLIENT_ARGUMENT, name.client());
      }
    }
    FilterSet filters = FilterSet.of(asked.getFilter(), connectionId);
    String selector = filters.text(JmsSelector.class);
    if (selector != null) {
      arguments.put(SubscriptionQueues.SELECTOR, selector);
    }
    String sql = filters.text(SqlFilter.class);
    if (sql != null) {
      arguments.put(SubscriptionQueues.SQL, sql);
    }
    if (filters.isNoLocal()) {
      arguments.put(SubscriptionQueues.NO_LOCAL, connectionId);
    }
    return arguments;
  }

  /**
   * Consumes.
   *
   * @param fresh whether the queue was made for this link: if that is refused, nobody needs it
   */
  private static void consume(
      SessionHandler session,
      Sender sender,
      Source asked,
      String queue,
      boolean durable,
      boolean fresh) {
    ConnectionHandler connection = session.connection();
    SubscriptionQueues queues = connection.virtualHost().subscriptionQueues();
    session.whenEnded(
        sender,
        end -> {
          if (durable ? end == LinkEnd.CLOSED : fresh || end != LinkEnd.FAILED) {
            queues.delete(connection.actor(), queue, connection.id(), sender.getName());
          }
        });
    Source source = new Source();
    source.setAddress(asked.getAddress());
    source.setCapabilities(asked.getCapabilities());
    // The queue outlives a restart; what a link had not settled goes back to it.
    source.setDurable(durable ? TerminusDurability.CONFIGURATION : TerminusDurability.NONE);
    source.setExpiryPolicy(durable ? TerminusExpiryPolicy.NEVER : TerminusExpiryPolicy.LINK_DETACH);
    Sources.consume(session, sender, consumed(asked), queue, source);
  }

  /**
   * What is asked of the queue. JMS clients ask for copies by a durable subscription: of what is
   * published to the topic, which the queue has, and not of what is in the queue.
   */
  private static Source consumed(Source asked) {
    Source consumed = new Source();
    consumed.setFilter(asked.getFilter());
    consumed.setDefaultOutcome(asked.getDefaultOutcome());
    consumed.setOutcomes(asked.getOutcomes());
    return consumed;
  }

  /**
   * Answers an attach without a source: it asks for the durable subscription of its name, as a JMS
   * client does before it closes, and by that ends, the subscription.
   */
  static void lookUp(SessionHandler session, Sender sender) {
    ConnectionHandler connection = session.connection();
    SubscriptionQueues queues = connection.virtualHost().subscriptionQueues();
    String queue =
        SubscriptionName.ofLookUp(sender.getName(), connection.details().containerId()).queue();
    ErrorCondition refusal = refusal(connection.access(), queue);
    if (refusal != null) {
      session.end(refusal);
      return;
    }
    PendingLink.await(
        session,
        sender,
        queues.find(queue),
        arguments -> consume(session, sender, sourceOf(arguments), queue, true, false),
        arguments -> {});
  }

  private static Source sourceOf(Map<String, Object> arguments) {
    Source source = new Source();
    source.setAddress(String.valueOf(arguments.get(SubscriptionQueues.ADDRESS)));
    if (Boolean.TRUE.equals(arguments.get(SubscriptionQueues.SHARED))) {
      if (arguments.containsKey(CLIENT_ARGUMENT)) {
        source.setCapabilities(TOPIC, SHARED);
      } else {
        source.setCapabilities(TOPIC, SHARED, GLOBAL);
      }
    } else {
      source.setCapabilities(TOPIC);
    }
    return source;
  }
}
