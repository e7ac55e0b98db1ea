package dev.warren.core.broker;

import dev.warren.core.message.Symbol;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which arguments a queue of which type may have, what they may be, and when two declarations are
 * of the same queue (contract §4.5, §8). Pure. What the arguments do is in {@link QueueArguments}.
 *
 * <p>The delivery limit, the consumer time-out and delayed retries work on either type here, so
 * they are known to both, unlike in RabbitMQ.
 */
final class QueueArgumentRules {
  private static final String CLASSIC = "classic";
  private static final String QUORUM = "quorum";
  private static final Set<String> CLASSICS = Set.of(CLASSIC);
  private static final Set<String> QUORUMS = Set.of(QUORUM);
  private static final Set<String> BOTH = Set.of(CLASSIC, QUORUM);
  private static final Set<String> STREAMS = Set.of("stream");
  private static final long TEN_YEARS_MS = 315_360_000_000L;
  private static final String STRATEGY = "x-dead-letter-strategy";
  private static final String OVERFLOW = "x-overflow";
  private static final String RETRY_TYPE = "x-delayed-retry-type";
  private static final String RETRY_MIN = "x-delayed-retry-min";
  private static final String RETRY_MAX = "x-delayed-retry-max";
  private static final Map<String, Rule> RULES = rules();

  private QueueArgumentRules() {}

  /**
   * One argument.
   *
   * @param types the queue types that know it
   */
  private record Rule(Set<String> types, Check check) {}

  /** Says what was expected, or null if the value is fine. */
  private interface Check {
    @Nullable String expectedInstead(Object value);
  }

  private static Map<String, Rule> rules() {
    Map<String, Rule> rules = new LinkedHashMap<>();
    rules.put(QueueArguments.TYPE, new Rule(BOTH, oneOf(CLASSIC, QUORUM)));
    rules.put("x-expires", new Rule(BOTH, number(1, TEN_YEARS_MS)));
    rules.put("x-message-ttl", new Rule(BOTH, number(0, TEN_YEARS_MS)));
    rules.put("x-max-length", new Rule(BOTH, number(0, Long.MAX_VALUE)));
    rules.put("x-max-length-bytes", new Rule(BOTH, number(0, Long.MAX_VALUE)));
    rules.put(OVERFLOW, new Rule(BOTH, oneOf("drop-head", "reject-publish", "reject-publish-dlx")));
    rules.put("x-dead-letter-exchange", new Rule(BOTH, text()));
    rules.put("x-dead-letter-routing-key", new Rule(BOTH, text()));
    rules.put(STRATEGY, new Rule(QUORUMS, oneOf("at-most-once", "at-least-once")));
    rules.put("x-max-priority", new Rule(CLASSICS, number(0, 255)));
    rules.put("x-single-active-consumer", new Rule(BOTH, flag()));
    rules.put("x-delivery-limit", new Rule(BOTH, number(Integer.MIN_VALUE, Integer.MAX_VALUE)));
    rules.put("x-quorum-initial-group-size", new Rule(QUORUMS, number(1, Integer.MAX_VALUE)));
    rules.put("x-quorum-target-group-size", new Rule(QUORUMS, number(1, Integer.MAX_VALUE)));
    rules.put("x-member-placement-tag", new Rule(QUORUMS, nonEmptyText()));
    rules.put(
        "x-queue-leader-locator",
        new Rule(BOTH, oneOf("client-local", "balanced", "random", "least-leaders")));
    rules.put("x-consumer-timeout", new Rule(BOTH, number(0, Long.MAX_VALUE)));
    rules.put("x-consumer-disconnected-timeout", new Rule(QUORUMS, number(0, Long.MAX_VALUE)));
    rules.put(RETRY_TYPE, new Rule(BOTH, oneOf("disabled", "all", "failed", "returned")));
    rules.put(RETRY_MIN, new Rule(BOTH, number(0, Long.MAX_VALUE)));
    rules.put(RETRY_MAX, new Rule(BOTH, number(0, Long.MAX_VALUE)));
    rules.put("x-max-in-memory-length", new Rule(QUORUMS, number(0, Long.MAX_VALUE)));
    rules.put("x-max-in-memory-bytes", new Rule(QUORUMS, number(0, Long.MAX_VALUE)));
    rules.put("x-queue-version", new Rule(CLASSICS, number(2, 2)));
    rules.put("x-queue-mode", new Rule(CLASSICS, value -> "no queue mode: it was removed"));
    rules.put("x-queue-master-locator", new Rule(CLASSICS, text()));
    for (String ofStreams :
        List.of(
            "x-max-age",
            "x-stream-max-segment-size-bytes",
            "x-stream-filter-size-bytes",
            "x-initial-cluster-size")) {
      rules.put(ofStreams, new Rule(STREAMS, value -> null));
    }
    return rules;
  }

  /**
   * Checks a new declaration.
   *
   * @throws BrokerException precondition-failed for an argument, invalid for a property
   */
  static void check(QueueDefinition queue) {
    String type = queue.type();
    for (Map.Entry<String, Object> argument : new TreeMap<>(queue.arguments()).entrySet()) {
      String name = argument.getKey();
      Rule rule = RULES.get(name);
      if (rule == null) {
        continue;
      }
      if (!rule.types().contains(type)) {
        throw new BrokerException(
            BrokerError.PRECONDITION_FAILED,
            "invalid arg '%s' for queue '%s' in vhost '%s' of queue type %s"
                .formatted(name, queue.name(), queue.virtualHost(), type));
      }
      String expected = rule.check().expectedInstead(argument.getValue());
      if (expected != null) {
        throw invalid(queue, name, expected);
      }
    }
    checkTogether(queue);
    if (type.equals(QUORUM)) {
      checkQuorum(queue);
    }
  }

