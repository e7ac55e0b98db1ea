package dev.warren.amqp;

import dev.warren.amqp.engine.SessionFacts;
import dev.warren.core.broker.MessageTraffic;
import dev.warren.core.broker.SessionView;
import dev.warren.core.broker.SessionView.Filter;
import dev.warren.core.broker.SessionView.LinkView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.qpid.proton.amqp.DescribedType;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.transport.SenderSettleMode;
import org.apache.qpid.proton.engine.Link;
import org.apache.qpid.proton.engine.Receiver;
import org.apache.qpid.proton.engine.Session;
import org.jspecify.annotations.Nullable;

/** Sessions as the operator sees them. Stateless; called on the connection's loop. */
final class SessionViews {
  /** What is shown of a filter. */
  private static final int FILTER_CHARS_MAX = 1024;

  private SessionViews() {}

  /** A session with its links; null if its begin is not known any more. */
  static @Nullable SessionView of(
      ConnectionHandler connection,
      Session session,
      MessageTraffic traffic,
      Iterable<LinkHandler> links) {
    SessionFacts facts = connection.engine().facts(session);
    if (facts == null) {
      return null;
    }
    List<LinkView> views = new ArrayList<>();
    for (LinkHandler handler : links) {
      views.add(link(connection, facts, handler));
    }
    return new SessionView(
        facts.channel(),
        connection.context().options().handleMax(),
        facts.nextIncomingId(),
        facts.incomingWindow(),
        facts.nextOutgoingId(),
        facts.remoteIncomingWindow(),
        facts.remoteOutgoingWindow(),
        traffic.counters(),
        views);
  }

  private static LinkView link(
      ConnectionHandler connection, SessionFacts facts, LinkHandler handler) {
    Link link = handler.link();
    MessageTraffic traffic = handler.traffic();
    boolean publishes = link instanceof Receiver;
    String address = publishes ? target(link) : source(link);
    UnsignedLong largest = link.getMaxMessageSize();
    return new LinkView(
        publishes,
        facts.handle(link.getName(), publishes),
        link.getName(),
        Optional.ofNullable(address),
        publishes ? Optional.empty() : queue(connection, address),
        link.getSenderSettleMode() == SenderSettleMode.SETTLED,
        largest == null ? 0 : largest.longValue(),
        facts.deliveryCount(link.getName(), publishes),
        publishes ? link.getRemoteCredit() : link.getCredit(),
        handler.consumerTimeoutMs(),
        link.getUnsettled(),
        publishes ? List.of() : filters(link),
        traffic == null ? Optional.empty() : Optional.of(traffic.counters()));
  }

  private static @Nullable String target(Link link) {
    var target = link.getTarget() == null ? link.getRemoteTarget() : link.getTarget();
    return target instanceof Target known ? known.getAddress() : null;
  }

  private static @Nullable String source(Link link) {
    var source = link.getSource() == null ? link.getRemoteSource() : link.getSource();
    return source instanceof Source known ? known.getAddress() : null;
  }

  private static Optional<String> queue(ConnectionHandler connection, @Nullable String address) {
    return connection.context().addresses().source(address) instanceof Address.Queue queue
        ? Optional.of(queue.queue())
        : Optional.empty();
  }

  private static List<Filter> filters(Link link) {
    if (!(link.getSource() instanceof Source source) || source.getFilter() == null) {
      return List.of();
    }
    List<Filter> filters = new ArrayList<>();
    Map<?, ?> all = source.getFilter();
    all.forEach(
        (name, value) -> {
          boolean isDescribed = value instanceof DescribedType;
          Object descriptor = isDescribed ? ((DescribedType) value).getDescriptor() : "";
          Object described = isDescribed ? ((DescribedType) value).getDescribed() : value;
          filters.add(
              new Filter(String.valueOf(name), String.valueOf(descriptor), shown(described)));
        });
    return filters;
  }

  private static String shown(@Nullable Object value) {
    String text = String.valueOf(value);
    return text.length() <= FILTER_CHARS_MAX ? text : text.substring(0, FILTER_CHARS_MAX);
  }
}
