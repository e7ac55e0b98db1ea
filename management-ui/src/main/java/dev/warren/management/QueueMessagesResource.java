package dev.warren.management;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.core.broker.QueueInspector;
import dev.warren.core.message.Message;
import dev.warren.core.queue.QueuePage;
import dev.warren.core.queue.QueuedMessage;
import dev.warren.core.security.Permission;
import dev.warren.core.time.BrokerClock;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * Looks into a queue without disturbing it: {@code /queues/{vhost}/{queue}/messages}, {@code
 * …/messages/count} and {@code …/messages/{id}}. Not in RabbitMQ's API.
 */
final class QueueMessagesResource {
  private static final int LIMIT_DEFAULT = 50;
  private static final int LIMIT_MAX = 500;
  private static final int PREVIEW_DEFAULT = 256;
  private static final int PREVIEW_MAX = 4096;
  private static final int BODY_DEFAULT = 64 << 10;
  private static final int BODY_MAX = 1 << 20;

  /** What one request looks at before it answers with what it has. */
  private static final long SCANNED_MAX = 100_000;

  private static final long TIME_MAX_MS = 500;

  private final TopologyAccess topology;
  private final MessageViews views;
  private final BrokerClock clock;
  private final Executor executor;

  /**
   * Creates the resource.
   *
   * @param executor where messages are searched, off the loops
   */
  QueueMessagesResource(
      TopologyAccess topology, MessageViews views, BrokerClock clock, Executor executor) {
    this.topology = topology;
    this.views = views;
    this.clock = clock;
    this.executor = executor;
  }

  void addTo(Routes routes) {
    routes
        .getLater("/queues/{vhost}/{queue}/messages", Access.MANAGEMENT, this::page)
        .getLater("/queues/{vhost}/{queue}/messages/count", Access.MANAGEMENT, this::count)
        .getLater("/queues/{vhost}/{queue}/messages/{id}", Access.MANAGEMENT, this::one);
  }

  private CompletionStage<Reply> page(Request request) {
    int limit = number(request, "limit", LIMIT_DEFAULT, LIMIT_MAX);
    int preview = number(request, "body_bytes", PREVIEW_DEFAULT, PREVIEW_MAX);
    return scan(request, limit)
        .thenApply(
            result -> {
              ObjectNode view = figures(result);
              ArrayNode items = view.putArray("items");
              for (QueuedMessage queued : result.found()) {
                // Only what could be read is found.
                Message message = Objects.requireNonNull(queued.message());
                items.add(views.summary(queued, message, preview));
              }
              return Reply.ok(view);
            });
  }

  private CompletionStage<Reply> count(Request request) {
    return scan(request, 0).thenApply(result -> Reply.ok(figures(result)));
  }

  private static ObjectNode figures(QueueScan.Result result) {
    ObjectNode view = JsonViews.object();
    view.put("matched", result.matched());
    view.put("scanned", result.scanned());
    if (result.next() == QueuePage.END) {
      view.putNull("next");
    } else {
      view.put("next", Long.toString(result.next()));
    }
    return view;
  }

  private CompletionStage<QueueScan.Result> scan(Request request, int limit) {
    QueueInspector inspector = inspector(request);
    MessageSearch search = MessageSearch.of(request.parameter("filter"), request.parameter("text"));
    long from = request.parameter("after").map(text -> id("after", text)).orElse(0L);
    var bounds = new QueueScan.Bounds(limit, SCANNED_MAX, TIME_MAX_MS);
    String state = request.parameter("state").orElse("ready");
    return switch (state) {
      case "ready" -> QueueScan.ready(inspector, from, search, bounds, clock, executor);
      case "unsettled" -> QueueScan.unsettled(inspector, from, search, bounds, clock, executor);
      default ->
          throw ApiException.badRequest(
              "state: ready or unsettled was expected, not '" + state + "'");
    };
  }

  private CompletionStage<Reply> one(Request request) {
    QueueInspector inspector = inspector(request);
    long id = id("the id", request.variable("id"));
    int length = number(request, "body_bytes", BODY_DEFAULT, BODY_MAX);
    return inspector
        .ready(id, 1)
        .thenCompose(
            page ->
                isThere(page, id)
                    ? CompletableFuture.completedFuture(page)
                    : inspector.unsettled(id, 1))
        .thenApplyAsync(
            page -> {
              QueuedMessage queued = isThere(page, id) ? page.messages().get(0) : null;
              Message message = queued == null ? null : queued.message();
              if (queued == null || message == null) {
                throw ApiException.objectNotFound(
                    "no message %d in queue '%s': it has left the queue"
                        .formatted(id, request.variable("queue")));
              }
              return Reply.ok(views.whole(queued, message, length));
            },
            executor);
  }

  private static boolean isThere(QueuePage page, long id) {
    List<QueuedMessage> messages = page.messages();
    return !messages.isEmpty() && messages.get(0).id() == id;
  }

  private QueueInspector inspector(Request request) {
    TopologyAccess.Place place = topology.enter(request);
    String queue = request.variable("queue");
    place.checkQueue(Permission.READ, queue);
    return inspector(place, queue);
  }

  /** The way into a queue of a place, or 404. */
  static QueueInspector inspector(TopologyAccess.Place place, String queue) {
    return place
        .host()
        .inspector(queue)
        .orElseThrow(
            () ->
                ApiException.objectNotFound(
                    "no queue '%s' in vhost '%s'".formatted(queue, place.host().name())));
  }

  private static long id(String name, String text) {
    try {
      long id = Long.parseLong(text);
      if (id >= 0) {
        return id;
      }
    } catch (NumberFormatException e) {
      // Told below, like a negative one.
    }
    throw ApiException.badRequest(name + ": the id of a message was expected, not '" + text + "'");
  }

  private static int number(Request request, String name, int otherwise, int max) {
    return request
        .parameter(name)
        .map(
            text -> {
              try {
                int number = Integer.parseInt(text);
                if (number >= 1 && number <= max) {
                  return number;
                }
              } catch (NumberFormatException e) {
                // Told below, like a number out of range.
              }
              throw ApiException.badRequest(
                  "%s: 1 to %d was expected, not '%s'".formatted(name, max, text));
            })
        .orElse(otherwise);
  }
}
