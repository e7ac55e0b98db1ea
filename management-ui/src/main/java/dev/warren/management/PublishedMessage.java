package dev.warren.management;

import dev.warren.core.message.AmqpReader;
import dev.warren.core.message.AmqpWriter;
import dev.warren.core.message.ByteSlice;
import dev.warren.core.message.MalformedMessageException;
import dev.warren.core.message.MessageHeader;
import dev.warren.core.message.Sections;
import dev.warren.core.message.Symbol;
import java.math.BigInteger;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A message as the API takes it, with the properties of AMQP 0-9-1 (contract §11.6), written as
 * AMQP 1.0: the body is one data section, or with the type {@code amqp-1.0} the encoded sections of
 * the payload. Immutable.
 *
 * @param userId who published it, by its own account
 * @param bare properties, application-properties and body
 * @param annotations the encoded map of those the headers and the type became
 * @param furtherKeys to route by, beside the routing key
 */
record PublishedMessage(
    MessageHeader header,
    Optional<String> userId,
    ByteSlice bare,
    ByteSlice annotations,
    List<String> furtherKeys) {
  private static final String AMQP_BODY = "amqp-1.0";
  private static final String QUEUE_ADDRESS = "/queues/";

  /** Until the year 10000. */
  private static final long TIMESTAMP_MAX = 253_402_300_799L;

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
    Map<String, @Nullable Object> headers = new LinkedHashMap<>(properties.map("headers"));
    writeProperties(writer, properties, headers);
    PublishedHeaders read = PublishedHeaders.read(properties, headers);
    if (!read.applicationProperties().isEmpty()) {
      writer
          .writeSectionDescriptor(Sections.APPLICATION_PROPERTIES)
          .writeValue(read.applicationProperties());
    }
    if (properties.text("type").map(AMQP_BODY::equals).orElse(false)) {
      checkBody(body, payload);
      writer.writeEncoded(payload, 0, payload.length);
    } else {
      writer.writeSectionDescriptor(Sections.DATA).writeValue(payload);
    }
    ByteSlice bare = new ByteSlice(writer.array(), 0, writer.length());
    if (bare.length() > bytesMax) {
      throw ApiException.badRequest(
          "the message has %d octets, at most %d were expected (limits.max-message-size)"
              .formatted(bare.length(), bytesMax));
    }
    AmqpWriter annotations = new AmqpWriter(256).writeValue(read.annotations());
    return new PublishedMessage(
        header(properties),
        properties.text("user_id"),
        bare,
        new ByteSlice(annotations.array(), 0, annotations.length()),
        read.furtherKeys());
  }

  /** One value, or any number of data or of sequence sections (AMQP 1.0 §3.2). */
  private static void checkBody(JsonBody body, byte[] payload) {
    int first = -1;
    try {
      AmqpReader reader = new AmqpReader(payload, 0, payload.length);
      while (reader.hasRemaining()) {
        long descriptor = reader.readDescriptor();
        int code = descriptor == (int) descriptor ? (int) descriptor : -1;
        Object value = reader.readValue();
        boolean fits =
            switch (code) {
              case Sections.DATA -> value instanceof ByteBuffer;
              case Sections.SEQUENCE -> value instanceof List<?>;
              case Sections.VALUE -> first < 0;
              default -> false;
            };
        if (!fits || (first >= 0 && first != code)) {
          throw body.invalid("payload", "a body of AMQP 1.0 was expected, as properties.type says");
        }
        first = code;
      }
    } catch (MalformedMessageException e) {
      throw body.invalid("payload", "a body of AMQP 1.0 was expected: " + e.getMessage());
    }
    if (first < 0) {
      throw body.invalid("payload", "a body of AMQP 1.0 was expected, as properties.type says");
    }
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

  private static void writeProperties(
      AmqpWriter writer, JsonBody properties, Map<String, @Nullable Object> headers) {
    List<@Nullable Object> fields = new ArrayList<>();
    fields.add(id(properties, "message_id", headers));
    fields.add(
        properties
            .text("user_id")
            .map(user -> (Object) user.getBytes(StandardCharsets.UTF_8))
            .orElse(null));
    fields.add(null); // to
    fields.add(null); // subject
    fields.add(properties.text("reply_to").map(PublishedMessage::address).orElse(null));
    fields.add(id(properties, "correlation_id", headers));
    fields.add(symbol(properties, "content_type"));
    fields.add(symbol(properties, "content_encoding"));
    fields.add(null); // absolute-expiry-time
    fields.add(timestamp(properties));
    fields.add(properties.text("app_id").orElse(null));
    while (!fields.isEmpty() && fields.get(fields.size() - 1) == null) {
      fields.remove(fields.size() - 1);
    }
    if (!fields.isEmpty()) {
      writer.writeSectionDescriptor(Sections.PROPERTIES).writeValue(fields);
    }
  }

  private static @Nullable Instant timestamp(JsonBody properties) {
    return properties
        .number("timestamp", 0, TIMESTAMP_MAX)
        .map(Instant::ofEpochSecond)
        .orElse(null);
  }

  private static @Nullable Symbol symbol(JsonBody properties, String field) {
    Optional<String> text = properties.text(field);
    if (text.isPresent() && !StandardCharsets.US_ASCII.newEncoder().canEncode(text.get())) {
      throw properties.invalid(field, "a text of US-ASCII was expected");
    }
    return text.map(Symbol::new).orElse(null);
  }

  /** The name of a queue is where a reply goes to in AMQP 0-9-1; here it takes an address. */
  private static String address(String replyTo) {
    return replyTo.isEmpty() || replyTo.startsWith("/")
        ? replyTo
        : QUEUE_ADDRESS + URLEncoder.encode(replyTo, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** An id that was no text is made one again if the header says so, as GET tells it. */
  private static @Nullable Object id(
      JsonBody properties, String field, Map<String, @Nullable Object> headers) {
    Optional<String> text = properties.text(field);
    String header = "x-" + field.replace('_', '-');
    if (text.isEmpty() || !(headers.get(header + "-type") instanceof String type)) {
      return text.orElse(null);
    }
    Object id;
    try {
      switch (type) {
        case "ulong" ->
            id = new BigInteger(Long.toUnsignedString(Long.parseUnsignedLong(text.get())));
        case "uuid" -> id = UUID.fromString(text.get());
        default -> {
          return text.get();
        }
      }
    } catch (IllegalArgumentException e) {
      throw properties.invalid(
          field, "a %s was expected, as the header %s-type says".formatted(type, header));
    }
    headers.remove(header);
    headers.remove(header + "-type");
    return id;
  }
}
