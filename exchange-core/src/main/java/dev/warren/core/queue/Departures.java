package dev.warren.core.queue;

import dev.warren.core.message.Message;
import dev.warren.core.message.StoredMessage;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * What happens to ready messages without a consumer: they expire or are dropped at the head, are
 * purged, are read from disk or turn out to be lost. Owned by the queue's owner.
 */
final class Departures {
  /** Purged messages let go of in one step. */
  static final int LET_GO_MAX = 16_384;

  private final QueueLedger ledger;
  private final ReadyMessages ready;
  private final ColdReads reads;
  private final DelayedMessages delayed;
  private final ArrayDeque<PurgedRun> purged = new ArrayDeque<>();

  Departures(QueueLedger ledger, ReadyMessages ready, ColdReads reads, DelayedMessages delayed) {
    this.ledger = ledger;
    this.ready = ready;
    this.reads = reads;
    this.delayed = delayed;
  }

  /** Whether so much is more than the queue may hold. */
  boolean isBeyond(long count, long bytes) {
    QueueOptions options = ledger.options;
    return (options.maxLength() != QueueOptions.NONE && count > options.maxLength())
        || (options.maxLengthBytes() != QueueOptions.NONE && bytes > options.maxLengthBytes());
  }

  /** Whether the head's time is over, or ends with this millisecond; it can be dropped then. */
  boolean isHeadExpired(long nowMs) {
    return ready.headExpiresAtMs() <= nowMs && reads.scheduled() < ColdReads.SCHEDULED_MAX;
  }

  /** Drops the head if the queue is beyond its limits; returns whether it was. */
  boolean dropOverflow() {
    if (ledger.options.overflow() != QueueOptions.Overflow.DROP_HEAD
        || ready.isEmpty()
        || !isBeyond(ready.count(), ready.bytes())) {
      return false;
    }
    dropHead(DeathReason.MAX_LENGTH);
    return true;
  }

  /** Dead-letters the head; if it is cold, that waits until it was read. */
  void dropHead(DeathReason reason) {
    Object payload = ready.headPayload();
    int sizeBytes = ready.headSizeBytes();
    int deliveryCount = ready.headAttempts().deliveryCount();
    if (payload == null && ledger.options.deadLetterExchange() != null) {
      reads.schedule(new DeadLetter(ready.headPosition(), sizeBytes, reason, deliveryCount));
      ready.removeHead();
      return;
    }
    if (payload != null) {
      ledger.deadLetter(ReadyChunk.messageOf(payload), reason, deliveryCount);
    }
    ledger.counters.countDeath(reason);
    leave(payload, ready.headPosition(), sizeBytes);
  }

  /** Removes the head, whose payload, position and size these are. */
  private void leave(@Nullable Object payload, long position, int sizeBytes) {
    ready.removeHead();
    if (payload != null) {
      ledger.memory.release(payload);
    }
    ledger.removed(payload instanceof StoredMessage stored ? stored : null, position, sizeBytes);
  }

  /**
   * Removes all messages that are ready or wait to be, and returns how many. If they are many,
   * {@link #letGo} has to be called until it says that there are no more.
   */
  long purge() {
    long count = ready.count() + delayed.count();
    if (ready.ringCount() > LET_GO_MAX) {
      ledger.counters.add(QueueCounters.PURGED, ready.ringCount());
      ledger.removed(ready.ringCount(), ready.ringBytes());
      purged.add(ready.takeRing());
    }
    for (ReturnedMessage waits = delayed.poll(); waits != null; waits = delayed.poll()) {
      ledger.counters.increment(QueueCounters.PURGED);
      if (waits.payload != null) {
        ledger.memory.release(waits.payload);
      }
      StoredMessage stored = waits.payload instanceof StoredMessage s ? s : null;
      ledger.removed(stored, waits.position(), waits.sizeBytes);
    }
    while (!ready.isEmpty()) {
      Object payload = ready.headPayload();
      ledger.counters.increment(QueueCounters.PURGED);
      leave(payload, ready.headPosition(), ready.headSizeBytes());
    }
    return count;
  }

  /** Goes on with what was purged; returns whether there is more to do. */
  boolean letGo() {
    int left = LET_GO_MAX;
    while (left > 0 && !purged.isEmpty()) {
      left = purged.getFirst().letGo(ledger, left);
      if (purged.getFirst().isDone()) {
        purged.removeFirst();
      }
    }
    return !purged.isEmpty();
  }

  /** Gives up the dead letters which have not been read yet. */
  void purgeScheduled() {
    for (DeadLetter lost = reads.pollScheduled(); lost != null; lost = reads.pollScheduled()) {
      ledger.counters.increment(QueueCounters.PURGED);
      ledger.removed(null, lost.position(), lost.sizeBytes());
    }
    reads.endAll();
  }

  /** Deals with what was read: dead letters go on their way, the others get their payload. */
  void loaded(ColdLoad load, @Nullable Message[] messages) {
    switch (load.kind()) {
      case AHEAD -> {
        for (int i = 0; i < messages.length; i++) {
          fill(load, i, messages[i]);
        }
      }
      case SCAN -> keepForNow(load, messages);
      case DEAD_LETTERS -> {
        for (Message message : messages) {
          buryScheduled(message);
        }
      }
    }
    reads.end(load);
  }

  /** Keeps what was read to be looked at until the next such load. */
  private void keepForNow(ColdLoad load, @Nullable Message[] messages) {
    ScannedMessages scanned = ready.scanned();
    ledger.memory.change(-scanned.begin(messages.length));
    for (int i = 0; i < messages.length; i++) {
      Message message = messages[i];
      if (message != null) {
        ledger.memory.change(scanned.add(load.sequence(i), message));
      } else {
        long bytes = ready.bytes();
        if (ready.takeAnywhere(load.sequence(i))) {
          ledger.counters.increment(QueueCounters.LOST);
          ledger.removed(null, load.position(i), bytes - ready.bytes());
        }
      }
    }
  }

  /** Gives up what was read to be looked at. */
  void forgetScanned() {
    ledger.memory.change(-ready.scanned().clear());
  }

  private void buryScheduled(@Nullable Message message) {
    DeadLetter dead = reads.pollScheduled();
    if (dead == null) {
      throw new IllegalStateException("a dead letter was read which is not scheduled");
    }
    if (message == null) {
      ledger.counters.increment(QueueCounters.LOST);
    } else {
      ledger.deadLetter(message, dead.reason(), dead.deliveryCount());
      ledger.counters.countDeath(dead.reason());
    }
    ledger.removed(null, dead.position(), dead.sizeBytes());
  }

  /** Puts what was read into its place, unless the message has left the queue meanwhile. */
  private void fill(ColdLoad load, int index, @Nullable Message message) {
    ReturnedMessage returned = load.returned(index);
    if (message == null) {
      long bytes = ready.bytes();
      if (returned == null ? ready.take(load.sequence(index)) : ready.take(returned)) {
        ledger.counters.increment(QueueCounters.LOST);
        ledger.removed(null, load.position(index), bytes - ready.bytes());
      }
      return;
    }
    long bytes = ready.bytes();
    if (returned == null
        ? ready.fill(load.sequence(index), message)
        : ready.fill(returned, message)) {
      ledger.memory.hold(message);
      ledger.counters.add(QueueCounters.CHANGED_BYTES, ready.bytes() - bytes);
    }
  }
}
