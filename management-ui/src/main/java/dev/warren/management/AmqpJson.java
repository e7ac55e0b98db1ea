package dev.warren.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.core.message.AmqpReader;
import dev.warren.core.message.Symbol;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Values of AMQP 1.0 as {@link AmqpReader} gives them, as JSON for people to read. Stateless. Types
 * are not told apart where JSON has only one.
 */
final class AmqpJson {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private AmqpJson() {}

  static JsonNode of(@Nullable Object value) {
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
      return number.isNaN() || number.isInfinite()
          ? NODES.textNode(number.toString())
          : NODES.numberNode(number);
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
    if (value instanceof ByteBuffer bytes) {
      return NODES.objectNode().put("hex", HexFormat.of().formatHex(octets(bytes)));
    }
    if (value instanceof List<?> list) {
      ArrayNode array = NODES.arrayNode();
      list.forEach(element -> array.add(of(element)));
      return array;
    }
    if (value instanceof Map<?, ?> map) {
      return ofMap(map);
    }
    if (value instanceof AmqpReader.Described described) {
      ObjectNode node = NODES.objectNode();
      node.set("descriptor", of(described.descriptor()));
      node.set("value", of(described.value()));
      return node;
    }
    return NODES.textNode(value.toString());
  }

  /** An object; keys that are no text are shown as text. */
  static ObjectNode ofMap(Map<?, ?> map) {
    ObjectNode node = NODES.objectNode();
    map.forEach(
        (key, value) ->
            node.set(key instanceof ByteBuffer b ? base64(b) : String.valueOf(key), of(value)));
    return node;
  }

  static byte[] octets(ByteBuffer bytes) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.duplicate().get(copy);
    return copy;
  }

  private static String base64(ByteBuffer bytes) {
    return Base64.getEncoder().encodeToString(octets(bytes));
  }
}
