package dev.warren.core.filter;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the value of one field must be, in a property filter. Immutable.
 *
 * <p>A reference that is a string may begin with {@code &p:} (the value begins with the rest),
 * {@code &s:} (it ends with the rest) or {@code &&} (it is the rest, with one ampersand). A
 * reference that is null is fulfilled by anything.
 *
 * @param kind how the value and the reference compare
 * @param reference in the form of {@link FieldValues#comparable}; null only for {@code ANYTHING}
 */
record ValueMatch(Kind kind, @Nullable Object reference) {
  /** Fields a filter may have. */
  static final int FIELDS_MAX = 16;

  private static final int MODIFIER_CHARS = 3;

  enum Kind {
    EQUAL,
    PREFIX,
    SUFFIX,
    ANYTHING
  }

  /**
   * The condition a reference states.
   *
   * @throws InvalidFilterException if its modifier is unknown
   */
  static ValueMatch of(@Nullable Object reference) {
    if (reference instanceof String text && text.startsWith("&")) {
      return modified(text);
    }
    Object value = FieldValues.comparable(reference);
    return value == null ? new ValueMatch(Kind.ANYTHING, null) : new ValueMatch(Kind.EQUAL, value);
  }

  private static ValueMatch modified(String text) {
    if (text.startsWith("&p:")) {
      return new ValueMatch(Kind.PREFIX, text.substring(MODIFIER_CHARS));
    }
    if (text.startsWith("&s:")) {
      return new ValueMatch(Kind.SUFFIX, text.substring(MODIFIER_CHARS));
    }
    if (text.startsWith("&&")) {
      return new ValueMatch(Kind.EQUAL, text.substring(1));
    }
    throw new InvalidFilterException(
        "a string beginning with & needs the modifier &p:, &s: or && there");
  }

  /** Checks how many fields a filter has. */
  static void checkSize(Map<?, ?> fields) {
    if (fields.isEmpty() || fields.size() > FIELDS_MAX) {
      throw new InvalidFilterException(
          "the filter has " + fields.size() + " fields, expected 1 to " + FIELDS_MAX);
    }
  }

  /** Whether a field's value, in the form of {@link FieldValues#comparable}, fulfils it. */
  boolean matches(@Nullable Object value) {
    Object expected = reference;
    if (kind == Kind.ANYTHING || expected == null) {
      return true;
    }
    if (value == null) {
      return false;
    }
    return switch (kind) {
      case EQUAL -> Order.of(expected, value).isEqual();
      case PREFIX -> value instanceof String text && text.startsWith((String) expected);
      case SUFFIX -> value instanceof String text && text.endsWith((String) expected);
      case ANYTHING -> true;
    };
  }
}
