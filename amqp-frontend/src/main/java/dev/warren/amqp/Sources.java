package dev.warren.amqp;

import dev.warren.core.broker.Subscription;
import java.util.List;
import java.util.Map;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.messaging.Outcome;
import org.apache.qpid.proton.amqp.messaging.Released;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.SenderSettleMode;
import org.apache.qpid.proton.engine.Sender;
import org.jspecify.annotations.Nullable;

/**
 * Answers the attach of a link on which a client receives: finds out what its source asks for, and
 * opens the link that does it, or refuses it (contract §2.3, §2.4). Stateless; called on the
 * connection's loop.
 */
final class Sources {
  private static final Symbol PRIORITY = Symbol.valueOf("rabbitmq:priority");
  private static final Symbol MOVE = Symbol.valueOf("move");
  private static final Symbol[] OUTCOMES = {
    Symbol.valueOf("amqp:accepted:list"),
    Symbol.valueOf("amqp:rejected:list"),
    Symbol.valueOf("amqp:released:list"),
    Symbol.valueOf("amqp:modified:list")
  };

  private Sources() {}

  /** Answers an attach, at once or when the queue has taken the consumer. */
  static void attach(SessionHandler session, Sender sender) {
    if (!(sender.getRemoteSource() instanceof Source asked)) {
      session.refuse(sender, AmqpErrors.invalidField("the link needs a source"));
      return;
    }
    if (asked.getDynamic()) {
      session.refuse(sender, AmqpErrors.notImplemented("a dynamic node"));
      return;
    }
    Address address = session.connection().context().addresses().source(asked.getAddress());
    if (address instanceof Address.Queue queue) {
      consume(session, sender, asked, queue.queue());
    } else if (address instanceof Address.Management) {
      session.refuse(sender, AmqpErrors.notImplemented("the management node"));
    } else {
      session.refuse(
          sender,
          AmqpErrors.malformedAddress(
              address instanceof Address.Malformed malformed ? malformed.reason() : "no source"));
    }
  }

  /**
   * The outcome of deliveries settled without one: what the source asks for, or released.
   *
   * @return null if it is no outcome a queue knows
   */
  private static @Nullable Outcome defaultOutcome(Source asked) {
    Outcome wanted = asked.getDefaultOutcome();
    if (wanted == null) {
      return Released.getInstance();
    }
    return wanted instanceof DeliveryState state && OutcomeMapper.fromConsumer(state) != null
        ? wanted
        : null;
  }

  private static boolean hasUnknownOutcome(Source asked) {
    Symbol[] wanted = asked.getOutcomes();
    return wanted != null && !List.of(OUTCOMES).containsAll(List.of(wanted));
  }

  /** Opens the link to a queue that exists; the source of the answer has the address asked for. */
  static void consume(SessionHandler session, Sender sender, Source asked, String queue) {
    Outcome defaultOutcome = defaultOutcome(asked);
    if (defaultOutcome == null || hasUnknownOutcome(asked)) {
      session.refuse(sender, AmqpErrors.notImplemented("an outcome asked for"));
      return;
    }
    Subscription.Request request =
        Subscription.Request.of(queue, session.connection().id(), sender.getName())
            .withPriority(priority(sender.getRemoteProperties()))
            .withPresettled(sender.getRemoteSenderSettleMode() == SenderSettleMode.SETTLED);
    Source source = new Source();
    source.setAddress(asked.getAddress());
    source.setDefaultOutcome(defaultOutcome);
    source.setOutcomes(OUTCOMES);
    source.setDistributionMode(MOVE);
    OutgoingLink.open(session, sender, source, request);
  }

  private static int priority(@Nullable Map<Symbol, Object> properties) {
    return properties != null && properties.get(PRIORITY) instanceof Number number
        ? number.intValue()
        : 0;
  }
}
