package dev.warren.management;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.core.broker.Management;
import dev.warren.core.broker.Management.QueueInfo;
import java.util.Optional;

/** Virtual hosts: {@code /vhosts}, {@code /vhosts/{vhost}}, {@code /aliveness-test/{vhost}}. */
final class VirtualHostsResource {
  private final Management management;

  VirtualHostsResource(Management management) {
    this.management = management;
  }

  void addTo(Routes routes) {
    routes
        .get("/vhosts", Access.MANAGEMENT, this::list)
        .get("/vhosts/{vhost}", Access.MANAGEMENT, this::one)
        .get("/aliveness-test/{vhost}", Access.MANAGEMENT, this::isAlive);
  }

  /**
   * The virtual host a list is limited to, if any.
   *
   * @throws ApiException 404 if there is no such virtual host
   */
  static Optional<String> scope(Management management, Request request) {
    return request.virtualHost().map(name -> require(management, name));
  }

  /**
   * The name, if it is that of a virtual host.
   *
   * @throws ApiException 404 otherwise
   */
  static String require(Management management, String name) {
    if (!management.virtualHosts().contains(name)) {
      throw ApiException.objectNotFound("no vhost '" + name + "'");
    }
    return name;
  }

  private Reply list(Request request) {
    return Pagination.of(request)
        .reply(new Pagination.Listing<>(management.virtualHosts(), name -> name, this::view));
  }

  private Reply one(Request request) {
    String name = require(management, request.variable("vhost"));
    return Reply.ok(Columns.of(request).of(view(name)));
  }

  private Reply isAlive(Request request) {
    require(management, request.variable("vhost"));
    return Reply.ok(JsonViews.object().put("status", "ok"));
  }

  private ObjectNode view(String name) {
    long ready = 0;
    long unsettled = 0;
    for (QueueInfo queue : management.queues(name)) {
      ready += queue.figures().ready();
      unsettled += queue.figures().unsettled();
    }
    ObjectNode view = JsonViews.object();
    view.put("name", name);
    view.put("description", "");
    view.putArray("tags");
    view.put("default_queue_type", "classic");
    view.put("protected_from_deletion", false);
    view.put("tracing", false);
    ObjectNode metadata = view.putObject("metadata");
    metadata.put("description", "");
    metadata.putArray("tags");
    view.putObject("cluster_state").put(management.node().name(), "running");
    view.put("messages", ready + unsettled);
    view.put("messages_ready", ready);
    view.put("messages_unacknowledged", unsettled);
    return view;
  }
}
