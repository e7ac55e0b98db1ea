package dev.warren.core.filter;

import dev.warren.core.message.Message;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code IN}: whether the value equals one of the choices. Unknown only if the value is; a choice
 * that is unknown equals nothing, as in RabbitMQ.
 */
record Membership(Expression subject, List<Expression> choices) implements Condition {
  Membership {
    choices = List.copyOf(choices);
  }

  @Override
  public Truth truth(Message message, long nowMs) {
    Object value = subject.value(message, nowMs);
    if (value == null) {
      return Truth.UNKNOWN;
    }
    for (int i = 0; i < choices.size(); i++) {
      @Nullable Object choice = choices.get(i).value(message, nowMs);
      if (choice != null && Order.of(value, choice).isEqual()) {
        return Truth.TRUE;
      }
    }
    return Truth.FALSE;
  }
}
