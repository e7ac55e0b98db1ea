package dev.warren.core.filter;

import dev.warren.core.message.Message;
import org.jspecify.annotations.Nullable;

/**
 * Arithmetic on two numbers: unknown if a side is no number, and for a division by zero. Integers
 * give an integer, or floating point where that overflows.
 */
record Arithmetic(Operator operator, Expression left, Expression right) implements Operand {
  enum Operator {
    ADD,
    SUBTRACT,
    MULTIPLY,
    /** With a fraction, also of integers. */
    DIVIDE,
    /** Of integers without the fraction, as Java does. */
    DIVIDE_AS_JAVA,
    /** Of integers only. */
    REMAINDER
  }

  @Override
  public @Nullable Object value(Message message, long nowMs) {
    if (!(left.value(message, nowMs) instanceof Number a)
        || !(right.value(message, nowMs) instanceof Number b)) {
      return null;
    }
    return a instanceof Long x && b instanceof Long y
        ? whole(x, y)
        : floating(a.doubleValue(), b.doubleValue());
  }

  private @Nullable Number whole(long a, long b) {
    return switch (operator) {
      case ADD -> {
        long sum = a + b;
        yield ((a ^ sum) & (b ^ sum)) < 0 ? (Number) ((double) a + b) : (Number) sum;
      }
      case SUBTRACT -> {
        long difference = a - b;
        boolean overflow = ((a ^ b) & (a ^ difference)) < 0;
        yield overflow ? (Number) ((double) a - b) : (Number) difference;
      }
      case MULTIPLY -> {
        long product = a * b;
        boolean overflow = Math.multiplyHigh(a, b) != product >> (Long.SIZE - 1);
        yield overflow ? (Number) ((double) a * b) : (Number) product;
      }
      case DIVIDE -> b == 0 ? null : (Number) ((double) a / b);
      case DIVIDE_AS_JAVA -> b == 0 ? null : (Number) (a / b);
      case REMAINDER -> b == 0 ? null : (Number) (a % b);
    };
  }

  private @Nullable Number floating(double a, double b) {
    return switch (operator) {
      case ADD -> a + b;
      case SUBTRACT -> a - b;
      case MULTIPLY -> a * b;
      case DIVIDE, DIVIDE_AS_JAVA -> b == 0 ? null : (Number) (a / b);
      case REMAINDER -> null;
    };
  }
}
