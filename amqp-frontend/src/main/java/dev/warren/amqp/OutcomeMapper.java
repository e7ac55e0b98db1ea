package dev.warren.amqp;

import dev.warren.core.queue.Outcome;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedByte;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.apache.qpid.proton.amqp.UnsignedShort;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Modified;
import org.apache.qpid.proton.amqp.messaging.Received;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.messaging.Released;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.jspecify.annotations.Nullable;

/** Outcomes between the wire and the core (AMQP 1.0 §3.4; contract §2.5, §5.4). Stateless. */
final class OutcomeMapper {
  private OutcomeMapper() {}

  /**
   * What a consumer says of a delivery.
   *
   * @param state the state in its disposition; null, when it settled without one, means the default
   *     outcome of the source, which is released
   * @return null if it is no outcome a queue knows
   */
  static @Nullable Outcome fromConsumer(@Nullable DeliveryState state) {
    if (state instanceof Accepted) {
      return Outcome.ACCEPTED;
    }
    if (state == null || state instanceof Released) {
      return Outcome.RELEASED;
    }
    if (state instanceof Rejected) {
      return Outcome.REJECTED;
    }
    if (state instanceof Modified modified) {
      return new Outcome.Modified(
          Boolean.TRUE.equals(modified.getDeliveryFailed()),
          Boolean.TRUE.equals(modified.getUndeliverableHere()),
          annotations(modified.getMessageAnnotations()));
    }
    return null;
  }

  /** The same for a delivery settled on a link; without an outcome the source's default holds. */
  static @Nullable Outcome fromConsumer(@Nullable DeliveryState state, Source source) {
    return fromConsumer(
        state == null || state instanceof Received
            ? (DeliveryState) source.getDefaultOutcome()
            : state);
  }

  /** What a publisher is told of a message that is safe. */
  static DeliveryState accepted() {
    return Accepted.getInstance();
  }

  /** What a publisher is told of a message that matched no queue. */
  static DeliveryState released() {
    return Released.getInstance();
  }

  /** What a publisher is told of a message that was refused. */
  static DeliveryState rejected(ErrorCondition why) {
    Rejected rejected = new Rejected();
    rejected.setError(why);
    return rejected;
  }

  private static Map<String, Object> annotations(@Nullable Map<?, ?> map) {
    if (map == null || map.isEmpty()) {
      return Map.of();
    }
    Map<String, Object> result = new LinkedHashMap<>();
    map.forEach(
        (key, value) -> {
          Object converted = value(value);
          if (converted != null) {
            result.put(String.valueOf(key), converted);
          }
        });
    return result;
  }

  /** proton-j's Java types to those of the core's codec; null for what that cannot write. */
  private static @Nullable Object value(@Nullable Object value) {
    if (value instanceof Symbol symbol) {
      return new dev.warren.core.message.Symbol(symbol.toString());
    }
    if (value instanceof UnsignedByte
        || value instanceof UnsignedShort
        || value instanceof UnsignedInteger) {
      return ((Number) value).longValue();
    }
    if (value instanceof UnsignedLong unsigned) {
      BigInteger wide = unsigned.bigIntegerValue();
      return wide.bitLength() < Long.SIZE ? (Object) wide.longValue() : wide;
    }
    if (value instanceof Date date) {
      return date.toInstant();
    }
    if (value instanceof Binary binary) {
      return ByteBuffer.wrap(
          Arrays.copyOfRange(
              binary.getArray(),
              binary.getArrayOffset(),
              binary.getArrayOffset() + binary.getLength()));
    }
    if (value instanceof Object[] array) {
      return values(Arrays.asList(array));
    }
    if (value instanceof Collection<?> list) {
      return values(list);
    }
    if (value instanceof Map<?, ?> map) {
      Map<Object, @Nullable Object> result = new LinkedHashMap<>();
      map.forEach(
          (key, entry) -> {
            Object convertedKey = value(key);
            if (convertedKey != null) {
              result.put(convertedKey, value(entry));
            }
          });
      return result;
    }
    return value instanceof String
            || value instanceof Boolean
            || value instanceof Byte
            || value instanceof Short
            || value instanceof Integer
            || value instanceof Long
            || value instanceof Float
            || value instanceof Double
            || value instanceof UUID
        ? value
        : null;
  }

  private static List<@Nullable Object> values(Collection<?> list) {
    List<@Nullable Object> result = new ArrayList<>(list.size());
    for (Object entry : list) {
      result.add(value(entry));
    }
    return result;
  }
}
