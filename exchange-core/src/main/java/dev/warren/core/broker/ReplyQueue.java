package dev.warren.core.broker;

import dev.warren.core.message.Message;
import dev.warren.core.queue.QueueOptions;
import java.util.Map;

/**
 * A volatile queue for direct reply-to (contract §2.6): a name in front of one consumer, which gets
 * a message at once or never. It holds nothing, so that there is nothing to store or to settle.
 *
 * <p>Owned by the loop it was opened on; {@link #name} may be asked by any thread.
 */
public final class ReplyQueue {
  private static final Management.QueueFigures FIGURES =
      Management.QueueFigures.NOTHING.withConsumers(1);

  private final ReplyQueues registry;
  private final String name;
  private final BrokerLoop loop;
  private final Listener listener;
  private final Mail arrival = (message, unused) -> onMessage((Message) message);
  private boolean closed;

  /** Its one consumer, called on its loop. */
  @FunctionalInterface
  public interface Listener {
    /** A message, which is lost if the consumer cannot take it now. */
    void onMessage(Message message);
  }

  ReplyQueue(ReplyQueues registry, String name, BrokerLoop loop, Listener listener) {
    this.registry = registry;
    this.name = name;
    this.loop = loop;
    this.listener = listener;
  }

  /** Its name: what follows {@code /queues/} in its address. */
  public String name() {
    return name;
  }

  /** As the operator sees it: always empty, with its one consumer. */
  Management.QueueInfo info(String virtualHost) {
    return new Management.QueueInfo(
        Management.QueueInfo.UNNUMBERED,
        virtualHost,
        name,
        "classic",
        false,
        true,
        true,
        0,
        Map.of(),
        QueueOptions.NONE,
        false,
        FIGURES);
  }

  /** Ends it: the name means nothing any more, and what is under way is dropped. */
  public void close() {
    loop.assertOwner();
    closed = true;
    registry.remove(this);
  }

  /** From the loop of a publisher. */
  void deliver(BrokerLoop from, Message message) {
    from.post(loop, arrival, message, null);
  }

  private void onMessage(Message message) {
    if (!closed) {
      listener.onMessage(message);
    }
  }
}
