package dev.warren.core.filter;

import dev.warren.core.message.Message;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/** A sign before a value: unknown if that is no number. */
record Sign(boolean negative, Expression operand) implements Operand {
  @Override
  public @Nullable Object value(Message message, long nowMs) {
    Object value = operand.value(message, nowMs);
    if (!(value instanceof Number number)) {
      return null;
    }
    return negative ? negated(number) : number;
  }

  /** The number with the other sign; back in the range of a long where it fits. */
  static Number negated(Number number) {
    if (number instanceof Long n && n != Long.MIN_VALUE) {
      return -n;
    }
    if (number instanceof Double d) {
      return -d;
    }
    BigInteger negated = new BigInteger(number.toString()).negate();
    return negated.bitLength() < Long.SIZE ? (Number) negated.longValue() : (Number) negated;
  }
}
