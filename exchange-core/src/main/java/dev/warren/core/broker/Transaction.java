package dev.warren.core.broker;

import dev.warren.core.journal.JournalAppender;
import dev.warren.core.journal.JournalTransaction;
import dev.warren.core.message.AmqpWriter;
import dev.warren.core.message.MalformedMessageException;
import dev.warren.core.message.Message;
import dev.warren.core.message.StoredMessage;
import dev.warren.core.queue.Checkout;
import dev.warren.core.queue.Outcome;
import dev.warren.core.routing.RouteResult;
import dev.warren.core.routing.Router;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Messages published and deliveries settled together: all of it happens, or nothing (AMQP 1.0 part
 * 4). Owned by the loop it was opened on; listeners are called there.
 *
 * <p>Until the commit a message is kept here and no queue knows of it. A delivery is taken out of
 * its consumer's hands at once, so that it is not requeued when the consumer leaves or keeps it for
 * too long; what becomes of it is decided by the end of the transaction.
 *
 * <p>A commit asks the owners of the queues whether all deliveries are held and rejecting queues
 * have room. If so, one operation of the journal stores the messages and settles what was accepted.
 * When that is durable, queues get the messages, outcomes are applied, and the listener is told.
 * Outcomes other than accepted are applied then as any other: after a crash right behind the commit
 * those messages are found as they were delivered.
 */
public final class Transaction implements ParkedConfirms.Waiter {
  private static final Mail ASK = (question, unused) -> ((CommitQuestion) question).onAsked();
  private static final Outcome FAILED = new Outcome.Modified(true, false, java.util.Map.of());

  /** A browser's copy: whatever becomes of it, nothing happens to the queue. */
  private static final Settlement OF_A_COPY =
      new Settlement() {
        @Override
        public void change(Outcome outcome, boolean settled) {}

        @Override
        public void settled() {}
      };

  /** What a message takes in the journal besides itself, roughly. */
  private static final int RECORD_OVERHEAD_BYTES = 256;

  private static final int ANNOTATION_BYTES = 256;

  private final VirtualHost host;
  private final BrokerLoop loop;
  private final String user;
  private final Listener listener;
  private final OpenTransactions registry;
  private final TransactionLimits limits;
  private final RouteResult route = new RouteResult();
  private final List<Message> messages = new ArrayList<>();
  private final List<TransactionSettlement> settlements = new ArrayList<>();
  private final List<Posting> postings = new ArrayList<>();
  private State state = State.OPEN;
  private @Nullable CommitListener committing;

  /** Why it can only be rolled back. */
  private @Nullable String flaw;

  private BrokerError flawError = BrokerError.LIMIT_EXCEEDED;

  private long bytes;
  private int answersDue;
  private @Nullable String fullQueue;

  /** When the first message was published or settled; {@link Long#MAX_VALUE} before. */
  private volatile long startedMs = Long.MAX_VALUE;

  private enum State {
    OPEN,
    /** The queues were asked. */
    PREPARING,
    /** The journal was told: nothing can stop it but the end of the process. */
    COMMITTING,
    TIMED_OUT,
    ENDED
  }

  /** A message with where it goes; a direct reply goes to no queue. */
  private record Posting(StoredMessage stored, List<QueueProxy> queues) {}

  Transaction(
      VirtualHost host,
      BrokerLoop loop,
      String user,
      Listener listener,
      OpenTransactions registry) {
    this.host = host;
    this.loop = loop;
    this.user = user;
    this.listener = listener;
    this.registry = registry;
    this.limits = registry.limits();
  }

  /** Told of a transaction's end that its owner did not ask for. */
  public interface Listener {
    /** It took too long and was rolled back. */
    void onTimedOut();
  }

  /** Told how a commit ended; exactly one of the two, once. */
  public interface CommitListener {
    /** All of it has happened and survives a crash. */
    void onCommitted();

    /** Nothing of it has happened, and the transaction has ended. */
    void onFailed(BrokerException reason);
  }

  /** A delivery settled in a transaction, until that ends. Owned by the transaction's loop. */
  public interface Settlement {
    /**
     * The consumer has said more.
     *
     * @param settled see {@link Transaction#settle}
     */
    void change(Outcome outcome, boolean settled);

    /** The consumer has let go of it. */
    void settled();
  }

  /** Whose it is. */
  String user() {
    return user;
  }

  BrokerLoop loop() {
    return loop;
  }

