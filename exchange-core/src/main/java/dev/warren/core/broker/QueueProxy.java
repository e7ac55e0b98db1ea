package dev.warren.core.broker;

import dev.warren.core.filter.MessageFilter;
import dev.warren.core.message.Message;
import dev.warren.core.message.StoredMessage;
import dev.warren.core.queue.Attempts;
import dev.warren.core.queue.PayloadBudget;
import dev.warren.core.queue.QueueCounters;
import dev.warren.core.queue.QueueOptions;
import dev.warren.core.queue.QueueState;
import dev.warren.core.queue.SingleActive;
import dev.warren.core.routing.RoutedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The only way to a queue from outside its owner loop: a direct call on the owner, mail from any
 * other loop. The identity that routing, publishers and consumers hold.
 *
 * <p>Methods whose first parameter is the calling loop may be called on any loop; {@code on…}
 * methods run on the owner.
 */
final class QueueProxy implements RoutedQueue {
  /** Heads looked at in one go, while others take the place of those that were. */
  private static final int HEADS_READ_MAX = 16;

  private final QueueDefinition definition;
  private final boolean mayReject;

  /** A subscription that is not shared. */
  private final boolean singleConsumer;

  private final boolean singleActive;
  private final boolean keepsDeadLetters;
  private final int deliveryLimit;

  /** What a subscription selects; anything else does not come in. */
  private final MessageFilter wanted;

  private final long[] ownId;
  private final BrokerLoop owner;
  private final QueueState state;
  private final Runnable onUnused;
  private final Runnable onExpired;
  private final long expiresMs;
  private final long consumerTimeoutMs;
  private final dev.warren.core.journal.Journal reads;
  private final LoopTimer expiry = new LoopTimer(this::onExpiryTimer);
  private final ConsumerList consumers = new ConsumerList();
  private final Mail enqueueMail =
      (message, publication) -> onEnqueue((StoredMessage) message, (Publication) publication);
  private final Mail committedMail = (message, unused) -> onCommitted((StoredMessage) message);
  private final Mail deadLetterMail = (dead, unused) -> onDeadLetter((DeadLetter) dead);

  /** How often the queue was declared. */
  private final AtomicInteger declarations = new AtomicInteger();

  /** The declarations there were when the queue was found unused; written by the owner. */
  private volatile int expiredAfter = -1;

  /** Whether consumers get nothing; written by the control thread. */
  private volatile boolean paused;

  /** Whether the journal reads, or is about to, when the oldest message came. */
  private final AtomicBoolean findingOldest = new AtomicBoolean();

  private boolean dirty;
  private boolean moreScheduled;
  private boolean deleted;
  private long nextExpiryMs = Long.MAX_VALUE;

  QueueProxy(QueueDefinition definition, BrokerLoop owner, Environment environment) {
    this.definition = definition;
    this.owner = owner;
    this.onUnused = () -> environment.onUnused().accept(definition);
    this.ownId = new long[] {definition.id()};
    var options = definition.options();
    this.mayReject = options.mayReject();
    this.onExpired = () -> environment.onExpired().accept(this);
    this.expiresMs = options.expiresMs();
    this.reads = environment.reads();
    this.consumerTimeoutMs =
        options.consumerTimeoutMs() == QueueOptions.NONE
            ? environment.consumerTimeoutMs()
            : options.consumerTimeoutMs();
    this.deliveryLimit = options.deliveryLimit();
    this.keepsDeadLetters = options.deadLetterExchange() != null;
    this.singleActive = options.singleActive() != SingleActive.NONE;
    this.singleConsumer =
        Boolean.FALSE.equals(definition.arguments().get(SubscriptionQueues.SHARED));
    this.wanted = SubscriptionQueues.filterOf(definition.arguments());
    DeadLetters deadLetters = new DeadLetters(environment, definition, options, owner);
    this.state =
        new QueueState(
            options,
            definition.survivesRestart(),
            environment.budget(),
            new JournalledEffects(this, owner, environment.reads(), deadLetters));
  }

  /**
   * What a queue needs of the broker around it.
   *
   * @param lost told, on the owner loop, of a dead letter that no queue got
   * @param onUnused told, on the owner loop, when the last consumer of an auto-delete queue leaves
   * @param onExpired told, on the owner loop, when a queue was unused for as long as it may be
   * @param consumerTimeoutMs how long a consumer may hold a message if the queue does not say
   */
  record Environment(
      PayloadBudget budget,
      dev.warren.core.journal.Journal reads,
      java.util.function.Supplier<dev.warren.core.routing.Topology> topology,
      DeadLetters.Lost lost,
      java.util.function.Consumer<QueueDefinition> onUnused,
      java.util.function.Consumer<QueueProxy> onExpired,
      long consumerTimeoutMs) {}

