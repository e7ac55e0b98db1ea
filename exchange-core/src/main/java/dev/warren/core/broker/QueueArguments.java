package dev.warren.core.broker;

import dev.warren.core.queue.DelayedRetry;
import dev.warren.core.queue.Priorities;
import dev.warren.core.queue.QueueOptions;
import dev.warren.core.queue.QueueOptions.Overflow;
import dev.warren.core.queue.SingleActive;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of a queue and what they mean (contract §8). Unknown ones are kept and ignored.
 * Stateless.
 */
public final class QueueArguments {
  /** The queue's type. */
  public static final String TYPE = "x-queue-type";

  private static final String MESSAGE_TTL = "x-message-ttl";
  private static final String MAX_LENGTH = "x-max-length";
  private static final String MAX_LENGTH_BYTES = "x-max-length-bytes";
  private static final String OVERFLOW = "x-overflow";
  private static final String DEAD_LETTER_EXCHANGE = "x-dead-letter-exchange";
  private static final String DEAD_LETTER_ROUTING_KEY = "x-dead-letter-routing-key";
  private static final String DEAD_LETTER_STRATEGY = "x-dead-letter-strategy";
  private static final String DELIVERY_LIMIT = "x-delivery-limit";
  private static final String EXPIRES = "x-expires";
  private static final String MAX_PRIORITY = "x-max-priority";
  private static final String SINGLE_ACTIVE_CONSUMER = "x-single-active-consumer";
  private static final String CONSUMER_TIMEOUT = "x-consumer-timeout";
  private static final String DELAYED_RETRY_TYPE = "x-delayed-retry-type";
  private static final String DELAYED_RETRY_MIN = "x-delayed-retry-min";
  private static final String DELAYED_RETRY_MAX = "x-delayed-retry-max";
  private static final long TEN_YEARS_MS = 315_360_000_000L;
  private static final Set<String> TYPES = Set.of("classic", "quorum");

  private QueueArguments() {}

  /**
   * Reads the arguments.
   *
   * @throws BrokerException precondition-failed, naming argument, queue, value and what was
   *     expected
   */
  public static QueueOptions options(
      String virtualHost, String queue, Map<String, Object> arguments) {
    Reader reader = new Reader(virtualHost, queue, arguments);
    String type = reader.text(TYPE);
    if (type != null && !TYPES.contains(type)) {
      throw reader.invalid(TYPE, "classic or quorum");
    }
    String deadLetterExchange = reader.text(DEAD_LETTER_EXCHANGE);
    String deadLetterKey = reader.text(DEAD_LETTER_ROUTING_KEY);
    if (deadLetterKey != null && deadLetterExchange == null) {
      throw reader.invalid(DEAD_LETTER_ROUTING_KEY, "x-dead-letter-exchange beside it");
    }
    boolean quorum = "quorum".equals(type);
    Overflow overflow = overflow(reader);
    checkStrategy(reader, overflow);
    return QueueOptions.DEFAULTS.toBuilder()
        .messageTtlMs(reader.number(MESSAGE_TTL, 0, TEN_YEARS_MS))
        .maxLength(reader.number(MAX_LENGTH, 0, Long.MAX_VALUE))
        .maxLengthBytes(reader.number(MAX_LENGTH_BYTES, 0, Long.MAX_VALUE))
        .overflow(overflow)
        .deadLetter(deadLetterExchange, deadLetterKey)
        .deliveryLimit(deliveryLimit(reader))
        .expiresMs(reader.number(EXPIRES, 1, TEN_YEARS_MS))
        .consumerTimeoutMs(reader.number(CONSUMER_TIMEOUT, 0, Long.MAX_VALUE))
        .delayedRetry(delayedRetry(reader))
        .priorities(priorities(reader, quorum))
        .singleActive(singleActive(reader, quorum))
        .build();
  }

  /** At-least-once needs a source that stops its publishers rather than drop (contract §8). */
  private static void checkStrategy(Reader reader, Overflow overflow) {
    String strategy = reader.text(DEAD_LETTER_STRATEGY);
    if (strategy == null || strategy.equals("at-most-once")) {
      return;
    }
    if (!strategy.equals("at-least-once")) {
      throw reader.invalid(DEAD_LETTER_STRATEGY, "at-most-once or at-least-once");
    }
    if (overflow != Overflow.REJECT_PUBLISH) {
      throw reader.invalid(DEAD_LETTER_STRATEGY, "x-overflow reject-publish beside it");
    }
  }

