package dev.warren.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.warren.core.broker.Management;
import dev.warren.core.broker.Management.ConsumerInfo;
import dev.warren.core.broker.Management.QueueFigures;
import dev.warren.core.broker.Management.QueueInfo;
import dev.warren.core.routing.Destination;
import dev.warren.management.RateSampler.QueueFigure;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Queues: {@code /queues}, {@code /queues/{vhost}}, {@code /queues/{vhost}/{queue}}. */
final class QueuesResource {
  private static final int[] READY = {QueueFigure.READY};
  private static final int[] UNSETTLED = {QueueFigure.UNSETTLED};
  private static final int[] SCHEDULED = {QueueFigure.SCHEDULED};
  private static final int[] MESSAGES = {
    QueueFigure.READY, QueueFigure.UNSETTLED, QueueFigure.SCHEDULED
  };

  private static final DateTimeFormatter IDLE_SINCE =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSxxx", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final Management management;
  private final RateSampler sampler;
  private final JsonViews views;
  private final BindingsResource bindings;
  private final ConsumersResource consumers;
  private final Map<String, Function<QueueInfo, JsonNode>> sortKeys;

  QueuesResource(
      Management management,
      RateSampler sampler,
      JsonViews views,
      BindingsResource bindings,
      ConsumersResource consumers) {
    this.management = management;
    this.sampler = sampler;
    this.views = views;
    this.bindings = bindings;
    this.consumers = consumers;
    this.sortKeys =
        Map.of(
            "name", queue -> TextNode.valueOf(queue.name()),
            "vhost", queue -> TextNode.valueOf(queue.virtualHost()),
            "type", queue -> TextNode.valueOf(queue.type()),
            "messages", queue -> LongNode.valueOf(queue.figures().messages()),
            "messages_ready", queue -> LongNode.valueOf(queue.figures().ready()),
            "messages_unacknowledged", queue -> LongNode.valueOf(queue.figures().unsettled()),
            "consumers", queue -> IntNode.valueOf(queue.figures().consumers()),
            "message_stats.publish_details.rate", queue -> rate(queue, QueueFigure.PUBLISH),
            "message_stats.deliver_get_details.rate",
                queue ->
                    rate(queue, QueueFigure.DELIVER, QueueFigure.DELIVER_NO_ACK, QueueFigure.GET),
            "message_stats.ack_details.rate", queue -> rate(queue, QueueFigure.ACK));
  }

  void addTo(Routes routes) {
    routes
        .get("/queues", Access.MANAGEMENT, this::list)
        .get("/queues/detailed", Access.MANAGEMENT, this::list)
        .get("/queues/{vhost}", Access.MANAGEMENT, this::list)
        .get("/queues/{vhost}/{queue}", Access.MANAGEMENT, this::one)
        .get("/queues/{vhost}/{queue}/bindings", Access.MANAGEMENT, this::bindingsOf);
  }

  private Reply list(Request request) {
    Optional<String> virtualHost = VirtualHostScope.of(management, request);
    Function<QueueInfo, ObjectNode> view = view(request);
    return Pagination.of(request)
        .reply(
            new Pagination.Listing<>(
                VirtualHostScope.visible(
                    request.user(),
                    management.queues(virtualHost.orElse(null)),
                    QueueInfo::virtualHost),
                QueueInfo::name,
                view,
                sortKeys));
  }

  /** What a list shows of each queue: everything, or less if the client wants no statistics. */
  private Function<QueueInfo, ObjectNode> view(Request request) {
    String node = management.node().name();
    if (!request.flag("disable_stats")) {
      Ranges ranges = Ranges.of(request);
      return queue -> view(queue, node, ranges);
    }
    boolean withTotals = request.flag("enable_queue_totals");
    return queue -> {
      ObjectNode view = plainView(queue, node);
      if (withTotals) {
        putTotals(view, queue.figures());
      }
      return view;
    };
  }

  private Reply one(Request request) {
    QueueInfo queue = find(request);
    ObjectNode view = view(queue, management.node().name(), Ranges.of(request));
    ArrayNode consumerDetails = view.putArray("consumer_details");
    for (ConsumerInfo consumer : management.consumers(queue.virtualHost(), queue.name())) {
      consumerDetails.add(consumers.view(consumer));
    }
    return Reply.ok(Columns.of(request).of(view));
  }

  private Reply bindingsOf(Request request) {
    QueueInfo queue = find(request);
    return bindings.reply(
        request, management.bindingsTo(queue.virtualHost(), Destination.queue(queue.name())));
  }

  private QueueInfo find(Request request) {
    String virtualHost = VirtualHostScope.required(management, request);
    String name = request.variable("queue");
    return management
        .queue(virtualHost, name)
        .orElseThrow(
            () ->
                ApiException.objectNotFound(
                    "no queue '" + name + "' in vhost '" + virtualHost + "'"));
  }

