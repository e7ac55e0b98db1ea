package dev.warren.core.filter;

import dev.warren.core.message.Message;
import org.jspecify.annotations.Nullable;

/**
 * A part of a parsed expression. Immutable and thread-safe; evaluated by recursion, the depth of
 * which the parser has limited.
 *
 * <p>Values have the Java types of {@link dev.warren.core.message.AmqpReader} after {@link
 * FieldValues#comparable}; null is an unknown value.
 *
 * <p>Both methods throw {@link dev.warren.core.message.MalformedMessageException} if a section they
 * need cannot be decoded.
 */
sealed interface Expression permits Condition, Operand {
  @Nullable Object value(Message message, long nowMs);

  Truth truth(Message message, long nowMs);
}
