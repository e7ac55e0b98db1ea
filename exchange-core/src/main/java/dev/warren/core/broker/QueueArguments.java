package dev.warren.core.broker;

import dev.warren.core.queue.QueueOptions;
import dev.warren.core.queue.QueueOptions.Overflow;
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
  private static final String DELIVERY_LIMIT = "x-delivery-limit";
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
    return new QueueOptions(
        reader.number(MESSAGE_TTL, 0, TEN_YEARS_MS),
        reader.number(MAX_LENGTH, 0, Long.MAX_VALUE),
        reader.number(MAX_LENGTH_BYTES, 0, Long.MAX_VALUE),
        overflow(reader),
        deadLetterExchange,
        deadLetterKey,
        deliveryLimit(reader));
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

    BrokerException invalid(String name, String expected) {
      return new BrokerException(
          BrokerError.PRECONDITION_FAILED,
          "invalid arg '%s' for queue '%s' in vhost '%s': %s was given, %s was expected"
              .formatted(name, queue, virtualHost, arguments.get(name), expected));
    }
  }
}
