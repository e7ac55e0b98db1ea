package dev.warren.core.security;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * A regular expression that somebody else wrote. Matching takes time that grows with the text times
 * the {@linkplain #size size}, whatever the expression is: RE2/J does it. Look-around, possessive
 * quantifiers and back-references are beyond it; expressions with those are matched by the JDK,
 * which backtracks, and may have only {@value #CHOICES_MAX} places where it could. Immutable.
 */
public final class BoundedPattern {
  /** Places with a choice in an expression that is matched by backtracking. */
  public static final int CHOICES_MAX = 10;

  /** Looks at characters that one match by backtracking may take. */
  private static final long LOOKS_MAX = 200_000;

  private final long size;
  private final com.google.re2j.@Nullable Pattern linear;
  private final Pattern backtracking;

  private BoundedPattern(String text, boolean ignoreCase, long size) {
    this.size = size;
    this.backtracking = Pattern.compile(text, ignoreCase ? Pattern.CASE_INSENSITIVE : 0);
    this.linear = linear(text, ignoreCase);
  }

  /**
   * Compiles it.
   *
   * @param sizeMax largest {@link #size}
   * @throws IllegalArgumentException saying what is wrong with it, as the rest of a sentence that
   *     begins with the expression
   */
  public static BoundedPattern of(String text, boolean ignoreCase, int sizeMax) {
    long size = PatternSize.of(text);
    if (size > sizeMax) {
      throw new IllegalArgumentException(
          "repeats too much: its size is %d, at most %d was expected".formatted(size, sizeMax));
    }
    try {
      BoundedPattern pattern = new BoundedPattern(text, ignoreCase, size);
      int choices = PatternSize.choices(text);
      if (!pattern.isLinear() && choices > CHOICES_MAX) {
        throw new IllegalArgumentException(
            ("has look-around, a possessive quantifier or a back-reference,"
                    + " and %d of | ? * + {: with those at most %d were expected")
                .formatted(choices, CHOICES_MAX));
      }
      return pattern;
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "is not a regular expression: %s near character %d"
              .formatted(e.getDescription(), e.getIndex()),
          e);
    } catch (StackOverflowError e) {
      throw new IllegalArgumentException("is nested too deeply", e);
    }
  }

  private static com.google.re2j.@Nullable Pattern linear(String text, boolean ignoreCase) {
    try {
      return com.google.re2j.Pattern.compile(
          text, ignoreCase ? com.google.re2j.Pattern.CASE_INSENSITIVE : 0);
    } catch (com.google.re2j.PatternSyntaxException e) {
      return null;
    }
  }

  /** Whether it is matched without backtracking. */
  public boolean isLinear() {
    return linear != null;
  }

  /** About how many instructions it has; a match takes at most so many for each character. */
  public long size() {
    return size;
  }

  /**
   * Whether it matches some part of the text.
   *
   * @throws BoundedText.ExhaustedException if that takes too long to tell by backtracking
   */
  public boolean isFoundIn(String text) {
    if (linear != null) {
      return linear.matcher(text).find();
    }
    try {
      return backtracking.matcher(new BoundedText(text, new BoundedText.Budget(LOOKS_MAX))).find();
    } catch (StackOverflowError e) {
      throw new BoundedText.ExhaustedException();
    }
  }
}
