package dev.warren.core.filter;

import dev.warren.core.message.Message;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A message-id or correlation-id in the form in which Qpid JMS shows it to an application: always a
 * text, which tells what type it has on the wire unless that is a string with the prefix {@code
 * ID:}.
 */
record JmsIdentifier(PropertyField field) implements Operand {
  @Override
  public @Nullable Object value(Message message, long nowMs) {
    Object id = field.value(message, nowMs);
    if (id instanceof String text) {
      boolean marked = field == PropertyField.MESSAGE_ID && !text.startsWith("ID:");
      return marked ? "ID:AMQP_NO_PREFIX:" + text : text;
    }
    if (id instanceof UUID) {
      return "ID:AMQP_UUID:" + id;
    }
    if (id instanceof Long || id instanceof BigInteger) {
      return "ID:AMQP_ULONG:" + id;
    }
    return id instanceof ByteBuffer bytes ? "ID:AMQP_BINARY:" + hex(bytes) : null;
  }

  private static String hex(ByteBuffer bytes) {
    StringBuilder text = new StringBuilder(bytes.remaining() * 2);
    for (int i = bytes.position(); i < bytes.limit(); i++) {
      String digits = Integer.toHexString(bytes.get(i) & 0xff).toUpperCase(Locale.ROOT);
      text.append(digits.length() == 1 ? "0" : "").append(digits);
    }
    return text.toString();
  }
}
