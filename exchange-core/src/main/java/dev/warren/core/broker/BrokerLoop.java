package dev.warren.core.broker;

import dev.warren.core.journal.Journal;
import dev.warren.core.journal.JournalAppender;
import dev.warren.core.time.BrokerClock;
import dev.warren.core.time.Histogram;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread of the broker: an {@link EventLoop} with what it owns (queues, connections, a journal
 * appender) and the idea of a <i>tick</i>. A tick is one task or one read event; what its work has
 * for the journal, for other loops and for the network is handed over once, at its end.
 *
 * <p>{@link #execute} and {@link #schedule} may be called by any thread, everything else by the
 * owner only.
 *
 * <p>Order at the end of a tick: queues deliver, the journal gets its batch, other loops get their
 * mail, connections are flushed. The journal comes before the mail, so that whatever another loop
 * appends because of the mail is behind it in the log.
 */
public final class BrokerLoop {
  private static final Logger LOG = LoggerFactory.getLogger(BrokerLoop.class);

  /** Rounds of delivering and dispatching in one tick, before other work gets its turn. */
  private static final int ROUNDS_MAX = 16;

  /** How often publishers that wait for the journal look whether it has caught up. */
  private static final long ROOM_CHECK_MS = 5;

  private final int index;
  private final EventLoop eventLoop;
  private final BrokerClock clock;
  private @Nullable JournalAppender appender;
  private final ParkedConfirms parked = new ParkedConfirms();
  private final LoopCounters counters = new LoopCounters();

  private final Histogram timeInQueue =
      new Histogram(1, 5, 10, 50, 100, 500, 1000, 5000, 10_000, 60_000, 600_000, 3_600_000);

  private final Histogram messageSizes =
      new Histogram(100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 50_000_000, 100_000_000);
  private final LoopTimers timers = new LoopTimers(this);
  private final List<Runnable> tickEndHooks = new ArrayList<>();
  private final Outbox toSelf = new Outbox();
  private final Outbox beingDelivered = new Outbox();
  private final List<QueueProxy> dirtyQueues = new ArrayList<>();
  private final Set<RoutingPublisher> awaitingRoom = new LinkedHashSet<>();
  private Outbox[] toOthers = {};
  private BrokerLoop[] others = {};
  private long nowMs;
  private boolean nowKnown;
  private boolean ending;

  BrokerLoop(int index, EventLoop eventLoop, BrokerClock clock) {
    this.index = index;
    this.eventLoop = eventLoop;
    this.clock = clock;
  }

  /** Tells the loop of all loops, itself included, by index. Once, before it runs. */
  void introduce(List<BrokerLoop> all) {
    others = all.toArray(BrokerLoop[]::new);
    toOthers = new Outbox[others.length];
    for (int i = 0; i < toOthers.length; i++) {
      toOthers[i] = new Outbox();
    }
  }

  /** Connects it to the journal, after recovery and before anything runs on it. */
  void start(Journal journal) {
    appender = journal.appender(this::durableOnWriterThread);
  }

  private void durableOnWriterThread(long sequence) {
    execute(() -> parked.durableUpTo(sequence));
  }

  /** The publisher found the journal behind and is to be told when it has caught up. */
  void awaitRoom(RoutingPublisher publisher) {
    if (awaitingRoom.isEmpty()) {
      schedule(ROOM_CHECK_MS, this::checkRoom);
    }
    awaitingRoom.add(publisher);
  }

  /**
   * By time, since what fills the journal may be another loop's, of whose syncs this is not told.
   */
  private void checkRoom() {
    if (appender().isCongested()) {
      schedule(ROOM_CHECK_MS, this::checkRoom);
      return;
    }
    List<RoutingPublisher> waiting = List.copyOf(awaitingRoom);
    awaitingRoom.clear();
    waiting.forEach(RoutingPublisher::onRoom);
  }

  /** Its number, from 0. */
  public int index() {
    return index;
  }

  /** How many loops there are, itself included. */
  int loops() {
    return others.length;
  }

  /** The thread behind it. */
  public EventLoop eventLoop() {
    return eventLoop;
  }

  /** Runs the task as a tick of its own. */
  public void execute(Runnable task) {
    eventLoop.execute(() -> tick(task));
  }

  /** Runs the task as a tick of its own, once, after at least this many milliseconds. */
  public void schedule(long delayMs, Runnable task) {
    eventLoop.schedule(delayMs, () -> tick(task));
  }

  private void tick(Runnable task) {
    try {
      task.run();
    } finally {
      endTick();
    }
  }

  /**
   * Adds something to run at the end of each tick, after queues have delivered and the journal and
   * other loops have been handed their work: where a front flushes its connections.
   */
  public void onTickEnd(Runnable hook) {
    assertOwner();
    tickEndHooks.add(hook);
  }

  /**
   * Ends a tick that did not begin with {@link #execute}, such as a read event. Does nothing when
   * called from within the end of a tick.
   */
  public void endTick() {
    assertOwner();
    if (ending) {
      return;
    }
    ending = true;
    try {
      settleQueues();
      for (int i = 0; i < tickEndHooks.size(); i++) {
        tickEndHooks.get(i).run();
      }
      handOver();
    } finally {
      ending = false;
      nowKnown = false;
      if (!toSelf.isEmpty() || !dirtyQueues.isEmpty()) {
        // The tick was long enough: the rest comes after what others have waiting.
        eventLoop.execute(this::endTick);
      }
    }
  }

  private void settleQueues() {
    for (int round = 0; round < ROUNDS_MAX; round++) {
      if (!toSelf.isEmpty()) {
        toSelf.swap(beingDelivered);
        beingDelivered.deliver();
      }
      if (!dirtyQueues.isEmpty()) {
        for (int i = 0; i < dirtyQueues.size(); i++) {
          dispatch(dirtyQueues.get(i));
        }
        dirtyQueues.clear();
      }
      if (toSelf.isEmpty()) {
        break;
      }
    }
    handOver();
  }

  private void dispatch(QueueProxy queue) {
    try {
      queue.dispatch(nowMs());
    } catch (RuntimeException e) {
      // A defect in one queue must not keep the loop from its other queues and connections.
      logFailure("queue " + queue.name(), e);
    }
  }

  private void handOver() {
    appender().flush();
    for (int i = 0; i < toOthers.length; i++) {
      if (!toOthers[i].isEmpty()) {
        Outbox mail = toOthers[i].take();
        others[i].execute(mail::deliver);
      }
    }
  }

  /**
   * Posts something to a loop, this one included; it is received in a later step of this tick or in
   * a tick of the other loop. What one loop posts to another arrives in order.
   */
  void post(BrokerLoop to, Mail mail, Object first, @Nullable Object second) {
    assertOwner();
    (to == this ? toSelf : toOthers[to.index]).add(mail, first, second);
  }

  /** The queue has something to dispatch at the end of this tick; call once per tick and queue. */
  void addDirty(QueueProxy queue) {
    dirtyQueues.add(queue);
  }

  /** Wall-clock time of this moment; any thread. */
  long epochMs() {
    return clock.epochMs();
  }

  /** Wall-clock time, read once a tick. */
  long nowMs() {
    if (!nowKnown) {
      nowMs = clock.epochMs();
      nowKnown = true;
    }
    return nowMs;
  }

  /** For measuring how much time has passed; read at each call. */
  long nanoTime() {
    return clock.nanoTime();
  }

  JournalAppender appender() {
    JournalAppender started = appender;
    if (started == null) {
      throw new IllegalStateException("the loop has not been started");
    }
    return started;
  }

  LoopTimers timers() {
    return timers;
  }

  ParkedConfirms parked() {
    return parked;
  }

  /** Milliseconds from a message's arrival to its first delivery. */
  Histogram timeInQueue() {
    return timeInQueue;
  }

  /** Octets of the messages published here. */
  Histogram messageSizes() {
    return messageSizes;
  }

  LoopCounters counters() {
    return counters;
  }

  /** Fails an assertion when another thread is at work here. */
  public void assertOwner() {
    assert eventLoop.isCurrent() : "not on loop " + index;
  }

  /** A task of the loop failed in a way nobody foresaw: say so, the others go on. */
  static void logFailure(String where, Throwable failure) {
    LOG.error("unexpected failure where={}", where, failure);
  }
}
