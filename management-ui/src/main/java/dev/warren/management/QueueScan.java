package dev.warren.management;

import dev.warren.core.broker.QueueInspector;
import dev.warren.core.message.Message;
import dev.warren.core.queue.QueuePage;
import dev.warren.core.queue.QueuedMessage;
import dev.warren.core.time.BrokerClock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * Walks through a queue page by page and asks of each message whether it is looked for: the pages
 * come from the queue's owner, the asking is done on the executor given. One walk ends after so
 * many messages or so much time; the answer says where to go on.
 */
final class QueueScan {
  private final QueueInspector inspector;
  private final boolean unsettled;
  private final MessageSearch search;
  private final Bounds bounds;
  private final BrokerClock clock;
  private final Executor executor;
  private final long deadlineNs;
  private final List<QueuedMessage> found = new ArrayList<>();
  private long matched;
  private long scanned;

  /**
   * Where a walk ends.
   *
   * @param foundMax messages to find; 0 to count them only
   * @param scannedMax messages to look at, to the next page
   * @param timeMaxMs milliseconds it may take, to the end of a page
   */
  record Bounds(int foundMax, long scannedMax, long timeMaxMs) {}

  /**
   * What a walk has found.
   *
   * @param next where to go on, or {@link QueuePage#END}
   */
  record Result(List<QueuedMessage> found, long matched, long scanned, long next) {}

  private QueueScan(
      QueueInspector inspector,
      boolean unsettled,
      MessageSearch search,
      Bounds bounds,
      BrokerClock clock,
      Executor executor) {
    this.inspector = inspector;
    this.unsettled = unsettled;
    this.search = search;
    this.bounds = bounds;
    this.clock = clock;
    this.executor = executor;
    this.deadlineNs = clock.nanoTime() + bounds.timeMaxMs() * 1_000_000;
  }

  /** Walks over ready messages from an id on. */
  static CompletionStage<Result> ready(
      QueueInspector inspector,
      long from,
      MessageSearch search,
      Bounds bounds,
      BrokerClock clock,
      Executor executor) {
    return new QueueScan(inspector, false, search, bounds, clock, executor).from(from);
  }

  /** Walks over unsettled messages from an id on. */
  static CompletionStage<Result> unsettled(
      QueueInspector inspector,
      long from,
      MessageSearch search,
      Bounds bounds,
      BrokerClock clock,
      Executor executor) {
    return new QueueScan(inspector, true, search, bounds, clock, executor).from(from);
  }

  private CompletionStage<Result> from(long id) {
    // Without a search no more is read than is shown.
    int left = bounds.foundMax() - found.size();
    int max =
        search.isForAll() && bounds.foundMax() > 0
            ? Math.min(left, QueueInspector.PAGE_MAX)
            : QueueInspector.PAGE_MAX;
    CompletionStage<QueuePage> page =
        unsettled ? inspector.unsettled(id, max) : inspector.ready(id, max);
    return page.thenComposeAsync(this::onPage, executor);
  }

  private CompletionStage<Result> onPage(QueuePage page) {
    long nowMs = clock.epochMs();
    for (QueuedMessage queued : page.messages()) {
      if (bounds.foundMax() > 0 && found.size() == bounds.foundMax()) {
        return end(queued.id());
      }
      scanned++;
      Message message = queued.message();
      if (message != null && search.matches(message, nowMs)) {
        matched++;
        if (bounds.foundMax() > 0) {
          found.add(queued);
        }
      }
    }
    boolean full = bounds.foundMax() > 0 && found.size() == bounds.foundMax();
    boolean over = scanned >= bounds.scannedMax() || clock.nanoTime() - deadlineNs >= 0;
    return page.next() == QueuePage.END || full || over ? end(page.next()) : from(page.next());
  }

  private CompletionStage<Result> end(long next) {
    return CompletableFuture.completedFuture(
        new Result(List.copyOf(found), matched, scanned, next));
  }
}
