package dev.warren.management;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.core.broker.ConnectionView;
import dev.warren.core.broker.Connections;
import dev.warren.core.broker.QueueInspector;
import dev.warren.core.broker.Readdressed;
import dev.warren.core.message.Message;
import dev.warren.core.queue.QueuedMessage;
import dev.warren.core.time.BrokerClock;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Messages of a queue as the API shows them. Thread-safe. */
final class MessageViews {
  private final Connections connections;
  private final BrokerClock clock;

  MessageViews(Connections connections, BrokerClock clock) {
    this.connections = connections;
    this.clock = clock;
  }

  /** What a list shows of a message, with so many characters of its body. */
  ObjectNode summary(QueuedMessage queued, Message message, int previewLength) {
    return summary(queued, message, MessageSections.of(message), previewLength);
  }

  private ObjectNode summary(
      QueuedMessage queued, Message message, MessageSections sections, int previewLength) {
    ObjectNode view = JsonViews.object();
    view.put("id", Long.toString(queued.id()));
    view.put("state", queued.holder() == null ? "ready" : "unsettled");
    view.put("exchange", message.envelope().exchange());
    view.put("routing_key", message.envelope().routingKey());
    view.put("durable", message.header().durable());
    if (message.header().priority() >= 0) {
      view.put("priority", message.header().priority());
    }
    view.put("enqueued_at", message.receivedAtMs());
    if (queued.expiresAtMs() != Long.MAX_VALUE) {
      view.put("expires_at", queued.expiresAtMs());
    }
    view.put("delivery_count", queued.deliveryCount());
    view.put("acquired_count", queued.acquiredCount());
    view.put("size_bytes", queued.sizeBytes());
    MessageBody body = sections.body();
    if (body.isData()) {
      view.put("body_bytes", body.data().length);
    }
    view.put("body_type", body.type());
    view.put("preview", body.preview(previewLength));
    putText(view, "message_id", sections.property("message_id"));
    putText(view, "subject", sections.property("subject"));
    putText(view, "content_type", sections.property("content_type"));
    QueueInspector.holder(queued).ifPresent(holder -> putHolder(view, holder));
    return view;
  }

  private static void putText(ObjectNode view, String name, @Nullable Object value) {
    if (value != null) {
      view.set(name, AmqpJson.of(value));
    }
  }

  private void putHolder(ObjectNode view, QueueInspector.Holder holder) {
    Optional<ConnectionView> connection = connections.byId(holder.connectionId());
    view.put("consumer_tag", holder.consumerTag());
    connection.ifPresent(open -> view.put("connection", open.details().name()));
    view.put("acquired_at", clock.epochMs() - holder.heldMs());
    view.put("held_ms", holder.heldMs());
  }

  /** All there is to see of a message, with so many octets of its body. */
  ObjectNode whole(QueuedMessage queued, Message message, int bodyLength) {
    MessageSections sections = MessageSections.of(message);
    ObjectNode view = summary(queued, message, sections, 0);
    view.remove("preview");
    sections.addTo(view);
    ArrayNode deaths = view.putArray("deaths");
    for (Readdressed.Death death : Readdressed.deaths(message)) {
      ObjectNode shown = deaths.addObject();
      shown.put("queue", death.queue());
      shown.put("reason", death.reason());
      shown.put("count", death.count());
      shown.put("first_time", death.firstMs());
      shown.put("last_time", death.lastMs());
      shown.put("exchange", death.exchange());
      ArrayNode keys = shown.putArray("routing_keys");
      death.routingKeys().forEach(keys::add);
    }
    view.set("body", sections.body().view(bodyLength));
    return view;
  }
}
