package dev.warren.core.filter;

/**
 * A filter that cannot be used, with a text for whoever wrote it. For an expression the text names
 * line and column, what was found there and what was expected.
 */
public final class InvalidFilterException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The position of a mistake which is in no text. */
  public static final int NOWHERE = -1;

  private final int position;

  InvalidFilterException(String problem) {
    super(problem);
    position = NOWHERE;
  }

  InvalidFilterException(String expression, int position, String problem) {
    super(place(expression, position) + ": " + problem);
    this.position = position;
  }

  /** Where in the expression, in characters from 0, or {@link #NOWHERE}. */
  public int position() {
    return position;
  }

  private static String place(String expression, int position) {
    int line = 1;
    int lineStart = 0;
    for (int i = 0; i < position; i++) {
      if (expression.charAt(i) == '\n') {
        line++;
        lineStart = i + 1;
      }
    }
    return "line "
        + line
        + ", column "
        + (position - lineStart + 1)
        + " (position "
        + position
        + ")";
  }
}
