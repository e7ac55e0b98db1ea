package dev.warren.management;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.core.broker.Connections;
import dev.warren.core.broker.Management;
import dev.warren.core.broker.Management.ListenerInfo;
import java.util.ArrayList;
import java.util.List;

/** Health checks under {@code /health/checks}: 200, or 503 with what is wrong (contract §11.8). */
final class HealthResource {
  private final Management management;
  private final Connections connections;

  HealthResource(Management management, Connections connections) {
    this.management = management;
    this.connections = connections;
  }

  void addTo(Routes routes) {
    routes
        .get("/health/checks/alarms", Access.MANAGEMENT, request -> alarmCheck("There are alarms"))
        .get(
            "/health/checks/local-alarms",
            Access.MANAGEMENT,
            request -> alarmCheck("There are alarms in effect on the node"))
        .get("/health/checks/port-listener/{port}", Access.MANAGEMENT, this::portListener)
        .get("/health/checks/protocol-listener/{protocols}", Access.MANAGEMENT, this::protocols)
        .get("/health/checks/virtual-hosts", Access.MANAGEMENT, request -> Reply.ok(ok()))
        .get("/health/checks/is-in-service", Access.MANAGEMENT, this::isInService)
        .get("/health/checks/ready-to-serve-clients", Access.MANAGEMENT, this::isInService)
        .get(
            "/health/checks/below-node-connection-limit",
            Access.MANAGEMENT,
            this::belowConnectionLimit);
    // One node is all there is, and it has read its journal before it listens.
    for (String always :
        List.of(
            "node-is-quorum-critical",
            "quorum-queues-without-elected-leaders/all-vhosts",
            "quorum-queues-without-elected-leaders/all-vhosts/pattern/{pattern}",
            "quorum-queues-without-elected-leaders/vhost/{vhost}",
            "quorum-queues-without-elected-leaders/vhost/{vhost}/pattern/{pattern}",
            "reached-target-cluster-size",
            "metadata-store/initialized",
            "metadata-store/initialized/with-data")) {
      routes.get("/health/checks/" + always, Access.MANAGEMENT, request -> Reply.ok(ok()));
    }
  }

  /** Whether somebody listens for clients. */
  private Reply isInService(Request request) {
    return HealthProbes.hasClientListener(management)
        ? Reply.ok(ok())
        : Reply.unavailable(failed("No listener for AMQP is open"));
  }

  private Reply belowConnectionLimit(Request request) {
    int open = connections.all().size();
    if (!Connections.isReached(connections.limit(), open)) {
      return Reply.ok(ok());
    }
    return Reply.unavailable(
        failed("The limit of connections is reached")
            .put("limit", connections.limit())
            .put("connections", open));
  }

  /** The alarms in effect, as {@code [{node, resource}]}. */
  static ArrayNode alarms(Management management) {
    ArrayNode array = JsonViews.array();
    for (String resource : management.alarms()) {
      array.addObject().put("node", management.node().name()).put("resource", resource);
    }
    return array;
  }

  /** The protocol as the API spells it: {@code amqp/ssl}, {@code https} with TLS. */
  static String protocol(ListenerInfo listener) {
    if (!listener.tls()) {
      return listener.protocol();
    }
    return listener.protocol().startsWith("http")
        ? "https" + listener.protocol().substring("http".length())
        : listener.protocol() + "/ssl";
  }

  private Reply alarmCheck(String reason) {
    ArrayNode alarms = alarms(management);
    return alarms.isEmpty()
        ? Reply.ok(ok())
        : Reply.unavailable(failed(reason).set("alarms", alarms));
  }

  private Reply portListener(Request request) {
    int port = port(request.variable("port"));
    ArrayNode ports = JsonViews.array();
    boolean isOpen = false;
    for (ListenerInfo listener : management.listeners()) {
      ports.add(listener.port());
      isOpen |= listener.port() == port;
    }
    if (isOpen) {
      return Reply.ok(ok().put("port", port));
    }
    ObjectNode view = failed("No active listener").put("missing", port);
    view.set("ports", ports);
    return Reply.unavailable(view);
  }

  private Reply protocols(Request request) {
    List<String> open = new ArrayList<>();
    management.listeners().forEach(listener -> open.add(protocol(listener)));
    ArrayNode missing = JsonViews.array();
    for (String asked : request.variable("protocols").split(",", -1)) {
      String protocol = canonical(asked.trim());
      if (!open.contains(protocol)) {
        missing.add(protocol);
      }
    }
    if (missing.isEmpty()) {
      return Reply.ok(ok());
    }
    ObjectNode view = failed("No active listener");
    view.set("missing", missing);
    open.forEach(view.putArray("protocols")::add);
    return Reply.unavailable(view);
  }

  private static String canonical(String protocol) {
    return switch (protocol) {
      case "amqp091", "amqp10", "amqp1.0", "amqp1-0", "amqp1_0" -> "amqp";
      case "amqps" -> "amqp/ssl";
      default -> protocol;
    };
  }

  private static int port(String text) {
    try {
      int port = Integer.parseInt(text);
      if (port >= 1 && port <= 65_535) {
        return port;
      }
    } catch (NumberFormatException e) {
      // Told below, with the limits.
    }
    throw ApiException.badRequest("port: must be a number from 1 to 65535");
  }

  static ObjectNode ok() {
    return JsonViews.object().put("status", "ok");
  }

  static ObjectNode failed(String reason) {
    return JsonViews.object().put("status", "failed").put("reason", reason);
  }
}