  @Override
  public String name() {
    return definition.name();
  }

  @Override
  public boolean isDurable() {
    return definition.survivesRestart();
  }

  QueueDefinition definition() {
    return definition;
  }

  BrokerLoop owner() {
    return owner;
  }

  boolean mayReject() {
    return mayReject;
  }

  /** The identifiers of a message's durable queues when this is the only one. */
  long[] ownId() {
    return ownId;
  }

  QueueCounters counters() {
    return state.counters();
  }

  ConsumerList consumers() {
    return consumers;
  }

  /** How long a consumer of this queue may hold a message, or 0; unless it says otherwise. */
  long consumerTimeoutMs() {
    return consumerTimeoutMs;
  }

  /** Where messages that are not in memory are read from. */
  dev.warren.core.journal.Journal reads() {
    return reads;
  }

  /** The state machine; owner only, or before the loops run. */
  QueueState state() {
    return state;
  }

  /** Adds a message; the publication, if any, is told whether the queue took it. */
  void enqueue(BrokerLoop caller, StoredMessage message, @Nullable Publication publication) {
    if (caller == owner) {
      onEnqueue(message, publication);
    } else {
      caller.post(owner, enqueueMail, message, publication);
    }
  }

  /** Adds a message of a committed transaction, which is not refused any more. */
  void enqueueCommitted(BrokerLoop caller, StoredMessage message) {
    caller.post(owner, committedMail, message, null);
  }

  private void onCommitted(StoredMessage message) {
    if (deleted || !isWanted(message)) {
      JournalledEffects.settle(owner, definition.id(), message);
    } else {
      state.enqueueAlways(message, Attempts.NONE, owner.nowMs());
      markDirty();
    }
  }

  /** Adds a dead letter: always by mail, since it comes from the middle of a queue's command. */
  void enqueueDeadLetter(BrokerLoop caller, DeadLetter dead) {
    caller.post(owner, deadLetterMail, dead, null);
  }

  private void onEnqueue(StoredMessage message, @Nullable Publication publication) {
    if (deleted) {
      JournalledEffects.settle(owner, definition.id(), message);
      decide(publication, Publication.Verdict.GONE);
      return;
    }
    if (!isWanted(message)) {
      JournalledEffects.settle(owner, definition.id(), message);
      decide(publication, Publication.Verdict.TAKEN);
      return;
    }
    boolean taken = state.enqueue(message, owner.nowMs());
    if (!taken) {
      JournalledEffects.settle(owner, definition.id(), message);
    }
    decide(publication, taken ? Publication.Verdict.TAKEN : Publication.Verdict.FULL);
    markDirty();
  }

  private boolean isWanted(StoredMessage message) {
    return wants(message.message());
  }

  /** Whether it is one of those this queue keeps. Any thread. */
  boolean wants(Message message) {
    return wanted == MessageFilter.ALL || wanted.matches(message, owner.nowMs());
  }

  private void decide(@Nullable Publication publication, Publication.Verdict verdict) {
    if (publication != null) {
      owner.post(publication.loop(), Publication.mailOf(verdict), publication, definition.name());
    }
  }

  private void onDeadLetter(DeadLetter dead) {
    if (deleted
        || !isWanted(dead.message())
        || !state.enqueue(dead.message(), dead.attempts(), owner.nowMs())) {
      JournalledEffects.settle(owner, definition.id(), dead.message());
    } else if (dead.attempts().acquiredCount() > 0
        && JournalledEffects.isFor(dead.message(), definition.id())) {
      owner
          .appender()
          .counted(
              definition.id(),
              dead.message(),
              dead.attempts().deliveryCount(),
              dead.attempts().acquiredCount());
    }
    markDirty();
  }

  /** Something may be deliverable: dispatch at the end of this tick. */
  void markDirty() {
    if (!dirty) {
      dirty = true;
      owner.addDirty(this);
    }
  }

  /** Hands out what can be handed out; at the end of a tick. */
  void dispatch(long nowMs) {
    dirty = false;
    if (deleted) {
      return;
    }
    state.dispatch(nowMs);
    scheduleMore();
    long expiryMs = state.nextExpiryMs();
    if (expiryMs != Long.MAX_VALUE && expiryMs < nextExpiryMs) {
      nextExpiryMs = expiryMs;
      owner.schedule(Math.max(1, expiryMs - nowMs), this::onExpiryDue);
    }
  }

  /** What one dispatch may not do is done in another tick, so that others get their turn. */
  private void scheduleMore() {
    if (state.hasMore() && !moreScheduled) {
      moreScheduled = true;
      owner.execute(
          () -> {
            moreScheduled = false;
            markDirty();
          });
    }
  }

