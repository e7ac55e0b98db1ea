package dev.warren.core.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.core.message.Symbol;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a queue's arguments may be, and which differences of two declarations matter. */
class QueueArgumentRulesTest {

  private static QueueDefinition queue(Map<String, Object> arguments) {
    return new QueueDefinition("/", "q", 1, true, false, QueueDefinition.SHARED, arguments);
  }

  private static QueueDefinition quorum(String argument, Object value) {
    return queue(Map.of("x-queue-type", "quorum", argument, value));
  }

  private static void assertRefused(QueueDefinition queue, String text) {
    assertThatThrownBy(() -> QueueArgumentRules.check(queue))
        .isInstanceOfSatisfying(
            BrokerException.class,
            e -> {
              assertThat(e.error()).isEqualTo(BrokerError.PRECONDITION_FAILED);
              assertThat(e.text()).contains(text);
            });
  }

  static Stream<Map<String, Object>> fine() {
    return Stream.of(
        Map.of(),
        Map.of("x-queue-type", new Symbol("classic")),
        Map.of("x-expires", 1, "x-message-ttl", 0L, "x-max-length", 0, "x-max-length-bytes", 0),
        Map.of("x-expires", 315_360_000_000L),
        Map.of("x-max-priority", 255, "x-queue-version", 2, "x-single-active-consumer", false),
        Map.of("x-overflow", "reject-publish-dlx", "x-queue-leader-locator", "balanced"),
        Map.of("x-delivery-limit", -1, "x-consumer-timeout", 1),
        Map.of("x-delayed-retry-type", "all", "x-delayed-retry-min", 5, "x-delayed-retry-max", 5),
        Map.of("x-delayed-retry-type", "disabled"),
        Map.of("x-nobody-knows", List.of(1, "a")),
        Map.of(
            "x-queue-type",
            "quorum",
            "x-dead-letter-strategy",
            "at-least-once",
            "x-overflow",
            "reject-publish",
            "x-quorum-initial-group-size",
            3,
            "x-member-placement-tag",
            "rack",
            "x-max-in-memory-length",
            0,
            "x-max-in-memory-bytes",
            0,
            "x-consumer-disconnected-timeout",
            0));
  }

  @ParameterizedTest
  @MethodSource("fine")
  void takesWhatIsFine(Map<String, Object> arguments) {
    assertThatCode(() -> QueueArgumentRules.check(queue(arguments))).doesNotThrowAnyException();
  }

  static Stream<Map.Entry<String, Object>> wrong() {
    return Stream.of(
        Map.entry("x-expires", 0),
        Map.entry("x-expires", 315_360_000_001L),
        Map.entry("x-expires", "1000"),
        Map.entry("x-message-ttl", -1),
        Map.entry("x-message-ttl", 1.5),
        Map.entry("x-max-length", BigInteger.ONE.shiftLeft(63)),
        Map.entry("x-max-length-bytes", true),
        Map.entry("x-overflow", "drop-tail"),
        Map.entry("x-dead-letter-exchange", 1),
        Map.entry("x-max-priority", 256),
        Map.entry("x-single-active-consumer", "true"),
        Map.entry("x-queue-version", 1),
        Map.entry("x-queue-mode", "lazy"),
        Map.entry("x-queue-leader-locator", "anywhere"),
        Map.entry("x-delayed-retry-type", "sometimes"),
        Map.entry("x-delayed-retry-type", "all"),
        Map.entry("x-delayed-retry-max", 5),
        Map.entry("x-consumer-timeout", -1));
  }

  @ParameterizedTest
  @MethodSource("wrong")
  void refusesWhatIsOutOfRangeOrOfAnotherType(Map.Entry<String, Object> argument) {
    assertRefused(
        queue(Map.of(argument.getKey(), argument.getValue())),
        "invalid arg '%s' for queue 'q' in vhost '/': ".formatted(argument.getKey()));
  }

