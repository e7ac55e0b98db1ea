package dev.warren.core.filter;

import dev.warren.core.message.MalformedMessageException;
import dev.warren.core.message.Message;

/**
 * A SQL filter expression (AMQP Filter Expressions 1.0, the subset of contract §6). A message
 * matches if the expression is true of it, not if it is false or unknown. Immutable.
 */
public final class SqlFilter implements MessageFilter {
  private static final Dialect DIALECT = new SqlDialect();

  private final String text;
  private final Expression expression;

  private SqlFilter(String text, Expression expression) {
    this.text = text;
    this.expression = expression;
  }

  /**
   * Parses an expression of at most 4,096 characters and 200 tokens.
   *
   * @throws InvalidFilterException if it is none; the message says where
   */
  public static SqlFilter parse(String text) {
    return new SqlFilter(text, ExpressionParser.parse(text, DIALECT));
  }

  @Override
  public boolean matches(Message message, long nowMs) {
    try {
      return truth(message, nowMs) == Truth.TRUE;
    } catch (MalformedMessageException e) {
      return false;
    }
  }

  Truth truth(Message message, long nowMs) {
    return expression.truth(message, nowMs);
  }

  /** The expression as it was written. */
  @Override
  public String toString() {
    return text;
  }
}