  private static DelayedRetry delayedRetry(Reader reader) {
    String text = reader.text(DELAYED_RETRY_TYPE);
    long minMs = reader.number(DELAYED_RETRY_MIN, 0, Long.MAX_VALUE);
    long maxMs = reader.number(DELAYED_RETRY_MAX, 0, Long.MAX_VALUE);
    if (maxMs != QueueOptions.NONE && maxMs < minMs) {
      throw reader.invalid(DELAYED_RETRY_MAX, "x-delayed-retry-min or more");
    }
    DelayedRetry.Type type =
        switch (text == null ? "disabled" : text) {
          case "disabled" -> DelayedRetry.Type.DISABLED;
          case "all" -> DelayedRetry.Type.ALL;
          case "failed" -> DelayedRetry.Type.FAILED;
          case "returned" -> DelayedRetry.Type.RETURNED;
          default -> throw reader.invalid(DELAYED_RETRY_TYPE, "disabled, all, failed or returned");
        };
    if (type == DelayedRetry.Type.DISABLED) {
      return DelayedRetry.DISABLED;
    }
    if (minMs == QueueOptions.NONE) {
      throw reader.invalid(DELAYED_RETRY_TYPE, "x-delayed-retry-min beside it");
    }
    return new DelayedRetry(type, minMs, maxMs == QueueOptions.NONE ? Long.MAX_VALUE : maxMs);
  }

  private static Priorities priorities(Reader reader, boolean quorum) {
    long highest = reader.number(MAX_PRIORITY, 0, Priorities.HIGHEST_MAX);
    if (quorum) {
      if (highest != QueueOptions.NONE) {
        throw reader.notOf(MAX_PRIORITY, "quorum");
      }
      return Priorities.QUORUM;
    }
    return highest == QueueOptions.NONE ? Priorities.NONE : Priorities.upTo((int) highest);
  }

  private static SingleActive singleActive(Reader reader, boolean quorum) {
    if (!reader.flag(SINGLE_ACTIVE_CONSUMER)) {
      return SingleActive.NONE;
    }
    return quorum ? SingleActive.HIGHEST_PRIORITY : SingleActive.UNTIL_DETACHED;
  }

  private static Overflow overflow(Reader reader) {
    String text = reader.text(OVERFLOW);
    if (text == null) {
      return Overflow.DROP_HEAD;
    }
    return switch (text) {
      case "drop-head" -> Overflow.DROP_HEAD;
      case "reject-publish" -> Overflow.REJECT_PUBLISH;
      case "reject-publish-dlx" -> Overflow.REJECT_PUBLISH_DLX;
      default -> throw reader.invalid(OVERFLOW, "drop-head, reject-publish or reject-publish-dlx");
    };
  }

  private static int deliveryLimit(Reader reader) {
    if (!reader.arguments.containsKey(DELIVERY_LIMIT)) {
      return QueueOptions.DELIVERY_LIMIT_DEFAULT;
    }
    long limit = reader.number(DELIVERY_LIMIT, Integer.MIN_VALUE, Integer.MAX_VALUE);
    return limit < 0 ? QueueOptions.NONE : (int) limit;
  }

  private record Reader(String virtualHost, String queue, Map<String, Object> arguments) {

    @Nullable String text(String name) {
      Object value = arguments.get(name);
      if (value == null) {
        return null;
      }
      if (!(value instanceof CharSequence) && !(value instanceof dev.warren.core.message.Symbol)) {
        throw invalid(name, "a string");
      }
      return value.toString();
    }

    long number(String name, long min, long max) {
      Object value = arguments.get(name);
      if (value == null) {
        return QueueOptions.NONE;
      }
      boolean whole = value instanceof Long || value instanceof Integer || value instanceof Short;
      if (!whole || ((Number) value).longValue() < min || ((Number) value).longValue() > max) {
        throw invalid(name, "a whole number from " + min + " to " + max);
      }
      return ((Number) value).longValue();
    }

    boolean flag(String name) {
      Object value = arguments.get(name);
      if (value != null && !(value instanceof Boolean)) {
        throw invalid(name, "true or false");
      }
      return Boolean.TRUE.equals(value);
    }

    /** The argument is one of another type of queue (contract §8). */
    BrokerException notOf(String name, String type) {
      return new BrokerException(
          BrokerError.PRECONDITION_FAILED,
          "invalid arg '%s' for queue '%s' in vhost '%s' of queue type %s"
              .formatted(name, queue, virtualHost, type));
    }

    BrokerException invalid(String name, String expected) {
      return new BrokerException(
          BrokerError.PRECONDITION_FAILED,
          "invalid arg '%s' for queue '%s' in vhost '%s': %s was given, %s was expected"
              .formatted(name, queue, virtualHost, arguments.get(name), expected));
    }
  }
}
