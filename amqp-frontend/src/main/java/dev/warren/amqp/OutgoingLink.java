package dev.warren.amqp;

import dev.warren.amqp.KeptConsumer.Held;
import dev.warren.amqp.Resumption.Again;
import dev.warren.amqp.Resumption.Step;
import dev.warren.amqp.engine.LinkTerms;
import dev.warren.amqp.management.AccessControl.Resource;
import dev.warren.core.broker.BrokerException;
import dev.warren.core.broker.MessageTraffic;
import dev.warren.core.broker.Subscription;
import dev.warren.core.queue.Checkout;
import dev.warren.core.queue.Outcome;
import dev.warren.core.security.Permission;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.messaging.Received;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.ReceiverSettleMode;
import org.apache.qpid.proton.amqp.transport.SenderSettleMode;
import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.Link;
import org.apache.qpid.proton.engine.Sender;
import org.jspecify.annotations.Nullable;

/**
 * A link on which a client receives (contract §2.4): its credit is passed to the queue, deliveries
 * go out with tags counted by the link, outcomes go back. Owned by the connection's loop.
 *
 * <p>Not all of a large credit goes to the queue at once, and none while the client does not read:
 * so what is checked out but not on the wire stays within {@value #GRANT_MAX} messages. Those that
 * cannot be sent wait here as references, not yet encoded.
 */
final class OutgoingLink implements LinkHandler, Subscription.Listener, KeptLink.Claimant {
  /** Credit the queue is given at most. */
  static final int GRANT_MAX = 2048;

  /** Octets the engine holds for a session before its deliveries wait. */
  static final int OUTGOING_BYTES_MAX = 256 * 1024;

  /** Larger bare messages are sent from where they are stored, without a copy. */
  static final int COPIED_BYTES_MAX = 256 * 1024;

  /** Room in an attach frame for all but the unsettled deliveries. */
  private static final int ATTACH_BYTES = 3072;

  private final SessionHandler session;
  private final ConnectionHandler connection;
  private final Sender sender;
  private final LinkTerms terms;
  private final MessageSizeLimit sizeLimit;
  private final Source source;
  private final Subscription.Request request;
  private final boolean presettled;
  private final ArrayDeque<Checkout> backlog = new ArrayDeque<>();

  /** Pre-settled deliveries which the engine may not have written yet. */
  private final UnwrittenDeliveries unwritten = new UnwrittenDeliveries();

  private final LargeDelivery large;
  private final MessageTraffic traffic;
  private final LinkLuggage luggage = new LinkLuggage();
  private @Nullable KeptConsumer kept;
  private @Nullable Subscription subscription;
  private int granted;
  private int nextTag;
  private boolean draining;
  private boolean drainAsked;
  private boolean queueEmpty;
  private boolean touched;
  private boolean released;

  private OutgoingLink(
      SessionHandler session, Sender sender, Source source, Subscription.Request request) {
    this.session = session;
    this.sender = sender;
    this.source = source;
    this.request = request;
    terms = LinkTerms.of(sender);
    sizeLimit = MessageSizeLimit.of(sender);
    connection = session.connection();
    presettled = request.presettled();
    large = new LargeDelivery(connection, sender);
    traffic = session.traffic().part();
  }

  /**
   * Asks the queue to take the consumer; the attach is answered when it has.
   *
   * @param source what the answer says of the source: address, distribution mode, the filters in
   *     force
   */
  static void open(
      SessionHandler session, Sender sender, Source source, Subscription.Request request) {
    OutgoingLink link = new OutgoingLink(session, sender, source, request);
    session.add(link);
    link.open();
  }

  private void open() {
    Retention retention = session.retention(sender);
    KeptLinks links = connection.context().kept();
    KeptLinks.Key key = session.key(sender);
    if (retention.isNone() && !links.has(key)) {
      subscribe();
      return;
    }
    List<String> wanted = KeptConsumer.terms(request, source);
    if (!retention.isNone()) {
      kept = new KeptConsumer(key, connection, retention, wanted);
    }
    boolean steal = kept != null || terms.hasPeerUnsettled();
    links.claim(new KeptLink.Claim(key, connection.loop(), this, kept, wanted, steal));
  }

