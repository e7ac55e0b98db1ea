package dev.warren.core.filter;

import dev.warren.core.message.Symbol;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Values of a message's fields in the form in which they compare. Stateless. */
final class FieldValues {
  private FieldValues() {}

  /**
   * A timestamp as its milliseconds, a symbol and a character as text; all else as it is.
   *
   * @param value as {@link dev.warren.core.message.AmqpReader} gives it
   */
  static @Nullable Object comparable(@Nullable Object value) {
    if (value instanceof Instant instant) {
      return instant.toEpochMilli();
    }
    if (value instanceof Symbol symbol) {
      return symbol.name();
    }
    if (value instanceof Integer character) {
      return Character.isValidCodePoint(character) ? Character.toString(character) : null;
    }
    return value;
  }
}
