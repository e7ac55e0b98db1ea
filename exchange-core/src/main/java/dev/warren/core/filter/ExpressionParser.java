package dev.warren.core.filter;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Parses an expression by recursive descent. Used once, by one thread. From what binds loosest:
 *
 * <pre>
 *  or             := and { OR and }
 *  and            := not { AND not }
 *  not            := NOT not | predicate
 *  predicate      := sum [ comparison sum
 *                        | [NOT] LIKE string [ESCAPE string]
 *                        | [NOT] IN ( sum {, sum} )
 *                        | [NOT] BETWEEN sum AND sum              (JMS only)
 *                        | IS [NOT] NULL ]
 *  sum            := product { + product | - product }
 *  product        := signed { * signed | / signed | % signed }
 *  signed         := + signed | - signed | primary
 *  primary        := literal | name | UTC ( ) | ( or )            (UTC: SQL only)
 * </pre>
 *
 * What nests is limited to {@value #DEPTH_MAX} levels, so that neither parsing nor evaluation
 * overflows the stack; chains of operators are limited by the number of tokens.
 */
final class ExpressionParser {
  static final int DEPTH_MAX = 64;

  private final String text;
  private final Dialect dialect;
  private final List<Token> tokens;
  private int at;
  private int depth;

  private ExpressionParser(String text, Dialect dialect) {
    this.text = text;
    this.dialect = dialect;
    tokens = Lexer.tokens(text, dialect);
  }

  /**
   * Parses the whole text.
   *
   * @throws InvalidFilterException if it is no such expression, and no other
   */
  static Expression parse(String text, Dialect dialect) {
    ExpressionParser parser = new ExpressionParser(text, dialect);
    Expression expression = parser.or();
    if (parser.peek() != Token.Type.END) {
      throw parser.expected("an operator, AND, OR or the end");
    }
    return expression;
  }

  private Expression or() {
    Expression first = and();
    if (peek() != Token.Type.OR) {
      return first;
    }
    List<Expression> terms = new ArrayList<>();
    terms.add(first);
    while (accept(Token.Type.OR)) {
      terms.add(and());
    }
    return new Disjunction(terms);
  }

  private Expression and() {
    Expression first = not();
    if (peek() != Token.Type.AND) {
      return first;
    }
    List<Expression> terms = new ArrayList<>();
    terms.add(first);
    while (accept(Token.Type.AND)) {
      terms.add(not());
    }
    return new Conjunction(terms);
  }

  private Expression not() {
    if (!accept(Token.Type.NOT)) {
      return predicate();
    }
    enter();
    Expression term = not();
    depth--;
    return new Negation(term);
  }

  private Expression predicate() {
    Expression subject = sum();
    Comparison.Operator operator = comparison();
    if (operator != null) {
      at++;
      Expression right = sum();
      return operator == Comparison.Operator.UNEQUAL
          ? dialect.unequal(subject, right)
          : new Comparison(operator, subject, right);
    }
    if (accept(Token.Type.IS)) {
      boolean negated = accept(Token.Type.NOT);
      require(Token.Type.NULL, negated ? "NULL" : "NULL or NOT NULL");
      return negatedIf(negated, new NullCheck(subject));
    }
    boolean negated = accept(Token.Type.NOT);
    if (accept(Token.Type.LIKE)) {
      return negatedIf(negated, like(subject));
    }
    if (accept(Token.Type.IN)) {
      return negatedIf(negated, in(subject));
    }
    if (accept(Token.Type.BETWEEN)) {
      return between(subject, negated);
    }
    if (negated) {
      throw expected(isKeyword("BETWEEN") ? "LIKE, IN or BETWEEN" : "LIKE or IN");
    }
    return subject;
  }

  private boolean isKeyword(String word) {
    return dialect.keyword(word) != null;
  }

  private Comparison.@Nullable Operator comparison() {
    return switch (peek()) {
      case EQUAL -> Comparison.Operator.EQUAL;
      case UNEQUAL -> Comparison.Operator.UNEQUAL;
      case LESS -> Comparison.Operator.LESS;
      case AT_MOST -> Comparison.Operator.AT_MOST;
      case GREATER -> Comparison.Operator.GREATER;
      case AT_LEAST -> Comparison.Operator.AT_LEAST;
      default -> null;
    };
  }

  private static Expression negatedIf(boolean negated, Expression term) {
    return negated ? new Negation(term) : term;
  }

  private Expression like(Expression subject) {
    Token pattern = require(Token.Type.TEXT, "a string as pattern");
    try {
      if (!accept(Token.Type.ESCAPE)) {
        return new Like(subject, LikePattern.of(string(pattern)));
      }
      Token escape = require(Token.Type.TEXT, "a string as escape character");
      String character = string(escape);
      if (character.isEmpty() || character.codePointCount(0, character.length()) != 1) {
        throw error(escape, "found " + escape.shown() + ", expected a string of one character");
      }
      return new Like(subject, LikePattern.of(string(pattern), character.codePointAt(0)));
    } catch (IllegalArgumentException e) {
      throw error(pattern, "found " + pattern.shown() + ": " + e.getMessage());
    }
  }

  private Expression in(Expression subject) {
    require(Token.Type.OPEN, "'('");
    List<Expression> choices = new ArrayList<>();
    do {
      choices.add(sum());
    } while (accept(Token.Type.COMMA));
    require(Token.Type.CLOSE, "',' or ')'");
    return new Membership(subject, choices);
  }

  private Expression between(Expression subject, boolean negated) {
    Expression low = sum();
    require(Token.Type.AND, "AND");
    Expression high = sum();
    return negated
        ? new Disjunction(
            List.of(
                new Comparison(Comparison.Operator.LESS, subject, low),
                new Comparison(Comparison.Operator.GREATER, subject, high)))
        : new Conjunction(
            List.of(
                new Comparison(Comparison.Operator.AT_LEAST, subject, low),
                new Comparison(Comparison.Operator.AT_MOST, subject, high)));
  }

  private Expression sum() {
    Expression left = product();
    while (true) {
      if (accept(Token.Type.PLUS)) {
        left = new Arithmetic(Arithmetic.Operator.ADD, left, product());
      } else if (accept(Token.Type.MINUS)) {
        left = new Arithmetic(Arithmetic.Operator.SUBTRACT, left, product());
      } else {
        return left;
      }
    }
  }

  private Expression product() {
    Expression left = signed();
    while (true) {
      if (accept(Token.Type.TIMES)) {
        left = new Arithmetic(Arithmetic.Operator.MULTIPLY, left, signed());
      } else if (accept(Token.Type.DIVIDE)) {
        left = new Arithmetic(dialect.division(), left, signed());
      } else if (accept(Token.Type.PERCENT)) {
        left = new Arithmetic(Arithmetic.Operator.REMAINDER, left, signed());
      } else {
        return left;
      }
    }
  }

  private Expression signed() {
    boolean negative = peek() == Token.Type.MINUS;
    if (!negative && peek() != Token.Type.PLUS) {
      return primary();
    }
    at++;
    enter();
    Expression operand = signed();
    depth--;
    if (negative && operand instanceof Literal literal && literal.literal() instanceof Number n) {
      return new Literal(Sign.negated(n));
    }
    return new Sign(negative, operand);
  }

  private Expression primary() {
    Token token = tokens.get(at);
    switch (token.type()) {
      case NUMBER, TEXT, BINARY -> {
        at++;
        return new Literal(Objects.requireNonNull(token.value()));
      }
      case TRUE, FALSE -> {
        at++;
        return new Literal(token.type() == Token.Type.TRUE);
      }
      case NAME -> {
        at++;
        return field(token);
      }
      case DELIMITED -> {
        at++;
        return new ApplicationProperty(string(token));
      }
      case UTC -> {
        at++;
        require(Token.Type.OPEN, "'('");
        require(Token.Type.CLOSE, "')'");
        return new CurrentTime();
      }
      case OPEN -> {
        at++;
        enter();
        Expression inner = or();
        depth--;
        require(Token.Type.CLOSE, "an operator or ')'");
        return inner;
      }
      default -> throw expected("a literal, a name or '('");
    }
  }

  private Operand field(Token name) {
    try {
      return dialect.field(string(name));
    } catch (IllegalArgumentException e) {
      throw error(name, "found " + name.shown() + ", " + e.getMessage());
    }
  }

  // ---- tokens ----

  private Token.Type peek() {
    return tokens.get(at).type();
  }

  private boolean accept(Token.Type type) {
    if (peek() != type) {
      return false;
    }
    at++;
    return true;
  }

  private Token require(Token.Type type, String shown) {
    if (peek() != type) {
      throw expected(shown);
    }
    return tokens.get(at++);
  }

  private static String string(Token token) {
    return String.valueOf(token.value());
  }

  private void enter() {
    if (++depth > DEPTH_MAX) {
      throw error(tokens.get(at), "expressions nested deeper than " + DEPTH_MAX);
    }
  }

  private InvalidFilterException expected(String what) {
    Token token = tokens.get(at);
    return error(token, "found " + token.shown() + ", expected " + what);
  }

  private InvalidFilterException error(Token token, String problem) {
    return new InvalidFilterException(text, token.position(), problem);
  }
}
