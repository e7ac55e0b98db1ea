package dev.warren.core.routing;

import dev.warren.core.message.AmqpWriter;
import dev.warren.core.message.ByteSlice;
import dev.warren.core.message.Envelope;
import dev.warren.core.message.Message;
import dev.warren.core.message.MessageHeader;
import dev.warren.core.message.Sections;
import dev.warren.core.message.Symbol;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Messages for routing tests, encoded as a client would. */
final class Messages {
  private Messages() {}

  static Message message(String exchange, String... keys) {
    List<String> ccKeys = List.of(keys).subList(1, keys.length);
    return message(new Envelope(exchange, keys[0], ccKeys), Map.of(), Map.of());
  }

  static Message withProperties(String exchange, Map<String, @Nullable Object> properties) {
    return message(Envelope.of(exchange, ""), properties, Map.of());
  }

  static Message message(
      Envelope envelope,
      Map<String, @Nullable Object> properties,
      Map<String, @Nullable Object> annotations) {
    Map<Symbol, @Nullable Object> symbols = new LinkedHashMap<>();
    annotations.forEach((name, value) -> symbols.put(new Symbol(name), value));
    return new Message(
        envelope,
        MessageHeader.DURABLE,
        section(Sections.MESSAGE_ANNOTATIONS, symbols),
        ByteSlice.of(section(Sections.APPLICATION_PROPERTIES, properties)),
        0);
  }

  private static byte[] section(int code, Map<?, ?> values) {
    return values.isEmpty()
        ? new byte[0]
        : new AmqpWriter().writeSectionDescriptor(code).writeValue(values).toByteArray();
  }
}
