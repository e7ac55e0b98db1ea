package dev.warren.management;

import dev.warren.core.message.AmqpWriter;
import dev.warren.core.message.ByteSlice;
import dev.warren.core.message.MessageHeader;
import dev.warren.core.message.Sections;
import dev.warren.core.message.Symbol;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A message as the API takes it, with the properties of AMQP 0-9-1 (contract §11.6), written as
 * AMQP 1.0: the body is one data section. Immutable.
 *
 * @param userId who published it, by its own account
 * @param bare properties, application-properties and body
 */
record PublishedMessage(MessageHeader header, Optional<String> userId, ByteSlice bare) {
  private static final long TTL_MS_MAX = 0xffff_ffffL;
  private static final int PRIORITY_MAX = 255;

  /**
   * Reads the body of a request.
   *
   * @param bytesMax longest properties, application-properties and body
   * @throws ApiException 400
   */
  static PublishedMessage read(JsonBody body, int bytesMax) {
    byte[] payload = payload(body);
    JsonBody properties =
        body.object("properties").orElseThrow(() -> body.invalid("properties", "is missing"));
    AmqpWriter writer = new AmqpWriter(payload.length + 256);
    writeProperties(writer, properties);
    writeHeaders(writer, properties);
    writer.writeSectionDescriptor(Sections.DATA).writeValue(payload);
    ByteSlice bare = new ByteSlice(writer.array(), 0, writer.length());
    if (bare.length() > bytesMax) {
      throw ApiException.badRequest(
          "the message has %d octets, at most %d were expected (limits.max-message-size)"
              .formatted(bare.length(), bytesMax));
    }
    return new PublishedMessage(header(properties), properties.text("user_id"), bare);
  }

  private static byte[] payload(JsonBody body) {
    String payload = body.requiredText("payload");
    String encoding = body.requiredText("payload_encoding");
    try {
      return switch (encoding) {
        case "string" -> payload.getBytes(StandardCharsets.UTF_8);
        case "base64" -> Base64.getDecoder().decode(payload);
        default -> throw body.invalid("payload_encoding", "string or base64 was expected");
      };
    } catch (IllegalArgumentException e) {
      throw body.invalid("payload", "it is not base64");
    }
  }

  /** Delivery mode 2 is durable; RabbitMQ's is 1 for a message that does not say. */
  private static MessageHeader header(JsonBody properties) {
    int mode = properties.number("delivery_mode").orElse(1);
    if (mode != 1 && mode != 2) {
      throw properties.invalid("delivery_mode", "1 or 2 was expected");
    }
    int priority = properties.number("priority").orElse(MessageHeader.ABSENT);
    if (priority != MessageHeader.ABSENT && (priority < 0 || priority > PRIORITY_MAX)) {
      throw properties.invalid("priority", "0 to " + PRIORITY_MAX + " was expected");
    }
    long ttlMs = properties.text("expiration").map(text -> ttl(properties, text)).orElse(-1L);
    return MessageHeader.of(mode == 2, priority, ttlMs);
  }

  private static long ttl(JsonBody properties, String text) {
    try {
      long ttlMs = Long.parseLong(text);
      if (ttlMs >= 0 && ttlMs <= TTL_MS_MAX) {
        return ttlMs;
      }
    } catch (NumberFormatException e) {
      // Told below, like a number out of range.
    }
    throw properties.invalid("expiration", "milliseconds up to " + TTL_MS_MAX + " were expected");
  }

  private static void writeProperties(AmqpWriter writer, JsonBody properties) {
    List<@Nullable Object> fields = new ArrayList<>();
    fields.add(properties.text("message_id").orElse(null));
    fields.add(
        properties
            .text("user_id")
            .map(user -> (Object) user.getBytes(StandardCharsets.UTF_8))
            .orElse(null));
    fields.add(null); // to
    fields.add(null); // subject
    fields.add(properties.text("reply_to").orElse(null));
    fields.add(properties.text("correlation_id").orElse(null));
    fields.add(properties.text("content_type").map(Symbol::new).orElse(null));
    fields.add(properties.text("content_encoding").map(Symbol::new).orElse(null));
    fields.add(null); // absolute-expiry-time
    fields.add(properties.number("timestamp").map(PublishedMessage::time).orElse(null));
    fields.add(properties.text("app_id").orElse(null));
    while (!fields.isEmpty() && fields.get(fields.size() - 1) == null) {
      fields.remove(fields.size() - 1);
    }
    if (!fields.isEmpty()) {
      writer.writeSectionDescriptor(Sections.PROPERTIES).writeValue(fields);
    }
  }

  private static Instant time(int seconds) {
    return Instant.ofEpochSecond(seconds);
  }

  private static void writeHeaders(AmqpWriter writer, JsonBody properties) {
    Map<String, @Nullable Object> headers = new LinkedHashMap<>(properties.map("headers"));
    headers.forEach(
        (name, value) -> {
          if (value instanceof Map<?, ?> || value instanceof List<?>) {
            throw properties.invalid("headers." + name, "a plain value was expected");
          }
        });
    properties.text("type").ifPresent(type -> headers.put("x-basic-type", type));
    if (!headers.isEmpty()) {
      writer.writeSectionDescriptor(Sections.APPLICATION_PROPERTIES).writeValue(headers);
    }
  }
}
