package dev.warren.management;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.core.message.AmqpReader;
import dev.warren.core.message.Annotations;
import dev.warren.core.message.Message;
import dev.warren.core.message.Sections;
import dev.warren.core.queue.Checkout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A message with the properties of AMQP 0-9-1, as RabbitMQ's API shows it (contract §11.6). */
final class GotMessage {
  private static final int SHORT_TEXT_MAX = 255;
  private static final String QUEUE_ADDRESS = "/queues/";

  /** Annotations the answer has elsewhere. */
  private static final Set<String> NO_HEADERS =
      Set.of(Annotations.EXCHANGE, Annotations.ROUTING_KEY, PublishedHeaders.TYPE);

  private GotMessage() {}

  static ObjectNode view(Checkout checkout, long messageCount, boolean base64, int truncate) {
    Message message = checkout.message();
    MessageSections sections = MessageSections.of(message);
    byte[] payload = sections.body().isData() ? sections.body().data() : encodedBody(message);
    ObjectNode view = JsonViews.object();
    view.put("payload_bytes", payload.length);
    view.put("redelivered", checkout.isRedelivered());
    view.put("exchange", message.envelope().exchange());
    view.put("routing_key", message.envelope().routingKey());
    view.put("message_count", messageCount);
    view.set("properties", properties(message, sections));
    putPayload(view, payload, base64, truncate);
    if (!sections.body().isData()) {
      // Not in RabbitMQ's API: what the encoded section says.
      view.set("amqp_body", sections.body().view(SHORT_TEXT_MAX * 16));
    }
    return view;
  }

  private static void putPayload(ObjectNode view, byte[] payload, boolean base64, int truncate) {
    byte[] shown = payload.length > truncate ? Arrays.copyOf(payload, truncate) : payload;
    Optional<String> text = base64 ? Optional.empty() : utf8(shown);
    view.put("payload", text.orElseGet(() -> Base64.getEncoder().encodeToString(shown)));
    view.put("payload_encoding", text.isPresent() ? "string" : "base64");
  }

  private static Optional<String> utf8(byte[] octets) {
    String text = new String(octets, StandardCharsets.UTF_8);
    return Arrays.equals(text.getBytes(StandardCharsets.UTF_8), octets)
        ? Optional.of(text)
        : Optional.empty();
  }

  /** The body sections as they are encoded. */
  private static byte[] encodedBody(Message message) {
    AmqpReader reader =
        new AmqpReader(message.bareArray(), message.bareOffset(), message.bareLength());
    int from = -1;
    int to = reader.position();
    while (reader.hasRemaining()) {
      int start = reader.position();
      int code = (int) reader.readDescriptor();
      reader.skipValue();
      if (code == Sections.SEQUENCE || code == Sections.VALUE) {
        from = from < 0 ? start : from;
        to = reader.position();
      }
    }
    return from < 0 ? new byte[0] : Arrays.copyOfRange(message.bareArray(), from, to);
  }

  private static ObjectNode properties(Message message, MessageSections sections) {
    ObjectNode view = JsonViews.object();
    ObjectNode headers = JsonViews.object();
    if (!sections.body().isData()) {
      view.put("type", "amqp-1.0");
    } else if (sections.annotation(PublishedHeaders.TYPE) instanceof String type) {
      view.put("type", type);
    }
    putId(view, headers, "message_id", sections.property("message_id"));
    putId(view, headers, "correlation_id", sections.property("correlation_id"));
    putText(view, "user_id", sections.property("user_id"));
    putText(view, "content_type", sections.property("content_type"));
    putText(view, "content_encoding", sections.property("content_encoding"));
    putReplyTo(view, sections.property("reply_to"));
    if (sections.property("creation_time") instanceof Instant created) {
      view.put("timestamp", created.getEpochSecond());
    }
    putText(view, "app_id", sections.property("group_id"));
    view.put("delivery_mode", message.header().durable() ? 2 : 1);
    if (message.header().priority() >= 0) {
      view.put("priority", message.header().priority());
    }
    if (message.header().ttlMs() >= 0) {
      view.put("expiration", Long.toString(message.header().ttlMs()));
    }
    sections
        .applicationProperties()
        .forEach((key, value) -> headers.set(String.valueOf(key), AmqpJson.of(value)));
    sections.annotations().forEach((key, value) -> putAnnotation(headers, key, value));
    if (!headers.isEmpty()) {
      view.set("headers", headers);
    }
    return view;
  }

  private static void putAnnotation(ObjectNode headers, Object key, @Nullable Object value) {
    String name = String.valueOf(key);
    if (name.startsWith(PublishedHeaders.COMPOUND_PREFIX)) {
      headers.set(name.substring(PublishedHeaders.COMPOUND_PREFIX.length()), AmqpJson.of(value));
    } else if (name.startsWith("x-") && !NO_HEADERS.contains(name)) {
      String shown = Map.of("x-opt-deaths", "x-death", "x-cc", "CC").getOrDefault(name, name);
      headers.set(shown, AmqpJson.of(value));
    }
  }

  private static void putId(ObjectNode view, ObjectNode headers, String name, @Nullable Object id) {
    if (id == null) {
      return;
    }
    if (id instanceof String text && text.length() <= SHORT_TEXT_MAX) {
      view.put(name, text);
      return;
    }
    String type =
        id instanceof String
            ? "string"
            : id instanceof ByteBuffer ? "binary" : id instanceof Number ? "ulong" : "uuid";
    String header = "x-" + name.replace('_', '-');
    headers.put(header + "-type", type);
    headers.set(header, AmqpJson.of(id));
    if (!(id instanceof String) && !(id instanceof ByteBuffer)) {
      view.put(name, id.toString());
    }
  }

  private static void putText(ObjectNode view, String name, @Nullable Object value) {
    if (value instanceof ByteBuffer octets) {
      view.put(name, new String(AmqpJson.octets(octets), StandardCharsets.UTF_8));
    } else if (value != null) {
      view.put(name, value.toString());
    }
  }

  private static void putReplyTo(ObjectNode view, @Nullable Object address) {
    if (address != null) {
      String text = address.toString();
      view.put(
          "reply_to",
          text.startsWith(QUEUE_ADDRESS)
              ? PercentDecoder.decode(text.substring(QUEUE_ADDRESS.length())).orElse(text)
              : text);
    }
  }
}
