package dev.warren.core.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.core.message.Message;
import dev.warren.core.message.MessageHeader;
import dev.warren.core.message.StoredMessage;
import dev.warren.core.queue.QueueModel.Entry;
import dev.warren.core.queue.QueueModel.Place;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A queue and its model, driven by commands that mean something in every state, so that any of them
 * can be left out. The seed decides the queue's options.
 */
final class QueueSimulation {
  /** What to do; the command's number says with what. */
  enum Kind {
    ENQUEUE,
    ENQUEUE_MANY,
    WRITE,
    ATTACH,
    DETACH,
    CREDIT,
    CREDIT_MORE,
    DRAIN,
    ACCEPT,
    REJECT,
    RELEASE,
    MODIFY,
    SETTLE_MANY,
    PURGE_SELDOM,
    TIME,
    LOAD,
    LOAD_WITH_LOSS,
    TAKE_BACK,
    TRIM,
    DISPATCH,
    DISPATCH_AGAIN
  }

  /** One command. */
  record Command(Kind kind, int number) {}

  final QueueState queue;
  final QueueModel model;
  private final QueueOptions options;
  private final List<Consumer> consumers = new ArrayList<>();

  /** Messages taken back from consumers. */
  int takenBack;

  /** Whether the model has told all deaths it can infer: after a dispatch. */
  private boolean inferred = true;

  QueueSimulation(long seed) {
    int variant = (int) seed;
    QueueOptions.Overflow[] overflows = QueueOptions.Overflow.values();
    Priorities[] levels = {
      Priorities.NONE, new Priorities(4, 2), Priorities.NONE, Priorities.upTo(3)
    };
    SingleActive[] actives = {
      SingleActive.NONE,
      SingleActive.HIGHEST_PRIORITY,
      SingleActive.NONE,
      SingleActive.UNTIL_DETACHED
    };
    DelayedRetry.Type[] retries = DelayedRetry.Type.values();
    options =
        QueueOptions.DEFAULTS.toBuilder()
            .messageTtlMs(variant % 4 == 0 ? 7 : QueueOptions.NONE)
            .maxLength(variant % 3 == 0 ? 20 : QueueOptions.NONE)
            .maxLengthBytes(variant % 5 == 0 ? 500 : QueueOptions.NONE)
            .overflow(overflows[variant / 3 % overflows.length])
            .deadLetter(variant % 2 == 0 ? "dlx" : null, null)
            .priorities(levels[variant / 5 % levels.length])
            .singleActive(actives[variant / 7 % actives.length])
            .deliveryLimit(variant % 8 == 0 ? 3 : 1)
            .delayedRetry(
                new DelayedRetry(retries[variant / 2 % retries.length], 2, 1 + variant % 9))
            .build();
    model = new QueueModel(options);
    PayloadBudget budget = new PayloadBudget(variant % 7 == 0 ? 1 << 20 : 600);
    queue = new QueueState(options, true, budget, model, 4, 16);
    for (int i = 0; i < variant % 6 * 30; i++) {
      recover(i);
    }
  }

  void step(Command command) {
    int number = command.number();
    switch (command.kind()) {
      case ENQUEUE -> enqueue(number);
      case ENQUEUE_MANY -> enqueueMany(number);
      case WRITE -> model.write(number % 20);
      case ATTACH -> attach(number);
      case DETACH -> detach(number);
      case CREDIT -> credit(number, number / 8 % 5 - 1);
      case CREDIT_MORE -> credit(number, number / 8 % 40);
      case DRAIN -> drain(number);
      case ACCEPT -> accept(number);
      case REJECT -> settle(number, Outcome.REJECTED, false, true);
      case RELEASE -> settle(number, Outcome.RELEASED, true, false);
      case MODIFY -> modify(number);
      case SETTLE_MANY -> repeat(number % 30, () -> accept(number));
      case PURGE_SELDOM -> purge(number);
      case TIME -> model.nowMs += number % 5;
      case LOAD -> load(number, false);
      case LOAD_WITH_LOSS -> load(number, true);
      case TAKE_BACK -> takeBack(number);
      case TRIM -> queue.trim();
      case DISPATCH, DISPATCH_AGAIN -> dispatch();
    }
    check();
  }

