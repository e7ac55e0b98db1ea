package dev.warren.core.broker;

import dev.warren.core.journal.JournalAppender;
import dev.warren.core.message.Message;
import dev.warren.core.message.StoredMessage;
import dev.warren.core.queue.PayloadBudget;
import dev.warren.core.routing.RouteResult;
import dev.warren.core.routing.RoutedQueue;
import dev.warren.core.routing.Router;
import org.jspecify.annotations.Nullable;

/**
 * Routes on the publisher's own loop, appends once to the journal and posts a reference to each
 * matching queue. Owned by its loop.
 */
final class RoutingPublisher implements Publisher, ParkedConfirms.Waiter {
  /** Messages that cannot leave memory are refused beyond this many times the payload budget. */
  private static final int HARD_LIMIT_FACTOR = 2;

  private static final long PACE_CHECK_MS = 1000;

  private final VirtualHost host;
  private final BrokerLoop loop;
  private final Listener listener;
  private final String user;
  private final PayloadBudget budget;
  private final PublisherLimits limits;
  private final UserPace pace;
  private final RouteResult result = new RouteResult();
  private String countedExchange = "";
  private ExchangeCounters exchangeCounters;
  private int parked;
  private boolean closed;
  private boolean waitsForPace;

  RoutingPublisher(
      VirtualHost host,
      BrokerLoop loop,
      Sender sender,
      PayloadBudget budget,
      PublisherLimits limits,
      UserPace pace) {
    this.host = host;
    this.loop = loop;
    this.listener = sender.listener();
    this.user = sender.user();
    this.budget = budget;
    this.limits = limits;
    this.pace = pace;
    this.exchangeCounters = host.countersOf(countedExchange);
    loop.counters().increment(LoopCounters.Counter.PUBLISHERS_OPENED);
  }

  /** Who publishes. */
  record Sender(String user, Listener listener) {}

  @Override
  public Result publish(Message message, @Nullable Object token) {
    loop.assertOwner();
    charge(message);
    Router.route(host.topology(), message, result);
    if (result.exchangeMissing()) {
      return Result.NO_EXCHANGE;
    }
    loop.counters().increment(LoopCounters.Counter.PUBLISHED);
    if (token != null) {
      loop.counters().increment(LoopCounters.Counter.PUBLISHED_UNSETTLED);
    }
    loop.messageSizes().record(message.bareLength());
    countIn(message.envelope().exchange(), result.count());
    if (!result.hasRoute()) {
      if (host.replyQueues().deliver(loop, message)) {
        return Result.ACCEPTED;
      }
      loop.counters()
          .increment(
              token == null
                  ? LoopCounters.Counter.UNROUTABLE_DROPPED
                  : LoopCounters.Counter.UNROUTABLE_RETURNED);
      var origin = new UnroutableMessages.Origin(user, false, token == null);
      host.unroutable().add(host, message, loop.nowMs(), origin);
      exchangeCounters.unroutable(token == null);
      return Result.RELEASED;
    }
    StoredMessage stored = stored(message, result, budget);
    if (!stored.isJournalled()) {
      return isOutOfMemory() ? Result.NO_ROOM : handOver(stored, token, JournalAppender.NO_ROOM);
    }
    long sequence = loop.appender().append(stored);
    return sequence == JournalAppender.NO_ROOM ? Result.NO_ROOM : handOver(stored, token, sequence);
  }

  private boolean isOutOfMemory() {
    return isOutOfMemory(limits, budget);
  }

  /** Whether a message that stays in memory has to be refused. */
  static boolean isOutOfMemory(PublisherLimits limits, PayloadBudget budget) {
    return limits.isOutOfMemory() || budget.usedBytes() > HARD_LIMIT_FACTOR * budget.limitBytes();
  }

