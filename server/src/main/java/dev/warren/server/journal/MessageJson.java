package dev.warren.server.journal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.core.message.AmqpReader;
import dev.warren.core.message.MalformedMessageException;
import dev.warren.core.message.Message;
import dev.warren.core.message.Sections;
import dev.warren.core.message.Symbol;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The sections of a message as JSON, for people and scripts to read. Stateless. Nothing is read
 * back from it: the exact bytes stand beside it.
 */
final class MessageJson {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final List<String> PROPERTIES =
      List.of(
          "message-id",
          "user-id",
          "to",
          "subject",
          "reply-to",
          "correlation-id",
          "content-type",
          "content-encoding",
          "absolute-expiry-time",
          "creation-time",
          "group-id",
          "group-sequence",
          "reply-to-group-id");

  private MessageJson() {}

  /** Adds all sections to an object. */
  static void addSections(ObjectNode to, Message message) {
    ObjectNode header = to.putObject("header");
    header.put("durable", message.header().durable());
    header.put("priority", message.header().priority() < 0 ? null : message.header().priority());
    header.put("ttl-ms", message.header().ttlMs() < 0 ? null : message.header().ttlMs());
    try {
      byte[] annotations = message.annotations();
      sections(to, new AmqpReader(annotations, 0, annotations.length));
      sections(to, new AmqpReader(message.bareArray(), message.bareOffset(), message.bareLength()));
    } catch (MalformedMessageException e) {
      // The publisher's bytes are kept as they came; the exact ones are in the line.
      to.put("unreadable", e.getMessage());
    }
  }

  private static void sections(ObjectNode to, AmqpReader reader) {
    while (reader.hasRemaining()) {
      int code = (int) reader.readDescriptor();
      Object value = reader.readValue();
      switch (code) {
        case Sections.MESSAGE_ANNOTATIONS -> to.set("message-annotations", json(value));
        case Sections.PROPERTIES -> to.set("properties", properties(value));
        case Sections.APPLICATION_PROPERTIES -> to.set("application-properties", json(value));
        case Sections.DATA -> array(to, "body-data").add(base64(value));
        case Sections.SEQUENCE -> array(to, "body-sequence").add(json(value));
        case Sections.VALUE -> to.set("body-value", json(value));
        case Sections.FOOTER -> to.set("footer", json(value));
        default -> to.set("section-" + code, json(value));
      }
    }
  }

  private static ArrayNode array(ObjectNode in, String name) {
    return in.withArray("/" + name);
  }

  private static @Nullable String base64(@Nullable Object value) {
    if (!(value instanceof ByteBuffer bytes)) {
      return null;
    }
    byte[] copy = new byte[bytes.remaining()];
    bytes.duplicate().get(copy);
    return Base64.getEncoder().encodeToString(copy);
  }

  private static JsonNode properties(@Nullable Object value) {
    if (!(value instanceof List<?> fields) || fields.size() > PROPERTIES.size()) {
      return json(value);
    }
    ObjectNode node = NODES.objectNode();
    for (int i = 0; i < fields.size(); i++) {
      if (fields.get(i) != null) {
        node.set(PROPERTIES.get(i), json(fields.get(i)));
      }
    }
    return node;
  }

  private static JsonNode json(@Nullable Object value) {
    if (value == null) {
      return NODES.nullNode();
    }
    if (value instanceof Boolean flag) {
      return NODES.booleanNode(flag);
    }
    if (value instanceof Long number) {
      return NODES.numberNode(number);
    }
    if (value instanceof Double number) {
      return NODES.numberNode(number);
    }
    if (value instanceof BigInteger number) {
      return NODES.numberNode(number);
    }
    if (value instanceof Integer codePoint) {
      return NODES.textNode(
          Character.isValidCodePoint(codePoint)
              ? Character.toString(codePoint)
              : String.valueOf(codePoint));
    }
    if (value instanceof Instant || value instanceof Symbol) {
      return NODES.textNode(value.toString());
    }
    if (value instanceof ByteBuffer) {
      return NODES.objectNode().put("binary", base64(value));
    }
    if (value instanceof List<?> list) {
      ArrayNode array = NODES.arrayNode();
      list.forEach(element -> array.add(json(element)));
      return array;
    }
    if (value instanceof Map<?, ?> map) {
      return map(map);
    }
    if (value instanceof AmqpReader.Described described) {
      ObjectNode node = NODES.objectNode();
      node.set("descriptor", json(described.descriptor()));
      node.set("value", json(described.value()));
      return node;
    }
    return NODES.textNode(value.toString());
  }

  /** An object if all keys are text, otherwise a list of pairs. */
  private static JsonNode map(Map<?, ?> map) {
    boolean text =
        map.keySet().stream().allMatch(key -> key instanceof String || key instanceof Symbol);
    if (text) {
      ObjectNode node = NODES.objectNode();
      map.forEach((key, value) -> node.set(String.valueOf(key), json(value)));
      return node;
    }
    ArrayNode pairs = NODES.arrayNode();
    map.forEach((key, value) -> pairs.add(NODES.arrayNode().add(json(key)).add(json(value))));
    return pairs;
  }
}
