package dev.warren.management;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.core.message.Message;
import dev.warren.core.queue.QueuePage;
import dev.warren.core.queue.QueuedMessage;
import dev.warren.core.time.BrokerClock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Counts what an order would do to the end of the queue, and does nothing. Its steps run on the
 * worker, one after the other.
 */
final class MendCount {
  /** What a step looks at. */
  private static final QueueScan.Bounds STEP = new QueueScan.Bounds(0, 100_000, 500);

  private final MendJob.Place place;
  private final MendOrder order;
  private final ManagementWorker worker;
  private final BrokerClock clock;
  private long matched;
  private long skipped;

  MendCount(MendJob.Place place, MendOrder order, ManagementWorker worker, BrokerClock clock) {
    this.place = place;
    this.order = order;
    this.worker = worker;
    this.clock = clock;
  }

  /** How many messages would be mended, and how many of those chosen would be skipped. */
  CompletionStage<ObjectNode> count() {
    CompletionStage<Void> counted =
        order.ids().isEmpty() ? matching(0) : chosen(order.ids().iterator().next(), 0);
    return counted.thenApply(
        done ->
            JsonViews.object()
                .put("matched", Math.min(matched, order.limit()))
                .put("skipped", skipped));
  }

  private CompletionStage<Void> matching(long from) {
    return QueueScan.ready(
            place.inspector(), from, order.search().and(this::tell), STEP, clock, worker)
        .thenCompose(
            result ->
                result.next() == QueuePage.END
                    ? CompletableFuture.completedFuture(null)
                    : matching(result.next()));
  }

  private CompletionStage<Void> chosen(long wanted, int index) {
    return place
        .inspector()
        .ready(wanted, 1)
        .thenComposeAsync(
            page -> {
              List<QueuedMessage> first = page.messages();
              Message message =
                  first.isEmpty() || first.get(0).id() != wanted ? null : first.get(0).message();
              if (message == null) {
                skipped++;
              } else {
                var unused = tell(message);
              }
              int next = index + 1;
              return next == order.ids().size()
                  ? CompletableFuture.completedFuture(null)
                  : chosen(order.ids().get(next), next);
            },
            worker);
  }

  private boolean tell(Message message) {
    boolean isMended = order.skips(message, place.refusal()).isEmpty();
    if (isMended) {
      matched++;
    } else {
      skipped++;
    }
    return isMended;
  }
}