  @Override
  public @Nullable ErrorCondition accessRefusal() {
    return connection.access().refusal(Permission.READ, Resource.QUEUE, request.queue());
  }

  private void subscribe() {
    connection.virtualHost().subscribe(connection.loop().loop(), request, this);
  }

  @Override
  public void onNothingKept(@Nullable KeptLink next) {
    if (released) {
      forgetKept();
      return;
    }
    kept = (KeptConsumer) next;
    if (terms.peerUnsettled() != null) {
      terms.tellUnsettled(Map.of(), false);
      luggage.resumesOnly = terms.isPeerIncomplete();
    }
    subscribe();
  }

  @Override
  public void onSubscribed(Subscription taken) {
    if (released) {
      forgetKept();
      taken.close(false);
      return;
    }
    subscription = taken;
    attach(taken);
  }

  private void attach(Subscription taken) {
    taken.place(connection.id(), session.channel());
    sender.setSource(source);
    sender.setTarget(sender.getRemoteTarget());
    sender.setSenderSettleMode(presettled ? SenderSettleMode.SETTLED : SenderSettleMode.UNSETTLED);
    sender.setReceiverSettleMode(
        sender.getRemoteReceiverSettleMode() == ReceiverSettleMode.SECOND
            ? ReceiverSettleMode.SECOND
            : ReceiverSettleMode.FIRST);
    terms.tellAvailable(this::available);
    KeptConsumer keeper = kept;
    if (keeper != null) {
      keeper.retention().tell(source);
      keeper.onAttached(this);
    }
    sender.open();
    connection.markDirty();
    onFlow();
  }

  private long available() {
    Subscription queue = subscription;
    return backlog.size() + (queue == null ? 0 : queue.available());
  }

  private void forgetKept() {
    KeptConsumer keeper = kept;
    kept = null;
    if (keeper != null) {
      keeper.drop();
    }
  }

  // ---- what was kept ----

  void onResumed(Subscription taken, KeptConsumer.Luggage brought) {
    KeptConsumer keeper = kept;
    if (released) {
      if (keeper != null && !keeper.isGone()) {
        keeper.suspend(session, taken, brought);
      } else {
        taken.close(brought.lost());
      }
      return;
    }
    subscription = taken;
    nextTag = brought.nextTag();
    Resumption plan =
        Resumption.of(terms, brought.held(), connection.frameBytesMax() - ATTACH_BYTES);
    if (plan.unknown() != null) {
      luggage.waiting.addAll(brought.held());
      session.end(AmqpErrors.invalidField("unknown outcome " + plan.unknown()));
      return;
    }
    luggage.take(plan, terms.isPeerIncomplete());
    plan.settle(taken, brought.lost());
    if (terms.peerUnsettled() != null) {
      terms.tellUnsettled(plan.unsettled(), plan.isIncomplete());
    }
    attach(taken);
  }

  @Override
  public void onMoved() {
    Objects.requireNonNull(kept).onArrived();
  }

  private void sendAgain(Again again) {
    Binary tag = again.held().tag();
    byte[] bytes = tag.getArray();
    if (again.step() != Step.NEW) {
      terms.resume(tag);
    }
    if (again.step() == Step.SETTLE) {
      Delivery delivery = sender.delivery(bytes);
      delivery.disposition(again.state());
      delivery.settle();
      connection.markDirty();
    } else {
      send(again.held().checkout(), bytes, true);
    }
  }

  @Override
  public void onRefused(BrokerException reason) {
    forgetKept();
    if (!released) {
      released = true;
      session.refuse(this, AmqpErrors.of(reason));
    }
  }

  @Override
  public void onClosed(BrokerException reason) {
    if (released) {
      if (kept != null) {
        kept.onClosed(reason);
      }
      return;
    }
    forgetKept();
    if (subscription == null) {
      onRefused(reason);
    } else {
      subscription = null;
      session.detach(this, AmqpErrors.of(reason));
    }
  }

  @Override
  public Link link() {
    return sender;
  }

  @Override
  public MessageTraffic traffic() {
    return traffic;
  }

  @Override
  public long consumerTimeoutMs() {
    Subscription queue = subscription;
    return queue == null ? 0 : queue.timeoutMs();
  }

  // ---- credit ----

