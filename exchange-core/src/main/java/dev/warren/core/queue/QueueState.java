package dev.warren.core.queue;

import dev.warren.core.message.Message;
import dev.warren.core.message.MessageHeader;
import dev.warren.core.message.StoredMessage;
import org.jspecify.annotations.Nullable;

/**
 * A queue: ready messages in order, consumers, and what they hold. Commands in, effects out; it
 * never reads a clock, a file or a socket. Owned by one loop.
 *
 * <p>Commands change the state at once; messages are handed out, expired and dropped by {@link
 * #dispatch}, which the owner calls after a batch of commands and at {@link #nextExpiryMs}. A
 * message is in exactly one place: <i>ready</i> ({@link ReadyMessages}), <i>unsettled</i> (its
 * consumer's list), <i>scheduled</i> (it went back and waits for its time, {@link DelayedMessages},
 * or is a dead letter being read from disk, {@link ColdReads}), or it has been told to {@link
 * QueueEffects#removed}, once.
 *
 * <p>Its parts: {@link Dispatcher} decides who gets what, {@link Settlements} what outcomes do,
 * {@link Departures} what leaves without a consumer; {@link QueueLedger} keeps the books of all.
 */
public final class QueueState {
  private final QueueOptions options;
  private final boolean durable;
  private final QueueLedger ledger;
  private final QueueCounters counters;
  private final PayloadShare memory;
  private final ReadyMessages ready;
  private final ColdReads reads;
  private final DelayedMessages delayed = new DelayedMessages();
  private final Departures departures;
  private final Settlements settlements;
  private final Dispatcher dispatcher;
  private final Inspection inspection;
  private KnownHeads.Search asked = new KnownHeads.Search();
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
    this(options, durable, budget, effects, ReadyMessages.HOT_WINDOW, ColdReads.MESSAGES_MAX);
  }

  /**
   * Creates an empty queue.
   *
   * @param hotWindow how many messages at its head it keeps in memory whatever the budget
   * @param loadMax how many it reads back at a time
   */
  QueueState(
      QueueOptions options,
      boolean durable,
      PayloadBudget budget,
      QueueEffects effects,
      int hotWindow,
      int loadMax) {
    this.options = options;
    this.durable = durable;
    this.ledger = new QueueLedger(options, durable, budget, effects);
    this.counters = ledger.counters;
    this.memory = ledger.memory;
    this.ready = new ReadyMessages(hotWindow, options.priorities());
    this.reads = new ColdReads(loadMax);
    this.departures = new Departures(ledger, ready, reads, delayed);
    this.dispatcher = new Dispatcher(ledger, ready, reads, departures, MessageGroups.GROUPS_MAX);
    this.settlements = new Settlements(ledger, ready, delayed, dispatcher);
    this.inspection = new Inspection(ledger, ready, dispatcher);
  }

  /**
   * Adds a message at the tail of its level.
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
    if (options.mayReject() && !hasRoom(1, sizeBytes, nowMs)) {
      refuse(message.message(), attempts);
      return false;
    }
    enqueueAlways(message, attempts, nowMs);
    return true;
  }

  /** The same for a message which was promised room, whether there is any or not. */
  public void enqueueAlways(StoredMessage message, Attempts attempts, long nowMs) {
    int sizeBytes = message.message().sizeBytes();
    counters.increment(QueueCounters.ENQUEUED);
    counters.add(QueueCounters.ENQUEUED_BYTES, sizeBytes);
    if (deleted) {
      // Sent before the publisher could know.
      counters.increment(QueueCounters.PURGED);
      ledger.removed(message, message.position(), sizeBytes);
      return;
    }
    MessageHeader header = message.message().header();
    long deadline = expiresAtMs(message.message().receivedAtMs(), header.ttlMs(), nowMs);
    ready.add(message, deadline, attempts, options.priorities().level(header.priority()));
    memory.hold(message);
    if (durable && memory.isBudgetExceeded()) {
      memory.change(-ready.demote());
    }
    publishCounters();
  }

  /**
   * Adds at the tail a message which is in the journal but not in memory; during recovery only.
   *
   * @param priority as in its header, or {@link MessageHeader#ABSENT}
   */
  public void recover(
      long position,
      int sizeBytes,
      long receivedAtMs,
      long ttlMs,
      Attempts attempts,
      int priority) {
    counters.increment(QueueCounters.ENQUEUED);
    counters.add(QueueCounters.ENQUEUED_BYTES, sizeBytes);
    long deadline = expiresAtMs(receivedAtMs, ttlMs, receivedAtMs);
    ready.addCold(position, sizeBytes, deadline, attempts, options.priorities().level(priority));
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
    dispatcher.attach(consumer);
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
    dispatcher.detach(consumer);
    settlements.requeueAll(consumer, lost, nowMs);
    publishCounters();
  }

  /** Changes a consumer's credit by so many deliveries; a negative change stops at 0. */
  public void credit(Consumer consumer, int change) {
    dispatcher.credit(consumer, change);
  }

  /**
   * The consumer wants its credit used up or returned; answered by {@link QueueEffects#drained} in
   * the course of a {@link #dispatch}, later if messages for it must be read first.
   */
  public void drain(Consumer consumer) {
    dispatcher.drain(consumer);
  }

  /** Applies an outcome. Does nothing if the checkout is not open any more. */
  public void settle(Checkout checkout, Outcome outcome, long nowMs) {
    if (checkout.open) {
      settlements.settle(checkout, outcome, nowMs);
      publishCounters();
    }
  }

  /** Removes an open checkout as accepted; that it is settled is in the journal already. */
  public void settleRecorded(Checkout checkout) {
    settlements.settleRecorded(checkout);
    publishCounters();
  }

  /**
   * Takes back, as if it had never left, what was handed out and did not reach the consumer. Does
   * nothing if the checkout is not open any more.
   */
  public void giveBack(Checkout checkout) {
    if (checkout.open) {
      settlements.giveBack(checkout);
      publishCounters();
    }
  }

  /**
   * Expires what is due and hands ready messages to consumers with credit. The work is bounded
   * where consumers look for their messages: see {@link #hasMore}.
   */
  public void dispatch(long nowMs) {
    settlements.wake(nowMs);
    dispatcher.dispatch(nowMs);
    readBack();
    publishCounters();
  }

  /**
   * Where in the journal a message is of which it must be known when it came, to know the oldest;
   * empty if that is known, or cannot be found out.
   */
  public long[] unknownHead() {
    asked = ready.unknownHead();
    return asked.positions();
  }

  /**
   * Answers {@link #unknownHead}, the last one: the message, or null if it is gone.
   *
   * @return whether there was one, and it is worth asking again
   */
  public boolean learnHead(@Nullable Message[] read) {
    Message head = read.length == 1 ? read[0] : null;
    if (head != null) {
      ready.learn(asked, head);
      publishCounters();
    }
    return head != null;
  }

  private void readBack() {
    if (!ready.hasCold() && reads.scheduled() == 0) {
      return;
    }
    ColdReads.Demand demand =
        ColdReads.Demand.of(
            dispatcher.hasTakerOfAny(), dispatcher.hasCreditForAny(), memory.isBudgetExceeded());
    boolean mayScan = !dispatcher.hasMore();
    ColdLoad load = reads.begin(ready, demand, mayScan);
    while (load != null) {
      counters.increment(QueueCounters.COLD_LOADS);
      ledger.effects.load(load);
      load = reads.begin(ready, demand, mayScan);
    }
  }

  /**
   * Whether the last dispatch left work that can be done at once, or a settlement has made some:
   * the owner then calls {@link #dispatch} again when others had their turn.
   */
  public boolean hasMore() {
    return dispatcher.hasMore();
  }

  /**
   * Answers {@link QueueEffects#load}: one message for each position, or null if it is gone. A gone
   * message is removed and counted as lost. Ends with a {@link #dispatch}.
   *
   * @throws IllegalStateException if the load is not under way
   * @throws IllegalArgumentException if there are more or fewer messages than positions
   */
  public void loaded(ColdLoad load, @Nullable Message[] messages, long nowMs) {
    if (deleted) {
      return;
    }
    if (!reads.isUnderWay(load)) {
      throw new IllegalStateException("the load is not under way");
    }
    if (messages.length != load.count()) {
      throw new IllegalArgumentException("not as many messages as were asked for");
    }
    counters.add(QueueCounters.READ_BACK, messages.length);
    departures.loaded(load, messages);
    dispatch(nowMs);
  }

  /**
   * Removes all messages that are ready or wait to be, and returns how many. They are out of the
   * queue then; of a deep queue their effects come later, by {@link #letGo}.
   */
  public long purge() {
    long count = departures.purge();
    publishCounters();
    return count;
  }

  /**
   * Goes on with the effects of {@link #purge} and {@link #delete}. The owner calls it after
   * either, and again while it returns true, when others had their turn.
   */
  public boolean letGo() {
    boolean more = departures.letGo();
    memory.tell();
    publishCounters();
    return more;
  }

  /** Removes everything, unsettled too, without dead-lettering. Consumers are detached. */
  public void delete() {
    purge();
    for (Consumer consumer : dispatcher.takers()) {
      settlements.purgeAll(consumer);
    }
    departures.purgeScheduled();
    dispatcher.clear();
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
      memory.change(-ready.demoteAll() - delayed.demoteAll());
    }
    departures.forgetScanned();
    memory.tell();
    publishCounters();
  }

  /**
   * When the message at the head expires or one that waits is ready again, in milliseconds since
   * the epoch, or {@link Long#MAX_VALUE}: the owner then calls {@link #dispatch}.
   */
  public long nextExpiryMs() {
    boolean waits = ready.isEmpty() || reads.scheduled() >= ColdReads.SCHEDULED_MAX;
    return Math.min(waits ? Long.MAX_VALUE : ready.headExpiresAtMs(), delayed.nextDueMs());
  }

  /**
   * Takes back what a consumer has held longest, if it has held it for too long; it does not count
   * as failed (contract §2.4).
   *
   * @param timeoutMs how long it may, at most {@link Checkout#TIMEOUT_MS_MAX}
   * @return what it was, or null if there is nothing to take back
   */
  public @Nullable Checkout takeBack(Consumer consumer, long timeoutMs, long nowMs) {
    Checkout oldest = consumer.firstUnsettled;
    if (oldest == null || oldest.heldMs(nowMs) < timeoutMs) {
      return null;
    }
    settlements.takeBack(oldest);
    publishCounters();
    return oldest;
  }

  /**
   * For how many milliseconds a consumer has held the message it has held longest, or {@link
   * QueueOptions#NONE}.
   */
  public long longestHeldMs(Consumer consumer, long nowMs) {
    Checkout oldest = consumer.firstUnsettled;
    return oldest == null ? QueueOptions.NONE : oldest.heldMs(nowMs);
  }

  /**
   * Whether another consumer becomes the active one when this one has settled what it holds: then
   * {@link #dispatch} is due after each settlement.
   */
  public boolean isChangingActive() {
    return dispatcher.isChangingActive();
  }

  /**
   * Shows ready messages and changes nothing: no more than {@code max} from an id on, and no more
   * than one beyond so many bytes that are in the journal only.
   */
  public QueuePage inspectReady(long from, int max, long coldBytesMax) {
    return inspection.ready(from, max, coldBytesMax);
  }

  /** Shows unsettled messages, no more than {@code max} from an id on, and changes nothing. */
  public QueuePage inspectUnsettled(long from, int max, long nowMs) {
    return inspection.unsettled(from, max, nowMs);
  }

  /**
   * Takes a ready message out of its turn for a consumer that is not attached.
   *
   * @param id as {@link #inspectReady} told it
   * @param read the message, in case it is not in memory
   * @return what to settle or give back, or null if the message is not ready any more
   */
  public @Nullable Checkout claim(long id, Message read, Consumer consumer, long nowMs) {
    Checkout claimed = inspection.claim(id, read, consumer, nowMs);
    publishCounters();
    return claimed;
  }

  /**
   * Whether messages are handed to consumers. A paused queue takes messages, expires them, and
   * shows them to browsers; nobody else gets any.
   */
  public void pause(boolean paused) {
    dispatcher.pause(paused);
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

  /** Whether so many messages can be added without exceeding the limits. */
  public boolean hasRoom(long count, long bytes, long nowMs) {
    if (fits(count, bytes)) {
      return true;
    }
    if (!dispatcher.hasCredit()) {
      return false;
    }
    dispatch(nowMs);
    // What goes to a consumer at once takes no room.
    return fits(count, bytes) || (ready.isEmpty() && dispatcher.hasCreditForAny());
  }

  private boolean fits(long count, long bytes) {
    return !departures.isBeyond(ready.count() + count, ready.bytes() + bytes);
  }

  private void refuse(Message message, Attempts attempts) {
    counters.increment(QueueCounters.REJECTED_PUBLISHES);
    if (options.overflow() == QueueOptions.Overflow.REJECT_PUBLISH_DLX) {
      ledger.deadLetter(message, DeathReason.MAX_LENGTH, attempts.deliveryCount());
    }
  }

  private void publishCounters() {
    ledger.publish(ready, reads, delayed, dispatcher.count());
  }
}
