package dev.warren.core.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said of an expression that is none: where, what was found, what was expected. */
class FilterErrorTest {
  private static InvalidFilterException sqlError(String expression) {
    try {
      SqlFilter.parse(expression);
    } catch (InvalidFilterException e) {
      return e;
    }
    throw new AssertionError("parsed: " + expression);
  }

  private static InvalidFilterException jmsError(String selector) {
    try {
      JmsSelector.parse(selector);
    } catch (InvalidFilterException e) {
      return e;
    }
    throw new AssertionError("parsed: " + selector);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "``; 0; found the end, expected a literal, a name or '('",
        "a.x =; 5; found the end, expected a literal",
        "a.x = = 1; 6; found =, expected a literal",
        "(a.x = 1; 8; found the end, expected an operator or ')'",
        "a.x = 1); 7; found ), expected an operator, AND, OR or the end",
        "a.x = 1 = 1; 8; found =, expected an operator",
        "a.x 1; 4; found 1, expected an operator",
        "a.x AND; 7; found the end",
        "OR a.x; 0; found OR",
        "a.x IS 1; 7; found 1, expected NULL or NOT NULL",
        "a.x IS NOT 1; 11; found 1, expected NULL",
        "a.x NOT 1; 8; found 1, expected LIKE or IN",
        "a.x LIKE 1; 9; found 1, expected a string as pattern",
        "a.x LIKE '%' ESCAPE 1; 20; found 1, expected a string as escape",
        "a.x LIKE '%' ESCAPE 'ab'; 20; found 'ab', expected a string of one character",
        "a.x LIKE '%' ESCAPE ''; 20; expected a string of one character",
        "a.x LIKE 'a!' ESCAPE '!'; 9; found 'a!': the pattern ends with its escape",
        "a.x IN 1; 7; found 1, expected '('",
        "a.x IN (); 8; found ), expected a literal",
        "a.x IN (1; 9; found the end, expected ',' or ')'",
        "a.x IN (1 2); 10; found 2, expected ',' or ')'",
        "UTC = 1; 4; found =, expected '('",
        "UTC(1); 4; found 1, expected ')'",
        "a.x = 'abc; 6; found the end, expected ' to close what ' opens here",
        "[abc = 1; 0; found the end, expected ] to close what [ opens here",
        "[a[b] = 1; 2; found [, expected it to be doubled inside a name",
        "a.x & 1; 4; found &, which no part of an expression begins with",
        "a.x ! 1; 4; found !, expected '!='",
        "a.x = 12ab; 6; found 12ab, expected a number",
        "a.x = 1E; 6; found 1E, expected a number",
        "a.x = 1L; 6; found 1L, expected a number",
        "a.x = 0x123; 6; found 0x123, expected a number",
        "a.x = 0x; 6; found 0x, expected a number",
        "and = 1; 0; found and, expected a name which is no keyword",
        "a.x = true; 6; found true, expected a name which is no keyword",
        "lower = 1; 0; found lower, expected a name which is no keyword",
        "a.x BETWEEN 1 AND 2; 4; found BETWEEN, expected an operator",
        "q.x = 1; 0; found q.x, the section header, properties",
        "p.nonsense = 1; 0; found p.nonsense, a field of that section",
        "p.message-id = 1; 0; found p.message, a field of that section",
        "h.delivery_count = 1; 0; found h.delivery_count, a field of that section",
        "a.x.y = 1; 0; found a.x.y, a section and the name of one field",
        "a. = 1; 0; found a., a section and the name of one field",
        "_x = 1; 0; found _, which no part of an expression begins with",
      })
  void saysWhereAndWhat(String expression, int position, String problem) {
    InvalidFilterException error = sqlError(expression);
    assertThat(error.position()).as("%s: %s", expression, error).isEqualTo(position);
    assertThat(error).hasMessageContaining(problem);
    assertThat(error)
        .hasMessageStartingWith(
            "line 1, column " + (position + 1) + " (position " + position + "): ");
  }

  @Test
  void countsLines() {
    assertThat(sqlError("a.x = 1\n  AND\n  a.y = )"))
        .hasMessage("line 3, column 9 (position 22): found ), expected a literal, a name or '('");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "x BETWEEN 1; 11; found the end, expected AND",
        "x NOT 1; 6; found 1, expected LIKE, IN or BETWEEN",
        "JMSRedelivered; 0; a field of the message was expected",
        "JMSNothing = 1; 0; a JMS header field was expected",
        "amqp.nothing = 1; 0; a field of header or properties was expected",
        "x = 08; 4; found 08, expected a number",
        "x = 'a; 4; found the end, expected '",
        "x = \"a; 4; found the end, expected \"",
      })
  void saysSoOfSelectorsToo(String selector, int position, String problem) {
    InvalidFilterException error = jmsError(selector);
    assertThat(error.position()).as("%s: %s", selector, error).isEqualTo(position);
    assertThat(error).hasMessageContaining(problem);
  }

  @Test
  void showsLittleOfALongTokenAndNoControlCharacters() {
    assertThat(sqlError("'" + "x".repeat(500) + "\n' 1 '" + "\n".repeat(3) + "'").getMessage())
        .hasSizeLessThan(200);
    assertThat(sqlError("TRUE '\n\u0007'").getMessage()).contains("found '??', expected");
    assertThat(sqlError("\u0007").getMessage()).contains("found U+0007");
  }

  @Test
  void limitsTheLength() {
    String longest = "TRUE" + " ".repeat(4092);
    assertThat(SqlFilter.parse(longest)).isNotNull();
    assertThat(sqlError(longest + " ")).hasMessageContaining("longer than 4096 characters");
    assertThat(jmsError(" TRUE".repeat(2000))).hasMessageContaining("longer than 8192 characters");
  }

  @Test
  void limitsTheTokens() {
    String most = "a" + " OR a".repeat(99);
    assertThat(SqlFilter.parse(most)).isNotNull();
    assertThat(SqlFilter.parse("- " + most)).isNotNull();
    assertThat(sqlError("- " + most + " OR")).hasMessageContaining("more than 200 tokens");
    assertThat(jmsError("a" + "+a".repeat(1000))).hasMessageContaining("more than 2000 tokens");
  }

  @Test
  void limitsTheDepth() {
    assertThat(SqlFilter.parse("(".repeat(64) + "TRUE" + ")".repeat(64))).isNotNull();
    for (String opener : new String[] {"(", "NOT ", "- ", "(NOT "}) {
      assertThatExceptionOfType(InvalidFilterException.class)
          .as(opener)
          .isThrownBy(() -> SqlFilter.parse(opener.repeat(65)))
          .withMessageContaining("nested deeper than 64");
    }
  }

  @Test
  void limitsPatternsThatAreNoPlainComparison() {
    String text = "x".repeat(300);
    assertThat(SqlFilter.parse("a.x LIKE '" + text + "%'")).isNotNull();
    assertThat(sqlError("a.x LIKE '_" + text + "%'"))
        .hasMessageContaining("a pattern with such wildcards has at most 256 characters");
  }
}
