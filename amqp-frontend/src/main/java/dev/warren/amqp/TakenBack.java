package dev.warren.amqp;

import dev.warren.core.queue.Checkout;
import org.apache.qpid.proton.amqp.messaging.Released;
import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.Sender;

/**
 * A delivery which the queue took back because its consumer held it for too long (contract §2.4):
 * the client is told by a disposition of ours, released and not settled, and the link stays. What
 * the client says of the delivery later means nothing but that it has heard. Stateless.
 */
final class TakenBack {
  private TakenBack() {}

  /** Tells the client; does nothing if the delivery was not sent. */
  static void tell(Sender sender, Checkout checkout) {
    // The oldest come first, and are what is taken back.
    for (Delivery delivery = sender.head(); delivery != null; delivery = delivery.next()) {
      if (delivery.getContext() == checkout) {
        if (!delivery.isSettled()) {
          delivery.disposition(Released.getInstance());
        }
        return;
      }
    }
  }

  /** Whether the client was told so of this delivery. */
  static boolean isTold(Delivery delivery) {
    return delivery.getLocalState() == Released.getInstance();
  }
}
