package dev.warren.amqp;

import dev.warren.core.broker.VirtualHost;
import dev.warren.core.message.Envelope;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.transaction.Coordinator;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.engine.Receiver;
import org.jspecify.annotations.Nullable;

/**
 * Answers the attach of a link on which a client sends: finds out what its target asks for, and
 * opens the link that does it, or refuses it (contract §2.3, §2.5). Stateless; called on the
 * connection's loop.
 */
final class Targets {
  private Targets() {}

  /** Answers an attach. */
  static void attach(SessionHandler session, Receiver receiver) {
    var requested = receiver.getRemoteTarget();
    if (requested instanceof Coordinator) {
      CoordinatorLink.open(session, receiver);
      return;
    }
    if (requested != null && !(requested instanceof Target)) {
      session.refuse(receiver, AmqpErrors.notImplemented("a target of this kind"));
      return;
    }
    Target asked = (Target) requested;
    if (asked != null && asked.getDynamic()) {
      DynamicNodes.attach(session, receiver, asked);
      return;
    }
    String text = asked == null ? null : asked.getAddress();
    Address address = session.connection().context().addresses().target(text);
    if (address instanceof Address.Management) {
      ManagementRequests.attach(session, receiver);
      return;
    }
    ErrorCondition refusal = check(address, session.connection().virtualHost());
    if (refusal != null) {
      session.refuse(receiver, refusal);
      return;
    }
    Envelope envelope = envelopeOf(address);
    ErrorCondition noAccess =
        envelope == null
            ? null
            : new PublishTarget(session.connection(), envelope).exchangeRefusal();
    if (noAccess != null) {
      session.end(noAccess);
    } else {
      publish(session, receiver, text, envelope);
    }
  }

  /** Opens the link to where messages can be published. */
  private static void publish(
      SessionHandler session,
      Receiver receiver,
      @Nullable String address,
      @Nullable Envelope envelope) {
    Target target = new Target();
    target.setAddress(address);
    IncomingLink.open(session, receiver, envelope, target);
  }

  private static @Nullable ErrorCondition check(Address address, VirtualHost host) {
    if (address instanceof Address.Exchange exchange) {
      return checkExchange(exchange.exchange(), host);
    }
    if (address instanceof Address.Queue queue) {
      return host.queue(queue.queue()).isPresent()
              || host.replyQueues().find(queue.queue()).isPresent()
          ? null
          : AmqpErrors.noQueue(queue.queue(), host.name());
    }
    return address instanceof Address.Malformed malformed
        ? AmqpErrors.malformedAddress(malformed.reason())
        : null;
  }

  /** Why clients cannot publish to the exchange, or null if they can. */
  static @Nullable ErrorCondition checkExchange(String exchange, VirtualHost host) {
    return switch (host.exchangeAccess(exchange)) {
      case MISSING -> AmqpErrors.noExchange(exchange, host.name());
      case INTERNAL -> AmqpErrors.internalExchange(exchange, host.name());
      case OPEN -> null;
    };
  }

  /** Where a message for this address is published to, or null if the address does not say. */
  static @Nullable Envelope envelopeOf(Address address) {
    if (address instanceof Address.Exchange exchange) {
      return Envelope.of(exchange.exchange(), exchange.routingKey());
    }
    return address instanceof Address.Queue queue ? Envelope.of("", queue.queue()) : null;
  }
}
