package dev.warren.amqp;

import dev.warren.amqp.KeptConsumer.Held;
import dev.warren.amqp.Resumption.Again;
import dev.warren.amqp.Resumption.Step;
import dev.warren.core.broker.Subscription;
import dev.warren.core.queue.Checkout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.Sender;

/**
 * Deliveries of an earlier attachment on a link that was resumed: those to send again, and those
 * which must wait for one attachment more. Empty on any other link. Owned by the link's loop.
 */
final class LinkLuggage {
  final ArrayDeque<Again> again = new ArrayDeque<>();
  final List<Held> waiting = new ArrayList<>();
  private final Set<Binary> brought = new HashSet<>();

  /** [2.7.3] One end did not tell all of its unsettled deliveries: no new ones are sent. */
  boolean resumesOnly;

  /** Takes what was decided. */
  void take(Resumption plan, boolean peerIncomplete) {
    again.addAll(plan.again());
    waiting.addAll(plan.waiting());
    plan.again().forEach(delivery -> brought.add(delivery.held().tag()));
    resumesOnly = peerIncomplete || plan.isIncomplete();
  }

  /** Whether a delivery was sent on an earlier attachment. */
  boolean isBrought(Binary tag) {
    return brought.contains(tag);
  }

  /**
   * Takes along what was sent and is not settled, but for what a transaction decides about; what
   * was never in a frame goes back to the queue.
   */
  List<Held> takeUnsettled(Sender sender, Subscription queue) {
    List<Held> held = new ArrayList<>();
    int sent = -sender.getQueued();
    for (Delivery d = sender.head(); d != null; d = d.next()) {
      sent++;
    }
    for (Delivery d = sender.head(); d != null; d = d.next()) {
      Binary tag = new Binary(d.getTag());
      boolean wasSent = sent-- > 0 || isBrought(tag);
      if (ConnectionTransactions.takesOver(d)) {
        continue;
      }
      if (wasSent) {
        held.add(new Held(tag, (Checkout) d.getContext()));
      } else {
        queue.giveBack((Checkout) d.getContext());
      }
    }
    addTo(held);
    return held;
  }

  /** Adds what is still unsettled and not with the engine. */
  private void addTo(List<Held> held) {
    for (Again delivery : again) {
      if (delivery.step() != Step.SETTLE) {
        held.add(delivery.held());
      }
    }
    held.addAll(waiting);
  }

  /** The queue has taken a delivery back. */
  void forget(Checkout checkout) {
    again.removeIf(delivery -> delivery.held().checkout() == checkout);
    waiting.removeIf(delivery -> delivery.checkout() == checkout);
  }
}
