package dev.warren.core.filter;

import dev.warren.core.message.Message;

/** A value written in the expression. */
record Literal(Object literal) implements Operand {
  @Override
  public Object value(Message message, long nowMs) {
    return literal;
  }
}
