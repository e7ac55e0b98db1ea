package dev.warren.core.queue;

import dev.warren.core.message.Annotations;
import dev.warren.core.message.Message;
import dev.warren.core.message.MessageHeader;
import dev.warren.core.message.StoredMessage;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A queue: ready messages in order, consumers, and what they hold. Commands in, effects out; it
 * never reads a clock, a file or a socket. Owned by one loop.
 *
 * <p>Commands change the state at once; messages are handed out, expired and dropped by {@link
 * #dispatch}, which the owner calls after a batch of commands and at {@link #nextExpiryMs}. A
 * message is in exactly one place: <i>ready</i> ({@link ReadyMessages}), <i>unsettled</i> (its
 * consumer's list), <i>scheduled</i> (a dead letter being read from disk, {@link ColdReads}), or it
 * has been told to {@link QueueEffects#removed}, once.
 *
 * <p>Why one class: each outcome of contract §5.4 touches counts, payload, journal and dead
 * letters, and reads best where the commands are. Order, memory, reading ahead and choosing
 * consumers are apart.
 */
public final class QueueState {
  private final QueueOptions options;
  private final boolean durable;
  private final QueueEffects effects;
  private final QueueCounters counters = new QueueCounters();
  private final PayloadShare memory;
  private final ReadyMessages ready;
  private final ConsumerRing consumers = new ConsumerRing();
  private final ColdReads reads = new ColdReads();
  private final List<Consumer> draining = new ArrayList<>();
  private long unsettled;
  private long unsettledBytes;
  private boolean deleted;

  /** Creates an empty durable queue. */
  public QueueState(QueueOptions options, PayloadBudget budget, QueueEffects effects) {
    this(options, true, budget, effects);
  }

  /**
   * Creates an empty queue.
   *
   * @param durable whether the journal keeps messages for this queue. If not, payload stays in
   *     memory, and counts of journalled messages are nobody's business here
   */
  public QueueState(
      QueueOptions options, boolean durable, PayloadBudget budget, QueueEffects effects) {
    this(options, durable, budget, effects, ReadyMessages.HOT_WINDOW);
  }

  /** Creates a queue which keeps so many messages at its head in memory whatever the budget. */
  QueueState(
      QueueOptions options,
      boolean durable,
      PayloadBudget budget,
      QueueEffects effects,
      int hotWindow) {
    this.options = options;
    this.durable = durable;
    this.effects = effects;
    this.memory = new PayloadShare(budget);
    this.ready = new ReadyMessages(hotWindow);
  }

  /**
   * Adds a message at the tail.
   *
   * @return false if the queue is full and refuses it (the caller then settles the message)
   */
  public boolean enqueue(StoredMessage message, long nowMs) {
    return enqueue(message, Attempts.NONE, nowMs);
  }

  /**
   * Adds a message at the tail which was tried before, as dead letters were: the counts travel with
   * them (contract §5.4).
   *
   * @return false if the queue is full and refuses it (the caller then settles the message)
   */
  public boolean enqueue(StoredMessage message, Attempts attempts, long nowMs) {
    int sizeBytes = message.message().sizeBytes();
    if (options.mayReject() && !hasRoom(sizeBytes, nowMs)) {
      refuse(message.message(), attempts);
      return false;
    }
    counters.increment(QueueCounters.ENQUEUED);
    counters.add(QueueCounters.ENQUEUED_BYTES, sizeBytes);
    if (deleted) {
      // Sent before the publisher could know.
      counters.increment(QueueCounters.PURGED);
      removed(message, message.position(), sizeBytes);
      return true;
    }
    MessageHeader header = message.message().header();
    long deadline = expiresAtMs(message.message().receivedAtMs(), header.ttlMs(), nowMs);
    ready.add(message, deadline, attempts);
    memory.hold(message);
    if (durable && memory.isBudgetExceeded()) {
      memory.change(-ready.demote());
    }
    publishCounters();
    return true;
  }

  /** Adds at the tail a message which is in the journal but not in memory; during recovery only. */
  public void recover(
      long position, int sizeBytes, long receivedAtMs, long ttlMs, Attempts attempts) {
    counters.increment(QueueCounters.ENQUEUED);
    counters.add(QueueCounters.ENQUEUED_BYTES, sizeBytes);
    ready.addCold(position, sizeBytes, expiresAtMs(receivedAtMs, ttlMs, receivedAtMs), attempts);
    publishCounters();
  }

  /**
   * Adds a consumer, with no credit.
   *
   * @throws IllegalStateException if it is attached already or the queue is deleted
   */
  public void attach(Consumer consumer) {
    if (deleted) {
      throw new IllegalStateException("queue is deleted");
    }
    consumers.attach(consumer);
    publishCounters();
  }

  /**
   * Removes a consumer and requeues what it holds. Does nothing if it is not attached.
   *
   * @param lost whether its session or connection was lost rather than detached: then the delivery
   *     count rises (contract §5.4)
   */
  public void detach(Consumer consumer, boolean lost, long nowMs) {
    if (!consumer.attached) {
      return;
    }
    consumers.detach(consumer);
    if (consumer.draining) {
      consumer.draining = false;
      draining.remove(consumer);
    }
    for (Checkout held = consumer.firstUnsettled; held != null; held = consumer.firstUnsettled) {
      close(held);
      requeue(held, null, lost);
    }
    publishCounters();
  }

  /** Changes a consumer's credit by so many deliveries; a negative change stops at 0. */
  public void credit(Consumer consumer, int change) {
    long credit = (long) consumer.credit + change;
    consumers.credit(consumer, (int) Math.max(0, Math.min(Integer.MAX_VALUE, credit)));
  }

  /**
   * The consumer wants its credit used up or returned; answered by {@link QueueEffects#drained} in
   * the course of a {@link #dispatch}, later if messages for it must be read first.
   */
  public void drain(Consumer consumer) {
    if (consumer.attached && !consumer.draining) {
      consumer.draining = true;
      draining.add(consumer);
    }
  }

  /** Applies an outcome. Does nothing if the checkout is not open any more. */
  public void settle(Checkout checkout, Outcome outcome, long nowMs) {
    if (!checkout.open) {
      return;
    }
    close(checkout);
    Message message = checkout.message();
    if (outcome instanceof Outcome.Accepted) {
      counters.increment(
          checkout.consumer.isPresettled()
              ? QueueCounters.DELIVERED_PRESETTLED
              : QueueCounters.ACKNOWLEDGED);
      memory.release(payload(checkout));
      removed(checkout.stored, position(checkout), message.sizeBytes());
    } else if (outcome instanceof Outcome.Rejected) {
      discard(checkout, message, DeathReason.REJECTED, checkout.deliveryCount() + 1);
    } else if (outcome instanceof Outcome.Released) {
      requeue(checkout, null, false);
    } else if (outcome instanceof Outcome.Modified modified) {
      modify(checkout, modified);
    }
    publishCounters();
  }

  /**
   * Takes back, as if it had never left, what was handed out and did not reach the consumer. Does
   * nothing if the checkout is not open any more.
   */
  public void giveBack(Checkout checkout) {
    if (!checkout.open) {
      return;
    }
    close(checkout);
    Attempts attempts =
        new Attempts(checkout.deliveryCount(), checkout.acquiredCount(), checkout.isRedelivered());
    ready.putBack(new ReturnedMessage(checkout, position(checkout), payload(checkout), attempts));
    counters.increment(QueueCounters.REQUEUED);
    publishCounters();
  }

  /** Expires what is due and hands ready messages to consumers with credit. */
  public void dispatch(long nowMs) {
    do {
      handOut(nowMs);
    } while (dropOverflow());
    if (!draining.isEmpty()) {
      answerDrains();
    }
    long[] positions = reads.begin(ready, consumers.hasCredit(), !consumers.isEmpty());
    if (positions != null) {
      counters.increment(QueueCounters.COLD_LOADS);
      effects.load(positions);
    }
    publishCounters();
  }

  /**
   * Answers {@link QueueEffects#load}: one message for each position, or null if it is gone. A gone
   * message is removed and counted as lost. Ends with a {@link #dispatch}.
   *
   * @throws IllegalStateException if no load is under way
   * @throws IllegalArgumentException if there are more or fewer messages than positions
   */
  public void loaded(@Nullable Message[] messages, long nowMs) {
    if (deleted) {
      return;
    }
    if (!reads.isUnderWay()) {
      throw new IllegalStateException("no load is under way");
    }
    if (messages.length != reads.count()) {
      throw new IllegalArgumentException("not as many messages as were asked for");
    }
    for (int i = 0; i < reads.deadLetters(); i++) {
      buryScheduled(messages[i]);
    }
    for (int i = reads.deadLetters(); i < messages.length; i++) {
      fill(i, messages[i]);
    }
    reads.end();
    dispatch(nowMs);
  }

  /** Removes all ready messages and returns how many. */
  public long purge() {
    long count = ready.count();
    while (!ready.isEmpty()) {
      Object payload = ready.headPayload();
      counters.increment(QueueCounters.PURGED);
      leave(payload, ready.headPosition(), ready.headSizeBytes());
    }
    publishCounters();
    return count;
  }

  /** Removes everything, unsettled too, without dead-lettering. Consumers are detached. */
  public void delete() {
    purge();
    for (Consumer consumer : consumers.all()) {
      for (Checkout held = consumer.firstUnsettled; held != null; held = consumer.firstUnsettled) {
        close(held);
        counters.increment(QueueCounters.PURGED);
        memory.release(payload(held));
        removed(held.stored, position(held), held.message().sizeBytes());
      }
    }
    for (DeadLetter lost = reads.pollScheduled(); lost != null; lost = reads.pollScheduled()) {
      counters.increment(QueueCounters.PURGED);
      removed(null, lost.position(), lost.sizeBytes());
    }
    reads.end();
    consumers.clear();
    draining.clear();
    deleted = true;
    memory.tell();
    publishCounters();
  }

  /**
   * Gives up all payload that the journal can give back, but for a few messages at the head. The
   * broker calls it from time to time while the budget is exceeded: {@link #enqueue} gives up
   * payload step by step, which does not help in a queue nobody publishes to. Costs time in
   * proportion to the messages in memory.
   */
  public void trim() {
    if (durable) {
      memory.change(-ready.demoteAll());
    }
    memory.tell();
    publishCounters();
  }

  /**
   * When the message at the head expires, in milliseconds since the epoch, or {@link
   * Long#MAX_VALUE}: the owner then calls {@link #dispatch}.
   */
  public long nextExpiryMs() {
    boolean waits = ready.isEmpty() || reads.scheduled() >= ColdReads.SCHEDULED_MAX;
    return waits ? Long.MAX_VALUE : ready.headExpiresAtMs();
  }

  /** Figures, readable by any thread. */
  public QueueCounters counters() {
    return counters;
  }

  private long expiresAtMs(long receivedAtMs, long messageTtlMs, long nowMs) {
    long queueTtlMs = options.messageTtlMs();
    long ttlMs = messageTtlMs;
    if (ttlMs < 0 || (queueTtlMs >= 0 && queueTtlMs < ttlMs)) {
      ttlMs = queueTtlMs;
    }
    if (ttlMs < 0) {
      return ReadyChunk.NEVER;
    }
    // A ttl of 0 ends with the millisecond in which the queue got the message.
    return ttlMs == 0 ? Math.max(receivedAtMs, nowMs) : receivedAtMs + ttlMs;
  }

  /** Whether a message can be added without exceeding the limits. */
  private boolean hasRoom(int sizeBytes, long nowMs) {
    if (fits(sizeBytes)) {
      return true;
    }
    if (!consumers.hasCredit()) {
      return false;
    }
    dispatch(nowMs);
    // What goes to a consumer at once takes no room.
    return fits(sizeBytes) || (ready.isEmpty() && consumers.hasCredit());
  }

  private boolean fits(int sizeBytes) {
    return !isBeyond(ready.count() + 1, ready.bytes() + sizeBytes);
  }

  private boolean isBeyond(long count, long bytes) {
    return (options.maxLength() != QueueOptions.NONE && count > options.maxLength())
        || (options.maxLengthBytes() != QueueOptions.NONE && bytes > options.maxLengthBytes());
  }

  private void refuse(Message message, Attempts attempts) {
    counters.increment(QueueCounters.REJECTED_PUBLISHES);
    if (options.overflow() == QueueOptions.Overflow.REJECT_PUBLISH_DLX) {
      deadLetter(message, DeathReason.MAX_LENGTH, attempts.deliveryCount());
    }
  }

  /**
   * A message at the head is delivered if it can be until the last millisecond of its time, and
   * expires when that is over, or in that millisecond if nobody wants it (so works a ttl of 0).
   */
  private void handOut(long nowMs) {
    while (!ready.isEmpty()) {
      long expiresAtMs = ready.headExpiresAtMs();
      Object payload = ready.headPayload();
      Consumer consumer = consumers.next();
      if (consumer != null && payload != null && expiresAtMs >= nowMs) {
        deliver(consumer, payload);
        continue;
      }
      if (expiresAtMs > nowMs || reads.scheduled() >= ColdReads.SCHEDULED_MAX) {
        return;
      }
      dropHead(DeathReason.EXPIRED);
    }
  }

  /** Hands the head, which is in memory, to a consumer whose turn it is. */
  private void deliver(Consumer consumer, Object payload) {
    StoredMessage stored = payload instanceof StoredMessage s ? s : null;
    long position = stored == null ? ready.headPosition() : StoredMessage.NO_POSITION;
    Message message = ReadyChunk.messageOf(payload);
    Attempts attempts = ready.headAttempts();
    Checkout checkout =
        new Checkout(
            consumer,
            ready.headSequence(),
            position,
            ready.headExpiresAtMs(),
            stored,
            message,
            attempts);
    ready.removeHead();
    consumers.served(consumer);
    if (attempts.maybeDelivered()) {
      counters.increment(QueueCounters.REDELIVERED);
    }
    consumer.add(checkout);
    unsettled++;
    unsettledBytes += message.sizeBytes();
    if (!consumer.isPresettled()) {
      counters.increment(QueueCounters.DELIVERED);
    }
    effects.deliver(checkout);
  }

  /** Drops the head if the queue is beyond its limits; returns whether it was. */
  private boolean dropOverflow() {
    if (options.overflow() != QueueOptions.Overflow.DROP_HEAD
        || ready.isEmpty()
        || !isBeyond(ready.count(), ready.bytes())) {
      return false;
    }
    dropHead(DeathReason.MAX_LENGTH);
    return true;
  }

  /** Dead-letters the head; if it is cold, that waits until it was read. */
  private void dropHead(DeathReason reason) {
    Object payload = ready.headPayload();
    int sizeBytes = ready.headSizeBytes();
    int deliveryCount = ready.headAttempts().deliveryCount();
    if (payload == null && options.deadLetterExchange() != null) {
      reads.schedule(new DeadLetter(ready.headPosition(), sizeBytes, reason, deliveryCount));
      ready.removeHead();
      return;
    }
    if (payload != null) {
      deadLetter(ReadyChunk.messageOf(payload), reason, deliveryCount);
    }
    counters.countDeath(reason);
    leave(payload, ready.headPosition(), sizeBytes);
  }

  /** Removes the head, whose payload, position and size these are. */
  private void leave(@Nullable Object payload, long position, int sizeBytes) {
    ready.removeHead();
    if (payload != null) {
      memory.release(payload);
    }
    removed(payload instanceof StoredMessage stored ? stored : null, position, sizeBytes);
  }

  private void answerDrains() {
    for (Iterator<Consumer> all = draining.iterator(); all.hasNext(); ) {
      Consumer consumer = all.next();
      if (consumer.credit == 0 || ready.isEmpty()) {
        all.remove();
        consumer.draining = false;
        consumers.credit(consumer, 0);
        effects.drained(consumer);
      }
    }
  }

  private void buryScheduled(@Nullable Message message) {
    DeadLetter dead = reads.pollScheduled();
    if (dead == null) {
      throw new IllegalStateException("a dead letter was read which is not scheduled");
    }
    if (message == null) {
      counters.increment(QueueCounters.LOST);
    } else {
      deadLetter(message, dead.reason(), dead.deliveryCount());
      counters.countDeath(dead.reason());
    }
    removed(null, dead.position(), dead.sizeBytes());
  }

  /** Puts what was read into its place, unless the message has left the queue meanwhile. */
  private void fill(int index, @Nullable Message message) {
    ReturnedMessage returned = reads.returned(index);
    if (message == null) {
      long bytes = ready.bytes();
      if (returned == null ? ready.take(reads.sequence(index)) : ready.take(returned)) {
        counters.increment(QueueCounters.LOST);
        removed(null, reads.position(index), bytes - ready.bytes());
      }
      return;
    }
    long bytes = ready.bytes();
    if (returned == null
        ? ready.fill(reads.sequence(index), message)
        : ready.fill(returned, message)) {
      memory.hold(message);
      counters.add(QueueCounters.CHANGED_BYTES, ready.bytes() - bytes);
    }
  }

  private void close(Checkout checkout) {
    checkout.consumer.remove(checkout);
    unsettled--;
    unsettledBytes -= checkout.message().sizeBytes();
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
    deadLetter(message, reason, deliveryCount);
    counters.countDeath(reason);
    memory.release(payload(checkout));
    removed(checkout.stored, position(checkout), checkout.message().sizeBytes());
  }

  /** Puts a message back into its place, or dead-letters it if it failed too often. */
  private void requeue(Checkout checkout, @Nullable Message changed, boolean failed) {
    int deliveryCount = checkout.deliveryCount() + (failed ? 1 : 0);
    int limit = options.deliveryLimit();
    if (failed && limit != QueueOptions.NONE && deliveryCount > limit) {
      Message message = changed == null ? checkout.message() : changed;
      discard(checkout, message, DeathReason.DELIVERY_LIMIT, deliveryCount);
      return;
    }
    StoredMessage stored = checkout.stored;
    long position = position(checkout);
    Object payload = payload(checkout);
    if (changed != null) {
      memory.release(payload);
      stored = effects.replaced(stored, position, changed);
      position = stored.position();
      payload = stored;
      memory.hold(payload);
      long grown = (long) stored.message().sizeBytes() - checkout.message().sizeBytes();
      counters.add(QueueCounters.CHANGED_BYTES, grown);
    }
    Attempts attempts = new Attempts(deliveryCount, checkout.acquiredCount() + 1, true);
    ready.putBack(new ReturnedMessage(checkout, position, payload, attempts));
    counters.increment(QueueCounters.REQUEUED);
    boolean journalled =
        stored == null ? position != StoredMessage.NO_POSITION : stored.isJournalled();
    if (durable && journalled) {
      effects.counted(stored, position, attempts);
    }
  }

  private static Object payload(Checkout checkout) {
    return checkout.stored == null ? checkout.message() : checkout.stored;
  }

  private static long position(Checkout checkout) {
    return checkout.stored == null ? checkout.position : checkout.stored.position();
  }

  private void deadLetter(Message message, DeathReason reason, int deliveryCount) {
    if (options.deadLetterExchange() != null) {
      counters.countDeadLetter(reason);
      effects.deadLetter(message, reason, deliveryCount);
    }
  }

  private void removed(@Nullable StoredMessage stored, long position, long sizeBytes) {
    counters.increment(QueueCounters.REMOVED);
    counters.add(QueueCounters.REMOVED_BYTES, sizeBytes);
    effects.removed(stored, position);
  }

  private void publishCounters() {
    counters.set(QueueCounters.READY, ready.count());
    counters.set(QueueCounters.READY_BYTES, ready.bytes());
    counters.set(QueueCounters.UNSETTLED, unsettled);
    counters.set(QueueCounters.UNSETTLED_BYTES, unsettledBytes);
    counters.set(QueueCounters.SCHEDULED, reads.scheduled());
    counters.set(QueueCounters.SCHEDULED_BYTES, reads.scheduledBytes());
    counters.set(QueueCounters.CONSUMERS, consumers.count());
    counters.set(QueueCounters.MEMORY, memory.heldBytes());
  }
}
