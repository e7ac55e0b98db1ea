package dev.warren.core.security;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A regular expression of a permission (contract §14). It matches if it is found anywhere in the
 * name; the empty one matches nothing. Immutable.
 */
public final class NamePattern {
  /** Longest expression, in characters. */
  public static final int LENGTH_MAX = 4096;

  /** Looks at characters that one match may take; then it counts as no match. */
  private static final long LOOKS_MAX = 200_000;

  private static final Logger LOG = LoggerFactory.getLogger(NamePattern.class);
  private static final String EVERYTHING = ".*";

  /** Matches every name. */
  public static final NamePattern ALL = new NamePattern(EVERYTHING);

  /** Matches no name. */
  public static final NamePattern NONE = new NamePattern("");

  private final String text;
  private final Pattern pattern;

  private NamePattern(String text) {
    this.text = text;
    this.pattern = Pattern.compile(text);
  }

  /**
   * The pattern with this text.
   *
   * @throws IllegalArgumentException saying what is wrong with it
   */
  public static NamePattern of(String text) {
    if (text.length() > LENGTH_MAX) {
      throw new IllegalArgumentException(
          "a regular expression of %d characters: at most %d were expected"
              .formatted(text.length(), LENGTH_MAX));
    }
    if (text.equals(EVERYTHING)) {
      return ALL;
    }
    try {
      return text.isEmpty() ? NONE : new NamePattern(text);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "'%s' is not a regular expression: %s near character %d"
              .formatted(text, e.getDescription(), e.getIndex()),
          e);
    } catch (StackOverflowError e) {
      throw new IllegalArgumentException("a regular expression nested too deeply", e);
    }
  }

  /** Whether the name matches. One that takes too long to tell does not. */
  public boolean matches(String name) {
    if (text.equals(EVERYTHING)) {
      return true;
    }
    if (text.isEmpty()) {
      return false;
    }
    try {
      Matcher matcher = pattern.matcher(new BoundedText(name, new BoundedText.Budget(LOOKS_MAX)));
      return matcher.find();
    } catch (BoundedText.ExhaustedException | StackOverflowError e) {
      LOG.warn("a permission takes too long and is refused pattern={} name={}", text, name);
      return false;
    }
  }

  /** The expression as it was given. */
  public String text() {
    return text;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NamePattern that && that.text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
