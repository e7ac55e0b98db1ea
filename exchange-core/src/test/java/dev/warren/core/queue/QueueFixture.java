package dev.warren.core.queue;

import dev.warren.core.filter.MessageFilter;
import dev.warren.core.message.AmqpWriter;
import dev.warren.core.message.ByteSlice;
import dev.warren.core.message.Envelope;
import dev.warren.core.message.Message;
import dev.warren.core.message.MessageHeader;
import dev.warren.core.message.Sections;
import dev.warren.core.message.StoredMessage;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A queue with a fake of the broker around it: numbered messages, a journal in a map, and a list of
 * the effects as text ({@code deliver 1 a}). Positions are 1000 + the message's number.
 */
final class QueueFixture implements QueueEffects {
  static final QueueOptions DEAD_LETTERING = options(QueueOptions.Overflow.DROP_HEAD, -1, -1);

  final List<String> events = new ArrayList<>();
  final List<Checkout> checkouts = new ArrayList<>();
  final Map<Long, Message> journal = new HashMap<>();
  final PayloadBudget budget;
  final QueueState queue;
  long nowMs = 1_000;

  /** Loads under way, in the order in which they were asked for. */
  final ArrayDeque<ColdLoad> loads = new ArrayDeque<>();

  long evaluations;
  private long replacements;

  QueueFixture(QueueOptions options) {
    this(options, Long.MAX_VALUE);
  }

  QueueFixture(QueueOptions options, long budgetBytes) {
    this.budget = new PayloadBudget(budgetBytes);
    this.queue = new QueueState(options, budget, this);
  }

  /** Options with a dead-letter exchange. */
  static QueueOptions options(QueueOptions.Overflow overflow, long maxLength, long maxBytes) {
    return withoutDeadLettering(QueueOptions.NONE, maxLength).toBuilder()
        .maxLengthBytes(maxBytes)
        .overflow(overflow)
        .deadLetter("dlx", null)
        .build();
  }

  static QueueOptions withoutDeadLettering(long ttlMs, long maxLength) {
    return QueueOptions.DEFAULTS.toBuilder()
        .messageTtlMs(ttlMs)
        .maxLength(maxLength)
        .deliveryLimit(2)
        .build();
  }

  static Message message(int number, int sizeBytes, long ttlMs, long nowMs) {
    return message(number, sizeBytes, ttlMs, MessageHeader.ABSENT, nowMs);
  }

  static Message message(int number, int sizeBytes, long ttlMs, int priority, long nowMs) {
    byte[] bytes = new byte[sizeBytes];
    ByteBuffer.wrap(bytes).putInt(number);
    return new Message(
        Envelope.of("", "q"),
        MessageHeader.of(true, priority, ttlMs),
        new byte[0],
        ByteSlice.of(bytes),
        nowMs);
  }

  /** A message of a group, or of none if the group is empty; its message-id is the number. */
  static Message grouped(int number, String group, long nowMs) {
    return grouped(number, group, MessageHeader.ABSENT, nowMs);
  }

  static Message grouped(int number, String group, int priority, long nowMs) {
    AmqpWriter properties = new AmqpWriter().writeSectionDescriptor(Sections.PROPERTIES);
    List<@Nullable Object> fields = new ArrayList<>(Collections.nCopies(11, null));
    fields.set(0, (long) number);
    fields.set(10, group.isEmpty() ? null : group);
    return new Message(
        Envelope.of("", "q"),
        MessageHeader.of(true, priority, MessageHeader.ABSENT),
        new byte[0],
        ByteSlice.of(properties.writeValue(fields).toByteArray()),
        nowMs);
  }

  void enqueueGrouped(int number, String group) {
    StoredMessage stored = StoredMessage.journalled(grouped(number, group, nowMs), new long[] {1});
    write(stored, 1_000 + number);
    queue.enqueue(stored, nowMs);
  }

  static int number(Message message) {
    if (message.bareArray()[message.bareOffset() + 1] == 0x53) {
      return message.property(0) instanceof Long number ? number.intValue() : -1;
    }
    return ByteBuffer.wrap(message.bareArray(), message.bareOffset(), 4).getInt();
  }

  /** A journalled message which the journal has not written yet. */
  static StoredMessage unwritten(int number, long nowMs) {
    return StoredMessage.journalled(
        message(number, 10, MessageHeader.ABSENT, nowMs), new long[] {1});
  }

  Consumer consumer(String name, int credit) {
    return consumer(name, 0, false, credit);
  }

  Consumer consumer(String name, int priority, boolean presettled, int credit) {
    Consumer consumer = new Consumer(priority, presettled, name);
    queue.attach(consumer);
    queue.credit(consumer, credit);
    return consumer;
  }

  /** A consumer of messages whose number is divisible. */
  Consumer divisible(String name, int by, int credit) {
    return chooser(name, (message, now) -> number(message) % by == 0, false, credit);
  }

  /** A consumer that sees all messages. */
  Consumer browser(String name, int credit) {
    return chooser(name, MessageFilter.ALL, true, credit);
  }

  Consumer chooser(String name, MessageFilter filter, boolean browsing, int credit) {
    MessageFilter counted =
        (message, now) -> {
          evaluations++;
          return filter.matches(message, now);
        };
    Consumer consumer =
        new Consumer(
            0, false, filter == MessageFilter.ALL ? MessageFilter.ALL : counted, browsing, name);
    queue.attach(consumer);
    queue.credit(consumer, credit);
    return consumer;
  }

