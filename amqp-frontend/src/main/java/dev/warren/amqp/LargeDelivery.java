package dev.warren.amqp;

import dev.warren.core.queue.Checkout;
import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.Sender;
import org.jspecify.annotations.Nullable;

/**
 * The delivery of a link whose front is sent, and whose bare message follows from where it is
 * stored once the front is written; nothing else goes out on the link meanwhile. Owned by the
 * connection's loop.
 */
final class LargeDelivery {
  private final ConnectionHandler connection;
  private final Sender sender;
  private @Nullable Delivery delivery;

  LargeDelivery(ConnectionHandler connection, Sender sender) {
    this.connection = connection;
    this.sender = sender;
  }

  boolean isNone() {
    return delivery == null;
  }

  /** Sends the front. */
  void start(Delivery large, Checkout checkout, boolean again) {
    DeliveryEncoder.sendFront(sender, checkout, again);
    delivery = large;
  }

  /** Sends the rest, if there is one; false if what precedes it is not written yet. */
  boolean finish() {
    Delivery large = delivery;
    if (large == null) {
      return true;
    }
    if (large.pending() > 0) {
      connection.transport().write();
      if (large.pending() > 0) {
        return false;
      }
    }
    sendRest(large);
    return true;
  }

  /** The peer has settled a delivery before it had all of it: the rest goes out at once. */
  void finishIf(Delivery settled) {
    if (settled == delivery) {
      sendRest(settled);
    }
  }

  private void sendRest(Delivery large) {
    DeliveryEncoder.sendBare(sender, ((Checkout) large.getContext()).message());
    connection.markDirty();
    delivery = null;
    sender.advance();
  }

  /** The link is over. */
  void forget() {
    delivery = null;
  }
}
