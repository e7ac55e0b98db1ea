package dev.warren.management;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.core.broker.QueueInspector;
import dev.warren.core.broker.QueueInspector.Change;
import dev.warren.core.broker.QueueInspector.Mended;
import dev.warren.core.broker.Readdressed;
import dev.warren.core.message.Envelope;
import dev.warren.core.message.Message;
import dev.warren.core.queue.QueuePage;
import dev.warren.core.queue.QueuedMessage;
import dev.warren.core.time.BrokerClock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An order being carried out, in batches of one transaction each: after a crash a message is where
 * it was or where it goes, never in both places or in none; the rest of the order is forgotten.
 * Looks at each message once; those that came after its start are left alone.
 *
 * <p>It does no more than its user may at that moment: it fails when he may not read the queue any
 * more, and while publishers have to wait, or his publish rate is used up, it publishes nothing.
 *
 * <p>Its steps run on the worker, one after the other; {@link #view}, {@link #stop} and {@link
 * #isOver} may be called by any thread.
 */
final class MendJob {
  private static final int BATCH_MAX = 200;
  private static final long BATCH_BYTES_MAX = 4 << 20;
  private static final int SCANNED_MAX = 10_000;
  private static final int STEP_MS_MAX = 200;

  /** Until it asks again for what it has to wait for. */
  private static final int WAIT_MS = 100;

  private final long id;
  private final Place place;
  private final MendOrder order;
  private final ManagementWorker worker;
  private final BrokerClock clock;
  private final long startedAtMs;
  private final CompletableFuture<MendJob> end = new CompletableFuture<>();

  private volatile State state = State.RUNNING;
  private final AtomicLong scanned = new AtomicLong();
  private final AtomicLong mended = new AtomicLong();
  private final AtomicLong skipped = new AtomicLong();
  private volatile long endedAtMs;
  private volatile @Nullable String reason;

  /** Why the last message was skipped. */
  private volatile @Nullable String skippedBecause;

  /** Nothing may be published at present. */
  private volatile boolean waits;

  /** Where to go on among the ids. */
  private int nextId;

  private enum State {
    RUNNING,
    DONE,
    STOPPED,
    FAILED
  }

  /**
   * Where it works, and for whom.
   *
   * @param barred why its user may not do so any more, if so
   * @param refusal why its user may not publish there, if so
   */
  record Place(
      String virtualHost,
      String queue,
      String user,
      QueueInspector inspector,
      Supplier<Optional<String>> barred,
      Function<Envelope, Optional<String>> refusal) {}

  MendJob(long id, Place place, MendOrder order, ManagementWorker worker, BrokerClock clock) {
    this.id = id;
    this.place = place;
    this.order = order;
    this.worker = worker;
    this.clock = clock;
    this.startedAtMs = clock.epochMs();
  }

  long id() {
    return id;
  }

  Place place() {
    return place;
  }

  MendOrder order() {
    return order;
  }

  /** Begins; the answer is complete when it is over. */
  CompletableFuture<MendJob> start() {
    step(0);
    return end;
  }

  /** No further batch is begun. */
  void stop() {
    if (state == State.RUNNING) {
      state = State.STOPPED;
    }
  }

  boolean isOver() {
    return end.isDone();
  }

  /** What was asked for, for the audit trail. */
  Map<String, Object> described() {
    Map<String, Object> described = new LinkedHashMap<>();
    described.put("mending", Long.toString(id));
    described.putAll(order.described());
    return described;
  }

  /** What has come of it, for the audit trail. */
  Map<String, Object> result() {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("mending", Long.toString(id));
    result.put("action", order.action().text());
    result.put("state", stateText());
    result.put("messages", mended.get());
    result.put("skipped", skipped.get());
    if (reason != null) {
      result.put("failed", reason);
    }
    return result;
  }

  private void step(long from) {
    if (state != State.RUNNING) {
      over(State.STOPPED, null);
      return;
    }
    Optional<String> barred = place.barred().get();
    if (barred.isPresent()) {
      over(State.FAILED, barred.get());
      return;
    }
    int firstId = nextId;
    room()
        .thenComposeAsync(room -> work(from, room), worker)
        .whenComplete(
            (next, failure) -> {
              if (isForWantOfWorker(failure)) {
                nextId = firstId;
                again(from);
              } else if (failure != null) {
                over(State.FAILED, told(failure));
              } else if (waits) {
                again(from);
              } else if (next.from() == QueuePage.END || mended.get() >= order.limit()) {
                over(State.DONE, null);
              } else {
                later(next);
              }
            });
  }

  private CompletionStage<Integer> room() {
    return order.action() == MendOrder.Action.DELETE
        ? CompletableFuture.completedFuture(Integer.MAX_VALUE)
        : place.inspector().room(place.user());
  }

  private CompletionStage<Next> work(long from, int room) {
    waits = room == 0;
    return waits
        ? CompletableFuture.completedFuture(new Next(from, 0))
        : find(from, room).thenComposeAsync(this::mend, worker);
  }

  /** So many requests wait that the step was not begun. */
  private static boolean isForWantOfWorker(@Nullable Throwable failure) {
    return failure instanceof RejectedExecutionException
        || (failure != null && failure.getCause() instanceof RejectedExecutionException);
  }

  private void again(long from) {
    worker.later(() -> step(from), WAIT_MS);
  }

  private static String told(Throwable failure) {
    return ApiException.of(failure)
        .map(ApiException::reason)
        .orElseGet(
            () ->
                String.valueOf(
                    failure.getCause() == null
                        ? failure.getMessage()
                        : failure.getCause().getMessage()));
  }

  /** A batch, and where to go on. */
  private record Batch(List<QueuedMessage> messages, long next) {}

  /** Where to go on, after so many messages. */
  private record Next(long from, int done) {}

  private CompletionStage<Batch> find(long from, int room) {
    int max = (int) Math.min(Math.min(batchMax(), room), order.limit() - mended.get());
    if (!order.ids().isEmpty()) {
      return nextById(max, new ArrayList<>());
    }
    return QueueScan.ready(
            place.inspector(),
            from,
            order.search(),
            new QueueScan.Bounds(max, SCANNED_MAX, STEP_MS_MAX),
            clock,
            worker)
        .thenApply(
            result -> {
              scanned.addAndGet(result.scanned());
              return new Batch(result.found(), result.next());
            });
  }

  private CompletionStage<Batch> nextById(int max, List<QueuedMessage> found) {
    if (nextId == order.ids().size() || found.size() == max) {
      return CompletableFuture.completedFuture(
          new Batch(found, nextId == order.ids().size() ? QueuePage.END : 0));
    }
    long wanted = order.ids().get(nextId++);
    scanned.incrementAndGet();
    return place
        .inspector()
        .ready(wanted, 1)
        .thenComposeAsync(
            page -> {
              List<QueuedMessage> first = page.messages();
              if (!first.isEmpty() && first.get(0).id() == wanted) {
                found.add(first.get(0));
              } else {
                skip("it is not ready any more");
              }
              return nextById(max, found);
            },
            worker);
  }

  private int batchMax() {
    return order.rate() == 0 ? BATCH_MAX : Math.max(1, Math.min(BATCH_MAX, order.rate() / 5));
  }

  private CompletionStage<Next> mend(Batch batch) {
    List<Change> changes = new ArrayList<>();
    long bytes = 0;
    long next = batch.next();
    for (QueuedMessage queued : batch.messages()) {
      if (bytes >= BATCH_BYTES_MAX && order.ids().isEmpty()) {
        next = queued.id();
        break;
      }
      Message message = queued.message();
      if (message == null) {
        skip("it could not be read");
      } else if (message.receivedAtMs() <= startedAtMs) {
        add(changes, queued, message);
        bytes += message.sizeBytes();
      }
    }
    long from = next;
    if (changes.isEmpty()) {
      return CompletableFuture.completedFuture(new Next(from, 0));
    }
    return place
        .inspector()
        .mend(changes, place.user())
        .thenApply(done -> mended(done, changes.size(), from));
  }

  private Next mended(Mended done, int count, long from) {
    mended.addAndGet(done.done());
    if (done.gone() > 0) {
      skipped.addAndGet(done.gone());
      skippedBecause = "it is not ready any more";
    }
    if (done.unroutable() > 0) {
      skipped.addAndGet(done.unroutable());
      skippedBecause = "no queue takes it where it should go";
    }
    return new Next(from, count);
  }

  private void add(List<Change> changes, QueuedMessage queued, Message message) {
    Optional<String> why = order.skips(message, place.refusal());
    if (why.isPresent()) {
      skip(why.get());
      return;
    }
    long nowMs = Math.max(clock.epochMs(), startedAtMs + 1);
    Message publish =
        order.destination(message).map(to -> Readdressed.to(to, message, nowMs)).orElse(null);
    changes.add(new Change(queued.id(), message, publish, order.action().removes()));
  }

  private void skip(String why) {
    skipped.incrementAndGet();
    skippedBecause = why;
  }

  private void later(Next next) {
    long waitMs = order.rate() == 0 ? 0 : next.done() * 1000L / order.rate();
    worker.later(() -> step(next.from()), waitMs);
  }

  private void over(State last, @Nullable String why) {
    state = last;
    reason = why;
    endedAtMs = clock.epochMs();
    end.complete(this);
  }

  ObjectNode view() {
    ObjectNode view = JsonViews.object();
    view.put("id", Long.toString(id));
    view.put("vhost", place.virtualHost());
    view.put("queue", place.queue());
    view.put("action", order.action().text());
    order
        .target()
        .ifPresent(
            to -> {
              ObjectNode target = view.putObject("to");
              target.put("exchange", to.exchange());
              to.routingKey().ifPresent(key -> target.put("routing_key", key));
            });
    view.put("state", state == State.STOPPED && !isOver() ? "running" : stateText());
    view.put("scanned", scanned.get());
    view.put("mended", mended.get());
    view.put("skipped", skipped.get());
    if (skippedBecause != null) {
      view.put("skipped_because", skippedBecause);
    }
    if (waits && !isOver()) {
      view.put("waits_because", "publishers are blocked, or the user's publish rate is used up");
    }
    if (reason != null) {
      view.put("failed", reason);
    }
    view.put("started_at", startedAtMs);
    if (isOver()) {
      view.put("ended_at", endedAtMs);
    }
    view.put("user", place.user());
    return view;
  }

  private String stateText() {
    return state.name().toLowerCase(Locale.ROOT);
  }
}