  /**
   * With the identifiers of the queues which keep it on disk: the durable ones, for a durable
   * message, and for any other while memory is short, so that its payload can leave it.
   */
  static StoredMessage stored(Message message, RouteResult result, PayloadBudget budget) {
    if (!message.header().durable() && !budget.isExceeded()) {
      return StoredMessage.unjournalled(message);
    }
    if (result.count() == 1) {
      QueueProxy only = (QueueProxy) result.queue(0);
      return only.isDurable()
          ? StoredMessage.journalled(message, only.ownId())
          : StoredMessage.unjournalled(message);
    }
    int count = 0;
    for (int i = 0; i < result.count(); i++) {
      count += result.queue(i).isDurable() ? 1 : 0;
    }
    if (count == 0) {
      return StoredMessage.unjournalled(message);
    }
    long[] ids = new long[count];
    int next = 0;
    for (int i = 0; i < result.count(); i++) {
      RoutedQueue queue = result.queue(i);
      if (queue.isDurable()) {
        ids[next++] = ((QueueProxy) queue).definition().id();
      }
    }
    return StoredMessage.journalled(message, ids);
  }

  private Result handOver(StoredMessage stored, @Nullable Object token, long sequence) {
    Publication publication = token == null ? null : publication(token, stored.isJournalled());
    RoutedQueue[] queues = result.queues();
    int count = result.count();
    for (int i = 0; i < count; i++) {
      ((QueueProxy) queues[i]).enqueue(loop, stored, publication);
    }
    if (token == null) {
      return Result.ACCEPTED;
    }
    if (stored.isJournalled()) {
      loop.parked().add(sequence, this, publication == null ? token : publication);
    } else if (publication == null) {
      loop.counters().increment(LoopCounters.Counter.CONFIRMED);
      return Result.ACCEPTED;
    }
    parked++;
    return Result.PARKED;
  }

  private @Nullable Publication publication(Object token, boolean journalled) {
    boolean mayReject = false;
    for (int i = 0; i < result.count(); i++) {
      mayReject |= ((QueueProxy) result.queue(i)).mayReject();
    }
    return mayReject ? new Publication(loop, this, token, result.count(), !journalled) : null;
  }

  private void countIn(String exchange, int queues) {
    if (exchangeCounters.isForgotten() || !exchange.equals(countedExchange)) {
      countedExchange = exchange;
      exchangeCounters = host.countersOf(exchange);
    }
    exchangeCounters.published(queues);
    loop.counters().add(LoopCounters.Counter.ROUTED, queues);
  }

  @Override
  public void onDurable(Object token) {
    if (token instanceof Publication publication) {
      publication.onDurable();
    } else {
      onAccepted(token);
    }
  }

  void onAccepted(Object token) {
    parked--;
    loop.counters().increment(LoopCounters.Counter.CONFIRMED);
    if (!closed) {
      listener.onAccepted(token);
    }
  }

  /** The journal has caught up. */
  void onRoom() {
    if (!closed) {
      listener.onRoom();
    }
  }

  void onRefused(Object token, String queue) {
    parked--;
    if (!closed) {
      listener.onRejected(token, queue, "maxlen");
    }
  }

  void onGone(Object token) {
    parked--;
    if (!closed) {
      listener.onReleased(token);
    }
  }

  @Override
  public int parked() {
    return parked;
  }

  @Override
  public int room() {
    if (limits.isBlocked()) {
      return 0;
    }
    if (loop.appender().isCongested()) {
      // Pre-settled messages are never parked: only this keeps them from filling the journal.
      loop.awaitRoom(this);
      return 0;
    }
    int credit = pace.credit(loop);
    if (credit == 0) {
      awaitPace();
    }
    return Math.max(0, Math.min(credit, limits.parkedMax() - parked));
  }

  private void awaitPace() {
    if (!waitsForPace) {
      waitsForPace = true;
      // Not for long at a time, because the rate may be changed meanwhile.
      loop.schedule(Math.max(1, Math.min(pace.waitMs(loop), PACE_CHECK_MS)), this::onPace);
    }
  }

  private void onPace() {
    waitsForPace = false;
    onRoom();
  }

  @Override
  public void charge(Message message) {
    pace.charge(loop, message.bareLength());
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      loop.counters().increment(LoopCounters.Counter.PUBLISHERS_CLOSED);
      pace.leave();
    }
  }
}
