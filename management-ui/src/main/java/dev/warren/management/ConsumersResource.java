package dev.warren.management;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.core.broker.ConnectionView;
import dev.warren.core.broker.Connections;
import dev.warren.core.broker.Management;
import dev.warren.core.broker.Management.ConsumerInfo;
import java.util.List;
import java.util.Optional;

/** Consumers: {@code /consumers}, {@code /consumers/{vhost}}. */
final class ConsumersResource {
  private final Management management;
  private final Connections connections;

  ConsumersResource(Management management, Connections connections) {
    this.management = management;
    this.connections = connections;
  }

  void addTo(Routes routes) {
    routes
        .get("/consumers", Access.MANAGEMENT, this::list)
        .get("/consumers/{vhost}", Access.MANAGEMENT, this::list);
  }

  private Reply list(Request request) {
    return Pagination.of(request)
        .reply(
            new Pagination.Listing<>(
                VirtualHostScope.visible(
                    request.user(),
                    management.consumers(VirtualHostScope.of(management, request).orElse(null)),
                    ConsumerInfo::virtualHost),
                ConsumerInfo::consumerTag,
                this::view));
  }

  /**
   * A consumer as JSON. How many deliveries it may hold at present, those it holds included, is
   * told as {@code prefetch_count}.
   */
  ObjectNode view(ConsumerInfo consumer) {
    ObjectNode view = JsonViews.object();
    view.put("consumer_tag", consumer.consumerTag());
    view.put("active", consumer.active());
    view.put("activity_status", activity(consumer));
    view.put("ack_required", !consumer.presettled());
    view.put("prefetch_count", (long) consumer.credit() + consumer.unsettled());
    view.put("credit", consumer.credit());
    view.put("exclusive", consumer.exclusive());
    ObjectNode arguments = view.putObject("arguments");
    if (consumer.priority() != 0) {
      arguments.put("x-priority", consumer.priority());
    }
    view.put("consumer_timeout", consumer.timeoutMs());
    view.put("messages_unacknowledged", consumer.unsettled());
    view.putObject("queue").put("name", consumer.queue()).put("vhost", consumer.virtualHost());
    ObjectNode channel = view.putObject("channel_details");
    Optional<ConnectionView> connection = connections.byId(consumer.connectionId());
    if (connection.isPresent()) {
      ConnectionView.Details details = connection.get().details();
      channel.put("name", details.name() + " (" + consumer.channel() + ")");
      channel.put("connection_name", details.name());
      channel.put("peer_host", details.peer().host());
      channel.put("peer_port", details.peer().port());
      channel.put("user", details.user());
    }
    channel.put("number", consumer.channel());
    channel.put("node", management.node().name());
    return view;
  }

  /** In RabbitMQ's words. */
  private static String activity(ConsumerInfo consumer) {
    if (!consumer.active()) {
      return "waiting";
    }
    return consumer.singleActive() ? "single_active" : "up";
  }

  /** Says of a queue which consumer is the only one that is or can be given messages. */
  void tags(ObjectNode view, List<ConsumerInfo> all) {
    for (ConsumerInfo consumer : all) {
      if (consumer.singleActive() && consumer.active()) {
        view.put("single_active_consumer_tag", consumer.consumerTag());
      }
      if (consumer.exclusive()) {
        view.put("exclusive_consumer_tag", consumer.consumerTag());
      }
    }
  }

  /** The connection a queue is exclusive to, if it is open. */
  void owner(ObjectNode view, long connectionId) {
    connections
        .byId(connectionId)
        .map(ConnectionView::details)
        .ifPresent(
            details ->
                view.putObject("owner_pid_details")
                    .put("name", details.name())
                    .put("peer_host", details.peer().host())
                    .put("peer_port", details.peer().port()));
  }
}
