package dev.warren.core.broker;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Argument maps for the operator. Stateless. */
final class Arguments {
  private Arguments() {}

  /** The arguments that have a value. */
  static Map<String, Object> withoutNulls(Map<String, @Nullable Object> arguments) {
    if (arguments.isEmpty()) {
      return Map.of();
    }
    Map<String, Object> kept = new LinkedHashMap<>();
    arguments.forEach(
        (name, value) -> {
          if (value != null) {
            kept.put(name, value);
          }
        });
    return kept;
  }
}
