package dev.warren.management;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.core.broker.Management;
import dev.warren.core.broker.UnroutableMessages;
import dev.warren.core.broker.UnroutableMessages.Entry;
import java.util.Optional;

/**
 * The last messages that no queue got, newest first: {@code /unroutable} and {@code
 * /unroutable/{vhost}}. Not in RabbitMQ's API.
 */
final class UnroutableResource {
  private final Management management;
  private final UnroutableMessages unroutable;

  UnroutableResource(Management management, UnroutableMessages unroutable) {
    this.management = management;
    this.unroutable = unroutable;
  }

  void addTo(Routes routes) {
    routes
        .get("/unroutable", Access.MONITORING, this::list)
        .get("/unroutable/{vhost}", Access.MONITORING, this::list);
  }

  private Reply list(Request request) {
    Optional<String> virtualHost = VirtualHostScope.of(management, request);
    ArrayNode list = JsonViews.array();
    VirtualHostScope.visible(request.user(), unroutable.newestFirst(), Entry::virtualHost).stream()
        .filter(entry -> virtualHost.map(entry.virtualHost()::equals).orElse(true))
        .forEach(entry -> list.add(view(entry)));
    return Reply.ok(list);
  }

  private static ObjectNode view(Entry entry) {
    UnroutableMessages.Origin from = entry.from();
    ObjectNode view = JsonViews.object();
    view.put("at", entry.atMs());
    view.put("vhost", entry.virtualHost());
    view.put("exchange", entry.exchange());
    view.put("routing_key", entry.routingKey());
    view.put("reason", reason(entry));
    view.put(from.deadLetter() ? "queue" : "user", from.name());
    view.put("settled", from.presettled());
    return view;
  }

  private static String reason(Entry entry) {
    String why = why(entry);
    if (entry.from().deadLetter()) {
      return why + "; it was a dead letter of queue '" + entry.from().name() + "', and is dropped";
    }
    return entry.from().presettled() ? why + "; it was sent settled, and is dropped" : why;
  }

  private static String why(Entry entry) {
    if (entry.bindings() == Entry.NO_EXCHANGE) {
      return "there is no exchange of this name";
    }
    if (entry.exchange().isEmpty()) {
      return "there is no queue of this name";
    }
    return switch (entry.bindings()) {
      case 0 -> "the exchange has no bindings";
      case 1 -> "its only binding leads to no queue";
      default -> "none of its " + entry.bindings() + " bindings leads to a queue";
    };
  }
}
