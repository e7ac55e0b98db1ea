package dev.warren.core.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.warren.core.message.Message;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Laws of three-valued logic, on random expressions and messages; and random rubbish. */
class FilterLawsTest {
  private static final List<String> NAMES = List.of("a", "b", "c", "d", "missing");
  private static final List<String> LITERALS =
      List.of("0", "1", "-2", "2.5", "'x'", "'xy'", "TRUE", "FALSE", "0x78", "UTC()");
  private static final List<String> COMPARISONS = List.of("=", "<>", "<", "<=", ">", ">=");
  private static final List<String> WORDS =
      List.of(
          "AND",
          "OR",
          "NOT",
          "LIKE",
          "ESCAPE",
          "IN",
          "IS",
          "NULL",
          "BETWEEN",
          "TRUE",
          "UTC",
          "(",
          ")",
          ",",
          "=",
          "<>",
          "<",
          "+",
          "-",
          "*",
          "/",
          "%",
          "1",
          "2.5",
          "0x00",
          "'a%'",
          "'!'",
          "a",
          "p.to",
          "h.priority",
          "[x]",
          "JMSType",
          "and");

  private final StringBuilder said = new StringBuilder();

  private static <T> T any(SplittableRandom random, List<T> values) {
    return values.get(random.nextInt(values.size()));
  }

  private static String operand(SplittableRandom random, int depth) {
    return switch (random.nextInt(depth == 0 ? 2 : 4)) {
      case 0 -> any(random, NAMES);
      case 1 -> any(random, LITERALS);
      case 2 ->
          "("
              + operand(random, depth - 1)
              + " "
              + any(random, List.of("+", "-", "*", "/", "%"))
              + " "
              + operand(random, depth - 1)
              + ")";
      default -> "-" + any(random, NAMES);
    };
  }

  private static String condition(SplittableRandom random, int depth) {
    return switch (random.nextInt(depth == 0 ? 5 : 8)) {
      case 0 -> operand(random, 1) + " " + any(random, COMPARISONS) + " " + operand(random, 1);
      case 1 -> any(random, NAMES) + " LIKE " + any(random, List.of("'x%'", "'_'", "'%y'"));
      case 2 -> any(random, NAMES) + " IN (" + operand(random, 1) + ", " + operand(random, 0) + ")";
      case 3 -> any(random, NAMES) + " IS NULL";
      case 4 -> any(random, NAMES);
      case 5 -> "NOT (" + condition(random, depth - 1) + ")";
      case 6 -> "(" + condition(random, depth - 1) + " AND " + condition(random, depth - 1) + ")";
      default -> "(" + condition(random, depth - 1) + " OR " + condition(random, depth - 1) + ")";
    };
  }

  private static Message message(SplittableRandom random) {
    MessageBuilder builder = MessageBuilder.aMessage();
    for (String name : List.of("a", "b", "c", "d")) {
      @Nullable Object value =
          switch (random.nextInt(8)) {
            case 0 -> (long) random.nextInt(-2, 3);
            case 1 -> random.nextInt(-4, 5) / 2.0;
            case 2 -> "x";
            case 3 -> "xy";
            case 4 -> random.nextBoolean();
            case 5 -> "x".getBytes(StandardCharsets.UTF_8);
            case 6 -> random.nextLong();
            default -> null;
          };
      builder.with(name, value);
    }
    return builder.build();
  }

  private static void assertSame(String one, String other, Message message) {
    assertThat(SqlFilter.parse(one).truth(message, 1))
        .as("%s  is  %s  of %s", one, other, message.applicationProperties())
        .isEqualTo(SqlFilter.parse(other).truth(message, 1));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("dev.warren.core.filter.Seeds#seeds")
  void keepsTheLawsOfLogic(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 200; round++) {
      String p = condition(random, 2);
      String q = condition(random, 2);
      String r = condition(random, 1);
      Message message = message(random);
      assertSame("NOT NOT (" + p + ")", "(" + p + ") AND TRUE", message);
      assertSame(
          "NOT ((" + p + ") AND (" + q + "))", "NOT (" + p + ") OR NOT (" + q + ")", message);
      assertSame(
          "NOT ((" + p + ") OR (" + q + "))", "NOT (" + p + ") AND NOT (" + q + ")", message);
      assertSame("(" + p + ") OR (" + q + ")", "(" + q + ") OR (" + p + ")", message);
      assertSame(
          "(" + p + ") AND ((" + q + ") OR (" + r + "))",
          "(" + p + ") AND (" + q + ") OR (" + p + ") AND (" + r + ")",
          message);
      assertSame("((" + p + ") OR (" + p + ")) AND (" + p + ")", "(" + p + ") AND TRUE", message);
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("dev.warren.core.filter.Seeds#seeds")
  void keepsTheLawsOfComparison(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 200; round++) {
      String x = operand(random, 1);
      String y = operand(random, 1);
      Message message = message(random);
      assertSame(x + " < " + y, y + " > " + x, message);
      assertSame(x + " <= " + y, y + " >= " + x, message);
      assertSame(x + " = " + y, y + " = " + x, message);
      assertSame(x + " <> " + y, "NOT " + x + " = " + y, message);
      assertSame(x + " IN (" + y + ", " + y + ")", x + " IN (" + y + ")", message);
      assertThat(SqlFilter.parse(x + " < " + y + " AND " + x + " >= " + y).matches(message, 1))
          .as("%s both < and >= %s", x, y)
          .isFalse();
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("dev.warren.core.filter.Seeds#seeds")
  void refusesRubbishOnlyInTheDeclaredWay(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Message message = message(random);
    int parsed = 0;
    for (int round = 0; round < 4_000; round++) {
      said.setLength(0);
      boolean words = random.nextBoolean();
      for (int left = random.nextInt(words ? 12 : 40); left > 0; left--) {
        if (words) {
          said.append(any(random, WORDS)).append(random.nextInt(4) == 0 ? "" : " ");
        } else {
          said.append((char) random.nextInt(random.nextInt(8) == 0 ? 0x10000 : 0x80));
        }
      }
      parsed += survives(said.toString(), message);
    }
    assertThat(parsed).as("some of it is no rubbish").isPositive();
  }

  private static int survives(String text, Message message) {
    int parsed = 0;
    try {
      SqlFilter.parse(text).matches(message, 1);
      parsed++;
    } catch (InvalidFilterException e) {
      assertThat(e.position()).isBetween(0, text.length());
    } catch (RuntimeException | StackOverflowError e) {
      fail("SQL " + text, e);
    }
    try {
      JmsSelector.parse(text).matches(message, 1);
      parsed++;
    } catch (InvalidFilterException e) {
      assertThat(e.position()).isBetween(0, text.length());
    } catch (RuntimeException | StackOverflowError e) {
      fail("JMS " + text, e);
    }
    return parsed;
  }
}
