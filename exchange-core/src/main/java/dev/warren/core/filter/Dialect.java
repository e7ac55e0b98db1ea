package dev.warren.core.filter;

import dev.warren.core.filter.Comparison.Operator;
import org.jspecify.annotations.Nullable;

/** In what the two languages of expressions differ. Stateless. */
sealed interface Dialect permits SqlDialect, JmsDialect {
  /** Characters an expression may have. */
  int lengthMax();

  /** Tokens an expression may have. */
  int tokensMax();

  /** The keyword a word is, or null if it is a name. */
  Token.@Nullable Type keyword(String word);

  /** Whether the word may not be used as a name, though it is no keyword. */
  boolean isReserved(String word);

  boolean isNameStart(char c);

  boolean isNamePart(char c);

  /** The character which opens a delimited name. */
  char nameOpen();

  /** The character which closes it; doubled it stands for itself. */
  char nameClose();

  /** Whether double quotes enclose strings too. */
  boolean hasDoubleQuotedStrings();

  /** The value of a literal which begins with {@code 0x}, or null if it is malformed. */
  @Nullable Object hexadecimal(String digits);

  /** The value of a literal of decimal digits, or null if it is malformed. */
  @Nullable Number integer(String digits);

  /** Whether a number may have one of Java's suffixes. */
  boolean hasNumberSuffixes();

  /** What {@code /} does. */
  Arithmetic.Operator division();

  /** What {@code <>} says. */
  default Expression unequal(Expression left, Expression right) {
    return new Comparison(Operator.UNEQUAL, left, right);
  }

  /**
   * What a name stands for.
   *
   * @throws IllegalArgumentException with a text for the user, if it stands for nothing
   */
  Operand field(String name);
}
