package dev.warren.amqp;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Date;
import java.util.UUID;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Decimal128;
import org.apache.qpid.proton.amqp.Decimal32;
import org.apache.qpid.proton.amqp.Decimal64;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.jspecify.annotations.Nullable;

/** Values of property filters, which are of simple types. Stateless. */
final class FilterValues {
  private FilterValues() {}

  /**
   * proton-j's Java types to those of the core's {@link dev.warren.core.message.AmqpReader}.
   *
   * @throws IllegalArgumentException if the value is of a compound type
   */
  static @Nullable Object decoded(@Nullable Object value) {
    if (value == null
        || value instanceof String
        || value instanceof Boolean
        || value instanceof UUID
        || value instanceof Double) {
      return value;
    }
    if (value instanceof Symbol symbol) {
      return new dev.warren.core.message.Symbol(symbol.toString());
    }
    if (value instanceof Character character) {
      return (int) character;
    }
    if (value instanceof Date date) {
      return date.toInstant();
    }
    if (value instanceof Binary binary) {
      return binary.asByteBuffer().asReadOnlyBuffer();
    }
    if (value instanceof Number number) {
      return number(number);
    }
    throw new IllegalArgumentException("the value of a field must be of a simple type");
  }

  private static Object number(Number number) {
    if (number instanceof UnsignedLong unsigned) {
      BigInteger wide = unsigned.bigIntegerValue();
      return wide.bitLength() < Long.SIZE ? (Object) wide.longValue() : wide;
    }
    if (number instanceof Float) {
      return number.doubleValue();
    }
    // The core keeps decimals as their bytes.
    if (number instanceof Decimal32 decimal) {
      return ByteBuffer.allocate(Integer.BYTES).putInt(decimal.getBits()).flip();
    }
    if (number instanceof Decimal64 decimal) {
      return ByteBuffer.allocate(Long.BYTES).putLong(decimal.getBits()).flip();
    }
    if (number instanceof Decimal128 decimal) {
      return ByteBuffer.wrap(decimal.asBytes());
    }
    return number.longValue();
  }
}
