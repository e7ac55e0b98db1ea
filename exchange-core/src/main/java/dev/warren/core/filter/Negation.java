package dev.warren.core.filter;

import dev.warren.core.message.Message;

/** {@code NOT}. */
record Negation(Expression term) implements Condition {
  @Override
  public Truth truth(Message message, long nowMs) {
    return term.truth(message, nowMs).negated();
  }
}
