package dev.warren.core.routing;

import dev.warren.core.message.Symbol;
import dev.warren.core.routing.TopologyException.Code;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Values of arguments in one form, whatever they came from (YAML, JSON, AMQP, the journal), and
 * their comparison with values of a message (contract §7.5).
 *
 * <p>That form: integers are {@link Long} (beyond its range {@link BigInteger}), floating point is
 * {@link Double}, symbols are strings, binary is a read-only {@link ByteBuffer}, arrays are lists;
 * {@link Boolean}, {@link Instant} (in milliseconds) and {@link UUID} are themselves. Maps have
 * string keys in sorted order, and nothing nests deeper than {@value #DEPTH_MAX} levels, so that
 * what is written can be read again. Everything is copied and cannot be changed.
 */
public final class ArgumentValues {
  private static final int DEPTH_MAX = 16;
  private static final BigInteger LONG_MIN = BigInteger.valueOf(Long.MIN_VALUE);
  private static final BigInteger LONG_MAX = BigInteger.valueOf(Long.MAX_VALUE);
  private static final int ULONG_BITS = 64;

  private ArgumentValues() {}

  /**
   * Copies a map into that form.
   *
   * @throws TopologyException if a key is not a string or a value has no such form
   */
  public static Map<String, @Nullable Object> normalised(Map<?, ?> arguments) {
    return map(arguments, DEPTH_MAX);
  }

  private static Map<String, @Nullable Object> map(Map<?, ?> arguments, int depthLeft) {
    if (arguments.isEmpty()) {
      return Map.of();
    }
    if (depthLeft == 0) {
      throw unsupported("nested deeper than " + DEPTH_MAX + " levels");
    }
    Map<String, @Nullable Object> sorted = new TreeMap<>();
    arguments.forEach((key, value) -> sorted.put(name(key), normalised(value, depthLeft - 1)));
    return Collections.unmodifiableMap(new LinkedHashMap<>(sorted));
  }

  private static String name(@Nullable Object key) {
    if (key instanceof String name) {
      return name;
    }
    if (key instanceof Symbol symbol) {
      return symbol.name();
    }
    throw unsupported("a key is not a string");
  }

  private static @Nullable Object normalised(@Nullable Object value, int depthLeft) {
    if (value == null
        || value instanceof String
        || value instanceof Boolean
        || value instanceof UUID) {
      return value;
    }
    if (value instanceof Number number) {
      return number(number);
    }
    if (value instanceof Instant instant) {
      return instant.truncatedTo(ChronoUnit.MILLIS);
    }
    if (value instanceof Symbol symbol) {
      return symbol.name();
    }
    if (value instanceof Map<?, ?> map) {
      return map(map, depthLeft);
    }
    if (value instanceof List<?> list) {
      return list(list, depthLeft);
    }
    if (value instanceof Object[] array) {
      return list(Arrays.asList(array), depthLeft);
    }
    if (value instanceof ByteBuffer buffer) {
      return copy(buffer);
    }
    if (value instanceof byte[] bytes) {
      return copy(ByteBuffer.wrap(bytes));
    }
    throw unsupported("a value of type " + value.getClass().getSimpleName());
  }

  private static Number number(Number number) {
    if (number instanceof BigInteger big) {
      if (big.compareTo(LONG_MIN) < 0 || big.bitLength() > ULONG_BITS) {
        throw unsupported("an integer of more than 64 bits");
      }
      return big.compareTo(LONG_MAX) <= 0 ? (Number) big.longValue() : big;
    }
    if (number instanceof Float || number instanceof Double || number instanceof BigDecimal) {
      return number.doubleValue();
    }
    return number.longValue();
  }

  private static List<@Nullable Object> list(List<?> values, int depthLeft) {
    if (depthLeft == 0) {
      throw unsupported("nested deeper than " + DEPTH_MAX + " levels");
    }
    List<@Nullable Object> copy = new ArrayList<>(values.size());
    for (Object value : values) {
      copy.add(normalised(value, depthLeft - 1));
    }
    return Collections.unmodifiableList(copy);
  }

  private static TopologyException unsupported(String what) {
    return new TopologyException(Code.INVALID, "unsupported argument: " + what);
  }

  private static ByteBuffer copy(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return ByteBuffer.wrap(bytes).asReadOnlyBuffer();
  }

  /**
   * Whether a value of a message is that of an argument, by value and kind. Does not allocate for
   * scalars.
   *
   * @param expected in the form of this class, not null
   * @param actual as {@link dev.warren.core.message.AmqpReader} gives it
   */
  static boolean same(@Nullable Object expected, @Nullable Object actual) {
    if (expected instanceof String text) {
      return text.equals(actual) || (actual instanceof Symbol s && text.equals(s.name()));
    }
    if (expected instanceof Double number) {
      // By value: 0.0 is -0.0.
      return actual instanceof Double other && number.doubleValue() == other.doubleValue();
    }
    if (expected instanceof List<?> list) {
      return actual instanceof List<?> other && sameList(list, other);
    }
    if (expected instanceof Map<?, ?> map) {
      return actual instanceof Map<?, ?> other && sameMap(map, other);
    }
    return Objects.equals(expected, actual);
  }

  private static boolean sameList(List<?> expected, List<?> actual) {
    if (expected.size() != actual.size()) {
      return false;
    }
    for (int i = 0; i < expected.size(); i++) {
      if (!same(expected.get(i), actual.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean sameMap(Map<?, ?> expected, Map<?, ?> actual) {
    if (expected.size() != actual.size()) {
      return false;
    }
    for (Map.Entry<?, ?> entry : actual.entrySet()) {
      Object key = entry.getKey() instanceof Symbol symbol ? symbol.name() : entry.getKey();
      if (!expected.containsKey(key) || !same(expected.get(key), entry.getValue())) {
        return false;
      }
    }
    return true;
  }
}
