package dev.warren.core.queue;

import dev.warren.core.message.Annotations;
import dev.warren.core.message.Message;
import dev.warren.core.message.StoredMessage;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the outcome of a delivery does to the message (contract §5.4). Owned by the queue's owner.
 *
 * <p>Why one class: each outcome touches counts, payload, journal and dead letters, and the table
 * of the contract reads best in one place.
 */
final class Settlements {
  private final QueueLedger ledger;
  private final ReadyMessages ready;
  private final Dispatcher dispatcher;

  Settlements(QueueLedger ledger, ReadyMessages ready, Dispatcher dispatcher) {
    this.ledger = ledger;
    this.ready = ready;
    this.dispatcher = dispatcher;
  }

  /** Applies an outcome to a checkout which is open, and closes it. */
  void settle(Checkout checkout, Outcome outcome) {
    close(checkout);
    if (outcome instanceof Outcome.Accepted) {
      ledger.counters.increment(QueueCounters.ACKNOWLEDGED);
      remove(checkout);
    } else if (outcome instanceof Outcome.Rejected) {
      Message message = checkout.message();
      discard(checkout, message, DeathReason.REJECTED, checkout.deliveryCount() + 1);
    } else if (outcome instanceof Outcome.Released) {
      requeue(checkout, null, false);
    } else if (outcome instanceof Outcome.Modified modified) {
      modify(checkout, modified);
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
   * @param failed whether that counts as failed deliveries
   */
  void requeueAll(Consumer consumer, boolean failed) {
    for (Checkout held = consumer.firstUnsettled; held != null; held = consumer.firstUnsettled) {
      close(held);
      requeue(held, null, failed);
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

  private void modify(Checkout checkout, Outcome.Modified outcome) {
    Message changed = annotated(checkout.message(), outcome.annotations());
    if (outcome.undeliverableHere()) {
      int failed = outcome.deliveryFailed() ? 1 : 0;
      Message message = changed == null ? checkout.message() : changed;
      discard(checkout, message, DeathReason.REJECTED, checkout.deliveryCount() + failed);
    } else {
      requeue(checkout, changed, outcome.deliveryFailed());
    }
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

  /** Puts a message back into its place, or dead-letters it if it failed too often. */
  private void requeue(Checkout checkout, @Nullable Message changed, boolean failed) {
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
      stored = ledger.effects.replaced(stored, position, changed);
      position = stored.position();
      payload = stored;
      ledger.memory.hold(payload);
      long grown = (long) stored.message().sizeBytes() - checkout.message().sizeBytes();
      ledger.counters.add(QueueCounters.CHANGED_BYTES, grown);
    }
    Attempts attempts = new Attempts(deliveryCount, checkout.acquiredCount() + 1, true);
    ready.putBack(new ReturnedMessage(checkout, position, payload, attempts));
    ledger.counters.increment(QueueCounters.REQUEUED);
    boolean journalled =
        stored == null ? position != StoredMessage.NO_POSITION : stored.isJournalled();
    if (ledger.durable && journalled) {
      ledger.effects.counted(stored, position, attempts);
    }
  }

  private static Object payload(Checkout checkout) {
    return checkout.stored == null ? checkout.message() : checkout.stored;
  }
}
