package dev.warren.amqp.management;

import dev.warren.core.broker.BrokerError;
import dev.warren.core.broker.BrokerException;
import dev.warren.core.message.Symbol;
import dev.warren.core.routing.ArgumentValues;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The map in a request's body, read field by field; every method throws {@link BrokerException}
 * with {@code INVALID} if what is there is not what belongs there. Immutable.
 */
final class RequestBody {
  private static final String ARGUMENTS = "arguments";

  private final String of;
  private final Map<String, @Nullable Object> fields;

  private RequestBody(String of, Map<String, @Nullable Object> fields) {
    this.of = of;
    this.fields = fields;
  }

  /**
   * Reads a body; null is an empty one.
   *
   * @param of what it describes, for the texts: queue, exchange or binding
   */
  static RequestBody of(String of, @Nullable Object body) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    if (body instanceof Map<?, ?> map) {
      map.forEach(
          (key, value) -> {
            if (!(key instanceof String) && !(key instanceof Symbol)) {
              throw bad(of, String.valueOf(key), "a string as its name");
            }
            fields.put(key.toString(), value);
          });
    } else if (body != null) {
      throw new BrokerException(BrokerError.INVALID, "the body must be a map");
    }
    return new RequestBody(of, fields);
  }

  /** The same if it has no other fields than these. */
  RequestBody only(Set<String> known) {
    for (String field : fields.keySet()) {
      if (!known.contains(field)) {
        throw bad(of, field, "one of " + new java.util.TreeSet<>(known));
      }
    }
    return this;
  }

  boolean has(String field) {
    return fields.get(field) != null;
  }

  boolean flag(String field, boolean otherwise) {
    Object value = fields.get(field);
    if (value == null) {
      return otherwise;
    }
    if (value instanceof Boolean flag) {
      return flag;
    }
    throw bad(of, field, "true or false");
  }

  String text(String field) {
    Object value = fields.get(field);
    if (value instanceof String || value instanceof Symbol) {
      return value.toString();
    }
    throw bad(of, field, "a string");
  }

  String text(String field, String otherwise) {
    return has(field) ? text(field) : otherwise;
  }

  /** The arguments in the form of {@link ArgumentValues}; none if there are none. */
  Map<String, @Nullable Object> arguments() {
    Object value = fields.get(ARGUMENTS);
    if (value == null) {
      return Map.of();
    }
    if (value instanceof Map<?, ?> map) {
      return ArgumentValues.normalised(map);
    }
    throw bad(of, ARGUMENTS, "a map");
  }

  private static BrokerException bad(String of, String field, String expected) {
    return new BrokerException(
        BrokerError.INVALID,
        "bad %s property '%s': %s was expected".formatted(of, field, expected));
  }
}
