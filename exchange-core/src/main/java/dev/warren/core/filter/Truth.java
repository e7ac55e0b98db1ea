package dev.warren.core.filter;

import org.jspecify.annotations.Nullable;

/** What a condition is of a message: true, false, or unknown because something it needs is not. */
enum Truth {
  TRUE,
  FALSE,
  UNKNOWN;

  static Truth of(boolean value) {
    return value ? TRUE : FALSE;
  }

  /** What a value is worth as a condition: only a boolean says something. */
  static Truth of(@Nullable Object value) {
    return value instanceof Boolean known ? of(known.booleanValue()) : UNKNOWN;
  }

  /** True for false and false for true; what is unknown stays so. */
  Truth negated() {
    return switch (this) {
      case TRUE -> FALSE;
      case FALSE -> TRUE;
      case UNKNOWN -> UNKNOWN;
    };
  }

  /** The boolean, or null for unknown. */
  @Nullable Boolean value() {
    return switch (this) {
      case TRUE -> Boolean.TRUE;
      case FALSE -> Boolean.FALSE;
      case UNKNOWN -> null;
    };
  }
}
