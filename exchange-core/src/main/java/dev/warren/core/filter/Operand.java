package dev.warren.core.filter;

import dev.warren.core.message.Message;

/** An expression which has a value of any type. */
non-sealed interface Operand extends Expression {
  @Override
  default Truth truth(Message message, long nowMs) {
    return Truth.of(value(message, nowMs));
  }
}
