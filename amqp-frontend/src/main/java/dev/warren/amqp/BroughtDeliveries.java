package dev.warren.amqp;

import dev.warren.amqp.engine.LinkTerms;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.engine.Delivery;
import org.jspecify.annotations.Nullable;

/**
 * Deliveries of an earlier attachment of a link on which a client sends, which the client has not
 * settled (AMQP 1.0 §2.6.13). Empty on a link that was not resumed. Owned by the link's loop.
 */
final class BroughtDeliveries {
  private final Map<Binary, Brought> deliveries = new LinkedHashMap<>();
  private boolean incomplete;

  /** What was decided, and the transfer that resumes the delivery. */
  private static final class Brought {
    @Nullable DeliveryState outcome;
    @Nullable Delivery delivery;
  }

  /**
   * Takes those the client has not settled, and tells them in our attach.
   *
   * @param bytesMax for telling them
   */
  void take(Map<Binary, @Nullable DeliveryState> unsettled, LinkTerms terms, int bytesMax) {
    Map<Binary, @Nullable DeliveryState> peer = terms.peerUnsettled();
    if (peer == null) {
      return;
    }
    Map<Binary, @Nullable DeliveryState> told = new LinkedHashMap<>();
    int left = bytesMax;
    for (Map.Entry<Binary, @Nullable DeliveryState> entry : unsettled.entrySet()) {
      Binary tag = entry.getKey();
      if (!terms.isPeerIncomplete() && !peer.containsKey(tag)) {
        continue;
      }
      Brought delivery = new Brought();
      delivery.outcome = entry.getValue();
      deliveries.put(tag, delivery);
      left -= Resumption.bytes(tag, delivery.outcome);
      if (left >= 0) {
        told.put(tag, delivery.outcome);
      } else {
        incomplete = true;
      }
    }
    terms.tellUnsettled(told, incomplete);
  }

  /** [2.7.3] Whether not all could be told: then the client sends nothing new. */
  boolean isIncomplete() {
    return incomplete;
  }

  int size() {
    return deliveries.size();
  }

  boolean isKnown(Binary tag) {
    return deliveries.containsKey(tag);
  }

  void forget(Binary tag) {
    deliveries.remove(tag);
  }

  /** The broker has decided; returns the transfer that waits for it, or null. */
  @Nullable Delivery decide(Binary tag, DeliveryState outcome) {
    Brought known = deliveries.get(tag);
    if (known == null) {
      return null;
    }
    known.outcome = outcome;
    if (known.delivery != null) {
      deliveries.remove(tag);
    }
    return known.delivery;
  }

  /** A transfer resumes a delivery that is known; returns the outcome, or null if it follows. */
  @Nullable DeliveryState resume(Binary tag, Delivery delivery) {
    Brought known = deliveries.get(tag);
    if (known == null) {
      throw new IllegalStateException("not known");
    }
    if (known.outcome == null) {
      known.delivery = delivery;
    } else {
      deliveries.remove(tag);
    }
    return known.outcome;
  }

  /** Adds what is still unsettled. */
  void addTo(Map<Binary, @Nullable DeliveryState> unsettled) {
    deliveries.forEach((tag, delivery) -> unsettled.put(tag, delivery.outcome));
  }
}
