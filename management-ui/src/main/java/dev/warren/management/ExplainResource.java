package dev.warren.management;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.core.broker.AccessAdministration;
import dev.warren.core.broker.Management;
import dev.warren.core.broker.MessageForecast;
import dev.warren.core.routing.Exchange;
import dev.warren.core.security.Identity;
import dev.warren.core.security.StoredIdentity;
import dev.warren.core.security.User;
import dev.warren.core.time.BrokerClock;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Explains where a message would go, without sending it: {@code
 * /exchanges/{vhost}/{exchange}/explain}. Not in RabbitMQ's API.
 */
final class ExplainResource {
  private final Management management;
  private final AccessAdministration access;
  private final TopologyAccess topology;
  private final int messageBytesMax;
  private final BrokerClock clock;

  ExplainResource(
      ManagedBroker broker, TopologyAccess topology, int messageBytesMax, BrokerClock clock) {
    this.management = broker.management();
    this.access = broker.access();
    this.topology = topology;
    this.messageBytesMax = messageBytesMax;
    this.clock = clock;
  }

  void addTo(Routes routes) {
    routes.post(
        "/exchanges/{vhost}/{exchange}/explain",
        Access.MANAGEMENT,
        request -> CompletableFuture.completedStage(explain(request)));
  }

  private Reply explain(Request request) {
    TopologyAccess.Place place = topology.enter(request);
    String exchange = TopologyAccess.exchangeName(request.variable("exchange"));
    JsonBody body = request.body();
    long nowMs = clock.epochMs();
    ExplainedMessage asked = ExplainedMessage.read(exchange, body, nowMs);
    Identity user = user(request, body);
    var present = place.host().topology();
    Exchange first = present.exchange(exchange);
    MessageForecast forecast =
        MessageForecast.of(present, asked.message(), asked.moreBytes(), nowMs);
    if (first == null || forecast == null) {
      throw ApiException.objectNotFound(
          "no exchange '%s' in vhost '%s'".formatted(exchange, place.host().name()));
    }
    // Somebody else than the one who asks, perhaps.
    var sender = new TopologyAccess.Place(place.host(), place.editor(), user);
    PublisherView publisher =
        new PublisherView(sender, management, messageBytesMax, asked, first.definition());
    ObjectNode view = publisher.outcome(forecast);
    ArrayNode queues = view.putArray("queues");
    forecast.first().reached().forEach(queue -> queues.add(queue.name()));
    ArrayNode ends = view.putArray("ends_in");
    forecast.endsIn().forEach(ends::add);
    view.put("certain", forecast.isCertain());
    view.set("permissions", publisher.permissions());
    view.set("limits", publisher.limits());
    ObjectNode tree = new RouteView(place.host(), management, forecast).tree();
    tree.set("permission", publisher.write());
    view.set("tree", tree);
    return Reply.ok(view);
  }

  /** Who would publish: the asker, or somebody an operator asks about. */
  private Identity user(Request request, JsonBody body) {
    String name = body.text("user").orElse(request.user().name());
    if (name.equals(request.user().name())) {
      return request.user();
    }
    Set<String> tags = request.user().tags();
    if (!tags.contains(User.ADMINISTRATOR) && !tags.contains(User.MONITORING)) {
      throw ApiException.notAuthorized(
          "Only an administrator or somebody who monitors may ask about another user");
    }
    if (access.rules().user(name).isEmpty()) {
      throw body.invalid("user", "there is no user '" + name + "'");
    }
    return new StoredIdentity(name, access::rules);
  }
}
