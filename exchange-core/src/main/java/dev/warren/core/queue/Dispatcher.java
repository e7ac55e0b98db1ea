package dev.warren.core.queue;

import dev.warren.core.message.Message;
import dev.warren.core.message.StoredMessage;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Who gets what: hands ready messages to the consumers of a queue, and answers those that drain.
 * Owned by the queue's owner.
 */
final class Dispatcher {
  private final QueueLedger ledger;
  private final ReadyMessages ready;
  private final Departures departures;
  private final ConsumerRing consumers = new ConsumerRing();
  private final List<Consumer> draining = new ArrayList<>();

  Dispatcher(QueueLedger ledger, ReadyMessages ready, Departures departures) {
    this.ledger = ledger;
    this.ready = ready;
    this.departures = departures;
  }

  ConsumerRing consumers() {
    return consumers;
  }

  int count() {
    return consumers.count();
  }

  void attach(Consumer consumer) {
    consumers.attach(consumer);
  }

  void detach(Consumer consumer) {
    consumers.detach(consumer);
    if (consumer.draining) {
      consumer.draining = false;
      draining.remove(consumer);
    }
  }

  void clear() {
    consumers.clear();
    draining.clear();
  }

  void credit(Consumer consumer, int change) {
    long credit = (long) consumer.credit + change;
    consumers.credit(consumer, (int) Math.max(0, Math.min(Integer.MAX_VALUE, credit)));
  }

  void drain(Consumer consumer) {
    if (consumer.attached && !consumer.draining) {
      consumer.draining = true;
      draining.add(consumer);
    }
  }

  /**
   * Hands out what can be handed out now, and drops what has expired at the head.
   *
   * <p>A message at the head is delivered if it can be until the last millisecond of its time, and
   * expires when that is over, or in that millisecond if nobody wants it (so works a ttl of 0).
   */
  void handOut(long nowMs) {
    while (!ready.isEmpty()) {
      Object payload = ready.headPayload();
      Consumer consumer = consumers.next();
      if (consumer != null && payload != null && ready.headExpiresAtMs() >= nowMs) {
        deliverHead(consumer, payload, nowMs);
        continue;
      }
      if (!departures.isHeadExpired(nowMs)) {
        return;
      }
      departures.dropHead(DeathReason.EXPIRED);
    }
  }

  void answerDrains() {
    if (draining.isEmpty()) {
      return;
    }
    for (Iterator<Consumer> all = draining.iterator(); all.hasNext(); ) {
      Consumer consumer = all.next();
      if (consumer.credit == 0 || ready.isEmpty()) {
        all.remove();
        consumer.draining = false;
        consumers.credit(consumer, 0);
        ledger.effects.drained(consumer);
      }
    }
  }

  /** Hands the head, which is in memory, to a consumer whose turn it is. */
  private void deliverHead(Consumer consumer, Object payload, long nowMs) {
    StoredMessage stored = payload instanceof StoredMessage s ? s : null;
    long position = stored == null ? ready.headPosition() : StoredMessage.NO_POSITION;
    Message message = ReadyChunk.messageOf(payload);
    Checkout checkout =
        new Checkout(
            consumer,
            ready.headSequence(),
            position,
            ready.headExpiresAtMs(),
            stored,
            message,
            ready.headAttempts());
    checkout.handedOut(nowMs);
    ready.removeHead();
    consumers.served(consumer);
    deliver(checkout);
  }

  /** Delivers a message which has left the ready ones. */
  private void deliver(Checkout checkout) {
    Consumer consumer = checkout.consumer;
    int sizeBytes = checkout.message().sizeBytes();
    if (checkout.isRedelivered()) {
      ledger.counters.increment(QueueCounters.REDELIVERED);
    }
    consumer.add(checkout);
    ledger.checkedOut(sizeBytes, !consumer.isPresettled());
    ledger.effects.deliver(checkout);
  }
}
