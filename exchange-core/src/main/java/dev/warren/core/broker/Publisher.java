package dev.warren.core.broker;

import dev.warren.core.message.Message;
import org.jspecify.annotations.Nullable;

/**
 * A publisher's way into a virtual host: one for each link that sends. Owned by the loop it was
 * opened on; the listener is called on that loop.
 */
public interface Publisher {

  /**
   * Routes the message by its envelope and hands it to the matching queues.
   *
   * @param token identifies the delivery to the listener; null for a pre-settled one, of which
   *     nothing more is heard
   * @return the outcome, or {@link Result#PARKED}: then the listener is told it later, exactly once
   */
  Result publish(Message message, @Nullable Object token);

  /** A message of this publisher's was published by a transaction: its user's rate counts it. */
  void charge(Message message);

  /** Messages parked at present. */
  int parked();

  /**
   * How many more messages may be sent now, for link credit. 0 while publishers are blocked; {@link
   * Broker#onPublishersBlocked} tells when that ends. Also 0 while the journal is behind, or the
   * user's publish rate is used up: then {@link Listener#onRoom} is called.
   */
  int room();

  /** No more is published, and the listener is not called again. */
  void close();

  /** What became of a message at once. */
  enum Result {
    /** The outcome follows. */
    PARKED,
    /** Every matching queue has it. */
    ACCEPTED,
    /** It matched no queue. */
    RELEASED,
    /** There is no room for it; nothing was stored. */
    NO_ROOM,
    /** The exchange does not exist (any more). */
    NO_EXCHANGE
  }

  /** Told the outcome of parked messages. */
  interface Listener {
    /** Every matching queue has taken responsibility. */
    void onAccepted(Object token);

    /** A queue refused it for a reason such as {@code maxlen}. */
    void onRejected(Object token, String queue, String reason);

    /** All matching queues were gone before it reached them. */
    void onReleased(Object token);

    /** {@link Publisher#room} had been 0 for a reason which may have gone: ask again. */
    void onRoom();
  }
}