  private ObjectNode view(QueueInfo queue, String node, Ranges ranges) {
    management.findOldest(List.of(queue));
    ObjectNode view = plainView(queue, node);
    if (queue.figures().consumers() > 0) {
      consumers.tags(view, management.consumers(queue.virtualHost(), queue.name()));
    }
    consumers.owner(view, queue.owner());
    putFigures(view, queue.figures());
    History history = sampler.queue(queue.virtualHost(), queue.name());
    Optional<SampleRange> lengths = ranges.lengths();
    views.details(view, "messages", history, lengths, MESSAGES);
    views.details(view, "messages_ready", history, lengths, READY);
    views.details(view, "messages_unacknowledged", history, lengths, UNSETTLED);
    views.details(view, "messages_scheduled", history, lengths, SCHEDULED);
    putUse(view, queue, history);
    view.set("message_stats", views.queueStats(history, ranges.rates()));
    return view;
  }

  /** What was declared, without figures. */
  private static ObjectNode plainView(QueueInfo queue, String node) {
    ObjectNode view = JsonViews.object();
    view.put("name", queue.name());
    view.put("vhost", queue.virtualHost());
    view.put("type", queue.type());
    view.put("durable", queue.durable());
    view.put("auto_delete", queue.autoDelete());
    view.put("exclusive", queue.exclusive());
    view.set("arguments", JsonViews.map(queue.arguments()));
    view.put("node", node);
    view.put("state", queue.paused() ? "paused" : "running");
    view.put("paused", queue.paused());
    view.putNull("policy");
    view.putNull("operator_policy");
    view.putObject("effective_policy_definition");
    if (queue.type().equals("quorum")) {
      view.put("leader", node);
      view.putArray("members").add(node);
      view.putArray("online").add(node);
      if (queue.deliveryLimit() >= 0) {
        view.put("delivery_limit", queue.deliveryLimit());
      }
    }
    return view;
  }

  /** How much of the time consumers could take more, and since when nothing has happened. */
  private void putUse(ObjectNode view, QueueInfo queue, @Nullable History history) {
    if (queue.figures().consumers() == 0) {
      view.putNull("consumer_capacity");
      view.putNull("consumer_utilisation");
    } else if (history != null && history.size() > 1) {
      double share =
          Math.max(0, Math.min(1, sampler.rate(history, QueueFigure.CAPABLE_MS) / 1_000));
      view.put("consumer_capacity", share);
      view.put("consumer_utilisation", share);
    }
    OptionalLong idle = sampler.idleSinceMs(queue.virtualHost(), queue.name());
    if (idle.isPresent()) {
      view.put("idle_since", IDLE_SINCE.format(Instant.ofEpochMilli(idle.getAsLong())));
    }
  }

  private static void putFigures(ObjectNode view, QueueFigures figures) {
    putTotals(view, figures);
    view.put("messages_ram", figures.messagesInMemory());
    view.put("messages_ready_ram", figures.readyInMemory());
    view.put("messages_unacknowledged_ram", figures.unsettled());
    view.put("message_bytes", figures.bytes());
    view.put("message_bytes_ready", figures.readyBytes());
    view.put("message_bytes_unacknowledged", figures.unsettledBytes());
    view.put("message_bytes_ram", figures.memoryBytes());
    view.put("consumers", figures.consumers());
    view.put("memory", figures.memoryBytes());
    view.put("disk_reads", figures.readBack());
    if (figures.ready() == 0) {
      view.putNull("head_message_timestamp");
    } else if (!figures.isOldestUnknown()) {
      view.put("head_message_timestamp", Math.floorDiv(figures.oldestAtMs(), 1_000L));
    }
    // Not in RabbitMQ's API, and said in Warren's words.
    view.put("messages_scheduled", figures.scheduled());
    view.put("message_bytes_scheduled", figures.scheduledBytes());
    view.put("messages_dead_lettered", figures.deadLettered());
    view.put("messages_expired", figures.expired());
  }

  private static void putTotals(ObjectNode view, QueueFigures figures) {
    view.put("messages", figures.messages());
    view.put("messages_ready", figures.ready());
    view.put("messages_unacknowledged", figures.unsettled());
  }

  private JsonNode rate(QueueInfo queue, int... figures) {
    @Nullable History history = sampler.queue(queue.virtualHost(), queue.name());
    double rate = 0;
    for (int figure : figures) {
      rate += sampler.rate(history, figure);
    }
    return DoubleNode.valueOf(rate);
  }

  /** The samples asked for, of gauges and of counters. */
  private record Ranges(Optional<SampleRange> lengths, Optional<SampleRange> rates) {
    static Ranges of(Request request) {
      return new Ranges(SampleRange.of(request, "lengths"), SampleRange.of(request, "msg_rates"));
    }
  }
}
