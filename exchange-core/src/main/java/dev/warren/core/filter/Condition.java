package dev.warren.core.filter;

import dev.warren.core.message.Message;
import org.jspecify.annotations.Nullable;

/** An expression which is true, false or unknown. */
non-sealed interface Condition extends Expression {
  @Override
  default @Nullable Object value(Message message, long nowMs) {
    return truth(message, nowMs).value();
  }
}
