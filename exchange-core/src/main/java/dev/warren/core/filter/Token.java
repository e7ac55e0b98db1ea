package dev.warren.core.filter;

import org.jspecify.annotations.Nullable;

/**
 * A word of an expression.
 *
 * @param text how it is written there
 * @param value what a literal or name stands for, otherwise null
 * @param position where it begins, in characters from 0
 */
record Token(Type type, String text, @Nullable Object value, int position) {
  private static final int SHOWN_MAX = 40;

  enum Type {
    AND("AND"),
    OR("OR"),
    NOT("NOT"),
    LIKE("LIKE"),
    ESCAPE("ESCAPE"),
    IN("IN"),
    IS("IS"),
    NULL("NULL"),
    BETWEEN("BETWEEN"),
    TRUE("TRUE"),
    FALSE("FALSE"),
    UTC("UTC"),
    EQUAL("'='"),
    UNEQUAL("'<>'"),
    LESS("'<'"),
    AT_MOST("'<='"),
    GREATER("'>'"),
    AT_LEAST("'>='"),
    PLUS("'+'"),
    MINUS("'-'"),
    TIMES("'*'"),
    DIVIDE("'/'"),
    PERCENT("'%'"),
    OPEN("'('"),
    CLOSE("')'"),
    COMMA("','"),
    NUMBER("a number"),
    BINARY("binary"),
    TEXT("a string"),
    NAME("a name"),
    /** A name in delimiters, which is never a keyword or a section's. */
    DELIMITED("a name"),
    END("the end");

    private final String shown;

    Type(String shown) {
      this.shown = shown;
    }

    /** For error messages. */
    @Override
    public String toString() {
      return shown;
    }
  }

  /** For error messages: what was found. */
  String shown() {
    if (type == Type.END) {
      return type.toString();
    }
    return shown(text);
  }

  /** A piece of an expression for an error message: not too long, and on one line. */
  static String shown(String text) {
    StringBuilder shown = new StringBuilder();
    for (int i = 0; i < text.length() && i < SHOWN_MAX; i++) {
      char c = text.charAt(i);
      shown.append(Character.isISOControl(c) ? '?' : c);
    }
    return text.length() > SHOWN_MAX ? shown.append("...").toString() : shown.toString();
  }
}