  @Test
  void refusesWhatAnotherTypeOfQueueKnows() {
    for (String ofOthers :
        Arrays.asList(
            "x-max-age",
            "x-stream-max-segment-size-bytes",
            "x-stream-filter-size-bytes",
            "x-initial-cluster-size",
            "x-quorum-initial-group-size",
            "x-dead-letter-strategy",
            "x-max-in-memory-length")) {
      assertRefused(
          queue(Map.of(ofOthers, 1)),
          "invalid arg '%s' for queue 'q' in vhost '/' of queue type classic".formatted(ofOthers));
    }
    assertRefused(quorum("x-max-priority", 5), "of queue type quorum");
    assertRefused(quorum("x-queue-version", 2), "of queue type quorum");
  }

  @Test
  void refusesWhatDoesNotGoTogether() {
    assertRefused(quorum("x-overflow", "reject-publish-dlx"), "drop-head or reject-publish");
    assertRefused(quorum("x-dead-letter-strategy", "at-least-once"), "x-overflow reject-publish");
    assertRefused(
        queue(
            Map.of(
                "x-delayed-retry-type", "all", "x-delayed-retry-min", 5, "x-delayed-retry-max", 4)),
        "invalid arg 'x-delayed-retry-max'");
  }

  @ParameterizedTest
  @CsvSource({
    "false, false, 0, non-durable",
    "true, true, 0, auto-delete",
    "true, false, 7, exclusive-owner"
  })
  void aQuorumQueueIsDurableAndShared(
      boolean durable, boolean autoDelete, long exclusiveTo, String property) {
    QueueDefinition queue =
        new QueueDefinition(
            "/", "q", 1, durable, autoDelete, exclusiveTo, Map.of("x-queue-type", "quorum"));
    assertThatThrownBy(() -> QueueArgumentRules.check(queue))
        .isInstanceOfSatisfying(
            BrokerException.class, e -> assertThat(e.error()).isEqualTo(BrokerError.INVALID))
        .hasMessageContaining("invalid property '" + property + "' for queue 'q' in vhost '/'");
  }

  @Test
  void comparesByValueAndNotByWidth() {
    assertThatCode(
            () ->
                QueueArgumentRules.checkEquivalent(
                    queue(
                        Map.of(
                            "x-max-length", 10, "x-overflow", new Symbol("drop-head"), "x-odd", 1)),
                    queue(
                        Map.of(
                            "x-max-length",
                            10L,
                            "x-overflow",
                            "drop-head",
                            "x-queue-type",
                            "classic"))))
        .doesNotThrowAnyException();
  }

  static Stream<Arguments> differences() {
    return Stream.of(
        difference(
            Map.of("x-max-length", 10L),
            Map.of(),
            "'x-max-length'",
            "received none but current is the value '10' of type 'signedint'"),
        difference(
            Map.of("x-message-ttl", 1L),
            Map.of("x-message-ttl", 10_000_000_000L),
            "'x-message-ttl'",
            "received the value '10000000000' of type 'long' but current is the value '1' of type"
                + " 'signedint'"),
        difference(
            Map.of(),
            Map.of("x-dead-letter-exchange", "dlx"),
            "'x-dead-letter-exchange'",
            "received the value 'dlx' of type 'longstr' but current is none"),
        difference(
            Map.of("x-single-active-consumer", true),
            Map.of("x-single-active-consumer", false),
            "'x-single-active-consumer'",
            "received the value 'false' of type 'bool' but current is the value 'true' of type"
                + " 'bool'"),
        difference(
            Map.of(),
            Map.of("x-queue-type", "quorum"),
            "'x-queue-type'",
            "received the value 'quorum' of type 'longstr' but current is the value 'classic' of"
                + " type 'longstr'"));
  }

  private static Arguments difference(
      Map<String, Object> current, Map<String, Object> asked, String what, String text) {
    return Arguments.of(current, asked, what, text);
  }

  @ParameterizedTest
  @MethodSource("differences")
  void saysWhatDiffers(
      Map<String, Object> current, Map<String, Object> asked, String what, String text) {
    assertThatThrownBy(() -> QueueArgumentRules.checkEquivalent(queue(current), queue(asked)))
        .isInstanceOf(BrokerException.class)
        .hasMessage("inequivalent arg " + what + " for queue 'q' in vhost '/': " + text);
  }
}
