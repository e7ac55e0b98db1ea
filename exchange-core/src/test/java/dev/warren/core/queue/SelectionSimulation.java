package dev.warren.core.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.core.filter.MessageFilter;
import dev.warren.core.message.Message;
import dev.warren.core.message.StoredMessage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A queue whose consumers choose, browse and share groups, and the rules that hold whatever
 * happens:
 *
 * <ul>
 *   <li>a message goes only to a consumer which its filter matches, and only while it is ready;
 *   <li>when a dispatch has nothing more to do, no ready message is left that a consumer with
 *       credit matches, unless its group binds it to another or waits to move;
 *   <li>what one consumer has of a group it gets in order, and nobody else has some of it at the
 *       same time;
 *   <li>a browser sees each message once, in order, and changes nothing;
 *   <li>the books balance.
 * </ul>
 */
final class SelectionSimulation implements QueueEffects {
  /** How many figures tell what a run has reached. */
  static final int FIGURES = 5;

  enum Kind {
    ENQUEUE,
    ENQUEUE_MANY,
    ATTACH,
    ATTACH_BROWSER,
    DETACH,
    CREDIT,
    CREDIT_MORE,
    DRAIN,
    ACCEPT,
    ACCEPT_MANY,
    RELEASE,
    RELEASE_SOME,
    LOAD,
    TRIM,
    PURGE_SELDOM,
    DISPATCH,
    DISPATCH_ALL
  }

  record Command(Kind kind, int number) {}

  private static final int CONSUMERS_MAX = 5;

  private final QueueState queue;
  private final boolean grouped;
  private final boolean filtered;
  private final boolean levelled;
  private final List<Consumer> consumers = new ArrayList<>();
  private final List<Checkout> checkouts = new ArrayList<>();
  private final Map<Long, Message> journal = new HashMap<>();
  private final TreeSet<Integer> ready = new TreeSet<>();

  /** Messages a browser may have gone by while a consumer had them. */
  private final Set<Integer> wentBack = new HashSet<>();

  /** Without levels the last one is the highest; with them each must be seen once. */
  private final Map<Consumer, TreeSet<Integer>> seen = new HashMap<>();

  private final Map<Consumer, Integer> divisors = new HashMap<>();
  private final Map<Integer, Long> hashes = new HashMap<>();

  /** Of each group, the newest message delivered since one of it went back. */
  private final Map<Long, Integer> newest = new HashMap<>();

  private final List<ColdLoad> underWay = new ArrayList<>();
  private int next;
  private long delivered;
  private long copies;
  private long loads;
  private long inGroups;
  private long drains;

  SelectionSimulation(long seed) {
    grouped = seed % 2 == 0;
    filtered = seed % 3 != 0;
    levelled = seed % 11 < 4;
    PayloadBudget budget = new PayloadBudget(seed % 5 == 0 ? 1 << 20 : 600);
    Priorities levels = levelled ? new Priorities(2, 1) : Priorities.NONE;
    QueueOptions options = QueueOptions.DEFAULTS.toBuilder().priorities(levels).build();
    queue = new QueueState(options, true, budget, this, 4, 16);
    for (int i = 0; i < seed % 7 * 40; i++) {
      Message message = message(i);
      journal.put((long) next, message);
      queue.recover(next, message.sizeBytes(), 0, -1, Attempts.NONE, level(next));
      ready.add(next++);
    }
  }

  void step(Command command) {
    int number = command.number();
    switch (command.kind()) {
      case ENQUEUE -> enqueue(number);
      case ENQUEUE_MANY -> repeat(number % 30, i -> enqueue(number + i));
      case ATTACH -> attach(number, false);
      case ATTACH_BROWSER -> attach(number, number % 2 == 0);
      case DETACH -> detach(number);
      case CREDIT -> credit(number, number / 8 % 5 - 1);
      case CREDIT_MORE -> credit(number, number / 8 % 40);
      case DRAIN -> drain(number);
      case ACCEPT -> settle(number, Outcome.ACCEPTED);
      case ACCEPT_MANY -> repeat(number % 40, i -> settle(number, Outcome.ACCEPTED));
      case RELEASE -> settle(number, Outcome.RELEASED);
      case RELEASE_SOME -> repeat(number % 5, i -> settle(number + i, Outcome.RELEASED));
      case LOAD -> load(number);
      case TRIM -> queue.trim();
      case PURGE_SELDOM -> purge(number);
      case DISPATCH -> queue.dispatch(0);
      case DISPATCH_ALL -> dispatchAll();
    }
    check();
  }