  /** Dispatches and answers loads until nothing more happens. */
  void dispatchAll() {
    dispatch();
    while (isLoading() || queue.hasMore()) {
      if (isLoading()) {
        load();
      } else {
        dispatch();
      }
    }
  }

  /** The numbers a consumer was delivered, in order. */
  List<Integer> numbersOf(String name) {
    return checkouts.stream()
        .filter(checkout -> checkout.consumer().context().equals(name))
        .map(checkout -> number(checkout.message()))
        .toList();
  }

  /** Enqueues journalled messages from the first number to the last. */
  void enqueue(int first, int last) {
    for (int number = first; number <= last; number++) {
      enqueueOne(number, MessageHeader.ABSENT);
    }
  }

  boolean enqueueOne(int number, long ttlMs) {
    Message message = message(number, 10, ttlMs, nowMs);
    StoredMessage stored = StoredMessage.journalled(message, new long[] {1});
    write(stored, 1_000 + number);
    return queue.enqueue(stored, nowMs);
  }

  boolean enqueueWithPriority(int number, int priority) {
    Message message = message(number, 10, MessageHeader.ABSENT, priority, nowMs);
    StoredMessage stored = StoredMessage.journalled(message, new long[] {1});
    write(stored, 1_000 + number);
    return queue.enqueue(stored, nowMs);
  }

  /** Adds a message that is in the journal only, as recovery does. */
  void recoverWithPriority(int number, int priority) {
    Message message = message(number, 10, MessageHeader.ABSENT, priority, nowMs);
    journal.put(1_000L + number, message);
    queue.recover(
        1_000L + number, message.sizeBytes(), nowMs, MessageHeader.ABSENT, Attempts.NONE, priority);
  }

  void write(StoredMessage stored, long position) {
    journal.put(position, stored.message());
    stored.written(position);
  }

  /** Adds messages that are in the journal only, as recovery does. */
  void recover(int first, int last) {
    for (int number = first; number <= last; number++) {
      recover(number, MessageHeader.ABSENT, Attempts.NONE);
    }
  }

  void recover(int number, long ttlMs, Attempts attempts) {
    Message message = message(number, 10, ttlMs, nowMs);
    journal.put(1_000L + number, message);
    queue.recover(
        1_000L + number, message.sizeBytes(), nowMs, ttlMs, attempts, MessageHeader.ABSENT);
  }

  void dispatch() {
    queue.dispatch(nowMs);
  }

  void settle(int checkout, Outcome outcome) {
    queue.settle(checkouts.get(checkout), outcome, nowMs);
  }

  boolean isLoading() {
    return !loads.isEmpty();
  }

  /** Answers the oldest load under way with what the journal has. */
  void load() {
    answer(loads.remove());
  }

  /** Answers the youngest. */
  void loadLast() {
    answer(loads.removeLast());
  }

  private void answer(ColdLoad load) {
    long[] positions = load.positions();
    Message[] messages = new Message[positions.length];
    for (int i = 0; i < positions.length; i++) {
      messages[i] = journal.get(positions[i]);
    }
    queue.loaded(load, messages, nowMs);
  }

  /** The effects since the last call. */
  List<String> effects() {
    List<String> copy = List.copyOf(events);
    events.clear();
    return copy;
  }

  @Override
  public void deliver(Checkout checkout) {
    checkouts.add(checkout);
    String counts =
        checkout.isRedelivered()
            ? " " + checkout.deliveryCount() + "/" + checkout.acquiredCount()
            : "";
    events.add(
        "deliver " + number(checkout.message()) + " " + checkout.consumer().context() + counts);
  }

  @Override
  public void active(Consumer consumer, boolean active) {
    events.add("active " + consumer.context() + " " + active);
  }

  @Override
  public void drained(Consumer consumer) {
    events.add("drained " + consumer.context());
  }

  @Override
  public void removed(@Nullable StoredMessage stored, long position, int sizeBytes) {
    events.add("removed " + name(stored, position));
  }

  @Override
  public void counted(@Nullable StoredMessage stored, long position, Attempts attempts) {
    events.add(
        "counted "
            + name(stored, position)
            + " "
            + attempts.deliveryCount()
            + "/"
            + attempts.acquiredCount());
  }

  @Override
  public StoredMessage replaced(
      @Nullable StoredMessage stored, long position, int sizeBytes, Message changed) {
    events.add("replaced " + name(stored, position) + " " + changed.annotationMap());
    StoredMessage replacement = StoredMessage.journalled(changed, new long[] {1});
    write(replacement, 1_000_000 + replacements++);
    return replacement;
  }

  @Override
  public void deadLetter(Message message, DeathReason reason, int deliveryCount) {
    events.add("deadLetter " + number(message) + " " + reason.symbol() + " " + deliveryCount);
  }

  @Override
  public void load(ColdLoad load) {
    loads.add(load);
    events.add("load " + load.positions().length);
  }

  /** The number; in brackets if the queue had only the position. */
  private String name(@Nullable StoredMessage stored, long position) {
    if (stored != null) {
      return String.valueOf(number(stored.message()));
    }
    Message message = journal.get(position);
    return "[" + (message == null ? position : number(message)) + "]";
  }
}
