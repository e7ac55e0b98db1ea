package dev.warren.management;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.core.broker.AccessAdministration;
import dev.warren.core.broker.Management;
import dev.warren.core.broker.QueueForecast;
import dev.warren.core.message.AmqpWriter;
import dev.warren.core.message.Annotations;
import dev.warren.core.message.ByteSlice;
import dev.warren.core.message.Envelope;
import dev.warren.core.message.Message;
import dev.warren.core.message.MessageHeader;
import dev.warren.core.message.Sections;
import dev.warren.core.routing.ExchangeDefinition;
import dev.warren.core.routing.ExchangeType;
import dev.warren.core.routing.RouteExplanation;
import dev.warren.core.routing.RouteExplanation.Explained;
import dev.warren.core.routing.RoutedQueue;
import dev.warren.core.security.Identity;
import dev.warren.core.security.Permission;
import dev.warren.core.security.StoredIdentity;
import dev.warren.core.security.User;
import dev.warren.core.time.BrokerClock;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Explains where a message would go, without sending it: {@code
 * /exchanges/{vhost}/{exchange}/explain}. Not in RabbitMQ's API.
 */
final class ExplainResource {
  private static final int KEYS_MAX = 100;
  private static final int KEY_BYTES_MAX = 255;
  private static final String UNAUTHORIZED = "amqp:unauthorized-access";

  private final Management management;
  private final AccessAdministration access;
  private final TopologyAccess topology;
  private final BrokerClock clock;

  ExplainResource(ManagedBroker broker, TopologyAccess topology, BrokerClock clock) {
    this.management = broker.management();
    this.access = broker.access();
    this.topology = topology;
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
    Envelope envelope = envelope(exchange, body);
    Message message = message(envelope, body);
    Identity user = user(request, body);
    Explained explained = RouteExplanation.of(place.host().topology(), envelope, message);
    if (explained == null) {
      throw ApiException.objectNotFound(
          "no exchange '%s' in vhost '%s'".formatted(exchange, place.host().name()));
    }
    Optional<String> refusal =
        refusal(place, explained.first().exchange().definition(), user, envelope);
    RouteView route = new RouteView(place.host(), management, message);
    ObjectNode tree = route.exchange(explained.first(), "publish");
    ObjectNode permission = tree.putObject("permission");
    permission.put("write", refusal.isEmpty() ? "allowed" : "refused");
    refusal.ifPresent(reason -> permission.put("reason", reason));
    ObjectNode view = outcome(explained, message, refusal);
    ArrayNode queues = view.putArray("queues");
    explained.queues().forEach(queue -> queues.add(queue.name()));
    view.set("tree", tree);
    return Reply.ok(view);
  }

  private static Envelope envelope(String exchange, JsonBody body) {
    String key = body.text("routing_key").orElse("");
    List<String> cc = body.words("cc").orElse(List.of());
    if (cc.size() > KEYS_MAX) {
      throw body.invalid("cc", "at most " + KEYS_MAX + " keys were expected");
    }
    checkKey(body, "routing_key", key);
    cc.forEach(more -> checkKey(body, "cc", more));
    return new Envelope(exchange, key, cc);
  }

  private static void checkKey(JsonBody body, String field, String key) {
    if (key.getBytes(StandardCharsets.UTF_8).length > KEY_BYTES_MAX) {
      throw body.invalid(field, "a key has at most " + KEY_BYTES_MAX + " octets");
    }
  }

