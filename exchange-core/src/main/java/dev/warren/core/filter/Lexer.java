package dev.warren.core.filter;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Splits an expression into tokens. Used once, by one thread. */
final class Lexer {
  private static final String SINGLE = "=<>+-*/%(),!";

  private final String text;
  private final Dialect dialect;
  private final List<Token> tokens = new ArrayList<>();
  private int at;

  private Lexer(String text, Dialect dialect) {
    this.text = text;
    this.dialect = dialect;
  }

  /**
   * The tokens, the last of which is {@link Token.Type#END}.
   *
   * @throws InvalidFilterException if there is something that is no token, or too much
   */
  static List<Token> tokens(String text, Dialect dialect) {
    return new Lexer(text, dialect).tokens();
  }

  private List<Token> tokens() {
    if (text.length() > dialect.lengthMax()) {
      throw error(
          dialect.lengthMax(),
          "the expression is longer than " + dialect.lengthMax() + " characters");
    }
    skipSpace();
    while (at < text.length()) {
      if (tokens.size() == dialect.tokensMax()) {
        throw error(at, "the expression has more than " + dialect.tokensMax() + " tokens");
      }
      next();
      skipSpace();
    }
    add(Token.Type.END, null, at);
    return tokens;
  }

  private void skipSpace() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }

  private void next() {
    char c = text.charAt(at);
    if (dialect.isNameStart(c)) {
      word();
    } else if (isDigit(c) || (c == '.' && isDigit(peek(1)))) {
      number();
    } else if (c == '\'' || (c == '"' && dialect.hasDoubleQuotedStrings())) {
      int from = at;
      add(Token.Type.TEXT, enclosed(c, false), from);
    } else if (c == dialect.nameOpen()) {
      int from = at;
      add(Token.Type.DELIMITED, enclosed(dialect.nameClose(), c != dialect.nameClose()), from);
    } else if (SINGLE.indexOf(c) >= 0) {
      symbol(c);
    } else {
      throw unexpected();
    }
  }

  private InvalidFilterException unexpected() {
    int c = text.codePointAt(at);
    String shown = Character.isISOControl(c) ? String.format("U+%04X", c) : Character.toString(c);
    return error(at, "found " + shown + ", which no part of an expression begins with");
  }

  private void word() {
    int from = at;
    while (at < text.length() && dialect.isNamePart(text.charAt(at))) {
      at++;
    }
    String word = text.substring(from, at);
    Token.Type keyword = dialect.keyword(word);
    if (keyword != null) {
      add(keyword, null, from);
    } else if (dialect.isReserved(word)) {
      throw error(
          from,
          "found "
              + Token.shown(word)
              + ", expected a name which is no keyword (keywords are in upper case, and a name"
              + " like one is written in brackets)");
    } else {
      add(Token.Type.NAME, word, from);
    }
  }

  /** What is between two delimiters, of which the doubled ones stand for themselves. */
  private String enclosed(char close, boolean doubledOpen) {
    int from = at;
    char open = text.charAt(at++);
    StringBuilder content = new StringBuilder();
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == close || (doubledOpen && c == open)) {
        if (peek(0) != c) {
          if (c == close) {
            return content.toString();
          }
          throw error(at - 1, "found " + c + ", expected it to be doubled inside a name");
        }
        at++;
      }
      content.append(c);
    }
    throw error(
        from, "found the end, expected " + close + " to close what " + open + " opens here");
  }

  private void number() {
    int from = at;
    Object value;
    if (text.charAt(at) == '0' && (peek(1) == 'x' || peek(1) == 'X')) {
      at += 2;
      int digits = at;
      while (Character.digit(peek(0), 16) >= 0 && peek(0) < 0x80) {
        at++;
      }
      value = dialect.hexadecimal(text.substring(digits, at));
      suffix("lL");
    } else {
      value = decimal();
    }
    if (value == null || (at < text.length() && dialect.isNamePart(text.charAt(at)))) {
      while (at < text.length() && dialect.isNamePart(text.charAt(at))) {
        at++;
      }
      throw error(from, "found " + Token.shown(text.substring(from, at)) + ", expected a number");
    }
    add(value instanceof Number ? Token.Type.NUMBER : Token.Type.BINARY, value, from);
  }

  private @Nullable Number decimal() {
    int from = at;
    boolean floating = false;
    digits();
    if (peek(0) == '.') {
      floating = true;
      at++;
      digits();
    }
    if (peek(0) == 'e' || peek(0) == 'E') {
      floating = true;
      at++;
      if (peek(0) == '+' || peek(0) == '-') {
        at++;
      }
      if (!isDigit(peek(0))) {
        return null;
      }
      digits();
    }
    String written = text.substring(from, at);
    if (floating || suffix("fFdD")) {
      if (floating) {
        suffix("fFdD");
      }
      return Double.valueOf(written);
    }
    suffix("lL");
    return dialect.integer(written);
  }

  private void digits() {
    while (isDigit(peek(0))) {
      at++;
    }
  }

  private boolean suffix(String letters) {
    if (dialect.hasNumberSuffixes() && letters.indexOf(peek(0)) >= 0 && at < text.length()) {
      at++;
      return true;
    }
    return false;
  }

  private void symbol(char c) {
    int from = at++;
    char second = peek(0);
    Token.Type type =
        switch (c) {
          case '=' -> Token.Type.EQUAL;
          case '+' -> Token.Type.PLUS;
          case '-' -> Token.Type.MINUS;
          case '*' -> Token.Type.TIMES;
          case '/' -> Token.Type.DIVIDE;
          case '%' -> Token.Type.PERCENT;
          case '(' -> Token.Type.OPEN;
          case ')' -> Token.Type.CLOSE;
          case ',' -> Token.Type.COMMA;
          case '<' ->
              second == '='
                  ? Token.Type.AT_MOST
                  : second == '>' ? Token.Type.UNEQUAL : Token.Type.LESS;
          case '>' -> second == '=' ? Token.Type.AT_LEAST : Token.Type.GREATER;
          default -> second == '=' ? Token.Type.UNEQUAL : null;
        };
    if (type == null) {
      throw error(from, "found !, expected '!=' or NOT");
    }
    if (type == Token.Type.AT_MOST || type == Token.Type.AT_LEAST || type == Token.Type.UNEQUAL) {
      at++;
    }
    add(type, null, from);
  }

  private char peek(int ahead) {
    return at + ahead < text.length() ? text.charAt(at + ahead) : 0;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private void add(Token.Type type, @Nullable Object value, int from) {
    tokens.add(new Token(type, text.substring(from, at), value, from));
  }

  private InvalidFilterException error(int position, String problem) {
    return new InvalidFilterException(text, position, problem);
  }
}
