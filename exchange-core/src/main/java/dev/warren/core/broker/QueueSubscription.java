package dev.warren.core.broker;

import dev.warren.core.queue.Checkout;
import dev.warren.core.queue.Consumer;
import dev.warren.core.queue.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * A consumer between two loops: its front's, where {@link Subscription} is called and the listener
 * is told, and the queue's owner, where the {@code on…} methods run.
 */
final class QueueSubscription implements Subscription {
  private final BrokerLoop loop;
  private final QueueProxy queue;
  private final BrokerLoop owner;
  private final Request request;
  private final Listener listener;
  private final Consumer consumer;
  private final Mail deliveryMail = (checkout, unused) -> received((Checkout) checkout);
  private final Mail timedOutMail = (checkout, unused) -> timedOut((Checkout) checkout);
  private final Mail settleMail =
      (checkout, outcome) -> onSettle((Checkout) checkout, (Outcome) outcome);
  private final Mail creditMail = (change, unused) -> onCredit((Integer) change);
  private final long timeoutMs;
  private final LoopTimer timeout = new LoopTimer(this::onTimeout);
  private boolean closed;

  QueueSubscription(BrokerLoop loop, QueueProxy queue, Request request, Listener listener) {
    this.loop = loop;
    this.queue = queue;
    this.owner = queue.owner();
    this.request = request;
    this.listener = listener;
    this.consumer =
        new Consumer(
            request.priority(),
            request.presettled(),
            request.filter(),
            request.mode() == Mode.COPY,
            this);
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

  Consumer consumer() {
    return consumer;
  }

  QueueProxy queue() {
    return queue;
  }

  // On the front's loop.

  /** Goes to the queue; the listener hears of it. */
  void open() {
    loop.post(owner, (self, unused) -> onOpen(), this, null);
  }

  @Override
  public void addCredit(int change) {
    if (owner == loop) {
      onCredit(change);
    } else {
      loop.post(owner, creditMail, change, null);
    }
  }

  @Override
  public void drain() {
    loop.post(owner, (self, unused) -> onDrain(), this, null);
  }

  @Override
  public void settle(Checkout checkout, Outcome outcome) {
    if (owner == loop) {
      onSettle(checkout, outcome);
    } else {
      loop.post(owner, settleMail, checkout, outcome);
    }
  }

  @Override
  public void close(boolean lost) {
    loop.assertOwner();
    if (!closed) {
      closed = true;
      loop.post(owner, (self, unused) -> onClose(lost), this, null);
    }
  }

  private void received(Checkout checkout) {
    if (closed) {
      // The queue has taken or will take it back as part of closing.
      return;
    }
    listener.onDelivery(checkout);
  }

  private void timedOut(Checkout checkout) {
    if (!closed) {
      listener.onTimedOut(checkout);
    }
  }

  // On the queue's owner.

  private void onOpen() {
    if (queue.isDeleted()) {
      owner.post(
          loop,
          (self, unused) -> listener.onRefused(VirtualHost.noQueue(queue.definition())),
          this,
          null);
      return;
    }
    queue.state().attach(consumer);
    queue.consumers().add(this);
    queue.onUsed();
    owner.post(loop, (self, unused) -> listener.onSubscribed(this), this, null);
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
    from.post(loop, deliveryMail, checkout, null);
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
      owner.post(loop, timedOutMail, late, null);
      queue.markDirty();
    }
    long heldMs = queue.state().longestHeldMs(consumer, nowMs);
    if (heldMs >= 0) {
      owner.timers().set(timeout, timeoutMs - heldMs);
    }
  }

  /** This consumer has become the active one, or is it no more. */
  void active(BrokerLoop from, boolean active) {
    from.post(
        loop,
        (self, unused) -> {
          if (!closed) {
            listener.onActive(active);
          }
        },
        this,
        null);
  }

  void drained(BrokerLoop from) {
    from.post(
        loop,
        (self, unused) -> {
          if (!closed) {
            listener.onDrained();
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
    owner.post(
        loop,
        (self, unused) -> {
          if (!closed) {
            closed = true;
            listener.onClosed(reason);
          }
        },
        this,
        null);
  }
}
