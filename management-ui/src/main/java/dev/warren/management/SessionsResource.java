package dev.warren.management;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.core.broker.Management.MessageCounters;
import dev.warren.core.broker.SessionView;
import dev.warren.core.broker.SessionView.LinkView;
import java.util.List;

/** Sessions and links as JSON (contract §11.7). Stateless. */
final class SessionsResource {
  private SessionsResource() {}

  static ArrayNode view(List<SessionView> sessions) {
    ArrayNode array = JsonViews.array();
    sessions.forEach(session -> array.add(view(session)));
    return array;
  }

  private static ObjectNode view(SessionView session) {
    ObjectNode view = JsonViews.object();
    view.put("channel_number", session.channel());
    view.put("handle_max", session.handleMax());
    view.put("next_incoming_id", session.nextIncomingId());
    view.put("incoming_window", session.incomingWindow());
    view.put("next_outgoing_id", session.nextOutgoingId());
    view.put("remote_incoming_window", session.remoteIncomingWindow());
    view.put("remote_outgoing_window", session.remoteOutgoingWindow());
    view.put(
        "outgoing_unsettled_deliveries",
        session.links().stream()
            .filter(link -> !link.publishes())
            .mapToInt(LinkView::unsettled)
            .sum());
    view.set("message_stats", stats(session.messages()));
    ArrayNode incoming = view.putArray("incoming_links");
    ArrayNode outgoing = view.putArray("outgoing_links");
    for (LinkView link : session.links()) {
      if (link.publishes()) {
        incoming.add(incoming(link));
      } else {
        outgoing.add(outgoing(link));
      }
    }
    return view;
  }

  private static ObjectNode incoming(LinkView link) {
    ObjectNode view = JsonViews.object();
    view.put("handle", link.handle());
    view.put("link_name", link.name());
    view.put("target_address", link.address().orElse(null));
    view.put("snd_settle_mode", link.settled() ? "settled" : "mixed");
    view.put("max_message_size", link.maxMessageSize());
    view.put("delivery_count", link.deliveryCount());
    view.put("credit", link.credit());
    view.put("unconfirmed_messages", link.unsettled());
    link.messages().ifPresent(messages -> view.set("message_stats", stats(messages)));
    return view;
  }

  private static ObjectNode outgoing(LinkView link) {
    ObjectNode view = JsonViews.object();
    view.put("handle", link.handle());
    view.put("link_name", link.name());
    view.put("source_address", link.address().orElse(null));
    view.put("queue_name", link.queue().orElse(null));
    view.put("send_settled", link.settled());
    view.put("max_message_size", link.maxMessageSize());
    ArrayNode filters = view.putArray("filter");
    link.filters()
        .forEach(
            filter ->
                filters
                    .addObject()
                    .put("name", filter.name())
                    .put("descriptor", filter.descriptor())
                    .put("value", filter.value()));
    view.put("delivery_count", link.deliveryCount());
    view.put("credit", link.credit());
    view.put("consumer_timeout", link.consumerTimeoutMs());
    // Not in RabbitMQ's API.
    view.put("unsettled", link.unsettled());
    link.messages().ifPresent(messages -> view.set("message_stats", stats(messages)));
    return view;
  }

  /** Counters since it began, without rates: nobody samples them. Not in RabbitMQ's API. */
  private static ObjectNode stats(MessageCounters messages) {
    ObjectNode stats = JsonViews.object();
    stats.put("publish", messages.published());
    stats.put("confirm", messages.confirmed());
    stats.put("return_unroutable", messages.unroutableReturned());
    stats.put("drop_unroutable", messages.unroutableDropped());
    stats.put("deliver", messages.delivered());
    stats.put("deliver_no_ack", messages.deliveredPresettled());
    stats.put("deliver_get", messages.delivered() + messages.deliveredPresettled());
    stats.put("redeliver", messages.redelivered());
    stats.put("ack", messages.settled());
    return stats;
  }
}
