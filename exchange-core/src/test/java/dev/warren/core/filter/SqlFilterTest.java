package dev.warren.core.filter;

import static dev.warren.core.filter.MessageBuilder.aMessage;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.core.message.Message;
import dev.warren.core.message.MessageHeader;
import dev.warren.core.message.Symbol;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What SQL filter expressions say of a message (contract §6). */
class SqlFilterTest {
  private static final long NOW_MS = 1_700_000_000_000L;

  private static final Message MESSAGE =
      aMessage()
          .header(new MessageHeader(true, 7, 5000))
          .property(PropertyField.MESSAGE_ID, "m-1")
          .property(PropertyField.USER_ID, "guest".getBytes(StandardCharsets.UTF_8))
          .property(PropertyField.TO, "/queues/q")
          .property(PropertyField.SUBJECT, "order.new")
          .property(PropertyField.REPLY_TO, "/queues/r")
          .property(
              PropertyField.CORRELATION_ID, UUID.fromString("00000000-0000-0001-0000-000000000002"))
          .property(PropertyField.CONTENT_TYPE, new Symbol("text/plain"))
          .property(PropertyField.CONTENT_ENCODING, new Symbol("gzip"))
          .property(PropertyField.ABSOLUTE_EXPIRY_TIME, Instant.ofEpochMilli(NOW_MS + 1))
          .property(PropertyField.CREATION_TIME, Instant.ofEpochMilli(NOW_MS - 10))
          .property(PropertyField.GROUP_ID, "g")
          .property(PropertyField.GROUP_SEQUENCE, 3L)
          .property(PropertyField.REPLY_TO_GROUP_ID, "rg")
          .annotation("x-exchange", "orders")
          .with("region", "EMEA")
          .with("size", 5L)
          .with("weight", 2.5)
          .with("rush", true)
          .with("quiet", false)
          .with("nothing", null)
          .with("blob", new byte[] {0x42, 0x6f, 0x78})
          .with("huge", BigInteger.ONE.shiftLeft(63))
          .with("big", Long.MAX_VALUE)
          .with("at", Instant.ofEpochMilli(NOW_MS))
          .with("a name", "spaced")
          .with("a]b[c", "brackets")
          .with("AND", "keyword")
          .with("percent", "100%")
          .with("astral", "a\ud83d\ude00b")
          .build();

