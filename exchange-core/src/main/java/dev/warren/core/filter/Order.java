package dev.warren.core.filter;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * How one value stands to another. Numbers compare by value whatever their types; texts by their
 * characters; binary by its bytes, also with a text (as UTF-8) and with a UUID.
 */
enum Order {
  LESS,
  EQUAL,
  GREATER,
  /** Equal, of a kind that has no order, such as booleans. */
  SAME,
  /** Different, of a kind that has no order. */
  DIFFERENT,
  /** Of kinds that do not compare. */
  UNLIKE;

  private static final double LONG_LIMIT = 0x1p63;
  private static final int UUID_BYTES = 16;

  boolean isEqual() {
    return this == EQUAL || this == SAME;
  }

  /** Compares two values of the types named at {@link Expression}. */
  static Order of(Object left, Object right) {
    if (left instanceof Long a && right instanceof Long b) {
      return of(Long.compare(a, b));
    }
    if (left instanceof String a && right instanceof String b) {
      return of(a.compareTo(b));
    }
    if (left instanceof Number a && right instanceof Number b) {
      return numbers(a, b);
    }
    if (left instanceof ByteBuffer || right instanceof ByteBuffer) {
      return binary(left, right);
    }
    if (left instanceof UUID id && right instanceof String text) {
      return same(id.toString().equalsIgnoreCase(text));
    }
    if (left instanceof String text && right instanceof UUID id) {
      return same(id.toString().equalsIgnoreCase(text));
    }
    return left.getClass() == right.getClass() ? same(left.equals(right)) : UNLIKE;
  }

  private static Order of(int comparison) {
    return comparison < 0 ? LESS : comparison == 0 ? EQUAL : GREATER;
  }

  private static Order same(boolean equal) {
    return equal ? SAME : DIFFERENT;
  }

  private static Order numbers(Number left, Number right) {
    if (left instanceof Long a && right instanceof Double b) {
      return longAndDouble(a, b);
    }
    if (left instanceof Double a && right instanceof Long b) {
      return longAndDouble(b, a).reversed();
    }
    if (left instanceof Double || right instanceof Double) {
      return doubles(left.doubleValue(), right.doubleValue());
    }
    return of(big(left).compareTo(big(right)));
  }

  private static BigInteger big(Number number) {
    return number instanceof BigInteger big ? big : BigInteger.valueOf(number.longValue());
  }

  private static Order doubles(double left, double right) {
    return left < right ? LESS : left > right ? GREATER : left == right ? EQUAL : UNLIKE;
  }

  /** Exactly, which conversion of a large long to a double is not. */
  private static Order longAndDouble(long left, double right) {
    if (Double.isNaN(right)) {
      return UNLIKE;
    }
    if (right >= LONG_LIMIT) {
      return LESS;
    }
    if (right < -LONG_LIMIT) {
      return GREATER;
    }
    long whole = (long) right;
    return left == whole ? doubles(0, right - whole) : of(Long.compare(left, whole));
  }

  private Order reversed() {
    return this == LESS ? GREATER : this == GREATER ? LESS : this;
  }

  private static Order binary(Object left, Object right) {
    if (!isBinary(left) || !isBinary(right)) {
      return UNLIKE;
    }
    ByteBuffer a = bytes(left);
    ByteBuffer b = bytes(right);
    int at = a.mismatch(b);
    if (at < 0) {
      return EQUAL;
    }
    if (at == a.remaining() || at == b.remaining()) {
      return of(Integer.compare(a.remaining(), b.remaining()));
    }
    return of(Byte.compareUnsigned(a.get(a.position() + at), b.get(b.position() + at)));
  }

  private static boolean isBinary(Object value) {
    return value instanceof ByteBuffer || value instanceof String || value instanceof UUID;
  }

  private static ByteBuffer bytes(Object value) {
    if (value instanceof ByteBuffer buffer) {
      return buffer;
    }
    if (value instanceof String text) {
      return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
    ByteBuffer id = ByteBuffer.allocate(UUID_BYTES);
    if (value instanceof UUID uuid) {
      id.putLong(uuid.getMostSignificantBits()).putLong(uuid.getLeastSignificantBits()).flip();
    }
    return id;
  }
}
