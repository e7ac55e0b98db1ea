package dev.warren.core.filter;

import dev.warren.core.message.Message;

/**
 * {@code =}, {@code <} and the like: unknown if one of the sides is, and false for values that do
 * not compare, such as a number and a text.
 */
record Comparison(Operator operator, Expression left, Expression right) implements Condition {
  enum Operator {
    EQUAL,
    UNEQUAL,
    LESS,
    AT_MOST,
    GREATER,
    AT_LEAST;

    private boolean holds(Order order) {
      return switch (this) {
        case EQUAL -> order.isEqual();
        case UNEQUAL -> !order.isEqual() && order != Order.UNLIKE;
        case LESS -> order == Order.LESS;
        case AT_MOST -> order == Order.LESS || order == Order.EQUAL;
        case GREATER -> order == Order.GREATER;
        case AT_LEAST -> order == Order.GREATER || order == Order.EQUAL;
      };
    }
  }

  @Override
  public Truth truth(Message message, long nowMs) {
    Object first = left.value(message, nowMs);
    if (first == null) {
      return Truth.UNKNOWN;
    }
    Object second = right.value(message, nowMs);
    return second == null ? Truth.UNKNOWN : Truth.of(operator.holds(Order.of(first, second)));
  }
}
