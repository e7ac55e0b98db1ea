package dev.warren.core.queue;

import dev.warren.core.message.Annotations;
import dev.warren.core.message.Message;
import dev.warren.core.message.StoredMessage;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the outcome of a delivery does to the message (contract §5.4). Owned by the queue's owner.
 *
 * <p>Why one class: each outcome touches counts, payload, journal and dead letters, and the table
 * of the contract reads best in one place.
 */
final class Settlements {

  /** With this annotation a consumer says when it wants the message again (a timestamp). */
  private static final String DELIVERY_TIME = "x-opt-delivery-time";

  private static final long AT_ONCE = Long.MIN_VALUE;

  private final QueueLedger ledger;
  private final ReadyMessages ready;
  private final DelayedMessages delayed;
  private final Dispatcher dispatcher;

  Settlements(
      QueueLedger ledger, ReadyMessages ready, DelayedMessages delayed, Dispatcher dispatcher) {
    this.ledger = ledger;
    this.ready = ready;
    this.delayed = delayed;
    this.dispatcher = dispatcher;
  }

  /** Applies an outcome to a checkout which is open, and closes it. */
  void settle(Checkout checkout, Outcome outcome, long nowMs) {
    close(checkout);
    if (outcome instanceof Outcome.Accepted) {
      ledger.counters.increment(
          checkout.consumer.isPresettled()
              ? QueueCounters.DELIVERED_PRESETTLED
              : QueueCounters.ACKNOWLEDGED);
      remove(checkout);
    } else if (outcome instanceof Outcome.Rejected) {
      Message message = checkout.message();
      discard(checkout, message, DeathReason.REJECTED, checkout.deliveryCount() + 1);
    } else if (outcome instanceof Outcome.Released) {
      requeue(checkout, null, false, dueMs(checkout, false, nowMs));
    } else if (outcome instanceof Outcome.Modified modified) {
      modify(checkout, modified, nowMs);
    }
  }

  /** Removes an open checkout as accepted; that it is settled is in the journal already. */
  void settleRecorded(Checkout checkout) {
    close(checkout);
    ledger.counters.increment(QueueCounters.ACKNOWLEDGED);
    ledger.memory.release(payload(checkout));
    ledger.removed(null, StoredMessage.NO_POSITION, checkout.message().sizeBytes());
  }

  /**
   * Puts everything a consumer holds back.
   *
   * @param failed whether that counts as failed deliveries; only those wait to be ready again
   */
  void requeueAll(Consumer consumer, boolean failed, long nowMs) {
    for (Checkout held = consumer.firstUnsettled; held != null; held = consumer.firstUnsettled) {
      close(held);
      requeue(held, null, failed, failed ? dueMs(held, true, nowMs) : AT_ONCE);
    }
  }

  /** Puts back what a consumer has held for too long. */
  void takeBack(Checkout held) {
    close(held);
    requeue(held, null, false, AT_ONCE);
  }

  /** Puts back, as if it had never left, what did not reach its consumer. */
  void giveBack(Checkout unsent) {
    close(unsent);
    Attempts attempts =
        new Attempts(unsent.deliveryCount(), unsent.acquiredCount(), unsent.isRedelivered());
    ready.putBack(new ReturnedMessage(unsent, position(unsent), payload(unsent), attempts));
    ledger.counters.increment(QueueCounters.REQUEUED);
  }

  /** Makes those ready whose time to wait is over. */
  void wake(long nowMs) {
    while (delayed.nextDueMs() <= nowMs) {
      ReturnedMessage due = delayed.poll();
      if (due != null) {
        ready.putBack(due);
      }
    }
  }

  /** Removes everything a consumer holds. */
  void purgeAll(Consumer consumer) {
    for (Checkout held = consumer.firstUnsettled; held != null; held = consumer.firstUnsettled) {
      close(held);
      ledger.counters.increment(QueueCounters.PURGED);
      remove(held);
    }
  }

  /** Where a message is in the journal, as far as is known. */
  static long position(Checkout checkout) {
    return checkout.stored == null ? checkout.position : checkout.stored.position();
  }

  private void close(Checkout checkout) {
    checkout.consumer.remove(checkout);
    ledger.settled(checkout.message().sizeBytes());
    if (checkout.group != null) {
      dispatcher.settled(checkout.group);
    }
  }

