package dev.warren.core.filter;

import dev.warren.core.message.Message;

/** {@code IS NULL}: whether the value is unknown. Never unknown itself. */
record NullCheck(Expression subject) implements Condition {
  @Override
  public Truth truth(Message message, long nowMs) {
    return Truth.of(subject.value(message, nowMs) == null);
  }
}
