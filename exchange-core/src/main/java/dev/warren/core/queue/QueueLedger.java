package dev.warren.core.queue;

import dev.warren.core.message.Message;
import dev.warren.core.message.StoredMessage;
import org.jspecify.annotations.Nullable;

/**
 * What a queue tells the world about its messages: counters, the payload it holds, and the effects
 * that end a message's life in it. Owned by the queue's owner.
 *
 * <p>Separate so that the parts of a queue (who gets what, what outcomes do, what leaves by itself)
 * keep one set of books.
 */
final class QueueLedger {
  final QueueOptions options;
  final boolean durable;
  final QueueEffects effects;
  final QueueCounters counters = new QueueCounters();
  final PayloadShare memory;

  /** The time of the dispatch under way. */
  long nowMs;

  private long capableSinceMs;
  private long unsettled;
  private long unsettledBytes;

  QueueLedger(QueueOptions options, boolean durable, PayloadBudget budget, QueueEffects effects) {
    this.options = options;
    this.durable = durable;
    this.effects = effects;
    this.memory = new PayloadShare(budget);
  }

  /**
   * Delivers a message which has left the ready ones. One for a consumer that does not settle
   * counts as delivered when it is sent.
   */
  void deliver(Checkout checkout) {
    Consumer consumer = checkout.consumer;
    checkout.handedOut(nowMs);
    if (checkout.isRedelivered()) {
      counters.increment(QueueCounters.REDELIVERED);
    }
    consumer.add(checkout);
    unsettled++;
    unsettledBytes += checkout.message().sizeBytes();
    if (!consumer.isPresettled()) {
      counters.increment(consumer.isGetting() ? QueueCounters.GOT : QueueCounters.DELIVERED);
    }
    effects.deliver(checkout);
  }

  /** Somebody took a message who is not handed any: it counts as held, not as delivered. */
  void claimed(Checkout checkout, long whenMs) {
    checkout.handedOut(whenMs);
    checkout.consumer.add(checkout);
    unsettled++;
    unsettledBytes += checkout.message().sizeBytes();
  }

  /** A consumer has let go of a message. */
  void settled(int sizeBytes) {
    unsettled--;
    unsettledBytes -= sizeBytes;
  }

  void deadLetter(Message message, DeathReason reason, int deliveryCount) {
    if (options.deadLetterExchange() != null) {
      counters.countDeadLetter(reason);
      effects.deadLetter(message, reason, deliveryCount);
    }
  }

  /** The queue is done with a message. */
  void removed(@Nullable StoredMessage stored, long position, long sizeBytes) {
    counters.increment(QueueCounters.REMOVED);
    counters.add(QueueCounters.REMOVED_BYTES, sizeBytes);
    effects.removed(stored, position, (int) sizeBytes);
  }

  /** The queue is done with so many messages, of which the effects are told later one by one. */
  void removed(long count, long bytes) {
    counters.add(QueueCounters.REMOVED, count);
    counters.add(QueueCounters.REMOVED_BYTES, bytes);
  }

  /** Whether somebody stands ready to take another message, from now on. */
  void capable(boolean is) {
    if (is == (capableSinceMs != 0)) {
      return;
    }
    if (is) {
      capableSinceMs = nowMs;
    } else {
      counters.add(QueueCounters.CAPABLE_MS, Math.max(0, nowMs - capableSinceMs));
      capableSinceMs = 0;
    }
    counters.set(QueueCounters.CAPABLE_SINCE, capableSinceMs);
  }

  void publish(ReadyMessages ready, ColdReads reads, DelayedMessages delayed, int consumers) {
    counters.set(QueueCounters.READY, ready.count());
    counters.set(QueueCounters.READY_BYTES, ready.bytes());
    counters.set(QueueCounters.READY_IN_MEMORY, ready.count() - ready.cold());
    counters.set(QueueCounters.OLDEST_AT, ready.oldestAtMs());
    counters.set(QueueCounters.UNSETTLED, unsettled);
    counters.set(QueueCounters.UNSETTLED_BYTES, unsettledBytes);
    counters.set(QueueCounters.SCHEDULED, reads.scheduled() + delayed.count());
    counters.set(QueueCounters.SCHEDULED_IN_MEMORY, delayed.inMemory());
    counters.set(QueueCounters.SCHEDULED_BYTES, reads.scheduledBytes() + delayed.bytes());
    counters.set(QueueCounters.CONSUMERS, consumers);
    counters.set(QueueCounters.MEMORY, memory.heldBytes());
  }
}