  /** Everything can be delivered and settled in the end. */
  void finish() {
    for (Consumer consumer : List.copyOf(consumers)) {
      detachInModel(consumer, false);
      queue.detach(consumer, false, model.nowMs);
      settledAll();
    }
    model.nowMs += 10_000;
    Consumer last = new Consumer(0, false, "last");
    consumers.add(last);
    queue.attach(last);
    model.attach(last);
    queue.credit(last, 1 << 20);
    model.credit(last, 1 << 20);
    dispatch();
    while (!model.loads.isEmpty()) {
      load(0, false);
    }
    while (!model.checkouts.isEmpty()) {
      accept(0);
    }
    check();
    assertThat(queue.counters().removed()).isEqualTo(queue.counters().enqueued());
    assertThat(queue.counters().memoryBytes()).isZero();
  }

  private static void repeat(int times, Runnable action) {
    for (int i = 0; i < times; i++) {
      action.run();
    }
  }

  private void recover(int number) {
    Message message =
        QueueFixture.message(
            model.nextNumber(), 4 + number % 37, ttlMs(number), priority(number), model.nowMs);
    long position = model.nextPosition();
    long ttlMs = message.header().ttlMs();
    model.recovered(message, position, deadline(ttlMs));
    queue.recover(
        position, message.sizeBytes(), model.nowMs, ttlMs, Attempts.NONE, priority(number));
  }

  private static long ttlMs(int number) {
    return number % 3 == 0 ? number / 3 % 12 : MessageHeader.ABSENT;
  }

  private static int priority(int number) {
    return number / 11 % 7 - 1;
  }

  private long deadline(long ttlMs) {
    long queueTtlMs = options.messageTtlMs();
    if (ttlMs < 0) {
      return queueTtlMs < 0 ? Long.MAX_VALUE : model.nowMs + queueTtlMs;
    }
    return model.nowMs + (queueTtlMs < 0 ? ttlMs : Math.min(ttlMs, queueTtlMs));
  }

  private void enqueue(int number) {
    long ttlMs = ttlMs(number);
    Message message =
        QueueFixture.message(
            model.nextNumber(), 4 + number % 37, ttlMs, priority(number), model.nowMs);
    StoredMessage stored =
        number % 5 == 0
            ? StoredMessage.unjournalled(message)
            : StoredMessage.journalled(message, new long[] {1});
    boolean mayRefuse = options.mayReject() && model.isFull(message.sizeBytes());
    boolean dispatches = mayRefuse && model.hasCredit();
    if (dispatches) {
      model.wake();
    }
    boolean accepted = queue.enqueue(stored, model.nowMs);
    boolean expected = !mayRefuse;
    if (dispatches) {
      model.schedule();
      expected =
          !model.isFull(message.sizeBytes())
              || (model.in(Place.READY).isEmpty() && model.hasCredit());
    }
    assertThat(accepted).as("enqueue").isEqualTo(expected);
    boolean buried =
        !accepted
            && options.overflow() == QueueOptions.Overflow.REJECT_PUBLISH_DLX
            && options.deadLetterExchange() != null;
    assertThat(model.refusedDeadLetters).isEqualTo(buried ? 1 : 0);
    model.refusedDeadLetters = 0;
    if (accepted) {
      model.enqueued(stored, deadline(ttlMs));
    }
    inferred = false;
  }

  private void enqueueMany(int number) {
    for (int i = 0; i < number % 24; i++) {
      enqueue(number + i);
    }
  }