  /**
   * Publishes a message when the transaction is committed.
   *
   * @return {@link Publisher.Result#ACCEPTED} if it is part of the transaction now; {@link
   *     Publisher.Result#RELEASED} or {@link Publisher.Result#NO_EXCHANGE} if it is not because it
   *     could not be routed, which does not keep the rest from being committed
   * @throws BrokerException if the transaction was timed out or is too large now; then it can only
   *     be rolled back
   */
  public Publisher.Result publish(Message message) {
    loop.assertOwner();
    checkNotTimedOut();
    Router.route(host.topology(), message, route);
    boolean routed = route.hasRoute() || host.replyQueues().isFor(message);
    boolean missing = route.exchangeMissing();
    route.clear();
    if (missing) {
      return Publisher.Result.NO_EXCHANGE;
    }
    if (!routed) {
      ExchangeCounters counters = host.countersOf(message.envelope().exchange());
      counters.published(0);
      counters.unroutable(false);
      loop.counters().increment(LoopCounters.Counter.PUBLISHED);
      loop.counters().increment(LoopCounters.Counter.PUBLISHED_UNSETTLED);
      loop.counters().increment(LoopCounters.Counter.UNROUTABLE_RETURNED);
      host.unroutable()
          .add(host, message, loop.nowMs(), new UnroutableMessages.Origin(user, false, false));
      return Publisher.Result.RELEASED;
    }
    String refusal = charge(message.sizeBytes());
    if (refusal != null) {
      throw new BrokerException(BrokerError.LIMIT_EXCEEDED, refusal);
    }
    messages.add(message);
    return Publisher.Result.ACCEPTED;
  }

  /** From now on it can only be rolled back: something that belongs to it could not be taken. */
  public void spoil(String why) {
    loop.assertOwner();
    if (flaw == null) {
      flaw = why;
      flawError = BrokerError.PRECONDITION_FAILED;
    }
  }

  /**
   * Settles a delivery when the transaction is committed.
   *
   * @param settled whether the consumer has let go of it: then it goes back to the queue after a
   *     rollback, as failed; otherwise it stays with the consumer
   * @return null if the transaction can only be rolled back; a settled delivery is released then
   */
  public @Nullable Settlement settle(Checkout checkout, Outcome outcome, boolean settled) {
    loop.assertOwner();
    if (checkout.consumer().isBrowsing()) {
      return OF_A_COPY;
    }
    if (state != State.OPEN || charge(annotationBytes(outcome)) != null) {
      if (settled) {
        // Not failed: it would come again, perhaps until it failed too often.
        ((QueueSubscription) checkout.consumer().context()).settle(checkout, Outcome.RELEASED);
      }
      return null;
    }
    TransactionSettlement settlement = new TransactionSettlement(loop, checkout, outcome, settled);
    settlement.hold();
    settlements.add(settlement);
    return settlement;
  }

  /** Of what a consumer wants to have added to the message, as it would be written. */
  private static int annotationBytes(Outcome outcome) {
    if (!(outcome instanceof Outcome.Modified modified) || modified.annotations().isEmpty()) {
      return 0;
    }
    AmqpWriter writer = new AmqpWriter(ANNOTATION_BYTES);
    writer.writeValue(modified.annotations());
    return writer.length();
  }

  /** Counts an operation; the reason if it is one too many. */
  private @Nullable String charge(int size) {
    if (startedMs == Long.MAX_VALUE) {
      startedMs = loop.nowMs();
    }
    long more = size == 0 ? 0 : (long) size + RECORD_OVERHEAD_BYTES;
    long most = Math.min(limits.bytesMax(), loop.appender().transactionBytesMax());
    if (flaw == null && messages.size() + settlements.size() >= limits.operationsMax()) {
      flaw = "transaction exceeds " + limits.operationsMax() + " operations";
    } else if (flaw == null && bytes + more > most) {
      flaw = "transaction exceeds " + most + " bytes";
    } else if (flaw == null
        && (RoutingPublisher.isOutOfMemory(host.limits(), host.budget())
            || !registry.reserve(more))) {
      flaw = "no memory for more in transactions";
    } else if (flaw == null) {
      bytes += more;
    }
    return flaw;
  }

  private void checkNotTimedOut() {
    if (state != State.OPEN) {
      throw timedOut();
    }
  }

  private BrokerException timedOut() {
    return state == State.TIMED_OUT
        ? new BrokerException(
            BrokerError.TRANSACTION_TIMEOUT,
            "the transaction was rolled back after %d ms".formatted(limits.timeoutMs()))
        : new BrokerException(BrokerError.TRANSACTION_ROLLBACK, "the transaction has ended");
  }

  // ---- the end ----

  /** Undoes everything. Does nothing if it has ended, or is too late if a commit is under way. */
  public void rollback() {
    loop.assertOwner();
    if (state == State.OPEN || state == State.PREPARING) {
      end(State.ENDED, false);
    }
  }

  boolean isOverdue(long nowMs) {
    return startedMs != Long.MAX_VALUE && nowMs - startedMs >= limits.timeoutMs();
  }

  /** It takes too long. */
  void expire() {
    if (state == State.OPEN) {
      end(State.TIMED_OUT, false);
      listener.onTimedOut();
    }
  }

  /** Does everything, or nothing. The listener is told, perhaps before this returns. */
  public void commit(CommitListener told) {
    loop.assertOwner();
    committing = told;
    if (state != State.OPEN) {
      told.onFailed(timedOut());
      return;
    }
    state = State.PREPARING;
    if (flaw != null) {
      fail(flawError, flaw);
      return;
    }
    if (!canRouteAll()) {
      fail(
          BrokerError.PRECONDITION_FAILED,
          "a message of the transaction cannot be routed any more");
      return;
    }
    CommitQuestion[] questions = new CommitQuestion[loop.loops()];
    for (TransactionSettlement settlement : settlements) {
      questionTo(settlement.owner(), questions);
    }
    for (Posting posting : postings) {
      for (QueueProxy queue : posting.queues) {
        if (queue.mayReject()) {
          questionTo(queue.owner(), questions).askRoom(queue, posting.stored.message().sizeBytes());
        }
      }
    }
    for (CommitQuestion question : questions) {
      if (question != null) {
        answersDue++;
        loop.post(question.owner(), ASK, question, null);
      }
    }
    if (answersDue == 0) {
      onPrepared();
    }
  }