  void finish() {
    dispatchAll();
    check();
    for (Consumer consumer : List.copyOf(consumers)) {
      remove(consumer);
    }
    Consumer last = add(1, false, 0);
    queue.credit(last, 1 << 20);
    dispatchAll();
    assertThat(ready).isEmpty();
    while (!checkouts.isEmpty()) {
      settle(0, Outcome.ACCEPTED);
    }
    check();
    assertThat(queue.counters().removed()).isEqualTo(queue.counters().enqueued());
    remove(last);
    assertThat(queue.counters().memoryBytes()).isZero();
  }

  void addFigures(long[] sums) {
    long[] figures = {delivered, copies, loads, inGroups, drains};
    for (int i = 0; i < FIGURES; i++) {
      sums[i] += figures[i];
    }
  }

  private interface Action {
    void run(int index);
  }

  private static void repeat(int times, Action action) {
    for (int i = 0; i < times; i++) {
      action.run(i);
    }
  }

  private Message message(int number) {
    String group = grouped && number % 4 > 0 ? "g" + number % 7 : "";
    Message message = QueueFixture.grouped(next, group, level(next), 0);
    hashes.put(next, message.groupHash());
    return message;
  }

  /** The priority of a message, which its number tells. */
  private int level(int number) {
    return levelled ? number % 5 % 3 : -1;
  }

  /** Messages of a group are in order within their level. */
  private long groupAndLevel(long hash, int number) {
    return hash * 4 + level(number);
  }

  private void enqueue(int number) {
    Message message = message(number);
    StoredMessage stored =
        number % 6 == 0
            ? StoredMessage.unjournalled(message)
            : StoredMessage.journalled(message, new long[] {1});
    if (stored.isJournalled()) {
      journal.put((long) next, message);
      stored.written(next);
    }
    ready.add(next++);
    queue.enqueue(stored, 0);
  }

  private void attach(int number, boolean browsing) {
    if (consumers.size() < CONSUMERS_MAX) {
      int divisor = filtered && number / 3 % 3 > 0 ? number / 9 % 3 + 2 : 1;
      add(divisor, browsing, number % 3 / 2);
    }
  }

  private Consumer add(int divisor, boolean browsing, int priority) {
    MessageFilter filter =
        divisor == 1
            ? MessageFilter.ALL
            : (message, now) -> QueueFixture.number(message) % divisor == 0;
    Consumer consumer = new Consumer(priority, false, filter, browsing, "c");
    divisors.put(consumer, divisor);
    consumers.add(consumer);
    queue.attach(consumer);
    return consumer;
  }

  private void detach(int number) {
    if (!consumers.isEmpty()) {
      remove(consumers.get(number % consumers.size()));
    }
  }

  private void remove(Consumer consumer) {
    consumers.remove(consumer);
    queue.detach(consumer, false, 0);
    for (Checkout checkout : List.copyOf(checkouts)) {
      if (checkout.consumer() == consumer) {
        checkouts.remove(checkout);
        putBack(checkout);
      }
    }
    // Its groups may begin again elsewhere with anything that is ready.
    newest.clear();
  }

  private void putBack(Checkout checkout) {
    int number = QueueFixture.number(checkout.message());
    ready.add(number);
    wentBack.add(number);
    newest.remove(groupAndLevel(checkout.message().groupHash(), number));
  }

  private void credit(int number, int change) {
    if (!consumers.isEmpty()) {
      queue.credit(consumers.get(number % consumers.size()), change);
    }
  }

  private void drain(int number) {
    if (!consumers.isEmpty()) {
      queue.drain(consumers.get(number % consumers.size()));
    }
  }

  private void settle(int number, Outcome outcome) {
    if (checkouts.isEmpty()) {
      return;
    }
    Checkout checkout = checkouts.remove(number % checkouts.size());
    queue.settle(checkout, outcome, 0);
    if (outcome == Outcome.RELEASED) {
      putBack(checkout);
    }
  }

  private void purge(int number) {
    if (number % 8 == 0) {
      assertThat(queue.purge()).isEqualTo(ready.size());
      ready.clear();
    }
  }

  /** Answers one of the loads, in any order. */
  private void load(int number) {
    if (underWay.isEmpty()) {
      return;
    }
    ColdLoad load = underWay.remove(number % underWay.size());
    long[] positions = load.positions();
    loads++;
    Message[] messages = new Message[positions.length];
    for (int i = 0; i < positions.length; i++) {
      messages[i] = journal.get(positions[i]);
    }
    queue.loaded(load, messages, 0);
  }

  private void dispatchAll() {
    int steps = 0;
    queue.dispatch(0);
    while (!underWay.isEmpty() || queue.hasMore()) {
      assertThat(steps++).as("dispatches without end").isLessThan(10_000);
      if (!underWay.isEmpty()) {
        load(steps);
      } else {
        queue.dispatch(0);
      }
    }
    checkNobodyWaits();
  }