  private void attach(int number) {
    if (consumers.size() == 5) {
      return;
    }
    Consumer consumer = new Consumer(number % 3, number % 5 == 0, "c" + number);
    consumers.add(consumer);
    queue.attach(consumer);
    model.attach(consumer);
  }

  private void detach(int number) {
    if (consumers.isEmpty()) {
      return;
    }
    boolean lost = number % 2 == 0;
    Consumer consumer = consumers.get(number / 2 % consumers.size());
    detachInModel(consumer, lost);
    queue.detach(consumer, lost, model.nowMs);
    settledAll();
    inferred = false;
  }

  private void detachInModel(Consumer consumer, boolean lost) {
    model.detach(consumer);
    consumers.remove(consumer);
    for (Checkout checkout : List.copyOf(model.checkouts)) {
      if (checkout.consumer() == consumer) {
        Entry entry = model.entry(checkout.message());
        long dueMs = lost ? model.dueMs(entry, true) : model.nowMs;
        model.settling(entry, true, lost, false, dueMs);
        model.checkouts.remove(checkout);
      }
    }
  }

  /** The model's unsettled are those with a checkout; the others have just been settled. */
  private void settledAll() {
    List<Entry> held =
        model.checkouts.stream().map(checkout -> model.entry(checkout.message())).toList();
    for (Entry entry : model.in(Place.UNSETTLED)) {
      if (!held.contains(entry)) {
        model.settled(entry);
      }
    }
  }

  private void credit(int number, int change) {
    if (!consumers.isEmpty()) {
      Consumer consumer = consumers.get(number % consumers.size());
      queue.credit(consumer, change);
      model.credit(consumer, change);
    }
  }

  private void drain(int number) {
    if (!consumers.isEmpty()) {
      queue.drain(consumers.get(number % consumers.size()));
    }
  }

  private void accept(int number) {
    if (model.checkouts.isEmpty()) {
      return;
    }
    Checkout checkout = model.checkouts.remove(number % model.checkouts.size());
    Entry entry = model.entry(checkout.message());
    model.accepting(entry);
    queue.settle(checkout, Outcome.ACCEPTED, model.nowMs);
    model.settled(entry);
    assertThat(entry.place).isEqualTo(Place.REMOVED);
  }

  private void settle(int number, Outcome outcome, boolean requeues, boolean failed) {
    if (model.checkouts.isEmpty()) {
      return;
    }
    Checkout checkout = model.checkouts.remove(number % model.checkouts.size());
    Entry entry = model.entry(checkout.message());
    boolean annotated =
        outcome instanceof Outcome.Modified modified && !modified.annotations().isEmpty();
    long dueMs =
        outcome instanceof Outcome.Modified modified
                && modified.annotations().get("x-opt-delivery-time") instanceof Instant time
            ? time.toEpochMilli()
            : model.dueMs(entry, failed);
    model.settling(entry, requeues, failed, annotated, dueMs);
    queue.settle(checkout, outcome, model.nowMs);
    model.settled(entry);
    queue.settle(checkout, Outcome.ACCEPTED, model.nowMs);
    inferred = false;
  }

  private void modify(int number) {
    boolean failed = number % 2 == 0;
    boolean undeliverable = number / 2 % 4 == 0;
    Map<String, Object> annotations =
        switch (number / 8 % 4) {
          case 0 -> Map.of("x-tried", (long) number);
          case 1 ->
              Map.of("x-opt-delivery-time", Instant.ofEpochMilli(model.nowMs + number % 7 - 2));
          default -> Map.of();
        };
    settle(
        number, new Outcome.Modified(failed, undeliverable, annotations), !undeliverable, failed);
  }

