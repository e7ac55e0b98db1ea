package dev.warren.core.broker;

import dev.warren.core.queue.Checkout;
import dev.warren.core.queue.Consumer;
import dev.warren.core.queue.Outcome;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A consumer between two loops: its front's, where {@link Subscription} is called and the listener
 * is told, and the queue's owner, where the {@code on…} methods run.
 */
final class QueueSubscription implements Subscription {
  private final QueueProxy queue;
  private final BrokerLoop owner;
  private final Request request;
  private final Consumer consumer;
  private final Mail deliveryMail = (checkout, to) -> received((Checkout) checkout, to);
  private final Mail giveBackMail = (checkout, unused) -> onGiveBack((Checkout) checkout);
  private final Mail settleMail =
      (checkout, outcome) -> onSettle((Checkout) checkout, (Outcome) outcome);
  private final Mail creditMail = (change, unused) -> onCredit((Integer) change);

  /** Changed by the queue's owner, and then not used by a loop until it was told of it. */
  private Front front;

  private final Mail timedOutMail = (checkout, to) -> timedOut((Checkout) checkout, to);
  private final long timeoutMs;
  private final LoopTimer timeout = new LoopTimer(this::onTimeout);

  /** The front's: it has asked to be moved, and what still comes to it goes back. */
  private @Nullable Front leaving;

  private boolean closed;
  private volatile Place place;

  /** The connection that has it, or 0, and the number of the session there. */
  record Place(long connectionId, int channel) {}

  /** Who is told what, and where. */
  private static final class Front {
    final BrokerLoop loop;
    final Listener listener;

    Front(BrokerLoop loop, Listener listener) {
      this.loop = loop;
      this.listener = listener;
    }
  }

  QueueSubscription(BrokerLoop loop, QueueProxy queue, Request request, Listener listener) {
    this.front = new Front(loop, listener);
    this.queue = queue;
    this.owner = queue.owner();
    this.request = request;
    this.consumer =
        new Consumer(
            request.priority(),
            request.presettled(),
            request.filter(),
            request.mode() == Mode.COPY,
            this);
    if (request.mode() == Mode.GET) {
      var unused = consumer.getting();
    }
    this.place = new Place(request.connectionId(), 0);
    this.timeoutMs = timeoutMs(queue, request);
  }

  private static long timeoutMs(QueueProxy queue, Request request) {
    if (request.presettled() || request.mode() == Mode.COPY) {
      return 0;
    }
    long asked = request.consumerTimeoutMs();
    long timeoutMs = asked == Request.QUEUE_DEFAULT ? queue.consumerTimeoutMs() : asked;
    return Math.min(timeoutMs, Checkout.TIMEOUT_MS_MAX);
  }

  Request request() {
    return request;
  }

  @Override
  public void place(long connectionId, int channel) {
    place = new Place(connectionId, channel);
  }

  /** Who has it. Any thread. */
  Place place() {
    return place;
  }

  @Override
  public long timeoutMs() {
    return timeoutMs;
  }

  Consumer consumer() {
    return consumer;
  }

  QueueProxy queue() {
    return queue;
  }

  // On the front's loop.

  /** Goes to the queue; the listener hears of it. */
  void open() {
    front.loop.post(owner, (self, unused) -> onOpen(), this, null);
  }

  @Override
  public void addCredit(int change) {
    if (owner == front.loop) {
      onCredit(change);
    } else {
      front.loop.post(owner, creditMail, change, null);
    }
  }

  @Override
  public void drain() {
    front.loop.post(owner, (self, unused) -> onDrain(), this, null);
  }

  @Override
  public void settle(Checkout checkout, Outcome outcome) {
    if (owner == front.loop) {
      onSettle(checkout, outcome);
    } else {
      front.loop.post(owner, settleMail, checkout, outcome);
    }
  }

  @Override
  public void giveBack(Checkout checkout) {
    if (owner == front.loop) {
      onGiveBack(checkout);
    } else {
      front.loop.post(owner, giveBackMail, checkout, null);
    }
  }

  @Override
  public long available() {
    return queue.counters().ready();
  }

  @Override
  public void move(BrokerLoop to, Listener next) {
    front.loop.assertOwner();
    leaving = front;
    front.loop.post(owner, (self, unused) -> onMove(new Front(to, next)), this, null);
  }

  @Override
  public void close(boolean lost) {
    front.loop.assertOwner();
    if (!closed) {
      closed = true;
      front.loop.post(owner, (self, unused) -> onClose(lost), this, null);
    }
  }