  @Override
  public void onFlow() {
    if (released || subscription == null) {
      return;
    }
    draining = sender.getDrain();
    queueEmpty = false;
    grant(draining);
    giveBackExcess();
    continueDrain();
    touch();
  }

  /** [2.6.7] The credit was lowered: what waits here for the old one is for others. */
  private void giveBackExcess() {
    Subscription queue = subscription;
    int room = Math.max(0, sender.getCredit() - luggage.again.size());
    while (queue != null && backlog.size() > room) {
      queue.giveBack(backlog.removeLast());
    }
  }

  /** Brings the queue's share of the credit to what it should be. */
  private void grant(boolean atOnce) {
    Subscription queue = subscription;
    if (queue == null || drainAsked || queueEmpty) {
      return;
    }
    int free = sender.getCredit() - backlog.size() - luggage.again.size();
    int most = presettled ? GRANT_MAX : Math.min(GRANT_MAX, connection.bounds().room(this));
    int wanted = luggage.resumesOnly ? 0 : Math.max(0, Math.min(free, most));
    int change = wanted - granted;
    boolean raise = change > 0 && backlog.isEmpty() && (atOnce || granted <= GRANT_MAX / 2);
    if (raise || change < 0) {
      // Deliveries may come before addCredit returns.
      granted = wanted;
      queue.addCredit(change);
    }
  }

  /** [2.6.7] Drain: in rounds, until the credit is used up or the queue gives some of it back. */
  private void continueDrain() {
    Subscription queue = subscription;
    if (!draining || drainAsked || queue == null || !isIdle()) {
      return;
    }
    if (queueEmpty || sender.getCredit() <= 0 || luggage.resumesOnly) {
      if (sender.getQueued() > 0) {
        // The credit of what the engine has not sent would go with the rest.
        touch();
        return;
      }
      draining = false;
      queueEmpty = false;
      sender.drained();
      connection.markDirty();
    } else {
      grant(true);
      drainAsked = true;
      queue.drain();
    }
  }

  @Override
  public void onDrained() {
    drainAsked = false;
    queueEmpty = granted > 0 || connection.bounds().isFull();
    granted = 0;
    if (released) {
      return;
    }
    if (draining) {
      continueDrain();
    } else {
      queueEmpty = false;
      grant(true);
    }
    touch();
  }

  @Override
  public void touch() {
    if (!touched) {
      touched = true;
      connection.touch(this);
    }
  }

  @Override
  public void onTickEnd() {
    touched = false;
    if (released) {
      return;
    }
    boolean all = sendWaiting();
    settleWritten();
    if (!all) {
      connection.stall(this);
      return;
    }
    if (isIdle()) {
      grant(false);
      if (draining && sender.getQueued() > 0) {
        connection.transport().write();
        if (sender.getQueued() > 0) {
          connection.stall(this);
          return;
        }
      }
      continueDrain();
    }
  }

  /** Whether nothing waits here. */
  private boolean isIdle() {
    return backlog.isEmpty() && luggage.again.isEmpty() && large.isNone();
  }

  /** Sends what waits and there is credit for; false if it must wait for the peer to read. */
  private boolean sendWaiting() {
    while (large.finish()) {
      boolean resumes = !luggage.again.isEmpty();
      if (released || (!resumes && backlog.isEmpty()) || sender.getCredit() <= 0) {
        return true;
      }
      if (isFull()) {
        connection.transport().write();
        if (isFull()) {
          return false;
        }
      }
      if (resumes) {
        sendAgain(luggage.again.remove());
      } else {
        send(backlog.remove(), DeliveryEncoder.tag(nextTag++), false);
      }
    }
    return false;
  }

  private boolean isFull() {
    return session.outgoingBytes() >= OUTGOING_BYTES_MAX || !connection.transport().isWritable();
  }

  /** The queue is done with a pre-settled delivery when it is in a frame, not sooner. */
  private void settleWritten() {
    Subscription queue = subscription;
    if (unwritten.isEmpty() || queue == null) {
      return;
    }
    connection.transport().write();
    unwritten.settleBut(sender.getQueued(), queue);
    if (!unwritten.isEmpty()) {
      connection.stall(this);
    }
  }

  // ---- deliveries ----

