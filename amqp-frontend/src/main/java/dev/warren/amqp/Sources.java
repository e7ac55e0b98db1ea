package dev.warren.amqp;

import dev.warren.amqp.management.AccessControl.Resource;
import dev.warren.core.broker.Subscription;
import dev.warren.core.security.Permission;
import java.util.List;
import java.util.Map;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.Outcome;
import org.apache.qpid.proton.amqp.messaging.Released;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.SenderSettleMode;
import org.apache.qpid.proton.engine.Sender;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the attach of a link on which a client receives: finds out what its source asks for, and
 * opens the link that does it, or refuses it (contract §2.3, §2.4). Stateless; called on the
 * connection's loop.
 */
final class Sources {
  private static final Logger LOG = LoggerFactory.getLogger(Sources.class);
  private static final Symbol TIMEOUT = Symbol.valueOf("rabbitmq:consumer-timeout");
  private static final Symbol PRIORITY = Symbol.valueOf("rabbitmq:priority");
  private static final Symbol MOVE = Symbol.valueOf("move");
  private static final Symbol COPY = Symbol.valueOf("copy");

  /** Content filters work on every queue (contract §6). */
  private static final Symbol[] OFFERED = {
    Symbol.valueOf("AMQP_FILTEX_PROP_V1_0"), Symbol.valueOf("AMQP_FILTEX_SQL_V1_0")
  };

  private static final Symbol[] OUTCOMES = {
    Symbol.valueOf("amqp:accepted:list"),
    Symbol.valueOf("amqp:rejected:list"),
    Symbol.valueOf("amqp:released:list"),
    Symbol.valueOf("amqp:modified:list")
  };

  private Sources() {}

  /** Answers an attach, at once or when the queue has taken the consumer. */
  static void attach(SessionHandler session, Sender sender) {
    if (sender.getRemoteSource() == null) {
      Subscriptions.lookUp(session, sender);
      return;
    }
    if (!(sender.getRemoteSource() instanceof Source asked)) {
      session.refuse(sender, AmqpErrors.invalidField("the link needs a source"));
      return;
    }
    if (asked.getDynamic()) {
      DynamicNodes.attach(session, sender, asked);
      return;
    }
    if (Subscriptions.isAskedFor(asked)
        && session.connection().context().addresses().target(asked.getAddress())
            instanceof Address.Exchange exchange) {
      Subscriptions.attach(session, sender, asked, exchange);
      return;
    }
    Address address = session.connection().context().addresses().source(asked.getAddress());
    if (address instanceof Address.Queue queue) {
      ErrorCondition refusal =
          session.connection().access().refusal(Permission.READ, Resource.QUEUE, queue.queue());
      if (refusal != null) {
        session.end(refusal);
        return;
      }
      if (session.connection().virtualHost().replyQueues().find(queue.queue()).isPresent()) {
        session.refuse(sender, AmqpErrors.replyQueueTaken(queue.queue()));
        return;
      }
      consume(session, sender, asked, queue.queue());
    } else if (address instanceof Address.Management) {
      ManagementResponses.attach(session, sender);
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
    Source source = new Source();
    source.setAddress(asked.getAddress());
    consume(session, sender, asked, queue, source);
  }

  /**
   * The same with a source of which the answer's address, durability and capabilities are known.
   */
  static void consume(
      SessionHandler session, Sender sender, Source asked, String queue, Source source) {
    Outcome defaultOutcome = defaultOutcome(asked);
    if (defaultOutcome == null || hasUnknownOutcome(asked)) {
      session.refuse(sender, AmqpErrors.notImplemented("an outcome asked for"));
      return;
    }
    FilterSet filters = FilterSet.of(asked.getFilter(), session.connection().id());
    if (!filters.errors().isEmpty()) {
      tell(session, sender, filters.errors());
    }
    boolean copies = COPY.equals(asked.getDistributionMode());
    Subscription.Request request =
        Subscription.Request.of(queue, session.connection().id(), sender.getName())
            .withFilter(filters.filter())
            .withPriority(priority(sender.getRemoteProperties()))
            .withPresettled(sender.getRemoteSenderSettleMode() == SenderSettleMode.SETTLED)
            .withConsumerTimeoutMs(timeoutMs(sender.getRemoteProperties()))
            .withMode(copies ? Subscription.Mode.COPY : Subscription.Mode.MOVE);
    source.setDefaultOutcome(defaultOutcome);
    source.setOutcomes(OUTCOMES);
    source.setDistributionMode(copies ? COPY : MOVE);
    source.setFilter(filters.echo());
    sender.setOfferedCapabilities(OFFERED);
    OutgoingLink.open(session, sender, source, request);
  }

  /** Says why filters are left out of the reply: to the operator, and in the reply itself. */
  private static void tell(SessionHandler session, Sender sender, Map<Symbol, Object> errors) {
    errors.forEach(
        (filter, reason) ->
            LOG.warn(
                "A filter was left out connection=\"{}\" link={} filter={} reason=\"{}\"",
                session.connection().name(),
                FilterSet.printable(sender.getName()),
                FilterSet.printable(filter),
                reason));
    sender.setProperties(Map.of(FilterSet.ERRORS, errors));
  }

  private static long timeoutMs(@Nullable Map<Symbol, Object> properties) {
    return properties != null && properties.get(TIMEOUT) instanceof UnsignedInteger ms
        ? ms.longValue()
        : Subscription.Request.QUEUE_DEFAULT;
  }

  private static int priority(@Nullable Map<Symbol, Object> properties) {
    return properties != null && properties.get(PRIORITY) instanceof Number number
        ? number.intValue()
        : 0;
  }
}