  private void onExpiryDue() {
    nextExpiryMs = Long.MAX_VALUE;
    markDirty();
  }

  /** Was paused or resumed before the broker stopped; before the loops run. */
  void pause(boolean now) {
    paused = now;
    state.pause(now);
  }

  /** Stops handing out messages, or goes on; on the control thread. */
  void pauseLater(boolean now) {
    paused = now;
    owner.execute(
        () -> {
          state.pause(now);
          markDirty();
        });
  }

  /** Whether {@link #findOldest} may be called, once; any thread. */
  boolean beginFindingOldest() {
    return findingOldest.compareAndSet(false, true);
  }

  /**
   * Finds out when the oldest ready message came, which is on disk. Any thread.
   *
   * @param done called once, on the owner
   */
  void findOldest(Runnable done) {
    owner.execute(
        () ->
            readHead(
                HEADS_READ_MAX,
                () -> {
                  findingOldest.set(false);
                  done.run();
                }));
  }

  private void readHead(int left, Runnable done) {
    long[] positions = deleted || left == 0 ? new long[0] : state.unknownHead();
    if (positions.length == 0) {
      done.run();
      return;
    }
    reads.read(
        positions,
        (read, failure) ->
            owner.execute(
                () -> {
                  if (failure == null && !deleted && state.learnHead(read)) {
                    readHead(left - 1, done);
                  } else {
                    done.run();
                  }
                }));
  }

  /** Whether no two consumers may be there at a time. */
  boolean isForSingleConsumer() {
    return singleConsumer;
  }

  /** Failed deliveries after which a message dies, or {@link QueueOptions#NONE}. */
  int deliveryLimit() {
    return deliveryLimit;
  }

  /** Whether there is an exchange for what dies here. */
  boolean keepsDeadLetters() {
    return keepsDeadLetters;
  }

  /** Whether one consumer at a time gets messages. */
  boolean isForSingleActive() {
    return singleActive;
  }

  /** Whether consumers get nothing at present. */
  boolean isPaused() {
    return paused;
  }

  /** Memory is short: gives up payload which is in the journal. */
  void trim() {
    if (!deleted) {
      state.trim();
    }
  }

  /** Why it takes no further consumer at present, or null if it does. */
  @Nullable BrokerException refusal() {
    if (deleted) {
      return VirtualHost.noQueue(definition);
    }
    return singleConsumer && consumers.hasTaker() ? SubscriptionQueues.inUse(definition) : null;
  }

  boolean isDeleted() {
    return deleted;
  }

  /**
   * A consumer that takes messages has left: an auto-delete queue goes with the last one. Those
   * that only look neither keep it nor make it go.
   */
  void onConsumerLeft() {
    onUsed();
    if (definition.autoDelete() && !consumers.hasTaker() && !deleted) {
      onUnused.run();
    }
  }

  /**
   * It was declared, again or for the first time, or recovered: the time it may be unused begins.
   */
  void declared() {
    if (expiresMs != QueueOptions.NONE) {
      declarations.incrementAndGet();
      owner.execute(this::onUsed);
    }
  }

  /** Somebody uses it or a consumer has left: the time it may be unused begins anew. */
  void onUsed() {
    if (expiresMs == QueueOptions.NONE || deleted) {
      return;
    }
    if (!consumers.hasTaker()) {
      owner.timers().set(expiry, expiresMs);
    } else {
      owner.timers().cancel(expiry);
    }
  }

  private void onExpiryTimer() {
    expiredAfter = declarations.get();
    onExpired.run();
  }

  /** Whether it was unused for as long as it may be, and nobody has come since; control thread. */
  boolean isExpired() {
    return expiredAfter == declarations.get() && !consumers.hasTaker();
  }

  /** Drops everything, on the owner; the topology does not name the queue any more. */
  void onDelete() {
    if (deleted) {
      return;
    }
    deleted = true;
    owner.timers().cancel(expiry);
    for (QueueSubscription subscription : consumers.snapshot()) {
      subscription.onQueueDeleted();
    }
    consumers.clear();
    state.delete();
    letGo(() -> {});
  }

  /** Removes the ready messages, on the owner; says how many when all is done. */
  void onPurge(java.util.function.LongConsumer told) {
    long count = deleted ? 0 : state.purge();
    letGo(() -> told.accept(count));
  }

  /** A deep queue lets go of its messages in parts, so that others get their turn. */
  private void letGo(Runnable then) {
    if (state.letGo()) {
      owner.execute(() -> letGo(then));
    } else {
      then.run();
    }
  }
}
