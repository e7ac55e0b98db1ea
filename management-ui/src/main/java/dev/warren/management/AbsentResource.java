package dev.warren.management;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.warren.core.broker.Management;
import java.util.List;

/**
 * Endpoints of RabbitMQ's API for what does not exist here (contract §11.3): channels of AMQP
 * 0-9-1, policies, parameters, feature flags. They answer as RabbitMQ's do when nothing is defined,
 * so that its clients and tools work; whoever tries to define something is told.
 */
final class AbsentResource {
  private final Management management;

  AbsentResource(Management management) {
    this.management = management;
  }

  void addTo(Routes routes) {
    for (String none :
        List.of(
            "/extensions",
            "/channels",
            "/policies",
            "/operator-policies",
            "/parameters",
            "/parameters/{component}",
            "/global-parameters")) {
      routes.get(none, Access.MANAGEMENT, AbsentResource::none);
    }
    for (String none :
        List.of("/feature-flags", "/deprecated-features", "/deprecated-features/used")) {
      routes.get(none, Access.ADMINISTRATOR, AbsentResource::none);
    }
    for (String none :
        List.of(
            "/vhosts/{vhost}/channels",
            "/policies/{vhost}",
            "/operator-policies/{vhost}",
            "/parameters/{component}/{vhost}")) {
      routes.get(none, Access.MANAGEMENT, this::noneIn);
    }
    routes
        .get("/channels/{name}", Access.MANAGEMENT, request -> missing("channel", request))
        .put(
            "/feature-flags/{name}/enable",
            Access.ADMINISTRATOR,
            request -> missing("feature flag", request).now());
    addOne(routes, "/policies/{vhost}/{name}", "policy", Access.POLICYMAKER);
    addOne(routes, "/operator-policies/{vhost}/{name}", "operator policy", Access.ADMINISTRATOR);
    addOne(routes, "/parameters/{component}/{vhost}/{name}", "parameter", Access.POLICYMAKER);
    addOne(routes, "/global-parameters/{name}", "global parameter", Access.POLICYMAKER);
  }

  private static void addOne(Routes routes, String template, String kind, Access change) {
    routes
        .get(template, Access.MANAGEMENT, request -> missing(kind, request))
        .put(template, change, request -> refused(kind, request).now())
        .delete(template, change, request -> missing(kind, request).now());
  }

  private static Reply none(Request request) {
    ArrayNode nothing = JsonViews.array();
    return request.parameter("page").isEmpty()
        ? Reply.ok(nothing)
        : Pagination.of(request)
            .reply(
                new Pagination.Listing<>(
                    List.<String>of(), name -> name, name -> JsonViews.object()));
  }

  private Reply noneIn(Request request) {
    String unused = VirtualHostScope.required(management, request);
    return none(request);
  }

  private static Reply missing(String kind, Request request) {
    throw ApiException.objectNotFound("no " + kind + " '" + request.variable("name") + "'");
  }

  private static Reply refused(String kind, Request request) {
    throw ApiException.badRequest(
        "%s '%s': nothing of this kind can be defined in this broker"
            .formatted(kind, request.variable("name")));
  }
}
