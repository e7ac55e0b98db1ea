package dev.warren.server.config;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The arguments of queues RabbitMQ knows, and what they may be (contract §8). Others are kept
 * without a look.
 */
enum QueueArgument {
  TYPE("x-queue-type", oneOf("classic", "quorum"), Effect.YES),
  EXPIRES("x-expires", number(1, Bounds.TEN_YEARS_MS), Effect.YES),
  MESSAGE_TTL("x-message-ttl", number(0, Bounds.TEN_YEARS_MS), Effect.YES),
  MAX_LENGTH("x-max-length", number(0, Long.MAX_VALUE), Effect.YES),
  MAX_LENGTH_BYTES("x-max-length-bytes", number(0, Long.MAX_VALUE), Effect.YES),
  OVERFLOW("x-overflow", oneOf("drop-head", "reject-publish", "reject-publish-dlx"), Effect.YES),
  DEAD_LETTER_EXCHANGE("x-dead-letter-exchange", text(), Effect.YES),
  DEAD_LETTER_ROUTING_KEY("x-dead-letter-routing-key", text(), Effect.YES),
  DEAD_LETTER_STRATEGY(
      "x-dead-letter-strategy", oneOf("at-most-once", "at-least-once"), Effect.YES),
  MAX_PRIORITY("x-max-priority", number(0, 255), Effect.YES),
  SINGLE_ACTIVE_CONSUMER("x-single-active-consumer", flag(), Effect.YES),
  DELIVERY_LIMIT("x-delivery-limit", number(Integer.MIN_VALUE, Integer.MAX_VALUE), Effect.YES),
  INITIAL_GROUP_SIZE("x-quorum-initial-group-size", number(1, Integer.MAX_VALUE), Effect.NONE),
  LEADER_LOCATOR(
      "x-queue-leader-locator",
      oneOf("client-local", "balanced", "random", "least-leaders"),
      Effect.NONE),
  CONSUMER_TIMEOUT("x-consumer-timeout", number(0, Long.MAX_VALUE), Effect.YES),
  CONSUMER_DISCONNECTED_TIMEOUT(
      "x-consumer-disconnected-timeout", number(0, Long.MAX_VALUE), Effect.NOT_YET),
  DELAYED_RETRY_TYPE(
      "x-delayed-retry-type", oneOf("disabled", "all", "failed", "returned"), Effect.YES),
  DELAYED_RETRY_MIN("x-delayed-retry-min", number(0, Long.MAX_VALUE), Effect.YES),
  DELAYED_RETRY_MAX("x-delayed-retry-max", number(0, Long.MAX_VALUE), Effect.YES),
  MAX_IN_MEMORY_LENGTH("x-max-in-memory-length", number(0, Long.MAX_VALUE), Effect.NONE),
  MAX_IN_MEMORY_BYTES("x-max-in-memory-bytes", number(0, Long.MAX_VALUE), Effect.NONE),
  QUEUE_VERSION("x-queue-version", number(2, 2), Effect.NONE),
  MASTER_LOCATOR("x-queue-master-locator", text(), Effect.NONE),
  QUEUE_MODE("x-queue-mode", refused("RabbitMQ 4.3 removed it"), Effect.NONE),
  MAX_AGE("x-max-age", refused(Bounds.STREAMS), Effect.NONE),
  STREAM_SEGMENT("x-stream-max-segment-size-bytes", refused(Bounds.STREAMS), Effect.NONE),
  STREAM_FILTER("x-stream-filter-size-bytes", refused(Bounds.STREAMS), Effect.NONE),
  CLUSTER_SIZE("x-initial-cluster-size", refused(Bounds.STREAMS), Effect.NONE);

  private final String argument;

  @SuppressWarnings("ImmutableEnumChecker") // the predicates capture constants only
  private final Rule rule;

  private final Effect effect;

  QueueArgument(String argument, Rule rule, Effect effect) {
    this.argument = argument;
    this.rule = rule;
    this.effect = effect;
  }

  /** Its name, beginning with {@code x-}. */
  String argument() {
    return argument;
  }

  /** What it may be. */
  String expected() {
    return rule.expected();
  }

  /** Whether it may have this value. */
  boolean allows(Object value) {
    return rule.allows().test(value);
  }

  /** Whether it is kept and shown, but the queue does not act on it in this version. */
  boolean isNotYetInEffect() {
    return effect == Effect.NOT_YET;
  }

  /** The argument with this name, if RabbitMQ knows it. */
  static Optional<QueueArgument> named(String argument) {
    return Arrays.stream(values()).filter(known -> known.argument.equals(argument)).findFirst();
  }

  private static Rule number(long min, long max) {
    return new Rule(
        new ConfigType.Whole(min, max).expected(),
        value -> value instanceof Long number && number >= min && number <= max);
  }

  private static Rule oneOf(String... words) {
    List<String> known = List.of(words);
    return new Rule(
        "one of " + String.join(", ", known),
        value -> value instanceof String word && known.contains(word));
  }

  private static Rule text() {
    return new Rule("text", String.class::isInstance);
  }

  private static Rule flag() {
    return new Rule("true or false", Boolean.class::isInstance);
  }

  private static Rule refused(String reason) {
    return new Rule("it left out: " + reason, value -> false);
  }

  /** What a queue does with an argument. */
  private enum Effect {
    YES,
    /** There is nothing to do in a broker of one node. */
    NONE,
    NOT_YET
  }

  private record Rule(String expected, Predicate<Object> allows) {}

  /** Constants of an enum cannot use the enum's own. */
  private static final class Bounds {
    static final long TEN_YEARS_MS = 315_360_000_000L;
    static final String STREAMS = "streams are not supported";
  }
}
