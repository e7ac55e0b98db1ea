package dev.warren.amqp;

import dev.warren.amqp.management.AccessControl.Resource;
import dev.warren.core.broker.SubscriptionQueues;
import dev.warren.core.broker.TemporaryNodes;
import dev.warren.core.message.Envelope;
import dev.warren.core.security.Permission;
import java.util.Map;
import java.util.Set;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.DeleteOnClose;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.messaging.TerminusDurability;
import org.apache.qpid.proton.amqp.messaging.TerminusExpiryPolicy;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.engine.Link;
import org.apache.qpid.proton.engine.Receiver;
import org.apache.qpid.proton.engine.Sender;
import org.jspecify.annotations.Nullable;

/**
 * Answers an attach that asks for a dynamic node (contract §2.6): a queue, or with a topic's
 * capability an exchange, which the broker names and deletes when the link ends. Stateless; called
 * on the connection's loop.
 *
 * <p>RabbitMQ refuses one without its capabilities; here it is a temporary queue, which is what
 * generic clients mean.
 */
final class DynamicNodes {
  /** The capability of a queue that lives as long as its link. */
  static final Symbol TEMPORARY_QUEUE = Symbol.valueOf("temporary-queue");

  /** The capability of JMS's temporary topic. */
  static final Symbol TEMPORARY_TOPIC = Symbol.valueOf("temporary-topic");

  /** The capability of direct reply-to. */
  static final Symbol VOLATILE_QUEUE = Symbol.valueOf("rabbitmq:volatile-queue");

  private static final Set<Symbol> QUEUES = Set.of(TEMPORARY_QUEUE, Symbol.valueOf("queue"));
  private static final Set<Symbol> TOPICS = Set.of(TEMPORARY_TOPIC, Symbol.valueOf("topic"));
  private static final Symbol LIFETIME_POLICY = Symbol.valueOf("lifetime-policy");
  private static final Symbol DIST_MODES = Symbol.valueOf("supported-dist-modes");
  private static final Symbol MOVE = Symbol.valueOf("move");

  private DynamicNodes() {}

  private enum Kind {
    QUEUE,
    TOPIC,
    VOLATILE,
    UNKNOWN
  }

  /** A client receives from a node of its own. */
  static void attach(SessionHandler session, Sender sender, Source asked) {
    switch (kind(asked.getCapabilities())) {
      case QUEUE -> queue(session, sender, asked);
      case TOPIC -> topic(session, sender, asked);
      case VOLATILE -> ReplyLink.attach(session, sender, asked);
      case UNKNOWN -> refuse(session, sender);
    }
  }

  /** A client sends to a node of its own. */
  static void attach(SessionHandler session, Receiver receiver, Target asked) {
    switch (kind(asked.getCapabilities())) {
      case QUEUE -> queue(session, receiver);
      case TOPIC -> topic(session, receiver);
      case VOLATILE, UNKNOWN -> refuse(session, receiver);
    }
  }

  private static Kind kind(Symbol @Nullable [] capabilities) {
    if (capabilities == null || capabilities.length == 0) {
      return Kind.QUEUE;
    }
    Kind kind = Kind.UNKNOWN;
    for (Symbol capability : capabilities) {
      if (capability.equals(VOLATILE_QUEUE)) {
        return Kind.VOLATILE;
      } else if (TOPICS.contains(capability)) {
        kind = Kind.TOPIC;
      } else if (QUEUES.contains(capability) && kind == Kind.UNKNOWN) {
        kind = Kind.QUEUE;
      }
    }
    return kind;
  }

  private static void refuse(SessionHandler session, Link link) {
    session.refuse(link, AmqpErrors.notImplemented("a dynamic node with these capabilities"));
  }

  /** Ends the session if the user may not declare the node and use it so. */
  private static boolean mayNot(
      SessionHandler session, Resource resource, String name, Permission use) {
    ConnectionAccess access = session.connection().access();
    ErrorCondition refusal = access.refusal(Permission.CONFIGURE, resource, name);
    if (refusal == null) {
      refusal = access.refusal(use, resource, name);
    }
    if (refusal != null) {
      session.end(refusal);
    }
    return refusal != null;
  }

  private static void queue(SessionHandler session, Sender sender, Source asked) {
    ConnectionHandler connection = session.connection();
    var host = connection.virtualHost();
    String fresh = host.temporaryNodes().newName();
    if (mayNot(session, Resource.QUEUE, fresh, Permission.READ)) {
      return;
    }
    PendingLink.await(
        session,
        sender,
        host.temporaryNodes().declareQueue(fresh, connection.id()),
        name -> {
          session.whenEnded(sender, end -> host.by(connection.actor()).deleteQueue(name));
          Sources.consume(session, sender, asked, name, source("/queues/" + name, TEMPORARY_QUEUE));
        },
        name -> host.by(connection.actor()).deleteQueue(name));
  }

