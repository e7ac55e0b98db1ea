package dev.warren.core.filter;

import dev.warren.core.message.MalformedMessageException;
import dev.warren.core.message.Message;

/**
 * A JMS message selector (JMS 2.0 §3.8). A message matches if the selector is true of it, not if it
 * is false or unknown. Immutable.
 */
public final class JmsSelector implements MessageFilter {
  private static final Dialect DIALECT = new JmsDialect();

  private final String text;
  private final Expression expression;

  private JmsSelector(String text, Expression expression) {
    this.text = text;
    this.expression = expression;
  }

  /**
   * Parses a selector of at most 8,192 characters and 2,000 tokens. A blank one selects everything,
   * as JMS says.
   *
   * @throws InvalidFilterException if it is none; the message says where
   */
  public static JmsSelector parse(String text) {
    Expression expression =
        text.isBlank() ? new Literal(true) : ExpressionParser.parse(text, DIALECT);
    return new JmsSelector(text, expression);
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

  /** The selector as it was written. */
  @Override
  public String toString() {
    return text;
  }
}
