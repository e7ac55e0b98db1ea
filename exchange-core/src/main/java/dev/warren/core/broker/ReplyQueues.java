package dev.warren.core.broker;

import dev.warren.core.message.Envelope;
import dev.warren.core.message.Message;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The volatile queues of a virtual host, by name. Thread-safe. They are no part of the topology:
 * nothing can be bound to them, and they come and go without the control thread.
 */
public final class ReplyQueues {
  /** What their names begin with. */
  public static final String PREFIX = "amq.rabbitmq.reply-to.";

  private static final int NAME_BYTES = 18;

  private final SecureRandom random = new SecureRandom();
  private final ConcurrentMap<String, ReplyQueue> open = new ConcurrentHashMap<>();

  ReplyQueues() {}

  /**
   * Opens one, on its consumer's loop. Whoever knows its name may publish to it, so the name cannot
   * be guessed.
   */
  public ReplyQueue open(BrokerLoop loop, ReplyQueue.Listener listener) {
    loop.assertOwner();
    byte[] opaque = new byte[NAME_BYTES];
    random.nextBytes(opaque);
    String name = PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(opaque);
    ReplyQueue queue = new ReplyQueue(this, name, loop, listener);
    open.put(name, queue);
    return queue;
  }

  /** The one of this name, while its consumer lives. */
  public Optional<ReplyQueue> find(String name) {
    return Optional.ofNullable(open.get(name));
  }

  void remove(ReplyQueue queue) {
    open.remove(queue.name(), queue);
  }

  /** Whether the message is addressed to such a queue, which may have gone. */
  static boolean isReply(Message message) {
    Envelope envelope = message.envelope();
    return envelope.exchange().isEmpty() && envelope.routingKey().startsWith(PREFIX);
  }

  /** Whether the message is addressed to one of these. */
  boolean isFor(Message message) {
    return isReply(message) && open.containsKey(message.envelope().routingKey());
  }

  /** Hands the message to the queue it is addressed to; false if that is none of these. */
  boolean deliver(BrokerLoop from, Message message) {
    ReplyQueue queue = isReply(message) ? open.get(message.envelope().routingKey()) : null;
    if (queue == null) {
      return false;
    }
    queue.deliver(from, message);
    return true;
  }
}
