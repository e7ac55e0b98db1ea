package dev.warren.core.security;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A regular expression of a permission (contract §14). It matches if it is found anywhere in the
 * name; the empty one matches nothing. Immutable.
 */
public final class NamePattern {
  /** Longest expression, in characters. */
  public static final int LENGTH_MAX = 4096;

  private static final int SIZE_MAX = 5_000;

  private static final Logger LOG = LoggerFactory.getLogger(NamePattern.class);
  private static final String EVERYTHING = ".*";

  /** Matches every name. */
  public static final NamePattern ALL = new NamePattern(EVERYTHING);

  /** Matches no name. */
  public static final NamePattern NONE = new NamePattern("");

  private final String text;
  private final BoundedPattern pattern;

  private NamePattern(String text) {
    this.text = text;
    this.pattern = BoundedPattern.of(text, false, SIZE_MAX);
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
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("'" + text + "' " + e.getMessage(), e);
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
      return pattern.isFoundIn(name);
    } catch (BoundedText.ExhaustedException e) {
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