  private void checkNobodyWaits() {
    for (Consumer consumer : consumers) {
      if (consumer.credit() == 0) {
        continue;
      }
      for (int number : ready) {
        if (consumer.isBrowsing()) {
          assertThat(
                  hasPassed(consumer, number)
                      || wentBack.contains(number)
                      || !matches(consumer, number))
              .as("browser has not seen %s", number)
              .isTrue();
        } else if (matches(consumer, number)) {
          assertThat(isBound(number)).as("%s waits for nothing", number).isTrue();
        }
      }
    }
  }

  private boolean hasPassed(Consumer browser, int number) {
    TreeSet<Integer> shown = seen.getOrDefault(browser, new TreeSet<>());
    return levelled ? shown.contains(number) : shown.ceiling(number) != null;
  }

  /** Whether a message may wait for somebody else because of its group. */
  private boolean isBound(int number) {
    return grouped
        && takers() > 1
        && readyHash(number) != Message.NO_GROUP
        && (hasHolder(readyHash(number)) || hasTakerWithoutCredit(number));
  }

  private long readyHash(int number) {
    return hashes.getOrDefault(number, Message.NO_GROUP);
  }

  private boolean hasHolder(long hash) {
    return checkouts.stream().anyMatch(c -> c.message().groupHash() == hash);
  }

  private boolean hasTakerWithoutCredit(int number) {
    return consumers.stream()
        .anyMatch(c -> !c.isBrowsing() && c.credit() == 0 && matches(c, number));
  }

  private long takers() {
    return consumers.stream().filter(c -> !c.isBrowsing()).count();
  }

  private boolean matches(Consumer consumer, int number) {
    return number % divisors.getOrDefault(consumer, 1) == 0;
  }

  private void check() {
    QueueCounters counters = queue.counters();
    assertThat(counters.enqueued())
        .isEqualTo(counters.ready() + counters.unsettled() + counters.removed());
    assertThat(counters.enqueuedBytes() + counters.changedBytes())
        .isEqualTo(counters.readyBytes() + counters.unsettledBytes() + counters.removedBytes());
    assertThat(counters.ready()).isEqualTo(ready.size());
    assertThat(counters.unsettled()).isEqualTo(checkouts.size());
    assertThat(counters.consumers()).isEqualTo(consumers.size());
    if (!filtered) {
      checkOwners();
    }
  }

  /** Without filters, each group is in the hands of one consumer. */
  private void checkOwners() {
    Map<Long, Consumer> owners = new HashMap<>();
    Set<Integer> numbers = new HashSet<>();
    for (Checkout checkout : checkouts) {
      long hash = checkout.message().groupHash();
      assertThat(numbers.add(QueueFixture.number(checkout.message()))).isTrue();
      if (hash != Message.NO_GROUP) {
        Consumer owner = owners.putIfAbsent(hash, checkout.consumer());
        assertThat(owner == null || owner == checkout.consumer())
            .as("two consumers have a group")
            .isTrue();
      }
    }
  }

  @Override
  public void deliver(Checkout checkout) {
    Consumer consumer = checkout.consumer();
    int number = QueueFixture.number(checkout.message());
    assertThat(ready).as("%s is not ready", number).contains(number);
    assertThat(matches(consumer, number)).as("%s does not match", number).isTrue();
    if (consumer.isBrowsing()) {
      copies++;
      assertThat(hasPassed(consumer, number)).as("%s was shown before", number).isFalse();
      seen.computeIfAbsent(consumer, c -> new TreeSet<>()).add(number);
      return;
    }
    delivered++;
    ready.remove(number);
    checkouts.add(checkout);
    long hash = checkout.message().groupHash();
    if (hash != Message.NO_GROUP) {
      inGroups++;
      if (!filtered) {
        assertThat(number)
            .as("order of a group")
            .isGreaterThan(newest.getOrDefault(groupAndLevel(hash, number), -1));
        newest.put(groupAndLevel(hash, number), number);
      }
    }
  }

  @Override
  public void active(Consumer consumer, boolean active) {
    throw new AssertionError("no queue here has a single active consumer");
  }

  @Override
  public void drained(Consumer consumer) {
    drains++;
    assertThat(consumer.credit()).isZero();
  }

  @Override
  public void removed(@Nullable StoredMessage stored, long position, int sizeBytes) {}

  @Override
  public void counted(@Nullable StoredMessage stored, long position, Attempts attempts) {}

  @Override
  public StoredMessage replaced(
      @Nullable StoredMessage stored, long position, int sizeBytes, Message changed) {
    return StoredMessage.unjournalled(changed);
  }

  @Override
  public void deadLetter(Message message, DeathReason reason, int deliveryCount) {}

  @Override
  public void load(ColdLoad load) {
    underWay.add(load);
    assertThat(underWay).as("loads under way").hasSizeLessThanOrEqualTo(4);
  }
}
