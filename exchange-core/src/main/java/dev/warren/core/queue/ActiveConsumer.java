package dev.warren.core.queue;

import org.jspecify.annotations.Nullable;

/**
 * The one consumer of a queue that gets messages while the others wait ({@code
 * x-single-active-consumer}, contract §8). Owned by the queue's owner.
 *
 * <p>The credit of those that wait is kept aside, so that to the {@link ConsumerRing} only the
 * active one has any. When one of a higher priority is to take over, the active one gets nothing
 * more, and the other begins when it has settled what it holds: so the order is kept.
 */
final class ActiveConsumer {
  private final boolean takesOver;
  private final ConsumerRing consumers;
  private final QueueEffects effects;
  private @Nullable Consumer active;

  /** The active one gets nothing more, since another is to take over. */
  private boolean leaving;

  ActiveConsumer(SingleActive mode, ConsumerRing consumers, QueueEffects effects) {
    this.takesOver = mode == SingleActive.HIGHEST_PRIORITY;
    this.consumers = consumers;
    this.effects = effects;
  }

  /** Whether another consumer takes over as soon as the active one has settled what it holds. */
  boolean isLeaving() {
    return leaving;
  }

  void attached(Consumer consumer) {
    consumer.creditAside = 0;
    consumer.knowsActive = false;
    consumer.waiting = true;
    update();
  }

  void detached(Consumer consumer) {
    consumer.creditAside = 0;
    if (consumer == active) {
      active = null;
      leaving = false;
    }
    update();
  }

  void clear() {
    active = null;
    leaving = false;
  }

  /** Sets a consumer's credit; with its first it is told whether it is active. */
  void credit(Consumer consumer, int credit) {
    if (consumer == active && !leaving) {
      consumers.credit(consumer, credit);
    } else {
      consumer.creditAside = credit;
    }
    if (credit > 0 && !consumer.knowsActive) {
      consumer.knowsActive = true;
      effects.active(consumer, consumer == active);
    }
  }

  /** Finds out who is to be active, after consumers came, left or settled. */
  void update() {
    Consumer best = active;
    for (Consumer consumer : consumers.all()) {
      if (best == null
          || (consumer.priority() > best.priority() && (takesOver || active == null))) {
        best = consumer;
      }
    }
    Consumer before = active;
    if (before == best) {
      // The one which was to take over may have gone.
      if (leaving && before != null) {
        leaving = false;
        giveCredit(before);
      }
      return;
    }
    if (before != null) {
      leaving = true;
      before.creditAside += before.credit;
      consumers.credit(before, 0);
      if (before.unsettled > 0) {
        return;
      }
      tell(before, false);
    }
    leaving = false;
    active = best;
    if (before != null) {
      before.waiting = true;
    }
    if (best != null) {
      best.waiting = false;
      tell(best, true);
      giveCredit(best);
    }
  }

  private void giveCredit(Consumer consumer) {
    int credit = consumer.credit + consumer.creditAside;
    consumer.creditAside = 0;
    consumers.credit(consumer, credit);
  }

  private void tell(Consumer consumer, boolean isActive) {
    if (consumer.knowsActive) {
      effects.active(consumer, isActive);
    }
  }
}
