package dev.warren.management;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.warren.core.broker.BrokerException;
import dev.warren.core.broker.BrokerLoop;
import dev.warren.core.broker.Subscription;
import dev.warren.core.queue.Checkout;
import dev.warren.core.queue.Outcome;
import dev.warren.core.security.Permission;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes messages as a consumer would: POST to {@code /queues/{vhost}/{queue}/get} (contract §11.6).
 * What is put back counts as acquired; to look without a trace there is {@link
 * QueueMessagesResource}.
 */
final class GetResource {
  private static final int COUNT_MAX = 10_000;

  /** Payloads in one answer, all together; further messages are not taken. */
  private static final long BYTES_MAX = 32 << 20;

  private static final String TAG = "management";

  private final TopologyAccess topology;
  private final List<BrokerLoop> loops;
  private final Executor executor;

  GetResource(TopologyAccess topology, List<BrokerLoop> loops, Executor executor) {
    this.topology = topology;
    this.loops = loops;
    this.executor = executor;
  }

  void addTo(Routes routes) {
    routes.post("/queues/{vhost}/{queue}/get", Access.MANAGEMENT, this::get);
  }

  private CompletionStage<Reply> get(Request request) {
    TopologyAccess.Place place = topology.enter(request);
    String queue = request.variable("queue");
    JsonBody body = request.body();
    Wanted wanted = Wanted.read(body);
    place.checkQueue(Permission.READ, queue);
    CompletableFuture<List<Taken>> taken = new CompletableFuture<>();
    BrokerLoop loop = loops.get(Math.floorMod(queue.hashCode(), loops.size()));
    LongSupplier ready =
        () -> place.host().queueInfo(queue).map(info -> info.figures().ready()).orElse(0L);
    loop.execute(() -> new Getting(loop, wanted, ready, taken).begin(place, queue));
    return taken.thenApplyAsync(
        messages -> {
          ArrayNode array = JsonViews.array();
          for (Taken one : messages) {
            array.add(
                GotMessage.view(one.checkout(), one.left(), wanted.base64(), wanted.truncate()));
          }
          return Reply.ok(array);
        },
        executor);
  }

  /**
   * What is asked for.
   *
   * @param outcome what becomes of the messages
   * @param base64 whether payloads are base64 even if they are text
   * @param truncate octets of each payload to show
   */
  private record Wanted(int count, Outcome outcome, boolean base64, int truncate) {
    static Wanted read(JsonBody body) {
      int count = body.number("count").orElseThrow(() -> body.invalid("count", "is missing"));
      if (count < 1 || count > COUNT_MAX) {
        throw body.invalid("count", "1 to " + COUNT_MAX + " was expected");
      }
      String encoding = body.requiredText("encoding");
      if (!encoding.equals("auto") && !encoding.equals("base64")) {
        throw body.invalid("encoding", "auto or base64 was expected");
      }
      int truncate = body.number("truncate").orElse(Integer.MAX_VALUE);
      if (truncate < 0) {
        throw body.invalid("truncate", "a number of octets was expected");
      }
      return new Wanted(count, outcome(body), encoding.equals("base64"), truncate);
    }

    private static Outcome outcome(JsonBody body) {
      String mode = body.requiredText("ackmode");
      return switch (mode) {
        case "ack_requeue_true" -> Outcome.RELEASED;
        case "reject_requeue_true" -> new Outcome.Modified(true, false, Map.of());
        case "ack_requeue_false" -> Outcome.ACCEPTED;
        case "reject_requeue_false" -> Outcome.REJECTED;
        default ->
            throw body.invalid(
                "ackmode",
                "ack_requeue_true, reject_requeue_true, ack_requeue_false or"
                    + " reject_requeue_false was expected, not '"
                    + mode
                    + "'");
      };
    }
  }

  /**
   * A message.
   *
   * @param left how many were ready when it had been taken
   */
  private record Taken(Checkout checkout, long left) {}

  /** A consumer that takes some messages and leaves. On its loop. */
  private static final class Getting implements Subscription.Listener {
    private final BrokerLoop loop;
    private final Wanted wanted;
    private final LongSupplier ready;
    private final CompletableFuture<List<Taken>> taken;
    private final List<Taken> messages = new ArrayList<>();

    /** The one asked for last, until the queue says that there is nothing more. */
    private @Nullable Checkout latest;

    private @Nullable Subscription subscription;
    private long bytes;

    Getting(
        BrokerLoop loop, Wanted wanted, LongSupplier ready, CompletableFuture<List<Taken>> taken) {
      this.loop = loop;
      this.wanted = wanted;
      this.ready = ready;
      this.taken = taken;
    }

    void begin(TopologyAccess.Place place, String queue) {
      place
          .host()
          .subscribe(
              loop, Subscription.Request.of(queue, 0, TAG).withMode(Subscription.Mode.GET), this);
    }

    @Override
    public void onSubscribed(Subscription opened) {
      subscription = opened;
      ask(opened);
    }

    /** One by one, so that no more is taken than fits into an answer. */
    private void ask(Subscription from) {
      from.addCredit(1);
      from.drain();
    }

    @Override
    public void onDelivery(Checkout checkout) {
      latest = checkout;
      bytes += checkout.message().sizeBytes();
    }

    @Override
    public void onDrained() {
      Subscription open = subscription;
      if (open == null) {
        return;
      }
      Checkout got = latest;
      latest = null;
      if (got != null) {
        messages.add(new Taken(got, ready.getAsLong()));
      }
      if (got != null && messages.size() < wanted.count() && bytes < BYTES_MAX) {
        ask(open);
      } else {
        messages.forEach(message -> open.settle(message.checkout(), wanted.outcome()));
        open.close(false);
        taken.complete(messages);
      }
    }

    @Override
    public void onRefused(BrokerException reason) {
      taken.completeExceptionally(reason);
    }

    @Override
    public void onClosed(BrokerException reason) {
      taken.completeExceptionally(reason);
    }
  }
}
