package dev.warren.core.broker;

import dev.warren.core.message.Envelope;
import dev.warren.core.message.Message;
import dev.warren.core.queue.QueueCounters;
import dev.warren.core.queue.QueueOptions;
import dev.warren.core.routing.RoutedQueue;
import java.util.Optional;

/**
 * What a queue would do with a message if it came now, as far as its figures of this moment tell.
 * Immutable.
 *
 * @param accepts whether the queue would take it
 * @param why in words
 * @param deadLetters where it would go if it died here; empty if it would be dropped then
 */
public record QueueForecast(boolean accepts, String why, Optional<Envelope> deadLetters) {

  /** Judges a queue of a broker. Any thread. */
  public static QueueForecast of(RoutedQueue queue, Message message) {
    QueueProxy proxy = (QueueProxy) queue;
    QueueOptions options = proxy.definition().options();
    Optional<Envelope> deadLetters =
        Optional.ofNullable(options.deadLetterExchange())
            .map(exchange -> deadLetter(exchange, options, message.envelope()));
    if (!proxy.wants(message)) {
      return new QueueForecast(
          true, "the filter of the subscription does not match: it is not kept", deadLetters);
    }
    Optional<String> limit = limitReached(proxy.counters(), options, message);
    if (limit.isEmpty()) {
      String state = proxy.isPaused() ? "it is kept; the queue is paused" : "it is kept";
      return new QueueForecast(true, state + storage(proxy, message), deadLetters);
    }
    if (options.overflow() == QueueOptions.Overflow.DROP_HEAD) {
      return new QueueForecast(
          true, limit.get() + ": it is kept, and the oldest message goes", deadLetters);
    }
    return new QueueForecast(
        false, limit.get() + ": it is refused unless a consumer takes it at once", deadLetters);
  }

  private static String storage(QueueProxy queue, Message message) {
    if (!queue.isDurable()) {
      return ", in memory: the queue is not durable";
    }
    return message.header().durable() ? ", on disk" : ", in memory: the message is not durable";
  }

  private static Optional<String> limitReached(
      QueueCounters counters, QueueOptions options, Message message) {
    long length = counters.ready();
    if (options.maxLength() != QueueOptions.NONE && length + 1 > options.maxLength()) {
      return Optional.of(
          "it holds %d ready messages of %d (x-max-length)".formatted(length, options.maxLength()));
    }
    long bytes = counters.readyBytes();
    if (options.maxLengthBytes() != QueueOptions.NONE
        && bytes + message.sizeBytes() > options.maxLengthBytes()) {
      return Optional.of(
          "it holds %d octets of %d (x-max-length-bytes)"
              .formatted(bytes, options.maxLengthBytes()));
    }
    return Optional.empty();
  }

  private static Envelope deadLetter(String exchange, QueueOptions options, Envelope old) {
    String key = options.deadLetterRoutingKey();
    return key == null
        ? new Envelope(exchange, old.routingKey(), old.ccKeys())
        : Envelope.of(exchange, key);
  }
}
