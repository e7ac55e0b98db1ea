package dev.warren.core.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.core.message.AmqpWriter;
import dev.warren.core.message.Envelope;
import dev.warren.core.message.Symbol;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class HeadersMatchTest {
  private static final Map<String, @Nullable Object> NONE = Map.of();
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final UUID ID = new UUID(1, 2);

  static Stream<Arguments> modes() {
    Map<String, @Nullable Object> ab = map("a", 1, "b", "x");
    return Stream.of(
        rule("all is the default", ab, map("a", 1, "b", "x"), NONE, true),
        rule("all needs each", ab, map("a", 1), NONE, false),
        rule("all ignores others", ab, map("a", 1, "b", "x", "c", 3), NONE, true),
        rule("all by name", map("x-match", "all", "a", 1), map("a", 1), NONE, true),
        rule("all without arguments", NONE, NONE, NONE, true),
        rule("all with x- arguments only", map("x-a", 1), NONE, NONE, true),
        rule("all skips x- arguments", map("a", 1, "x-a", 1), map("a", 1), NONE, true),
        rule("any needs one", map("x-match", "any", "a", 1, "b", 2), map("b", 2), NONE, true),
        rule("any needs one", map("x-match", "any", "a", 1, "b", 2), map("b", 1), NONE, false),
        rule("any without arguments", map("x-match", "any"), map("a", 1), NONE, false),
        rule("any skips x-", map("x-match", "any", "x-a", 1), map("x-a", 1), NONE, false),
        rule("symbol as mode", map("x-match", new Symbol("any"), "a", 1), NONE, NONE, false),
        rule("all-with-x", map("x-match", "all-with-x", "x-a", 1), map("x-a", 1), NONE, true),
        rule("all-with-x", map("x-match", "all-with-x", "x-a", 1), NONE, map("x-a", 1), true),
        rule("all-with-x", map("x-match", "all-with-x", "x-a", 1), NONE, NONE, false),
        rule(
            "all-with-x needs both",
            map("x-match", "all-with-x", "a", 1, "x-a", 1),
            map("a", 1),
            map("x-a", 1),
            true),
        rule(
            "all-with-x needs both",
            map("x-match", "all-with-x", "a", 1, "x-a", 1),
            NONE,
            map("x-a", 1),
            false),
        rule("all-with-x without arguments", map("x-match", "all-with-x"), NONE, NONE, true),
        rule("any-with-x", map("x-match", "any-with-x", "x-a", 1), NONE, map("x-a", 1), true),
        rule("any-with-x", map("x-match", "any-with-x", "x-a", 1, "b", 1), NONE, NONE, false),
        rule(
            "any-with-x takes a property",
            map("x-match", "any-with-x", "x-a", 1, "b", 1),
            map("b", 1),
            NONE,
            true),
        rule("any-with-x without arguments", map("x-match", "any-with-x"), NONE, NONE, false),
        rule(
            "annotations only under x- names",
            map("x-match", "all-with-x", "a", 1),
            NONE,
            map("a", 1),
            false));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("modes")
  void matchesByMode(
      String name,
      Map<String, @Nullable Object> arguments,
      Map<String, @Nullable Object> properties,
      Map<String, @Nullable Object> annotations,
      boolean matches) {
    assertThat(matches(arguments, properties, annotations)).as(name).isEqualTo(matches);
  }

  static Stream<Arguments> values() {
    return Stream.of(
        Arguments.of(1, 1L, true),
        Arguments.of((byte) 1, 1L, true),
        Arguments.of(1L, uint(1), true),
        Arguments.of(1, 1.0, false),
        Arguments.of(1.0, 1L, false),
        Arguments.of(1.5f, 1.5, true),
        Arguments.of(0.0, -0.0, true),
        Arguments.of("1", 1L, false),
        Arguments.of(1, "1", false),
        Arguments.of(true, true, true),
        Arguments.of(true, "true", false),
        Arguments.of(true, 1L, false),
        Arguments.of("a", "a", true),
        Arguments.of("a", "A", false),
        Arguments.of("a", new Symbol("a"), true),
        Arguments.of(new Symbol("a"), "a", true),
        Arguments.of(BigInteger.TEN, 10L, true),
        Arguments.of(BigInteger.TWO.pow(63), BigInteger.TWO.pow(63), true),
        Arguments.of(BigInteger.TWO.pow(63), Long.MIN_VALUE, false),
        Arguments.of(NOON, NOON, true),
        Arguments.of(NOON, NOON.toEpochMilli(), false),
        Arguments.of(ID, ID, true),
        Arguments.of(ID, ID.toString(), false),
        Arguments.of(new byte[] {1, 2}, ByteBuffer.wrap(new byte[] {1, 2}), true),
        Arguments.of(new byte[] {97}, "a", false),
        Arguments.of(List.of(1, "a"), List.of(1L, new Symbol("a")), true),
        Arguments.of(List.of(1, 2), List.of(2L, 1L), false),
        Arguments.of(List.of(1), List.of(1L, 2L), false),
        Arguments.of(Map.of("k", 1), Map.of("k", 1L), true),
        Arguments.of(Map.of("k", 1), Map.of(new Symbol("k"), 1L), true),
        Arguments.of(Map.of("k", 1), Map.of("k", 2L), false),
        Arguments.of(Map.of("k", 1), Map.of("k", 1L, "l", 1L), false),
        Arguments.of(null, "anything", true),
        Arguments.of(null, null, true),
        Arguments.of("a", null, false));
  }

  @ParameterizedTest(name = "argument {0}, property {1}")
  @MethodSource("values")
  void comparesByValueAndKind(@Nullable Object argument, @Nullable Object sent, boolean matches) {
    assertThat(matches(map("k", argument), map("k", sent), NONE)).isEqualTo(matches);
    assertThat(matches(map("k", argument), NONE, NONE)).as("absent").isFalse();
  }

  static Stream<@Nullable Object> unknownModes() {
    return Stream.of("some", "", "ALL", 1, true, null, List.of("all"));
  }

  @ParameterizedTest
  @MethodSource("unknownModes")
  void refusesAnUnknownMode(@Nullable Object mode) {
    assertThatThrownBy(() -> HeadersMatch.of(arguments(map("x-match", mode))))
        .isInstanceOfSatisfying(
            TopologyException.class,
            e -> assertThat(e.code()).isEqualTo(TopologyException.Code.INVALID))
        .hasMessageContaining("x-match");
  }

  private static boolean matches(
      Map<String, @Nullable Object> arguments,
      Map<String, @Nullable Object> properties,
      Map<String, @Nullable Object> annotations) {
    return HeadersMatch.of(arguments(arguments))
        .matches(Messages.message(Envelope.of("x", ""), properties, annotations));
  }

  private static Map<String, @Nullable Object> arguments(Map<String, @Nullable Object> given) {
    return new Binding("x", Destination.queue("q"), "", given).arguments();
  }

  private static Object uint(long value) {
    return new AmqpWriter.Encoded(new AmqpWriter().writeUint(value).toByteArray());
  }

  private static Arguments rule(
      String name,
      Map<String, @Nullable Object> arguments,
      Map<String, @Nullable Object> properties,
      Map<String, @Nullable Object> annotations,
      boolean matches) {
    return Arguments.of(name, arguments, properties, annotations, matches);
  }

  private static Map<String, @Nullable Object> map(@Nullable Object... namesAndValues) {
    Map<String, @Nullable Object> map = new HashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      map.put(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
    }
    assertThat(map).as(Arrays.toString(namesAndValues)).hasSize(namesAndValues.length / 2);
    return map;
  }
}