  private static void queue(SessionHandler session, Receiver receiver) {
    ConnectionHandler connection = session.connection();
    var host = connection.virtualHost();
    String fresh = host.temporaryNodes().newName();
    ErrorCondition refusal =
        new PublishTarget(connection, Envelope.of("", fresh)).exchangeRefusal();
    if (refusal != null) {
      session.end(refusal);
      return;
    }
    if (mayNot(session, Resource.QUEUE, fresh, Permission.CONFIGURE)) {
      return;
    }
    PendingLink.await(
        session,
        receiver,
        host.temporaryNodes().declareQueue(fresh, connection.id()),
        name -> {
          session.whenEnded(receiver, end -> host.by(connection.actor()).deleteQueue(name));
          IncomingLink.open(
              session, receiver, Envelope.of("", name), target("/queues/" + name, TEMPORARY_QUEUE));
        },
        name -> host.by(connection.actor()).deleteQueue(name));
  }

  /** The node is an exchange; this link has a queue bound to it, as any consumer of it has. */
  private static void topic(SessionHandler session, Sender sender, Source asked) {
    ConnectionHandler connection = session.connection();
    var host = connection.virtualHost();
    TemporaryNodes nodes = host.temporaryNodes();
    String fresh = nodes.newName();
    if (mayNot(session, Resource.EXCHANGE, fresh, Permission.READ)) {
      return;
    }
    String queue = host.subscriptionQueues().newName(Subscriptions.UNNAMED);
    ErrorCondition refusal =
        Subscriptions.refusal(connection.access(), new Address.Exchange(fresh, ""), queue);
    if (refusal != null) {
      session.end(refusal);
      return;
    }
    PendingLink.await(
        session,
        sender,
        nodes
            .declareExchange(fresh, connection.id())
            .thenCompose(
                exchange ->
                    host.subscriptionQueues()
                        .declare(
                            connection.actor(),
                            new SubscriptionQueues.Declaration(
                                queue,
                                false,
                                connection.id(),
                                exchange,
                                "",
                                Map.of(
                                    SubscriptionQueues.ADDRESS,
                                    "/exchanges/" + exchange,
                                    SubscriptionQueues.SHARED,
                                    false)))
                        .whenComplete(
                            (isNew, failure) -> {
                              if (failure != null) {
                                nodes.deleteExchange(exchange);
                              }
                            })
                        .thenApply(isNew -> exchange)),
        exchange -> {
          session.whenEnded(
              sender,
              end -> {
                nodes.deleteExchange(exchange);
                host.by(connection.actor()).deleteQueue(queue);
              });
          Sources.consume(
              session, sender, asked, queue, source("/exchanges/" + exchange, TEMPORARY_TOPIC));
        },
        exchange -> {
          nodes.deleteExchange(exchange);
          host.by(connection.actor()).deleteQueue(queue);
        });
  }

  private static void topic(SessionHandler session, Receiver receiver) {
    ConnectionHandler connection = session.connection();
    TemporaryNodes nodes = connection.virtualHost().temporaryNodes();
    String fresh = nodes.newName();
    if (mayNot(session, Resource.EXCHANGE, fresh, Permission.WRITE)) {
      return;
    }
    PendingLink.await(
        session,
        receiver,
        nodes.declareExchange(fresh, connection.id()),
        name -> {
          session.whenEnded(receiver, end -> nodes.deleteExchange(name));
          IncomingLink.open(
              session,
              receiver,
              Envelope.of(name, ""),
              target("/exchanges/" + name, TEMPORARY_TOPIC));
        },
        nodes::deleteExchange);
  }

  /** What the answer says of a source that was made for the link. */
  static Source source(String address, Symbol capability) {
    Source source = new Source();
    source.setAddress(address);
    source.setDynamic(true);
    source.setDurable(TerminusDurability.NONE);
    source.setExpiryPolicy(TerminusExpiryPolicy.LINK_DETACH);
    source.setTimeout(UnsignedInteger.ZERO);
    source.setDynamicNodeProperties(properties());
    source.setCapabilities(capability);
    source.setDistributionMode(MOVE);
    return source;
  }

  private static Target target(String address, Symbol capability) {
    Target target = new Target();
    target.setAddress(address);
    target.setDynamic(true);
    target.setDurable(TerminusDurability.NONE);
    target.setExpiryPolicy(TerminusExpiryPolicy.LINK_DETACH);
    target.setTimeout(UnsignedInteger.ZERO);
    target.setDynamicNodeProperties(properties());
    target.setCapabilities(capability);
    return target;
  }

  private static Map<Symbol, Object> properties() {
    return Map.of(LIFETIME_POLICY, DeleteOnClose.getInstance(), DIST_MODES, new Symbol[] {MOVE});
  }
}