  private CommitQuestion questionTo(BrokerLoop owner, @Nullable CommitQuestion[] questions) {
    CommitQuestion question = questions[owner.index()];
    if (question == null) {
      question = new CommitQuestion(this, owner);
      questions[owner.index()] = question;
    }
    return question;
  }

  private boolean canRouteAll() {
    try {
      return routeAll();
    } catch (MalformedMessageException e) {
      // A headers exchange has come into its way since it was published.
      route.clear();
      return false;
    }
  }

  /** Finds where all messages go as things are now; false if one goes nowhere. */
  private boolean routeAll() {
    for (Message message : messages) {
      Router.route(host.topology(), message, route);
      if (!route.hasRoute() && ReplyQueues.isReply(message)) {
        // Who asked may have gone meanwhile, which is no reason to undo the rest.
        postings.add(new Posting(StoredMessage.unjournalled(message), List.of()));
        continue;
      }
      if (!route.hasRoute()) {
        route.clear();
        return false;
      }
      List<QueueProxy> queues = new ArrayList<>(route.count());
      Arrays.stream(route.queues(), 0, route.count())
          .forEach(queue -> queues.add((QueueProxy) queue));
      postings.add(new Posting(RoutingPublisher.stored(message, route, host.budget()), queues));
    }
    route.clear();
    return true;
  }

  /** The owner of some queues has answered. */
  void onAnswer(CommitQuestion question) {
    if (question.fullQueue() != null) {
      fullQueue = question.fullQueue();
    }
    if (--answersDue == 0 && state == State.PREPARING) {
      onPrepared();
    }
  }

  private void onPrepared() {
    if (fullQueue != null) {
      fail(BrokerError.LIMIT_EXCEEDED, "queue '" + fullQueue + "' exceeded maximum length");
      return;
    }
    JournalTransaction journalled = new JournalTransaction();
    for (TransactionSettlement settlement : settlements) {
      if (!settlement.isHeld()) {
        fail(
            BrokerError.PRECONDITION_FAILED,
            "a delivery settled in the transaction had gone back to its queue");
        return;
      }
      settlement.record(journalled);
    }
    for (Posting posting : postings) {
      if (posting.stored.isJournalled()) {
        journalled.store(posting.stored);
      }
    }
    if (journalled.isEmpty()) {
      apply();
      return;
    }
    if (journalled.bytes() > loop.appender().transactionBytesMax()) {
      fail(BrokerError.LIMIT_EXCEEDED, "the transaction is too large for the journal");
      return;
    }
    long sequence = loop.appender().transaction(journalled);
    if (sequence == JournalAppender.NO_ROOM) {
      fail(BrokerError.LIMIT_EXCEEDED, "no room in the journal: memory or disk is short");
      return;
    }
    state = State.COMMITTING;
    loop.parked().add(sequence, this, this);
  }

  @Override
  public void onDurable(Object token) {
    apply();
  }

  private void apply() {
    for (Posting posting : postings) {
      host.countersOf(posting.stored.message().envelope().exchange())
          .published(posting.queues.size());
      loop.counters().increment(LoopCounters.Counter.PUBLISHED);
      loop.counters().increment(LoopCounters.Counter.PUBLISHED_UNSETTLED);
      loop.counters().add(LoopCounters.Counter.ROUTED, posting.queues.size());
      loop.counters().increment(LoopCounters.Counter.CONFIRMED);
      for (QueueProxy queue : posting.queues) {
        queue.enqueueCommitted(loop, posting.stored);
      }
      if (posting.queues.isEmpty()) {
        var unused = host.replyQueues().deliver(loop, posting.stored.message());
      }
    }
    CommitListener told = committing;
    end(State.ENDED, true);
    if (told != null) {
      told.onCommitted();
    }
  }

  /**
   * With a reason of its own rather than {@code amqp:transaction:rollback}, which stands for an
   * unspecified one (§4.5.8), and which Qpid JMS takes for an outcome nobody knows.
   */
  private void fail(BrokerError error, String why) {
    CommitListener told = committing;
    end(State.ENDED, false);
    if (told != null) {
      told.onFailed(new BrokerException(error, why));
    }
  }

  private void end(State last, boolean committed) {
    state = last;
    for (TransactionSettlement settlement : settlements) {
      if (committed) {
        settlement.commit();
      } else {
        settlement.rollBack();
      }
    }
    messages.clear();
    settlements.clear();
    postings.clear();
    committing = null;
    registry.remove(this, bytes);
  }

  /** What a delivery becomes that its consumer let go of in a transaction which was rolled back. */
  static Outcome failed() {
    return FAILED;
  }
}
