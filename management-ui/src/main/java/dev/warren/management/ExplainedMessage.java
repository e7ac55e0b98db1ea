package dev.warren.management;

import dev.warren.core.message.AmqpWriter;
import dev.warren.core.message.Annotations;
import dev.warren.core.message.Envelope;
import dev.warren.core.message.Message;
import dev.warren.core.message.MessageParser;
import dev.warren.core.message.Sections;
import dev.warren.core.message.Symbol;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The message that is asked about: encoded as a publisher would, and read as the AMQP front does.
 * Immutable.
 *
 * @param moreBytes octets of a body that is only assumed, and not in the message
 * @param encodedBytes of the whole message as it is sent, those included
 * @param badKeys whether {@code x-cc} is not what the front takes
 */
record ExplainedMessage(Message message, long moreBytes, long encodedBytes, boolean badKeys) {
  private static final int KEYS_MAX = 1024;
  private static final int KEY_BYTES_MAX = 255;
  private static final int PRIORITY_MAX = 255;
  private static final long TTL_MS_MAX = 0xffff_ffffL;

  /** What a longer binary value takes than an empty one, besides its octets. */
  private static final int LONG_BINARY_BYTES = 3;

  private static final String[] FIELDS = {
    "annotations",
    "body_bytes",
    "cc",
    "durable",
    "headers",
    "payload",
    "payload_encoding",
    "priority",
    "routing_key",
    "ttl",
    "user"
  };

  /**
   * Reads a question.
   *
   * @throws ApiException 400, naming the field
   */
  static ExplainedMessage read(String exchange, JsonBody body, long nowMs) {
    body.only(FIELDS);
    String key = body.text("routing_key").orElse("");
    if (isTooLong(key)) {
      throw body.invalid("routing_key", "a key has at most " + KEY_BYTES_MAX + " octets");
    }
    byte[] payload = payload(body);
    long moreBytes = body.number("body_bytes", 0, Integer.MAX_VALUE).orElse(0L);
    if (moreBytes > 255) {
      moreBytes += LONG_BINARY_BYTES;
    }
    byte[] encoded = encoded(body, payload);
    MessageParser parser = new MessageParser();
    parser.parse(encoded, 0, encoded.length);
    List<String> cc = parser.ccKeys();
    Envelope envelope = new Envelope(exchange, key, cc == null ? List.of() : cc);
    return new ExplainedMessage(
        parser.message(envelope, Annotations.of(envelope), nowMs),
        moreBytes,
        encoded.length + moreBytes,
        cc == null);
  }

  private static boolean isTooLong(String key) {
    return key.getBytes(StandardCharsets.UTF_8).length > KEY_BYTES_MAX;
  }

  private static byte[] payload(JsonBody body) {
    if (body.has("payload") && body.has("body_bytes")) {
      throw body.invalid("body_bytes", "the size is that of payload, which is there too");
    }
    String payload = body.text("payload").orElse("");
    String encoding = body.text("payload_encoding").orElse("string");
    try {
      return switch (encoding) {
        case "string" -> payload.getBytes(StandardCharsets.UTF_8);
        case "base64" -> Base64.getDecoder().decode(payload);
        default ->
            throw body.invalid(
                "payload_encoding", "'" + encoding + "': string or base64 was expected");
      };
    } catch (IllegalArgumentException e) {
      throw body.invalid("payload", "it is not base64");
    }
  }

  private static byte[] encoded(JsonBody body, byte[] payload) {
    AmqpWriter writer = new AmqpWriter(payload.length + 256);
    writeHeader(writer, body);
    Map<Object, @Nullable Object> annotations = annotations(body);
    if (!annotations.isEmpty()) {
      writer.writeSectionDescriptor(Sections.MESSAGE_ANNOTATIONS).writeValue(annotations);
    }
    Map<String, @Nullable Object> headers = body.map("headers");
    if (!headers.isEmpty()) {
      writer.writeSectionDescriptor(Sections.APPLICATION_PROPERTIES).writeValue(headers);
    }
    writer.writeSectionDescriptor(Sections.DATA).writeValue(payload);
    return writer.toByteArray();
  }

  /** Durable unless it says otherwise. */
  private static void writeHeader(AmqpWriter writer, JsonBody body) {
    Long priority = body.number("priority", 0, PRIORITY_MAX).orElse(null);
    Long ttlMs = body.number("ttl", 0, TTL_MS_MAX).orElse(null);
    List<@Nullable Object> fields = Arrays.asList(body.flag("durable", true), priority, ttlMs);
    writer.writeSectionDescriptor(Sections.HEADER).writeValue(fields);
  }

  private static Map<Object, @Nullable Object> annotations(JsonBody body) {
    Map<Object, @Nullable Object> annotations = new LinkedHashMap<>();
    body.map("annotations")
        .forEach(
            (name, value) -> {
              if (!name.chars().allMatch(c -> c > 0 && c < 128)) {
                throw body.invalid(
                    "annotations." + name, "a name of ASCII characters was expected");
              }
              annotations.put(new Symbol(name), value);
            });
    body.words("cc")
        .ifPresent(
            keys -> {
              if (annotations.containsKey(new Symbol(Annotations.CC))) {
                throw body.invalid("cc", "the keys are in annotations.x-cc too; one was expected");
              }
              if (keys.size() > KEYS_MAX) {
                throw body.invalid("cc", "at most " + KEYS_MAX + " keys were expected");
              }
              if (keys.stream().anyMatch(ExplainedMessage::isTooLong)) {
                throw body.invalid("cc", "a key has at most " + KEY_BYTES_MAX + " octets");
              }
              if (!keys.isEmpty()) {
                annotations.put(new Symbol(Annotations.CC), keys);
              }
            });
    return annotations;
  }
}
