package dev.warren.amqp;

import dev.warren.core.broker.BrokerException;
import dev.warren.core.broker.Subscription;
import dev.warren.core.queue.Checkout;
import dev.warren.core.queue.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a link on which a client receives: its subscription, without credit, and what it
 * has been sent and not settled, which the queue gives to nobody else meanwhile. Owned by the loop
 * of the link's last connection.
 */
final class KeptConsumer extends KeptLink implements Subscription.Listener {
  private final List<String> terms;
  private List<Held> held = new ArrayList<>();
  private int nextTag;
  private boolean lost;
  private boolean arriving;
  private boolean expired;
  private @Nullable Subscription subscription;
  private @Nullable Claim claim;

  /** A delivery that was sent and not settled. */
  record Held(Binary tag, Checkout checkout) {}

  /**
   * What goes over to the next attachment.
   *
   * @param nextTag the next unused delivery-tag
   * @param lost whether the connection or session went, rather than the link alone
   */
  record Luggage(List<Held> held, int nextTag, boolean lost) {}

  /**
   * Creates it for a link that is being attached.
   *
   * @param terms what another attachment must ask for to go on with the subscription
   */
  KeptConsumer(
      KeptLinks.Key key, ConnectionHandler connection, Retention retention, List<String> terms) {
    super(key, connection, retention);
    this.terms = terms;
  }

  /** What must be the same for a suspended subscription to be the one that is wanted. */
  static List<String> terms(Subscription.Request request, Source source) {
    return List.of(
        request.queue(),
        request.mode().toString(),
        String.valueOf(request.presettled()),
        String.valueOf(request.priority()),
        String.valueOf(source.getFilter()));
  }

  /**
   * Takes over from the link, which has taken back its credit. Beyond the limits the newest
   * deliveries go back to the queue.
   */
  void suspend(SessionHandler session, Subscription queue, Luggage luggage) {
    int room = reserve(luggage.held().size());
    held = new ArrayList<>(luggage.held().subList(0, room));
    for (Held tooMany : luggage.held().subList(room, luggage.held().size())) {
      queue.settle(tooMany.checkout(), returned(luggage.lost()));
    }
    nextTag = luggage.nextTag();
    lost = luggage.lost();
    subscription = queue;
    arriving = true;
    queue.place(0, 0);
    queue.move(loop().loop(), this);
    suspended(session);
  }

  /** The outcome of a delivery the peer has forgotten (contract §5.4). */
  static Outcome returned(boolean lost) {
    return lost ? new Outcome.Modified(true, false, Map.of()) : Outcome.RELEASED;
  }

  /** The link will be told nothing more: the subscription is here. */
  void onArrived() {
    arriving = false;
    if (expired) {
      expire();
    } else if (claim != null) {
      moveOn(claim);
    }
  }

  @Override
  void expire() {
    expired = true;
    if (subscription != null && !arriving) {
      subscription.close(lost);
      subscription = null;
    }
    held.clear();
  }

  @Override
  void handOver(Claim by) {
    claim = by;
    if (!arriving) {
      moveOn(by);
    }
  }

  private void moveOn(Claim by) {
    Subscription queue = subscription;
    if (queue == null) {
      by.answerNothing();
    } else if (!by.terms().equals(terms)) {
      subscription = null;
      queue.close(lost);
      by.answerNothing();
    } else {
      queue.move(by.loop().loop(), (OutgoingLink) by.claimant());
    }
  }

  @Override
  public void onMoved() {
    Claim by = claim;
    Subscription queue = subscription;
    if (by == null) {
      return;
    }
    if (queue == null) {
      by.answerNothing();
      return;
    }
    subscription = null;
    Luggage luggage = new Luggage(held, nextTag, lost);
    by.loop().loop().execute(() -> ((OutgoingLink) by.claimant()).onResumed(queue, luggage));
  }

  @Override
  public void onSubscribed(Subscription taken) {
    throw new IllegalStateException("it was subscribed before");
  }

  @Override
  public void onRefused(BrokerException reason) {
    throw new IllegalStateException("it was subscribed before");
  }

  @Override
  public void onDelivery(Checkout checkout) {
    if (subscription != null) {
      subscription.giveBack(checkout);
    }
  }

  @Override
  public void onDrained() {
    // There is no credit left to drain.
  }

  @Override
  public void onTimedOut(Checkout checkout) {
    held.removeIf(delivery -> delivery.checkout() == checkout);
  }

  @Override
  public void onClosed(BrokerException reason) {
    subscription = null;
    held.clear();
    if (claim == null) {
      drop();
    }
  }
}