  private static void assertTruth(String expression, String expected) {
    assertThat(SqlFilter.parse(expression).truth(MESSAGE, NOW_MS))
        .as(expression)
        .isEqualTo(Truth.valueOf(expected.toUpperCase(Locale.ROOT)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "header.priority = 7; true",
        "h.priority > 7; false",
        "h.durable; true",
        "h.ttl = 5000; true",
        "properties.message_id = 'm-1'; true",
        "p.user_id = 'guest'; true",
        "p.user_id LIKE 'gu%'; true",
        "p.to = '/queues/q'; true",
        "p.subject = 'order.new'; true",
        "p.reply_to = '/queues/r'; true",
        "p.correlation_id = '00000000-0000-0001-0000-000000000002'; true",
        "p.correlation_id = 0x00000000000000010000000000000002; true",
        "p.content_type = 'text/plain'; true",
        "p.content_encoding = 'gzip'; true",
        "p.absolute_expiry_time > UTC(); true",
        "p.creation_time + 10 = UTC(); true",
        "p.group_id = 'g'; true",
        "p.group_sequence = 3; true",
        "p.reply_to_group_id = 'rg'; true",
        "application_properties.region = 'EMEA'; true",
        "a.region = 'EMEA'; true",
        "region = 'EMEA'; true",
        "region = \"EMEA\"; true",
        "message_annotations.x_exchange IS NULL; true",
        "m.x IS NULL; true",
        "[region] = 'EMEA'; true",
        "[a name] = 'spaced'; true",
        "[a]]b[[c] = 'brackets'; true",
        "[AND] = 'keyword'; true",
        "Region IS NULL; true",
        "missing = 1; unknown",
        "nothing = 1; unknown",
        "at = 1700000000000; true",
        "at <= UTC() AND at >= UTC(); true",
      })
  void findsFields(String expression, String expected) {
    assertTruth(expression, expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "size = 5; true",
        "size = 5.0; true",
        "size <> 5; false",
        "size != 6; true",
        "size < 5; false",
        "size <= 5; true",
        "size > 4.9; true",
        "size >= 5.1; false",
        "weight = 2.5; true",
        "weight = 25E-1; true",
        "weight = .25e+1; true",
        "weight > 2; true",
        "huge > big; true",
        "huge = 9223372036854775808; true",
        "big = 9223372036854775807; true",
        "big = 9223372036854775807.0; false",
        "big < 9223372036854775808.0; true",
        "-9223372036854775808 < big; true",
        "big < 1E19; true",
        "-1E19 < big; true",
        "region < 'F'; true",
        "region >= 'EMEA'; true",
        "region > 'EMEAX'; false",
        "blob = 0x426F78; true",
        "blob = 'Box'; true",
        "blob < 0x43; true",
        "blob > 0x426F; true",
        "blob = 5; false",
        "rush = TRUE; true",
        "rush <> FALSE; true",
        "rush = quiet; false",
        "rush >= TRUE; false",
        "size = '5'; false",
        "size <> '5'; true",
        "size < '6'; false",
        "rush = 1; false",
        "(size = 5) = TRUE; true",
        "(missing = 5) = TRUE; unknown",
        "region = 'it''s'; false",
        "'it''s' = \"it's\"; true",
        "\"a\"\"b\" = 'a\"b'; true",
        "'' = ''; true",
      })
  void compares(String expression, String expected) {
    assertTruth(expression, expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "size + 1 = 6; true",
        "size - 1 = 4; true",
        "size * 2 = 10; true",
        "size / 2 = 2.5; true",
        "size % 2 = 1; true",
        "1 + 2 * 3 = 7; true",
        "(1 + 2) * 3 = 9; true",
        "10 - 3 - 2 = 5; true",
        "8 / 4 / 2 = 1; true",
        "-size = -5; true",
        "+size = 5; true",
        "- -size = 5; true",
        "-(size + 1) = -6; true",
        "-weight = -2.5; true",
        "size / 0 = 1; unknown",
        "weight / 0 IS NULL; true",
        "size % 0 = 1; unknown",
        "weight % 2 = 0; unknown",
        "region + 1 = 2; unknown",
        "-region = 1; unknown",
        "missing + 1 = 2; unknown",
        "rush + 1 = 2; unknown",
        "big + 1 > big; true",
        "big + 1 = 9223372036854775808.0; true",
        "-big - 2 < -big; true",
        "big * 2 > big; true",
        "-big * big < 0; true",
        "huge + 1 > big; true",
        "-huge < 0; true",
        "weight + size = 7.5; true",
        "weight - 1 = 1.5; true",
        "weight * 2 = 5; true",
        "weight / 2 = 1.25; true",
      })
  void calculates(String expression, String expected) {
    assertTruth(expression, expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "region LIKE 'EMEA'; true",
        "region LIKE 'EM%'; true",
        "region LIKE '%EA'; true",
        "region LIKE '%'; true",
        "region LIKE '%ME%'; true",
        "region LIKE 'E%A'; true",
        "region LIKE 'E__A'; true",
        "region LIKE 'E_A'; false",
        "region LIKE '____'; true",
        "region LIKE '_____'; false",
        "region LIKE '_%'; true",
        "region LIKE 'emea'; false",
        "region LIKE ''; false",
        "region NOT LIKE 'EM%'; false",
        "region NOT LIKE 'X%'; true",
        "size LIKE '5'; unknown",
        "size NOT LIKE '5'; unknown",
        "missing LIKE '%'; unknown",
        "missing NOT LIKE '%'; unknown",
        "percent LIKE '100!%' ESCAPE '!'; true",
        "region LIKE 'EME!%' ESCAPE '!'; false",
        "percent LIKE '1_0%!%' ESCAPE '!'; true",
        "'a_b' LIKE 'a$_b' ESCAPE '$'; true",
        "'axb' LIKE 'a$_b' ESCAPE '$'; false",
        "'a!b' LIKE 'a!!b' ESCAPE '!'; true",
        "astral LIKE 'a_b'; true",
        "blob LIKE 'B%x'; true",
        "region IN ('APAC', 'EMEA'); true",
        "region IN ('APAC'); false",
        "region NOT IN ('APAC'); true",
        "missing IN ('APAC'); unknown",
        "missing NOT IN ('APAC'); unknown",
        "size IN (1, 2 + 3); true",
        "size IN (5.0); true",
        "size IN ('5', missing); false",
        "size IN (missing, size); true",
        "missing IS NULL; true",
        "nothing IS NULL; true",
        "missing IS NOT NULL; false",
        "size IS NOT NULL; true",
      })
  void knowsSpecialOperators(String expression, String expected) {
    assertTruth(expression, expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "TRUE; true",
        "FALSE; false",
        "rush; true",
        "quiet; false",
        "missing; unknown",
        "size; unknown",
        "NOT TRUE; false",
        "NOT size; unknown",
        "NOT NOT rush; true",
        "NOT size = 5; false",
        "NOT quiet AND quiet; false",
        "TRUE OR FALSE AND FALSE; true",
        "(TRUE OR FALSE) AND FALSE; false",
        "TRUE AND TRUE AND missing; unknown",
        "missing AND FALSE; false",
        "missing OR TRUE; true",
        "missing OR FALSE OR missing; unknown",
      })
  void joinsConditions(String expression, String expected) {
    assertTruth(expression, expected);
  }

  /** The tables of SQL: what is unknown decides nothing unless the other side does. */
  @ParameterizedTest
  @CsvSource({
    "TRUE, TRUE, TRUE, TRUE",
    "TRUE, FALSE, FALSE, TRUE",
    "TRUE, missing, UNKNOWN, TRUE",
    "FALSE, FALSE, FALSE, FALSE",
    "FALSE, missing, FALSE, UNKNOWN",
    "missing, missing, UNKNOWN, UNKNOWN",
  })
  void followsTheTruthTables(String left, String right, String and, String or) {
    assertTruth(left + " AND " + right, and);
    assertTruth(right + " AND " + left, and);
    assertTruth(left + " OR " + right, or);
    assertTruth(right + " OR " + left, or);
  }

  @Test
  void takesAnAbsentPriorityAsFour() {
    Message plain = aMessage().build();
    assertThat(SqlFilter.parse("h.priority = 4").matches(plain, NOW_MS)).isTrue();
  }

  @Test
  void takesAnAbsentSectionAsUnknown() {
    Message bare = aMessage().build();
    for (String field : new String[] {"p.subject", "a.region", "m.x", "h.ttl"}) {
      assertThat(SqlFilter.parse(field + " IS NULL").matches(bare, NOW_MS)).as(field).isTrue();
    }
  }

  @Test
  void readsMessageAnnotations() {
    Message annotated = aMessage().annotation("routed", "x").build();
    assertThat(SqlFilter.parse("m.routed = 'x'").matches(annotated, NOW_MS)).isTrue();
  }

  @Test
  void matchesOnlyWhatIsTrue() {
    assertThat(SqlFilter.parse("TRUE").matches(MESSAGE, NOW_MS)).isTrue();
    assertThat(SqlFilter.parse("FALSE").matches(MESSAGE, NOW_MS)).isFalse();
    assertThat(SqlFilter.parse("missing").matches(MESSAGE, NOW_MS)).isFalse();
  }

  @Test
  void neverMatchesAMessageThatCannotBeDecoded() {
    Message broken = aMessage().message(new byte[] {0, 0x53, 0x74, (byte) 0xc1, 9, 2, 7});
    assertThat(SqlFilter.parse("a.x IS NULL").matches(broken, NOW_MS)).isFalse();
    assertThat(SqlFilter.parse("NOT a.x = 1").matches(broken, NOW_MS)).isFalse();
  }
}
