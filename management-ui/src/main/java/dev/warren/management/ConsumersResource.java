package dev.warren.management;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.core.broker.ConnectionView;
import dev.warren.core.broker.Connections;
import dev.warren.core.broker.Management;
import dev.warren.core.broker.Management.ConsumerInfo;
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

  /** A consumer as JSON. Its credit is told as {@code prefetch_count}. */
  ObjectNode view(ConsumerInfo consumer) {
    ObjectNode view = JsonViews.object();
    view.put("consumer_tag", consumer.consumerTag());
    view.put("active", true);
    view.put("activity_status", "up");
    view.put("ack_required", !consumer.presettled());
    view.put("prefetch_count", consumer.credit());
    view.put("exclusive", false);
    ObjectNode arguments = view.putObject("arguments");
    if (consumer.priority() != 0) {
      arguments.put("x-priority", consumer.priority());
    }
    view.put("consumer_timeout", 0);
    view.put("messages_unacknowledged", consumer.unsettled());
    view.putObject("queue").put("name", consumer.queue()).put("vhost", consumer.virtualHost());
    ObjectNode channel = view.putObject("channel_details");
    Optional<ConnectionView> connection = connections.byId(consumer.connectionId());
    if (connection.isPresent()) {
      ConnectionView.Details details = connection.get().details();
      channel.put("name", details.name());
      channel.put("connection_name", details.name());
      channel.put("peer_host", details.peer().host());
      channel.put("peer_port", details.peer().port());
      channel.put("user", details.user());
    }
    channel.put("number", 0);
    channel.put("node", management.node().name());
    return view;
  }
}
