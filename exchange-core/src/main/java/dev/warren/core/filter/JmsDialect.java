package dev.warren.core.filter;

import java.math.BigInteger;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * JMS message selectors (JMS 2.0 §3.8). Header fields are those of AMQP that Qpid JMS maps them to;
 * {@code amqp.subject} and the like name AMQP's own.
 */
final class JmsDialect implements Dialect {
  private static final int LENGTH_MAX = 8192;
  private static final int TOKENS_MAX = 2000;
  private static final int HEXADECIMAL = 16;
  private static final int OCTAL = 8;
  private static final String AMQP = "amqp.";

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
    return switch (word.toUpperCase(Locale.ROOT)) {
      case "AND" -> Token.Type.AND;
      case "OR" -> Token.Type.OR;
      case "NOT" -> Token.Type.NOT;
      case "LIKE" -> Token.Type.LIKE;
      case "ESCAPE" -> Token.Type.ESCAPE;
      case "IN" -> Token.Type.IN;
      case "IS" -> Token.Type.IS;
      case "NULL" -> Token.Type.NULL;
      case "BETWEEN" -> Token.Type.BETWEEN;
      case "TRUE" -> Token.Type.TRUE;
      case "FALSE" -> Token.Type.FALSE;
      default -> null;
    };
  }

  @Override
  public boolean isReserved(String word) {
    return false;
  }

  @Override
  public boolean isNameStart(char c) {
    return Character.isJavaIdentifierStart(c);
  }

  @Override
  public boolean isNamePart(char c) {
    return Character.isJavaIdentifierPart(c) || c == '.';
  }

  @Override
  public char nameOpen() {
    return '"';
  }

  @Override
  public char nameClose() {
    return '"';
  }

  @Override
  public boolean hasDoubleQuotedStrings() {
    return false;
  }

  /** An integer, as in Java. */
  @Override
  public @Nullable Object hexadecimal(String digits) {
    return digits.isEmpty() ? null : SqlDialect.shortest(new BigInteger(digits, HEXADECIMAL));
  }

  /** As in Java: octal if it begins with a zero. */
  @Override
  public @Nullable Number integer(String digits) {
    if (digits.length() == 1 || digits.charAt(0) != '0') {
      return SqlDialect.shortest(new BigInteger(digits));
    }
    for (int i = 0; i < digits.length(); i++) {
      if (digits.charAt(i) > '7') {
        return null;
      }
    }
    return SqlDialect.shortest(new BigInteger(digits, OCTAL));
  }

  @Override
  public boolean hasNumberSuffixes() {
    return true;
  }

  @Override
  public Arithmetic.Operator division() {
    return Arithmetic.Operator.DIVIDE_AS_JAVA;
  }

  @Override
  public Operand field(String name) {
    if (name.startsWith("JMS")) {
      return header(name);
    }
    if (!name.startsWith(AMQP)) {
      return new ApplicationProperty(name);
    }
    String field = name.substring(AMQP.length());
    Operand operand = PropertyField.underscored(field);
    if (operand == null) {
      operand = HeaderField.named(field);
    }
    if (operand == null) {
      throw new IllegalArgumentException("a field of header or properties was expected");
    }
    return operand;
  }

  private static Operand header(String name) {
    return switch (name) {
      case "JMSMessageID" -> new JmsIdentifier(PropertyField.MESSAGE_ID);
      case "JMSCorrelationID" -> new JmsIdentifier(PropertyField.CORRELATION_ID);
      case "JMSType" -> PropertyField.SUBJECT;
      case "JMSTimestamp" -> PropertyField.CREATION_TIME;
      case "JMSExpiration" -> PropertyField.ABSOLUTE_EXPIRY_TIME;
      case "JMSDestination" -> PropertyField.TO;
      case "JMSReplyTo" -> PropertyField.REPLY_TO;
      case "JMSPriority" -> HeaderField.PRIORITY;
      case "JMSDeliveryMode" -> HeaderField.DELIVERY_MODE;
      case "JMSXUserID" -> PropertyField.USER_ID;
      case "JMSXGroupID" -> PropertyField.GROUP_ID;
      case "JMSXGroupSeq" -> PropertyField.GROUP_SEQUENCE;
      case "JMS_AMQP_REPLY_TO_GROUP_ID" -> PropertyField.REPLY_TO_GROUP_ID;
      case "JMS_AMQP_CONTENT_TYPE" -> PropertyField.CONTENT_TYPE;
      case "JMS_AMQP_TTL" -> HeaderField.TTL;
      case "JMSRedelivered", "JMSXDeliveryCount" ->
          throw new IllegalArgumentException(
              "a field of the message was expected, not of its delivery");
      default -> throw new IllegalArgumentException("a JMS header field was expected");
    };
  }
}
