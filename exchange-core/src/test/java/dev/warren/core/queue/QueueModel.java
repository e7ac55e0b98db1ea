package dev.warren.core.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.core.message.Message;
import dev.warren.core.message.StoredMessage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The plain model of a queue: lists and linear searches, no memory management. It receives the
 * effects of the real queue and checks each against what a queue may do at that moment.
 *
 * <p>It cannot know which messages are in memory, so two things are derived: a message that expired
 * or was dropped without an effect must be a dead letter being read ({@link #schedule}), and {@link
 * #isStuck} tells whether a message waits although it could be delivered.
 */
final class QueueModel implements QueueEffects {
  enum Place {
    READY,
    UNSETTLED,
    DELAYED,
    SCHEDULED,
    DEAD_LETTERED,
    REMOVED
  }

  /** One message. */
  static final class Entry {
    final int number;
    final int level;
    final long expiresAtMs;
    Place place = Place.READY;
    int sizeBytes;
    int deliveryCount;
    int acquiredCount;
    @Nullable StoredMessage stored;
    long position;
    @Nullable DeathReason reason;
    long heldSinceMs;

    /** When it is ready again once it has gone back. */
    long dueMs;

    // What the command under way must make happen to it.
    @Nullable DeathReason expectedDeath;
    @Nullable Attempts expectedCount;
    boolean expectsReplacement;
    boolean expectsRemoval;

    Entry(int number, int level, long expiresAtMs, int sizeBytes) {
      this.number = number;
      this.level = level;
      this.expiresAtMs = expiresAtMs;
      this.sizeBytes = sizeBytes;
    }
  }

  /** A consumer as the model sees it. */
  static final class Client {
    final Consumer consumer;
    int credit;

    Client(Consumer consumer) {
      this.consumer = consumer;
    }
  }

  private final QueueOptions options;
  private final List<Entry> entries = new ArrayList<>();
  private final IdentityHashMap<Consumer, Client> clients = new IdentityHashMap<>();

  /** Who was told to be active or not. */
  final IdentityHashMap<Consumer, Boolean> told = new IdentityHashMap<>();

  /** Clients with credit, whose turn is next first (whatever their priority). */
  private final List<Client> turns = new ArrayList<>();

  private final List<Client> attached = new ArrayList<>();
  private @Nullable Client active;

  /** Whether the active one gets nothing more, because another waits for it to settle. */
  private boolean leaving;

  int takeovers;

  final Map<Long, Message> journal = new HashMap<>();
  final List<StoredMessage> unwritten = new ArrayList<>();
  final List<Checkout> checkouts = new ArrayList<>();
  final List<Consumer> drained = new ArrayList<>();

  /** Loads under way. */
  final List<ColdLoad> loads = new ArrayList<>();

  long nowMs = 1_000;

  /** What the command under way may remove, by place; everything is refused otherwise. */
  boolean removesReady;

  boolean losesCold;

  /** Messages that had to wait for their time. */
  int delays;

  /** Dead letters that were never in the queue. */
  int refusedDeadLetters;

  private long nextPosition = 1;

  QueueModel(QueueOptions options) {
    this.options = options;
  }

  void enqueued(StoredMessage stored, long expiresAtMs) {
    Entry entry =
        new Entry(
            entries.size(), level(stored.message()), expiresAtMs, stored.message().sizeBytes());
    entry.stored = stored;
    entry.position = StoredMessage.NO_POSITION;
    entries.add(entry);
    if (stored.isJournalled()) {
      unwritten.add(stored);
    }
  }

  void recovered(Message message, long position, long expiresAtMs) {
    Entry entry = new Entry(entries.size(), level(message), expiresAtMs, message.sizeBytes());
    entry.position = position;
    journal.put(position, message);
    nextPosition = Math.max(nextPosition, position + 1);
    entries.add(entry);
  }

  private int level(Message message) {
    int priority = message.header().priority();
    Priorities levels = options.priorities();
    return priority == -1 ? levels.absent() : Math.min(priority, levels.highest());
  }

  int nextNumber() {
    return entries.size();
  }

  long nextPosition() {
    return nextPosition;
  }

  /** The journal writes the oldest messages it has not written. */
  void write(int count) {
    for (int i = 0; i < count && !unwritten.isEmpty(); i++) {
      StoredMessage stored = unwritten.remove(0);
      journal.put(nextPosition, stored.message());
      stored.written(nextPosition++);
    }
  }

  void attach(Consumer consumer) {
    Client client = new Client(consumer);
    clients.put(consumer, client);
    attached.add(client);
    updateActive();
  }

  void detach(Consumer consumer) {
    turns.removeIf(client -> client.consumer == consumer);
    attached.removeIf(client -> client.consumer == consumer);
    if (active != null && active.consumer == consumer) {
      active = null;
    }
    clients.remove(consumer);
    updateActive();
  }

  /** Who may get messages: those with credit, or the single active one of them. */
  private List<Client> eligible() {
    if (options.singleActive() == SingleActive.NONE) {
      return turns;
    }
    return turns.stream().filter(client -> client == active && !leaving).toList();
  }

  private void updateActive() {
    leaving = false;
    Client now = active;
    Client best =
        attached.stream()
            .max(Comparator.comparingInt(client -> client.consumer.priority()))
            .orElse(null);
    if (best != null) {
      int highest = best.consumer.priority();
      best = attached.stream().filter(c -> c.consumer.priority() == highest).findFirst().get();
    }
    if (now == null) {
      active = best;
    } else if (options.singleActive() == SingleActive.HIGHEST_PRIORITY
        && best != null
        && best.consumer.priority() > now.consumer.priority()) {
      leaving = checkouts.stream().anyMatch(c -> c.consumer() == now.consumer);
      active = leaving ? now : best;
      takeovers += leaving ? 0 : 1;
    }
  }

  void credit(Consumer consumer, int change) {
    Client client = client(consumer);
    int before = client.credit;
    client.credit = Math.max(0, before + change);
    if (before == 0 && client.credit > 0) {
      turns.add(client);
    } else if (client.credit == 0) {
      turns.remove(client);
    }
  }

  int creditOf(Consumer consumer) {
    return client(consumer).credit;
  }

  Entry entry(Message message) {
    return entries.get(QueueFixture.number(message));
  }

  List<Entry> in(Place place) {
    return entries.stream().filter(entry -> entry.place == place).toList();
  }

  long bytes(Place place) {
    return in(place).stream().mapToLong(entry -> entry.sizeBytes).sum();
  }

  boolean isFull(int sizeBytes) {
    return beyond(in(Place.READY).size() + 1, bytes(Place.READY) + sizeBytes);
  }

  boolean hasCredit() {
    return !eligible().isEmpty();
  }

  /** The dispatch to come makes those ready that have waited long enough. */
  void wake() {
    updateActive();
    for (Entry entry : in(Place.DELAYED)) {
      if (entry.dueMs <= nowMs) {
        entry.place = Place.READY;
      }
    }
  }

  /** When a message is ready again that goes back now because of an outcome. */
  long dueMs(Entry entry, boolean failed) {
    DelayedRetry retry = options.delayedRetry();
    boolean waits =
        retry.type() == DelayedRetry.Type.ALL
            || retry.type() == (failed ? DelayedRetry.Type.FAILED : DelayedRetry.Type.RETURNED);
    long times = Math.max(1, entry.deliveryCount + (failed ? 1 : 0));
    return waits ? nowMs + Math.min(retry.minMs() * times, retry.maxMs()) : nowMs;
  }

  /** What an outcome must do to a message; see the table of contract §5.4. */
  void settling(Entry entry, boolean requeues, boolean failed, boolean annotated, long dueMs) {
    entry.dueMs = dueMs;
    assertThat(entry.place).isEqualTo(Place.UNSETTLED);
    entry.deliveryCount += failed ? 1 : 0;
    boolean limited = requeues && failed && entry.deliveryCount > options.deliveryLimit();
    if (requeues && !limited) {
      entry.acquiredCount++;
      entry.expectsReplacement = annotated;
      if (annotated || entry.stored == null || entry.stored.isJournalled()) {
        entry.expectedCount = new Attempts(entry.deliveryCount, entry.acquiredCount, true);
      }
    } else {
      entry.expectsRemoval = true;
      if (options.deadLetterExchange() != null) {
        entry.expectedDeath = limited ? DeathReason.DELIVERY_LIMIT : DeathReason.REJECTED;
      }
    }
  }

  void accepting(Entry entry) {
    assertThat(entry.place).isEqualTo(Place.UNSETTLED);
    entry.expectsRemoval = true;
  }

  /** The command is over: everything expected must have happened. */
  void settled(Entry entry) {
    assertThat(entry.expectedDeath).as("dead letter of %s", entry.number).isNull();
    assertThat(entry.expectedCount).as("counting of %s", entry.number).isNull();
    assertThat(entry.expectsReplacement).as("replacement of %s", entry.number).isFalse();
    assertThat(entry.expectsRemoval).as("removal of %s", entry.number).isFalse();
    if (entry.place == Place.UNSETTLED) {
      entry.place = entry.dueMs > nowMs ? Place.DELAYED : Place.READY;
      delays += entry.dueMs > nowMs ? 1 : 0;
    }
  }

  /** Takes note of the messages that must have gone on their way to be dead-lettered unread. */
  void schedule() {
    while (true) {
      Entry head = head();
      if (head == null) {
        return;
      }
      boolean overflows =
          options.overflow() == QueueOptions.Overflow.DROP_HEAD
              && beyond(in(Place.READY).size(), bytes(Place.READY));
      if (head.expiresAtMs > nowMs && !overflows) {
        return;
      }
      assertThat(options.deadLetterExchange()).as("%s went silently", head.number).isNotNull();
      head.place = Place.SCHEDULED;
      head.reason = head.expiresAtMs <= nowMs ? DeathReason.EXPIRED : DeathReason.MAX_LENGTH;
    }
  }

  /** Whether a message waits for a consumer which waits for it, with no load under way. */
  boolean isStuck() {
    return head() != null && hasCredit() && loads.isEmpty();
  }

  @Override
  public void deliver(Checkout checkout) {
    Entry entry = entry(checkout.message());
    // What is before it in the queue went silently, or this one is out of order.
    for (Entry head = head(); head != null && head != entry; head = head()) {
      assertThat(head.expiresAtMs <= nowMs || beyond(in(Place.READY).size(), bytes(Place.READY)))
          .as("%s overtook %s", entry.number, head.number)
          .isTrue();
      assertThat(options.deadLetterExchange()).isNotNull();
      head.place = Place.SCHEDULED;
      head.reason = head.expiresAtMs <= nowMs ? DeathReason.EXPIRED : DeathReason.MAX_LENGTH;
    }
    assertThat(entry.place).isEqualTo(Place.READY);
    assertThat(entry.expiresAtMs).as("deadline of %s", entry.number).isGreaterThanOrEqualTo(nowMs);
    assertThat(checkout.deliveryCount()).isEqualTo(entry.deliveryCount);
    assertThat(checkout.acquiredCount()).isEqualTo(entry.acquiredCount);
    assertThat(checkout.isRedelivered()).isEqualTo(entry.acquiredCount > 0);
    Client next =
        eligible().stream()
            .max(Comparator.comparingInt((Client client) -> client.consumer.priority()))
            .orElseThrow();
    int priority = next.consumer.priority();
    next =
        eligible().stream()
            .filter(c -> c.consumer.priority() == priority)
            .findFirst()
            .orElseThrow();
    assertThat(checkout.consumer().context()).isEqualTo(next.consumer.context());
    turns.remove(next);
    if (--next.credit > 0) {
      turns.add(next);
    }
    entry.place = Place.UNSETTLED;
    entry.heldSinceMs = nowMs;
    checkouts.add(checkout);
  }

  @Override
  public void active(Consumer consumer, boolean active) {
    assertThat(told.put(consumer, active)).as("told again").isNotEqualTo(active);
  }

  @Override
  public void drained(Consumer consumer) {
    schedule();
    Client client = client(consumer);
    assertThat(client.credit == 0 || head() == null || !eligible().contains(client))
        .as("drained too early")
        .isTrue();
    credit(consumer, -client.credit);
    drained.add(consumer);
  }

  @Override
  public void removed(@Nullable StoredMessage stored, long position, int sizeBytes) {
    Entry entry = identify(stored, position);
    if (entry.place == Place.UNSETTLED) {
      assertThat(entry.expectsRemoval).as("%s should not be removed", entry.number).isTrue();
      entry.expectsRemoval = false;
    } else if (entry.place == Place.DEAD_LETTERED || removesReady) {
      assertThat(entry.place).isIn(Place.DEAD_LETTERED, Place.READY, Place.DELAYED);
    } else if (losesCold && !journal.containsKey(position)) {
      assertThat(entry.place).isIn(Place.READY, Place.SCHEDULED);
    } else {
      assertThat(options.deadLetterExchange()).as("removed %s", entry.number).isNull();
      mayDie(entry);
    }
    entry.place = Place.REMOVED;
  }

  @Override
  public void deadLetter(Message message, DeathReason reason, int deliveryCount) {
    if (QueueFixture.number(message) == entries.size()) {
      assertThat(reason).isEqualTo(DeathReason.MAX_LENGTH);
      assertThat(deliveryCount).isZero();
      refusedDeadLetters++;
      return;
    }
    Entry entry = entry(message);
    if (entry.place == Place.UNSETTLED) {
      assertThat(reason).isEqualTo(entry.expectedDeath);
      entry.expectedDeath = null;
    } else if (entry.place == Place.SCHEDULED) {
      assertThat(reason).isEqualTo(entry.reason);
      entry.place = Place.DEAD_LETTERED;
    } else {
      assertThat(mayDie(entry)).isEqualTo(reason);
      entry.place = Place.DEAD_LETTERED;
    }
    assertThat(deliveryCount).isEqualTo(entry.deliveryCount);
  }

  @Override
  public void counted(@Nullable StoredMessage stored, long position, Attempts attempts) {
    Entry entry = identify(stored, position);
    assertThat(attempts).isEqualTo(entry.expectedCount);
    entry.expectedCount = null;
  }

  @Override
  public StoredMessage replaced(
      @Nullable StoredMessage stored, long position, int sizeBytes, Message changed) {
    Entry entry = identify(stored, position);
    assertThat(entry.expectsReplacement).isTrue();
    entry.expectsReplacement = false;
    StoredMessage replacement = StoredMessage.journalled(changed, new long[] {1});
    unwritten.add(replacement);
    entry.stored = replacement;
    entry.position = StoredMessage.NO_POSITION;
    entry.sizeBytes = changed.sizeBytes();
    return replacement;
  }

  @Override
  public void load(ColdLoad load) {
    loads.add(load);
    assertThat(loads).as("loads under way").hasSizeLessThanOrEqualTo(4);
  }

  /**
   * The reason for which the head may leave now; before it there may be some that left silently.
   */
  private DeathReason mayDie(Entry entry) {
    for (Entry head = head(); head != null && head != entry; head = head()) {
      assertThat(options.deadLetterExchange()).isNotNull();
      head.reason = mayDie(head);
      head.place = Place.SCHEDULED;
    }
    assertThat(entry.place).isEqualTo(Place.READY);
    if (entry.expiresAtMs <= nowMs) {
      return DeathReason.EXPIRED;
    }
    assertThat(beyond(in(Place.READY).size(), bytes(Place.READY)))
        .as("%s left without a reason", entry.number)
        .isTrue();
    return DeathReason.MAX_LENGTH;
  }

  private Entry identify(@Nullable StoredMessage stored, long position) {
    if (stored != null) {
      Entry entry = entry(stored.message());
      assertThat(entry.stored).isSameAs(stored);
      return entry;
    }
    Entry found = null;
    for (Entry entry : entries) {
      long known = entry.stored == null ? entry.position : entry.stored.position();
      if (known == position) {
        found = entry;
      }
    }
    assertThat(found).as("position %s", position).isNotNull();
    return found == null ? entries.get(0) : found;
  }

  private @Nullable Entry head() {
    return entries.stream()
        .filter(e -> e.place == Place.READY)
        .min(Comparator.comparingInt((Entry e) -> -e.level).thenComparingInt(e -> e.number))
        .orElse(null);
  }

  private boolean beyond(long count, long bytes) {
    return (options.maxLength() >= 0 && count > options.maxLength())
        || (options.maxLengthBytes() >= 0 && bytes > options.maxLengthBytes());
  }

  private Client client(Consumer consumer) {
    Client client = clients.get(consumer);
    assertThat(client).isNotNull();
    return client == null ? new Client(consumer) : client;
  }
}
