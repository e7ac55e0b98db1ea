package dev.warren.amqp;

import dev.warren.core.message.Message;
import dev.warren.core.queue.Checkout;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.apache.qpid.proton.engine.Sender;

/**
 * The largest message the client of a link takes (AMQP 1.0 §2.7.3, max-message-size). Immutable.
 *
 * @param bytes in octets, or {@link Long#MAX_VALUE} if it did not say
 */
record MessageSizeLimit(long bytes) {
  /** More than is written before a bare message besides its annotations. */
  private static final int FRONT_BYTES_MAX = 160;

  /** What the client said when it attached the link. */
  static MessageSizeLimit of(Sender sender) {
    UnsignedLong told = sender.getRemoteMaxMessageSize();
    long bytes = told == null ? 0 : told.longValue();
    // A value beyond the range of a long is negative here, and no limit either.
    return new MessageSizeLimit(bytes <= 0 ? Long.MAX_VALUE : bytes);
  }

  /** Whether the message is too large as this delivery of it would be encoded. */
  boolean excludes(Checkout checkout, boolean again) {
    return mayExclude(checkout.message())
        && DeliveryEncoder.encodeFront(checkout, again).length() > room(checkout.message());
  }

  /** Whether the message is too large for its first consumer ever. */
  boolean excludesFirst(Message message) {
    return mayExclude(message) && DeliveryEncoder.encodeFirst(message).length() > bytes;
  }

  private long room(Message message) {
    return bytes - message.bareLength();
  }

  /** Spares the encoding of what is far from the limit. */
  private boolean mayExclude(Message message) {
    return room(message) < message.annotations().length + FRONT_BYTES_MAX;
  }
}