  private void remove(Checkout checkout) {
    ledger.memory.release(payload(checkout));
    ledger.removed(checkout.stored, position(checkout), checkout.message().sizeBytes());
  }

  private void modify(Checkout checkout, Outcome.Modified outcome, long nowMs) {
    Message changed = annotated(checkout.message(), outcome.annotations());
    if (outcome.undeliverableHere()) {
      int failed = outcome.deliveryFailed() ? 1 : 0;
      Message message = changed == null ? checkout.message() : changed;
      discard(checkout, message, DeathReason.REJECTED, checkout.deliveryCount() + failed);
    } else {
      boolean failed = outcome.deliveryFailed();
      long dueMs =
          outcome.annotations().get(DELIVERY_TIME) instanceof Instant time
              ? epochMs(time)
              : dueMs(checkout, failed, nowMs);
      requeue(checkout, changed, failed, dueMs > nowMs ? dueMs : AT_ONCE);
    }
  }

  private static long epochMs(Instant time) {
    long seconds = time.getEpochSecond();
    return seconds > Long.MAX_VALUE / 1000 - 1
        ? Long.MAX_VALUE - 1
        : seconds * 1000 + time.getNano() / 1_000_000;
  }

  /** When a message that goes back now is to be ready again. */
  private long dueMs(Checkout checkout, boolean failed, long nowMs) {
    int deliveryCount = checkout.deliveryCount() + (failed ? 1 : 0);
    long delayMs = ledger.options.delayedRetry().delayMs(failed, deliveryCount);
    return delayMs == 0 ? AT_ONCE : nowMs + Math.min(delayMs, Long.MAX_VALUE - 1 - nowMs);
  }

  /** The message with those annotations a consumer may set, or null if there are none. */
  private static @Nullable Message annotated(Message message, Map<String, Object> annotations) {
    for (String key : annotations.keySet()) {
      if (key.startsWith("x-")) {
        return Annotations.merged(message, annotations);
      }
    }
    return null;
  }

  /** Dead-letters a message which a consumer had, perhaps with changed annotations. */
  private void discard(Checkout checkout, Message message, DeathReason reason, int deliveryCount) {
    ledger.deadLetter(message, reason, deliveryCount);
    ledger.counters.countDeath(reason);
    remove(checkout);
  }

  /**
   * Puts a message back into its place, now or when it is due, or dead-letters it if it failed too
   * often.
   */
  private void requeue(Checkout checkout, @Nullable Message changed, boolean failed, long dueMs) {
    int deliveryCount = checkout.deliveryCount() + (failed ? 1 : 0);
    int limit = ledger.options.deliveryLimit();
    if (failed && limit != QueueOptions.NONE && deliveryCount > limit) {
      Message message = changed == null ? checkout.message() : changed;
      discard(checkout, message, DeathReason.DELIVERY_LIMIT, deliveryCount);
      return;
    }
    StoredMessage stored = checkout.stored;
    long position = position(checkout);
    Object payload = payload(checkout);
    if (changed != null) {
      ledger.memory.release(payload);
      stored = ledger.effects.replaced(stored, position, checkout.message().sizeBytes(), changed);
      position = stored.position();
      payload = stored;
      ledger.memory.hold(payload);
      long grown = (long) stored.message().sizeBytes() - checkout.message().sizeBytes();
      ledger.counters.add(QueueCounters.CHANGED_BYTES, grown);
    }
    Attempts attempts = new Attempts(deliveryCount, checkout.acquiredCount() + 1, true);
    putBack(new ReturnedMessage(checkout, position, payload, attempts), dueMs);
    ledger.counters.increment(QueueCounters.REQUEUED);
    boolean journalled =
        stored == null ? position != StoredMessage.NO_POSITION : stored.isJournalled();
    if (ledger.durable && journalled) {
      ledger.effects.counted(stored, position, attempts);
    }
  }

  private void putBack(ReturnedMessage message, long dueMs) {
    if (dueMs == AT_ONCE) {
      ready.putBack(message);
      return;
    }
    if (ledger.durable && ledger.memory.isBudgetExceeded()) {
      ledger.memory.change(-message.demote());
    }
    ReturnedMessage early = delayed.add(message, dueMs);
    if (early != null) {
      ready.putBack(early);
    }
  }

  private static Object payload(Checkout checkout) {
    return checkout.stored == null ? checkout.message() : checkout.stored;
  }
}
