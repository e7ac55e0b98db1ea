package dev.warren.core.filter;

import dev.warren.core.message.Message;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** One message annotation, the publisher's or the broker's. */
final class AnnotationField implements Operand {
  private final byte[] name;

  AnnotationField(String name) {
    this.name = name.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public @Nullable Object value(Message message, long nowMs) {
    return FieldValues.comparable(message.annotation(name));
  }
}
