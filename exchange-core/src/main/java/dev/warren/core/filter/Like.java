package dev.warren.core.filter;

import dev.warren.core.message.Message;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** {@code LIKE}: whether a text has the form of a pattern; unknown for what is no text. */
record Like(Expression subject, LikePattern pattern) implements Condition {
  @Override
  public Truth truth(Message message, long nowMs) {
    Object value = subject.value(message, nowMs);
    if (value instanceof String text) {
      return Truth.of(pattern.matches(text));
    }
    if (value instanceof ByteBuffer bytes) {
      return Truth.of(pattern.matches(StandardCharsets.UTF_8.decode(bytes.duplicate()).toString()));
    }
    return Truth.UNKNOWN;
  }
}