  /** The consumer is told to hold nothing for longer than a few milliseconds. */
  private void takeBack(int number) {
    if (consumers.isEmpty()) {
      return;
    }
    Consumer consumer = consumers.get(number % consumers.size());
    long timeoutMs = number / 8 % 6;
    Checkout oldest =
        model.checkouts.stream().filter(c -> c.consumer() == consumer).findFirst().orElse(null);
    Entry entry = oldest == null ? null : model.entry(oldest.message());
    if (entry == null || model.nowMs - entry.heldSinceMs < timeoutMs) {
      assertThat(queue.takeBack(consumer, timeoutMs, model.nowMs)).isNull();
      return;
    }
    model.checkouts.remove(oldest);
    model.settling(entry, true, false, false, model.nowMs);
    assertThat(queue.takeBack(consumer, timeoutMs, model.nowMs)).isSameAs(oldest);
    model.settled(entry);
    takenBack++;
    inferred = false;
  }

  private void purge(int number) {
    if (number % 6 != 0) {
      return;
    }
    int ready = model.in(Place.READY).size() + model.in(Place.DELAYED).size();
    model.removesReady = true;
    long purged = queue.purge();
    model.removesReady = false;
    if (inferred) {
      assertThat(purged).isEqualTo(ready);
    }
    assertThat(queue.counters().ready()).isZero();
    // What was ready to the model and not to the queue had left to be dead-lettered.
    model.schedule();
  }

  /** Answers one of the loads, in any order; with some messages missing if there are losses. */
  private void load(int number, boolean losses) {
    if (model.loads.isEmpty()) {
      return;
    }
    ColdLoad load = model.loads.remove(number % model.loads.size());
    long[] positions = load.positions();
    Message[] messages = new Message[positions.length];
    for (int i = 0; i < positions.length; i++) {
      if (losses && (number + i) % 5 == 0) {
        model.journal.remove(positions[i]);
      }
      messages[i] = model.journal.get(positions[i]);
    }
    model.losesCold = true;
    model.wake();
    queue.loaded(load, messages, model.nowMs);
    model.losesCold = false;
    afterDispatch();
  }

  private void dispatch() {
    model.wake();
    queue.dispatch(model.nowMs);
    afterDispatch();
  }

  private void afterDispatch() {
    model.schedule();
    assertThat(model.isStuck()).as("a message waits for nothing").isFalse();
    inferred = true;
    assertThat(queue.nextExpiryMs()).isGreaterThan(model.nowMs);
  }

  private void check() {
    QueueCounters counters = queue.counters();
    long died = 0;
    for (DeathReason reason : DeathReason.values()) {
      died += counters.died(reason);
    }
    assertThat(counters.removed())
        .isEqualTo(
            counters.acknowledged()
                + counters.deliveredPresettled()
                + died
                + counters.purged()
                + counters.lost());
    assertThat(counters.enqueued())
        .isEqualTo(
            counters.ready() + counters.unsettled() + counters.scheduled() + counters.removed());
    assertThat(counters.enqueuedBytes() + counters.changedBytes())
        .isEqualTo(
            counters.readyBytes()
                + counters.unsettledBytes()
                + counters.scheduledBytes()
                + counters.removedBytes());
    assertThat(counters.consumers()).isEqualTo(consumers.size());
    assertThat(counters.unsettled()).isEqualTo(model.in(Place.UNSETTLED).size());
    assertThat(counters.removed()).isEqualTo(model.in(Place.REMOVED).size());
    if (inferred) {
      assertThat(counters.ready()).isEqualTo(model.in(Place.READY).size());
      assertThat(counters.readyBytes()).isEqualTo(model.bytes(Place.READY));
      assertThat(counters.unsettledBytes()).isEqualTo(model.bytes(Place.UNSETTLED));
      assertThat(counters.scheduled())
          .isEqualTo(model.in(Place.SCHEDULED).size() + model.in(Place.DELAYED).size());
      assertThat(counters.scheduledBytes())
          .isEqualTo(model.bytes(Place.SCHEDULED) + model.bytes(Place.DELAYED));
    }
    for (Consumer consumer : consumers) {
      assertThat(consumer.credit()).isEqualTo(model.creditOf(consumer));
    }
  }
}
