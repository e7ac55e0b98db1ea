package dev.warren.core.filter;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The SQL filter expressions of "AMQP Filter Expressions 1.0" as RabbitMQ has them (§6). */
final class SqlDialect implements Dialect {
  private static final int LENGTH_MAX = 4096;
  private static final int TOKENS_MAX = 200;

  /** Words of the specification's grammar that nothing is named by, in any case. */
  private static final Set<String> RESERVED =
      Set.of(
          "and",
          "or",
          "not",
          "like",
          "in",
          "is",
          "null",
          "escape",
          "true",
          "false",
          "exists",
          "lower",
          "upper",
          "left",
          "right",
          "substring",
          "utc",
          "date");

  @Override
  public int lengthMax() {
    return LENGTH_MAX;
  }

  @Override
  public int tokensMax() {
    return TOKENS_MAX;
  }

  @Override
  public Token.@Nullable Type keyword(String word) {
    return switch (word) {
      case "AND" -> Token.Type.AND;
      case "OR" -> Token.Type.OR;
      case "NOT" -> Token.Type.NOT;
      case "LIKE" -> Token.Type.LIKE;
      case "ESCAPE" -> Token.Type.ESCAPE;
      case "IN" -> Token.Type.IN;
      case "IS" -> Token.Type.IS;
      case "NULL" -> Token.Type.NULL;
      case "TRUE" -> Token.Type.TRUE;
      case "FALSE" -> Token.Type.FALSE;
      case "UTC" -> Token.Type.UTC;
      default -> null;
    };
  }

  @Override
  public boolean isReserved(String word) {
    return RESERVED.contains(word.toLowerCase(Locale.ROOT));
  }

  @Override
  public boolean isNameStart(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  @Override
  public boolean isNamePart(char c) {
    return isNameStart(c) || (c >= '0' && c <= '9') || c == '_' || c == '.';
  }

  @Override
  public char nameOpen() {
    return '[';
  }

  @Override
  public char nameClose() {
    return ']';
  }

  @Override
  public boolean hasDoubleQuotedStrings() {
    return true;
  }

  /** Pairs of digits, which are binary. */
  @Override
  public @Nullable Object hexadecimal(String digits) {
    if (digits.isEmpty() || digits.length() % 2 != 0) {
      return null;
    }
    return ByteBuffer.wrap(HexFormat.of().parseHex(digits)).asReadOnlyBuffer();
  }

  @Override
  public Number integer(String digits) {
    return shortest(new BigInteger(digits));
  }

  /** The number as a long, if it is in the range of one. */
  static Number shortest(BigInteger number) {
    return number.bitLength() < Long.SIZE ? (Number) number.longValue() : (Number) number;
  }

  @Override
  public boolean hasNumberSuffixes() {
    return false;
  }

  @Override
  public Arithmetic.Operator division() {
    return Arithmetic.Operator.DIVIDE;
  }

  /** True also of values that do not compare, as in RabbitMQ. */
  @Override
  public Expression unequal(Expression left, Expression right) {
    return new Negation(new Comparison(Comparison.Operator.EQUAL, left, right));
  }

  @Override
  public Operand field(String name) {
    int dot = name.indexOf('.');
    if (dot < 0) {
      return new ApplicationProperty(name);
    }
    String field = name.substring(dot + 1);
    if (field.isEmpty() || field.indexOf('.') >= 0 || !isNameStart(field.charAt(0))) {
      throw new IllegalArgumentException("a section and the name of one field were expected");
    }
    Operand operand =
        switch (name.substring(0, dot)) {
          case "header", "h" -> HeaderField.named(field);
          case "properties", "p" -> PropertyField.underscored(field);
          case "application_properties", "a" -> new ApplicationProperty(field);
          case "message_annotations", "m" -> new AnnotationField(field);
          default ->
              throw new IllegalArgumentException(
                  "the section header, properties, application_properties or message_annotations"
                      + " was expected");
        };
    if (operand == null) {
      throw new IllegalArgumentException(
          "a field of that section which can be filtered by was expected");
    }
    return operand;
  }
}
