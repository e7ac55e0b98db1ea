package dev.warren.core.filter;

import java.util.Arrays;

/**
 * A pattern of {@code LIKE}: {@code %} stands for any text, {@code _} for any one character, the
 * character after an escape for itself. Immutable and thread-safe.
 *
 * <p>All positions of the pattern the text may be at are followed together, as the bits of a set:
 * so a match takes time in proportion to the length of the text, whatever the pattern, and never
 * goes back. Patterns without a wildcard, or with just one at the end or the beginning, are plain
 * comparisons.
 */
final class LikePattern {
  /** Characters and wildcards a pattern may have, unless it is a plain comparison. */
  static final int LENGTH_MAX = 256;

  private static final int NO_ESCAPE = -1;
  private static final int ASCII = 128;

  private enum Form {
    EXACT,
    PREFIX,
    SUFFIX,
    GENERAL
  }

  private final Form form;

  /** The text of a plain comparison. */
  private final String plain;

  /** The number of characters; 0 to this are the positions in the pattern. */
  private final int length;

  /** Longs for a set of positions. */
  private final int words;

  /** Positions which any character leaves where they are: those at a percent sign. */
  private final long[] staying;

  /** The different literal characters, sorted. */
  private final int[] alphabet;

  /** For each of them, and last for all others, the positions it leads on from. */
  private final long[] advancing;

  /** The row in {@link #advancing} of each ASCII character. */
  private final short[] asciiRow;

  private LikePattern(Form form, String plain) {
    this.form = form;
    this.plain = plain;
    length = 0;
    words = 0;
    staying = new long[0];
    alphabet = new int[0];
    advancing = new long[0];
    asciiRow = new short[0];
  }

  private LikePattern(int[] characters, boolean[] any, boolean[] stays, int length) {
    form = Form.GENERAL;
    plain = "";
    this.length = length;
    words = length / Long.SIZE + 1;
    staying = new long[words];
    for (int i = 0; i <= length; i++) {
      if (stays[i]) {
        set(staying, 0, i);
      }
    }
    alphabet = sortedLiterals(characters, any, length);
    advancing = new long[(alphabet.length + 1) * words];
    for (int i = 0; i < length; i++) {
      if (any[i]) {
        for (int row = 0; row <= alphabet.length; row++) {
          set(advancing, row * words, i);
        }
      } else {
        set(advancing, Arrays.binarySearch(alphabet, characters[i]) * words, i);
      }
    }
    asciiRow = new short[ASCII];
    for (int c = 0; c < ASCII; c++) {
      asciiRow[c] = (short) search(c);
    }
  }

  private static int[] sortedLiterals(int[] characters, boolean[] any, int length) {
    int[] literals = new int[length];
    int count = 0;
    for (int i = 0; i < length; i++) {
      if (!any[i]) {
        literals[count++] = characters[i];
      }
    }
    return Arrays.stream(literals, 0, count).sorted().distinct().toArray();
  }

  /** A pattern in which nothing is escaped. */
  static LikePattern of(String pattern) {
    return of(pattern, NO_ESCAPE);
  }

  /**
   * A pattern.
   *
   * @param escape the code point which makes the next character stand for itself
   * @throws IllegalArgumentException with a text for the user, if it ends with an escape or is too
   *     long
   */
  static LikePattern of(String pattern, int escape) {
    int[] source = pattern.codePoints().toArray();
    int[] characters = new int[source.length];
    boolean[] any = new boolean[source.length];
    boolean[] stays = new boolean[source.length + 1];
    int length = 0;
    int percents = 0;
    int singles = 0;
    for (int i = 0; i < source.length; i++) {
      int c = source[i];
      if (c == escape) {
        if (++i == source.length) {
          throw new IllegalArgumentException("the pattern ends with its escape character");
        }
        characters[length++] = source[i];
      } else if (c == '%') {
        percents += stays[length] ? 0 : 1;
        stays[length] = true;
      } else {
        any[length] = c == '_';
        singles += any[length] ? 1 : 0;
        characters[length++] = c;
      }
    }
    boolean anchored = percents == 0 || (percents == 1 && (stays[0] || stays[length]));
    if (singles == 0 && anchored) {
      Form form = percents == 0 ? Form.EXACT : stays[length] ? Form.PREFIX : Form.SUFFIX;
      return new LikePattern(form, new String(characters, 0, length));
    }
    if (length > LENGTH_MAX) {
      throw new IllegalArgumentException(
          "a pattern with such wildcards has at most " + LENGTH_MAX + " characters");
    }
    return new LikePattern(characters, any, stays, length);
  }

  /** Whether the whole of the text has this form. */
  boolean matches(String text) {
    return switch (form) {
      case EXACT -> text.equals(plain);
      case PREFIX -> text.startsWith(plain);
      case SUFFIX -> text.endsWith(plain);
      case GENERAL -> words == 1 ? matchesInOneWord(text) : matchesInWords(text);
    };
  }

  private boolean matchesInOneWord(String text) {
    long at = 1;
    long stay = staying[0];
    for (int i = 0; i < text.length() && at != 0; ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      at = ((at & advancing[row(c)]) << 1) | (at & stay);
    }
    return (at >>> length & 1) != 0;
  }

  private boolean matchesInWords(String text) {
    long[] at = new long[words];
    at[0] = 1;
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      int row = row(c) * words;
      long carry = 0;
      for (int w = 0; w < words; w++) {
        long moved = at[w] & advancing[row + w];
        at[w] = (moved << 1) | carry | (at[w] & staying[w]);
        carry = moved >>> (Long.SIZE - 1);
      }
    }
    return (at[length / Long.SIZE] >>> length & 1) != 0;
  }

  private int row(int c) {
    return c < ASCII ? asciiRow[c] : search(c);
  }

  private int search(int c) {
    int found = Arrays.binarySearch(alphabet, c);
    return found >= 0 ? found : alphabet.length;
  }

  private static void set(long[] bits, int from, int index) {
    bits[from + index / Long.SIZE] |= 1L << index;
  }
}