  /** Without a body, and durable unless it says otherwise. */
  private Message message(Envelope envelope, JsonBody body) {
    Map<String, @Nullable Object> headers = body.map("headers");
    AmqpWriter writer = new AmqpWriter(256);
    if (!headers.isEmpty()) {
      writer.writeSectionDescriptor(Sections.APPLICATION_PROPERTIES).writeValue(headers);
    }
    byte[] annotations = Annotations.of(envelope);
    Map<String, @Nullable Object> more = body.map("annotations");
    if (!more.isEmpty()) {
      annotations = Annotations.changed(annotations, java.util.Set.of(), withoutNulls(body, more));
    }
    boolean durable = body.flag("durable", true);
    return new Message(
        envelope,
        MessageHeader.of(durable, MessageHeader.ABSENT, -1),
        annotations,
        new ByteSlice(writer.array(), 0, writer.length()),
        clock.epochMs());
  }

  private static Map<String, Object> withoutNulls(
      JsonBody body, Map<String, @Nullable Object> annotations) {
    Map<String, Object> kept = new java.util.LinkedHashMap<>();
    annotations.forEach(
        (name, value) -> {
          if (value == null) {
            throw body.invalid("annotations." + name, "a value was expected");
          }
          kept.put(name, value);
        });
    return kept;
  }

  /** Who would publish: the asker, or somebody an administrator asks about. */
  private Identity user(Request request, JsonBody body) {
    String name = body.text("user").orElse(request.user().name());
    if (name.equals(request.user().name())) {
      return request.user();
    }
    if (!request.user().tags().contains(User.ADMINISTRATOR)) {
      throw ApiException.notAuthorized("Only an administrator may ask about another user");
    }
    if (access.rules().user(name).isEmpty()) {
      throw body.invalid("user", "there is no user '" + name + "'");
    }
    return new StoredIdentity(name, access::rules);
  }

  private static Optional<String> refusal(
      TopologyAccess.Place place, ExchangeDefinition exchange, Identity user, Envelope envelope) {
    String host = place.host().name();
    if (!user.mayEnter(host)) {
      return Optional.of("user '%s' may not enter vhost '%s'".formatted(user.name(), host));
    }
    if (exchange.internal()) {
      return Optional.of(
          "cannot publish to internal exchange '%s' in vhost '%s'"
              .formatted(exchange.name(), host));
    }
    // Somebody else than the one who asks, perhaps.
    var sender = new TopologyAccess.Place(place.host(), place.editor(), user);
    try {
      sender.checkExchange(Permission.WRITE, exchange.name());
      if (exchange.type() == ExchangeType.TOPIC) {
        for (int i = 0; i < envelope.keyCount(); i++) {
          sender.checkKey(Permission.WRITE, exchange.name(), envelope.key(i));
        }
      }
      return Optional.empty();
    } catch (ApiException e) {
      return Optional.of(e.reason());
    }
  }

  private ObjectNode outcome(Explained explained, Message message, Optional<String> refusal) {
    if (refusal.isPresent()) {
      return outcome("refused", refusal.get()).put("condition", UNAUTHORIZED);
    }
    if (explained.queues().isEmpty()) {
      return outcome("released", "no queue gets the message; if it is sent settled it is dropped");
    }
    for (RoutedQueue queue : explained.queues()) {
      QueueForecast forecast = QueueForecast.of(queue, message);
      if (!forecast.accepts()) {
        return outcome("rejected", "queue '%s': %s".formatted(queue.name(), forecast.why()))
            .put("condition", "amqp:resource-limit-exceeded");
      }
    }
    List<String> alarms = management.alarms();
    return outcome(
        "accepted",
        alarms.isEmpty() ? told(explained, message) : "once the alarm is over: " + alarms);
  }

  private static String told(Explained explained, Message message) {
    long onDisk =
        message.header().durable()
            ? explained.queues().stream().filter(RoutedQueue::isDurable).count()
            : 0;
    int all = explained.queues().size();
    String queues = all == 1 ? "1 queue" : all + " queues";
    return onDisk == 0
        ? "it goes to %s, in memory".formatted(queues)
        : "it goes to %s; told when it is on disk".formatted(queues);
  }

  private static ObjectNode outcome(String outcome, String reason) {
    return JsonViews.object().put("outcome", outcome).put("reason", reason);
  }
}
