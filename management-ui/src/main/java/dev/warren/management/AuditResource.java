package dev.warren.management;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.core.broker.AuditEvent;
import dev.warren.core.broker.AuditTrail;
import java.util.List;

/**
 * What was changed and refused: {@code /audit}, newest first. Not in RabbitMQ's API. Besides the
 * parameters of every list, {@code user}, {@code event} and {@code vhost} limit it: the event to
 * those which begin so, such as {@code user.}. The filter {@code name} looks at all that an event
 * says, because who looks for something here seldom knows in which field it is.
 */
final class AuditResource {
  private final AuditTrail trail;

  AuditResource(AuditTrail trail) {
    this.trail = trail;
  }

  void addTo(Routes routes) {
    routes.get("/audit", Access.MONITORING, this::list);
  }

  private Reply list(Request request) {
    String user = request.parameter("user").orElse("");
    String event = request.parameter("event").orElse("");
    String virtualHost = request.parameter("vhost").orElse("");
    List<AuditEvent> wanted =
        trail.latest().stream()
            .filter(entry -> user.isEmpty() || entry.actor().user().equals(user))
            .filter(entry -> entry.event().startsWith(event))
            .filter(entry -> virtualHost.isEmpty() || entry.virtualHost().equals(virtualHost))
            .toList();
    return Pagination.of(request)
        .reply(new Pagination.Listing<>(wanted, AuditResource::text, AuditResource::view));
  }

  private static String text(AuditEvent entry) {
    return String.join(
        "\n",
        entry.event(),
        entry.name(),
        entry.virtualHost(),
        entry.actor().user(),
        entry.actor().address(),
        entry.actor().by(),
        entry.refusal(),
        entry.before().toString(),
        entry.after().toString());
  }

  private static ObjectNode view(AuditEvent entry) {
    ObjectNode view = JsonViews.object();
    view.put("timestamp", entry.timeMs());
    view.put("event", entry.event());
    view.put("user", entry.actor().user());
    view.put("address", entry.actor().address());
    view.put("by", entry.actor().by());
    view.put("vhost", entry.virtualHost());
    view.put("name", entry.name());
    view.set("before", JsonViews.map(entry.before()));
    view.set("after", JsonViews.map(entry.after()));
    view.put("refusal", entry.refusal());
    return view;
  }
}