  private void received(Checkout checkout, @Nullable Object to) {
    if (closed) {
      // The queue has taken or will take it back as part of closing.
      return;
    }
    Front told = (Front) Objects.requireNonNull(to);
    if (told == leaving) {
      told.loop.post(owner, giveBackMail, checkout, null);
    } else {
      told.listener.onDelivery(checkout);
    }
  }

  private void timedOut(Checkout checkout, @Nullable Object to) {
    Front told = (Front) Objects.requireNonNull(to);
    if (!closed) {
      told.listener.onTimedOut(checkout);
    }
  }

  // On the queue's owner.

  private void onOpen() {
    Front to = front;
    BrokerException refusal = queue.refusal();
    if (refusal != null) {
      owner.post(to.loop, (self, unused) -> to.listener.onRefused(refusal), this, null);
      return;
    }
    queue.state().attach(consumer);
    queue.consumers().add(this);
    queue.onUsed();
    owner.post(to.loop, (self, unused) -> to.listener.onSubscribed(this), this, null);
  }

  private void onCredit(int change) {
    if (!queue.isDeleted()) {
      queue.state().credit(consumer, change);
      queue.markDirty();
    }
  }

  private void onDrain() {
    if (!queue.isDeleted()) {
      queue.state().drain(consumer);
      queue.markDirty();
    }
  }

  private void onSettle(Checkout checkout, @Nullable Outcome outcome) {
    if (outcome != null && !queue.isDeleted()) {
      queue.state().settle(checkout, outcome, owner.nowMs());
      if (outcome != Outcome.ACCEPTED
          || queue.state().hasMore()
          || queue.state().isChangingActive()) {
        queue.markDirty();
      }
    }
  }

  private void onGiveBack(Checkout checkout) {
    if (!queue.isDeleted()) {
      queue.state().giveBack(checkout);
      queue.markDirty();
    }
  }

  private void onMove(Front next) {
    Front before = front;
    front = next;
    owner.post(before.loop, (self, unused) -> before.listener.onMoved(), this, null);
  }

  private void onClose(boolean lost) {
    owner.timers().cancel(timeout);
    if (queue.consumers().remove(this)) {
      queue.state().detach(consumer, lost, owner.nowMs());
      queue.markDirty();
      if (!consumer.isBrowsing()) {
        queue.onConsumerLeft();
      }
    }
  }

  /** A message for this consumer, from the queue's owner. */
  void deliver(BrokerLoop from, Checkout checkout) {
    Front to = front;
    from.post(to.loop, deliveryMail, checkout, to);
    if (timeoutMs > 0 && !timeout.isSet) {
      owner.timers().set(timeout, timeoutMs);
    }
  }

  /** What it has held for too long goes back; the consumer stays. */
  private void onTimeout() {
    if (queue.isDeleted()) {
      return;
    }
    long nowMs = owner.nowMs();
    for (Checkout late = queue.state().takeBack(consumer, timeoutMs, nowMs);
        late != null;
        late = queue.state().takeBack(consumer, timeoutMs, nowMs)) {
      owner.post(front.loop, timedOutMail, late, front);
      queue.markDirty();
    }
    long heldMs = queue.state().longestHeldMs(consumer, nowMs);
    if (heldMs >= 0) {
      owner.timers().set(timeout, timeoutMs - heldMs);
    }
  }

  /** This consumer has become the active one, or is it no more. */
  void active(BrokerLoop from, boolean active) {
    Front to = front;
    from.post(
        to.loop,
        (self, unused) -> {
          if (!closed && to != leaving) {
            to.listener.onActive(active);
          }
        },
        this,
        null);
  }

  void drained(BrokerLoop from) {
    Front to = front;
    from.post(
        to.loop,
        (self, unused) -> {
          if (!closed && to != leaving) {
            to.listener.onDrained();
          }
        },
        this,
        null);
  }

  /** The queue is being deleted under this consumer. */
  void onQueueDeleted() {
    owner.timers().cancel(timeout);
    BrokerException reason =
        new BrokerException(
            BrokerError.RESOURCE_DELETED,
            "queue '%s' in vhost '%s' was deleted"
                .formatted(queue.definition().name(), queue.definition().virtualHost()));
    Front to = front;
    owner.post(
        to.loop,
        (self, unused) -> {
          if (!closed) {
            closed = true;
            to.listener.onClosed(reason);
          }
        },
        this,
        null);
  }
}
