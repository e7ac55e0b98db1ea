package dev.warren.core.filter;

import dev.warren.core.message.Message;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** One application property, found by its name without decoding the others. */
final class ApplicationProperty implements Operand {
  private final byte[] name;

  ApplicationProperty(String name) {
    this.name = name.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public @Nullable Object value(Message message, long nowMs) {
    return FieldValues.comparable(message.applicationProperty(name));
  }
}
