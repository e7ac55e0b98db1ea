package dev.warren.core.routing;

import dev.warren.core.message.Message;
import dev.warren.core.routing.TopologyException.Code;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The condition of a binding at a headers exchange (contract §7.5). Immutable.
 *
 * <p>Compares the binding's arguments with the message's application properties; in the {@code
 * -with-x} modes an argument whose name begins with {@code x-} is looked up in the message
 * annotations if there is no such property. An argument without value asks only that the name is
 * there.
 */
final class HeadersMatch {
  private static final String MODE_ARGUMENT = "x-match";
  private static final String X_PREFIX = "x-";

  private final boolean matchesAny;
  private final String[] names;
  private final @Nullable Object[] values;

  private HeadersMatch(boolean matchesAny, String[] names, @Nullable Object[] values) {
    this.matchesAny = matchesAny;
    this.names = names;
    this.values = values;
  }

  /**
   * The condition which a binding's arguments state.
   *
   * @throws TopologyException with code {@code INVALID} if {@code x-match} is not a known mode
   */
  static HeadersMatch of(Map<String, @Nullable Object> arguments) {
    String mode = mode(arguments);
    boolean withX = mode.endsWith("-with-x");
    String[] names =
        arguments.keySet().stream()
            .filter(name -> !name.equals(MODE_ARGUMENT) && (withX || !name.startsWith(X_PREFIX)))
            .toArray(String[]::new);
    @Nullable Object[] values = new Object[names.length];
    for (int i = 0; i < names.length; i++) {
      values[i] = arguments.get(names[i]);
    }
    return new HeadersMatch(mode.startsWith("any"), names, values);
  }

  private static String mode(Map<String, @Nullable Object> arguments) {
    if (!arguments.containsKey(MODE_ARGUMENT)) {
      return "all";
    }
    Object mode = arguments.get(MODE_ARGUMENT);
    if (mode instanceof String text) {
      switch (text) {
        case "all", "any", "all-with-x", "any-with-x" -> {
          return text;
        }
        default -> {}
      }
    }
    throw new TopologyException(
        Code.INVALID,
        "invalid x-match field value '" + mode + "'; expected all, any, all-with-x, or any-with-x");
  }

  /**
   * Whether a message meets the condition.
   *
   * @throws dev.warren.core.message.MalformedMessageException if a section cannot be decoded
   */
  boolean matches(Message message) {
    for (int i = 0; i < names.length; i++) {
      if (isMet(i, message) == matchesAny) {
        return matchesAny;
      }
    }
    return !matchesAny;
  }

  /**
   * Says why a message meets the condition, or does not.
   *
   * @throws dev.warren.core.message.MalformedMessageException if a section cannot be decoded
   */
  String why(Message message) {
    for (int i = 0; i < names.length; i++) {
      if (isMet(i, message) == matchesAny) {
        return matchesAny ? "'" + names[i] + "' is as expected" : difference(i, message);
      }
    }
    if (names.length == 0) {
      return matchesAny ? "none of no values can be met" : "no values are asked for";
    }
    if (names.length == 1) {
      return matchesAny ? "the one value is not as expected" : "the one value is as expected";
    }
    return matchesAny
        ? "none of the %d values is as expected".formatted(names.length)
        : "all %d values are as expected".formatted(names.length);
  }

  private String difference(int index, Message message) {
    String name = names[index];
    Object actual = message.applicationProperties().get(name);
    if (actual == null && name.startsWith(X_PREFIX)) {
      actual = message.annotationMap().get(name);
    }
    return actual == null
        ? "the message has no '" + name + "'"
        : "'%s' is '%s', not '%s'".formatted(name, actual, values[index]);
  }

  private boolean isMet(int index, Message message) {
    String name = names[index];
    Object expected = values[index];
    Map<String, Object> properties = message.applicationProperties();
    Object actual = properties.get(name);
    if (actual != null || properties.containsKey(name)) {
      return expected == null || ArgumentValues.same(expected, actual);
    }
    if (!name.startsWith(X_PREFIX)) {
      return false;
    }
    Map<String, Object> annotations = message.annotationMap();
    actual = annotations.get(name);
    return expected == null ? annotations.containsKey(name) : ArgumentValues.same(expected, actual);
  }
}
