package dev.warren.amqp;

import dev.warren.amqp.KeptConsumer.Held;
import dev.warren.amqp.engine.LinkTerms;
import dev.warren.core.broker.Subscription;
import dev.warren.core.queue.Outcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Received;
import org.apache.qpid.proton.amqp.messaging.Released;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of the deliveries held for a consumer when it attaches again, by comparing what
 * either end has not settled (AMQP 1.0 §2.6.13). Stateless but for its result.
 */
final class Resumption {
  private static final int TAG_OVERHEAD_BYTES = 8;
  private static final int PLAIN_STATE_BYTES = 16;
  private static final int REJECTED_BYTES = 4096;

  private final List<Again> again = new ArrayList<>();
  private final List<Held> returned = new ArrayList<>();
  private final List<Held> waiting = new ArrayList<>();
  private final Map<Binary, @Nullable DeliveryState> unsettled = new LinkedHashMap<>();
  private boolean incomplete;
  private @Nullable DeliveryState unknown;

  /** How a delivery goes out again. */
  enum Step {
    /** The peer does not know it. */
    NEW,
    /** The peer knows it and has not decided: the payload again, from its start. */
    RESUME,
    /** The peer has decided: it is told that the delivery is settled. */
    SETTLE
  }

  /**
   * One delivery that goes out again.
   *
   * @param state the peer's
   */
  record Again(Held held, Step step, @Nullable DeliveryState state) {}

  private Resumption() {}

  /**
   * Compares.
   *
   * @param bytesMax for the unsettled deliveries in our attach
   */
  static Resumption of(LinkTerms terms, List<Held> held, int bytesMax) {
    Resumption result = new Resumption();
    Map<Binary, @Nullable DeliveryState> peer = terms.peerUnsettled();
    if (peer == null) {
      result.returned.addAll(held);
      return result;
    }
    int shared = 0;
    for (Held delivery : held) {
      shared += peer.containsKey(delivery.tag()) ? bytes(delivery.tag(), null) : 0;
    }
    int left = bytesMax;
    int leftForOthers = bytesMax - shared;
    result.incomplete = leftForOthers < 0;
    boolean mayBeSent = !result.incomplete && !terms.isPeerIncomplete();
    for (Held delivery : held) {
      Binary tag = delivery.tag();
      int bytes = bytes(tag, null);
      if (peer.containsKey(tag)) {
        left -= bytes;
        result.resume(delivery, peer.get(tag), left >= 0);
      } else {
        leftForOthers -= bytes;
        result.offer(delivery, mayBeSent, leftForOthers >= 0);
      }
    }
    return result;
  }

  private void resume(Held delivery, @Nullable DeliveryState state, boolean fits) {
    if (!fits) {
      waiting.add(delivery);
      return;
    }
    unsettled.put(delivery.tag(), null);
    if (state == null || state instanceof Received) {
      again.add(new Again(delivery, Step.RESUME, state));
    } else if (OutcomeMapper.fromConsumer(state) != null) {
      again.add(new Again(delivery, Step.SETTLE, state));
    } else {
      unknown = state;
    }
  }

  private void offer(Held delivery, boolean mayBeSent, boolean fits) {
    if (mayBeSent && !fits) {
      returned.add(delivery);
      return;
    }
    if (fits) {
      unsettled.put(delivery.tag(), null);
    } else {
      incomplete = true;
    }
    if (mayBeSent) {
      again.add(new Again(delivery, Step.NEW, null));
    } else {
      waiting.add(delivery);
    }
  }

  /** Octets an unsettled delivery takes in an attach, at most. */
  static int bytes(Binary tag, @Nullable DeliveryState state) {
    int stateBytes =
        state == null || state instanceof Accepted || state instanceof Released
            ? PLAIN_STATE_BYTES
            : REJECTED_BYTES;
    return tag.getLength() + TAG_OVERHEAD_BYTES + stateBytes;
  }

  /** Deliveries to send, in order. */
  List<Again> again() {
    return again;
  }

  /** Deliveries that stay as they are until the link is attached once more. */
  List<Held> waiting() {
    return waiting;
  }

  /** What our attach tells. */
  Map<Binary, @Nullable DeliveryState> unsettled() {
    return unsettled;
  }

  /** Whether our attach does not tell all. */
  boolean isIncomplete() {
    return incomplete;
  }

  /** A state of the peer's that is no outcome, or null. */
  @Nullable DeliveryState unknown() {
    return unknown;
  }

  /** Tells the queue what the peer has decided, and gives back what it has forgotten. */
  void settle(Subscription queue, boolean lost) {
    for (Held delivery : returned) {
      queue.settle(delivery.checkout(), KeptConsumer.returned(lost));
    }
    for (Again delivery : again) {
      Outcome outcome =
          delivery.step() == Step.SETTLE ? OutcomeMapper.fromConsumer(delivery.state()) : null;
      if (outcome != null) {
        queue.settle(delivery.held().checkout(), outcome);
      }
    }
  }
}
