package dev.warren.core.filter;

import dev.warren.core.message.Message;

/** {@code UTC()}: the present, in milliseconds since the epoch. */
record CurrentTime() implements Operand {
  @Override
  public Object value(Message message, long nowMs) {
    return nowMs;
  }
}
