package dev.warren.management;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.warren.core.broker.Management;
import dev.warren.core.security.LoginCounters;

/** How many logins there were: {@code /auth/attempts/{node}}, by protocol, since the start. */
final class LoginsResource {
  private final Management management;
  private final LoginCounters counters;

  LoginsResource(Management management, LoginCounters counters) {
    this.management = management;
    this.counters = counters;
  }

  void addTo(Routes routes) {
    routes
        .get("/auth/attempts/{node}", Access.MONITORING, this::attempts)
        .get("/auth/attempts/{node}/source", Access.MONITORING, this::bySource);
  }

  private Reply attempts(Request request) {
    check(request);
    ArrayNode array = JsonViews.array();
    for (LoginCounters.Counts counts : counters.counts()) {
      array
          .addObject()
          .put("protocol", counts.protocol())
          .put("auth_attempts", counts.attempts())
          .put("auth_attempts_failed", counts.failures())
          .put("auth_attempts_succeeded", counts.successes());
    }
    return Reply.ok(array);
  }

  /** Where they came from is not counted, as with RabbitMQ unless it is told to. */
  private Reply bySource(Request request) {
    check(request);
    return Reply.ok(JsonViews.array());
  }

  private void check(Request request) {
    if (!management.node().name().equals(request.variable("node"))) {
      throw ApiException.objectNotFound("no node '" + request.variable("node") + "'");
    }
  }
}