  private static void checkTogether(QueueDefinition queue) {
    Map<String, Object> arguments = queue.arguments();
    if (is(arguments.get(STRATEGY), "at-least-once")
        && !is(arguments.get(OVERFLOW), "reject-publish")) {
      throw invalid(queue, STRATEGY, "x-overflow reject-publish beside it");
    }
    Object retry = arguments.get(RETRY_TYPE);
    Number min = (Number) arguments.get(RETRY_MIN);
    Number max = (Number) arguments.get(RETRY_MAX);
    if (retry != null && !is(retry, "disabled") && min == null) {
      throw invalid(queue, RETRY_TYPE, RETRY_MIN + " beside it");
    }
    if (max != null && (min == null || max.longValue() < min.longValue())) {
      throw invalid(queue, RETRY_MAX, RETRY_MIN + " beside it, and not above it");
    }
  }

  private static void checkQuorum(QueueDefinition queue) {
    if (is(queue.arguments().get(OVERFLOW), "reject-publish-dlx")) {
      throw invalid(queue, OVERFLOW, "drop-head or reject-publish");
    }
    String wrong =
        !queue.durable()
            ? "non-durable"
            : queue.isExclusive() ? "exclusive-owner" : queue.autoDelete() ? "auto-delete" : null;
    if (wrong != null) {
      throw new BrokerException(
          BrokerError.INVALID,
          "invalid property '%s' for queue '%s' in vhost '%s' of queue type quorum"
              .formatted(wrong, queue.name(), queue.virtualHost()));
    }
  }

  private static BrokerException invalid(QueueDefinition queue, String name, String expected) {
    return new BrokerException(
        BrokerError.PRECONDITION_FAILED,
        "invalid arg '%s' for queue '%s' in vhost '%s': %s was given, %s was expected"
            .formatted(
                name, queue.name(), queue.virtualHost(), queue.arguments().get(name), expected));
  }

  /**
   * Checks that declaring a queue again is the same queue; who owns it was checked before.
   *
   * @throws BrokerException precondition-failed, naming the first difference
   */
  static void checkEquivalent(QueueDefinition current, QueueDefinition asked) {
    if (current.durable() != asked.durable()) {
      throw differs(asked, "durable", quoted(asked.durable()), quoted(current.durable()));
    }
    if (current.autoDelete() != asked.autoDelete()) {
      throw differs(asked, "auto_delete", quoted(asked.autoDelete()), quoted(current.autoDelete()));
    }
    if (!current.type().equals(asked.type())) {
      throw differs(asked, QueueArguments.TYPE, described(asked.type()), described(current.type()));
    }
    for (Map.Entry<String, Rule> known : RULES.entrySet()) {
      String name = known.getKey();
      Object received = asked.arguments().get(name);
      Object present = current.arguments().get(name);
      if (known.getValue().types().contains(current.type())
          && !name.equals(QueueArguments.TYPE)
          && !Objects.equals(plain(received), plain(present))) {
        throw differs(asked, name, described(received), described(present));
      }
    }
  }

  private static BrokerException differs(
      QueueDefinition queue, String what, String received, String current) {
    return new BrokerException(
        BrokerError.PRECONDITION_FAILED,
        "inequivalent arg '%s' for queue '%s' in vhost '%s': received %s but current is %s"
            .formatted(what, queue.name(), queue.virtualHost(), received, current));
  }

  private static String quoted(boolean value) {
    return "'" + value + "'";
  }

  /** A value with the name its type has in RabbitMQ. */
  private static String described(@Nullable Object value) {
    Object plain = plain(value);
    if (plain == null) {
      return "none";
    }
    String type;
    if (plain instanceof Long number) {
      type = number.intValue() == number ? "signedint" : "long";
    } else if (plain instanceof Boolean) {
      type = "bool";
    } else {
      type = plain instanceof String ? "longstr" : "table";
    }
    return "the value '" + plain + "' of type '" + type + "'";
  }

  /** Integers of any width, and strings and symbols, compare. */
  private static @Nullable Object plain(@Nullable Object value) {
    if (isWhole(value)) {
      return ((Number) Objects.requireNonNull(value)).longValue();
    }
    return value instanceof CharSequence || value instanceof Symbol ? value.toString() : value;
  }

  private static boolean is(@Nullable Object value, String text) {
    return value != null && value.toString().equals(text);
  }

  private static boolean isWhole(@Nullable Object value) {
    return value instanceof Long
        || value instanceof Integer
        || value instanceof Short
        || value instanceof Byte;
  }

  private static Check number(long min, long max) {
    return value ->
        isWhole(value) && ((Number) value).longValue() >= min && ((Number) value).longValue() <= max
            ? null
            : "a whole number from " + min + " to " + max;
  }

  private static Check oneOf(String... values) {
    return value -> List.of(values).contains(value.toString()) ? null : String.join(" or ", values);
  }

  private static Check text() {
    return value -> value instanceof CharSequence || value instanceof Symbol ? null : "a string";
  }

  private static Check nonEmptyText() {
    return value ->
        text().expectedInstead(value) != null || value.toString().isEmpty()
            ? "a string that is not empty"
            : null;
  }

  private static Check flag() {
    return value -> value instanceof Boolean ? null : "true or false";
  }
}
