package dev.warren.management;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.warren.core.broker.Management;
import dev.warren.core.security.LoginCounters;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/**
 * How many logins there were: {@code /auth/attempts/{node}}, by protocol, since the start or since
 * somebody set them back, which metrics do not notice. Thread-safe.
 */
final class LoginsResource {
  private final Management management;
  private final LoginCounters counters;

  /** What there was by protocol when they were set back. */
  private volatile Map<String, LoginCounters.Counts> before = Map.of();

  LoginsResource(Management management, LoginCounters counters) {
    this.management = management;
    this.counters = counters;
  }

  void addTo(Routes routes) {
    routes
        .get("/auth/attempts/{node}", Access.MONITORING, this::attempts)
        .delete("/auth/attempts/{node}", Access.MONITORING, this::setBack)
        .delete("/auth/attempts/{node}/source", Access.MONITORING, this::setBack)
        .get("/auth/attempts/{node}/source", Access.MONITORING, this::bySource);
  }

  private Reply attempts(Request request) {
    check(request);
    ArrayNode array = JsonViews.array();
    for (LoginCounters.Counts counts : counters.counts()) {
      LoginCounters.Counts earlier = before.get(counts.protocol());
      long attempts = earlier == null ? 0 : earlier.attempts();
      long failures = earlier == null ? 0 : earlier.failures();
      array
          .addObject()
          .put("protocol", counts.protocol())
          .put("auth_attempts", counts.attempts() - attempts)
          .put("auth_attempts_failed", counts.failures() - failures)
          .put("auth_attempts_succeeded", counts.successes() - (attempts - failures));
    }
    return Reply.ok(array);
  }

  private CompletionStage<Reply> setBack(Request request) {
    check(request);
    Map<String, LoginCounters.Counts> now = new HashMap<>();
    counters.counts().forEach(counts -> now.put(counts.protocol(), counts));
    before = Map.copyOf(now);
    return Reply.NO_CONTENT.now();
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