  @Override
  public void onDelivery(Checkout checkout) {
    // Credit taken back stops at 0 in the queue too, when deliveries were under way.
    granted = Math.max(0, granted - 1);
    if (released) {
      // The queue takes back what a closed subscription holds.
      return;
    }
    if (isIdle() && sender.getCredit() > 0 && !isFull()) {
      send(checkout, DeliveryEncoder.tag(nextTag++), false);
      if (granted <= GRANT_MAX / 2 && sender.getCredit() > granted) {
        touch();
      }
    } else {
      backlog.add(checkout);
      giveBackExcess();
      touch();
    }
  }

  private void send(Checkout checkout, byte[] tag, boolean again) {
    if (sizeLimit.excludes(checkout, again)) {
      Objects.requireNonNull(subscription).giveBack(checkout);
      session.detach(this, AmqpErrors.messageTooLarge(sizeLimit.bytes()));
      return;
    }
    Delivery delivery = sender.delivery(tag);
    delivery.setContext(checkout);
    connection.bounds().onSent(presettled);
    traffic.delivered(presettled, checkout.isRedelivered());
    if (!presettled && checkout.message().bareLength() > COPIED_BYTES_MAX) {
      large.start(delivery, checkout, again);
      touch();
      return;
    }
    DeliveryEncoder.sendWhole(sender, checkout, again);
    connection.markDirty();
    if (presettled) {
      delivery.settle();
      unwritten.add(checkout);
      touch();
    } else {
      sender.advance();
    }
  }

  @Override
  public void onDelivery(Delivery delivery) {
    Subscription queue = subscription;
    if (released || queue == null || delivery.isSettled()) {
      return;
    }
    large.finishIf(delivery);
    DeliveryState state = delivery.getRemoteState();
    if (ConnectionTransactions.concerns(delivery)) {
      ErrorCondition refusal = connection.transactions().onDisposition(delivery, traffic);
      if (refusal != null) {
        session.detach(this, refusal);
      }
      connection.markDirty();
      return;
    }
    boolean settled = delivery.remotelySettled();
    if (!settled && (state == null || state instanceof Received)) {
      return;
    }
    Outcome outcome = OutcomeMapper.fromConsumer(state, source);
    if (outcome == null) {
      session.end(AmqpErrors.invalidField("unknown outcome " + state));
      return;
    }
    if (!TakenBack.isTold(delivery)) {
      queue.settle((Checkout) delivery.getContext(), outcome);
      if (outcome == Outcome.ACCEPTED) {
        traffic.settled();
      }
      if (!settled) {
        delivery.disposition(state);
      }
    }
    delivery.settle();
    connection.markDirty();
  }

  @Override
  public void onTimedOut(Checkout checkout) {
    luggage.forget(checkout);
    if (!backlog.remove(checkout)) {
      TakenBack.tell(sender, checkout);
    }
    touch();
    connection.markDirty();
  }

  @Override
  public void onActive(boolean active) {
    terms.tellActive(active);
    connection.markDirty();
  }

  @Override
  public void release(boolean lost) {
    if (released) {
      return;
    }
    released = true;
    forgetKept();
    Subscription queue = subscription;
    subscription = null;
    if (queue != null) {
      giveBackUnsent(queue);
      queue.close(lost);
    }
  }

  @Override
  public void steal() {
    session.steal(this);
  }

  @Override
  public void suspend(boolean lost) {
    KeptConsumer keeper = kept;
    Subscription queue = subscription;
    if (released || keeper == null || connection.loop().isStopping()) {
      release(lost);
      return;
    }
    released = true;
    if (queue == null) {
      return;
    }
    subscription = null;
    queue.addCredit(-granted);
    List<Held> held = giveBackUnsent(queue);
    keeper.suspend(session, queue, new KeptConsumer.Luggage(held, nextTag, lost));
  }

  /** Gives back what was never in a frame; returns what was, and is not settled. */
  private List<Held> giveBackUnsent(Subscription queue) {
    unwritten.settleBut(sender.getQueued(), queue);
    List<Held> held = presettled ? List.of() : luggage.takeUnsettled(sender, queue);
    unwritten.giveBack(queue);
    backlog.forEach(queue::giveBack);
    backlog.clear();
    large.forget();
    return held;
  }
}
