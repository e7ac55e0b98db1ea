package dev.warren.management;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.core.broker.Management;
import dev.warren.core.broker.Management.PublishPace;
import dev.warren.core.broker.MessageForecast;
import dev.warren.core.broker.MessageForecast.Stop;
import dev.warren.core.message.Envelope;
import dev.warren.core.routing.ExchangeDefinition;
import dev.warren.core.routing.ExchangeType;
import dev.warren.core.routing.RoutedQueue;
import dev.warren.core.security.Permission;
import dev.warren.core.security.UserLimits;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the publisher of an explained message would be told, by AMQP, and what he may: with the
 * conditions and texts of the front, in its order. For one explanation; owned by its thread.
 */
final class PublisherView {
  private static final String UNAUTHORIZED = "amqp:unauthorized-access";

  private final TopologyAccess.Place sender;
  private final Management management;
  private final int messageBytesMax;
  private final ExplainedMessage asked;
  private final ExchangeDefinition exchange;

  /**
   * Creates it.
   *
   * @param sender where, and as whom
   */
  PublisherView(
      TopologyAccess.Place sender,
      Management management,
      int messageBytesMax,
      ExplainedMessage asked,
      ExchangeDefinition exchange) {
    this.sender = sender;
    this.management = management;
    this.messageBytesMax = messageBytesMax;
    this.asked = asked;
    this.exchange = exchange;
  }

  /**
   * What is told.
   *
   * @param condition of AMQP, with its text; empty if there is no error
   * @param ends what it ends: connection, session or link; empty if it is an outcome
   */
  private record Told(
      String outcome, String reason, Optional<Condition> condition, Optional<String> ends) {
    static Told refused(String condition, String text, String ends) {
      return new Told(
          "refused", text, Optional.of(new Condition(condition, text)), Optional.of(ends));
    }

    static Told of(String outcome, String reason) {
      return new Told(outcome, reason, Optional.empty(), Optional.empty());
    }
  }

  private record Condition(String name, String text) {}

  /** The beginning of the answer. */
  ObjectNode outcome(MessageForecast forecast) {
    Told told = told(forecast);
    List<String> waits = waits();
    String reason = told.reason();
    if (!waits.isEmpty() && told.ends().isEmpty()) {
      reason = "once " + String.join(" and ", waits) + ": " + reason;
    }
    ObjectNode view = JsonViews.object().put("outcome", told.outcome()).put("reason", reason);
    told.condition()
        .ifPresent(
            condition ->
                view.put("condition", condition.name()).put("description", condition.text()));
    told.ends().ifPresent(what -> view.put("ends", what));
    if (!waits.isEmpty()) {
      ArrayNode array = view.putArray("waits");
      waits.forEach(array::add);
    }
    return view;
  }

  private Told told(MessageForecast forecast) {
    Optional<Told> refused = entryRefusal();
    if (refused.isEmpty()) {
      refused = messageRefusal();
    }
    if (refused.isPresent()) {
      return refused.get();
    }
    Map<String, Stop> stops = forecast.first().stops();
    if (stops.isEmpty()) {
      return isReply()
          ? Told.of("accepted", "it is an answer, and goes to who waits for it; nothing is kept")
          : Told.of("released", "no queue gets the message; if it is sent settled it is dropped");
    }
    for (Map.Entry<String, Stop> stop : stops.entrySet()) {
      if (!stop.getValue().forecast().accepts()) {
        return new Told(
            "rejected",
            "queue '%s': %s".formatted(stop.getKey(), stop.getValue().forecast().why()),
            Optional.of(
                new Condition(
                    "amqp:resource-limit-exceeded",
                    "queue '%s' exceeded maximum length".formatted(stop.getKey()))),
            Optional.empty());
      }
    }
    return Told.of("accepted", accepted(forecast));
  }

  private boolean isReply() {
    Envelope envelope = asked.message().envelope();
    return envelope.exchange().isEmpty()
        && sender.host().replyQueues().find(envelope.routingKey()).isPresent();
  }

  /** Why he gets no link. */
  private Optional<Told> entryRefusal() {
    String host = sender.host().name();
    if (!sender.user().mayEnter(host)) {
      return Optional.of(
          Told.refused(
              UNAUTHORIZED,
              "access to vhost '%s' refused for user '%s'".formatted(host, sender.user().name()),
              "connection"));
    }
    if (exchange.internal()) {
      return Optional.of(
          Told.refused(
              UNAUTHORIZED,
              "cannot publish to internal exchange '%s' in vhost '%s'"
                  .formatted(exchange.name(), host),
              "link"));
    }
    return writeRefusal().map(text -> Told.refused(UNAUTHORIZED, text, "session"));
  }

  /** What is wrong with the message before it is routed. */
  private Optional<Told> messageRefusal() {
    if (asked.encodedBytes() > messageBytesMax) {
      return Optional.of(
          Told.refused(
              "amqp:link:message-size-exceeded",
              "message larger than " + messageBytesMax + " octets",
              "session"));
    }
    if (asked.badKeys()) {
      String text = "x-cc must be a list of strings";
      return Optional.of(
          new Told(
              "rejected",
              text,
              Optional.of(new Condition("amqp:invalid-field", text)),
              Optional.empty()));
    }
    return topicRefusal().map(text -> Told.refused(UNAUTHORIZED, text, "session"));
  }

  private Optional<String> writeRefusal() {
    return refusal(() -> sender.checkExchange(Permission.WRITE, exchange.name()));
  }

  private Optional<String> topicRefusal() {
    Envelope envelope = asked.message().envelope();
    return refusal(
        () -> {
          for (int i = 0; i < envelope.keyCount(); i++) {
            sender.checkKey(Permission.WRITE, exchange.name(), envelope.key(i));
          }
        });
  }

  private static Optional<String> refusal(Runnable check) {
    try {
      check.run();
      return Optional.empty();
    } catch (ApiException e) {
      return Optional.of(e.reason());
    }
  }

  private String accepted(MessageForecast forecast) {
    Set<String> reached = new LinkedHashSet<>();
    boolean onDisk = false;
    for (RoutedQueue queue : forecast.first().reached()) {
      reached.add(queue.name());
      onDisk |= queue.isDurable() && asked.message().header().durable();
    }
    String queues = reached.size() == 1 ? "1 queue" : reached.size() + " queues";
    String told =
        onDisk
            ? "it goes to %s; told when it is on disk".formatted(queues)
            : "it goes to %s, in memory".formatted(queues);
    Set<String> ends = forecast.endsIn();
    if (ends.equals(reached)) {
      return told;
    }
    return told
        + (ends.isEmpty() ? "; it stays in none" : "; it ends in " + String.join(", ", ends));
  }

  /** What keeps him from sending for a while. */
  private List<String> waits() {
    List<String> waits = new ArrayList<>();
    List<String> alarms = management.alarms();
    if (!alarms.isEmpty()) {
      waits.add("the alarm is over (" + String.join(", ", alarms) + ")");
    }
    if (management.publishPace(sender.user().name()).usedUp()) {
      waits.add("the publish rate of user '" + sender.user().name() + "' allows it");
    }
    return waits;
  }

  /** What he may: the virtual host, the exchange, and the key if that is a topic exchange. */
  ObjectNode permissions() {
    boolean enters = sender.user().mayEnter(sender.host().name());
    ObjectNode view = JsonViews.object().put("user", sender.user().name());
    view.put("vhost", word(enters));
    view.put("internal", exchange.internal());
    Optional<String> write = writeRefusal();
    view.put("write", word(write.isEmpty()));
    Optional<String> topic = topicRefusal();
    if (exchange.type() == ExchangeType.TOPIC) {
      view.put("topic", word(topic.isEmpty()));
    }
    return view;
  }

  /** What of it stands at the exchange: whether he may publish there, and if not why. */
  ObjectNode write() {
    Optional<Told> refused = entryRefusal();
    if (refused.isEmpty()) {
      refused = topicRefusal().map(text -> Told.refused(UNAUTHORIZED, text, "session"));
    }
    ObjectNode view = JsonViews.object().put("write", word(refused.isEmpty()));
    refused.ifPresent(told -> view.put("reason", told.reason()));
    return view;
  }

  private static String word(boolean allowed) {
    return allowed ? "allowed" : "refused";
  }

  /** What he may take of the node; what is not limited is left out. */
  ObjectNode limits() {
    ObjectNode view = JsonViews.object();
    view.put("message_bytes", asked.encodedBytes());
    view.put("message_bytes_max", messageBytesMax);
    PublishPace pace = management.publishPace(sender.user().name());
    if (!pace.rate().isNone()) {
      ObjectNode rate = view.putObject("publish_rate");
      if (pace.rate().messagesPerSecond() != UserLimits.UNLIMITED) {
        rate.put("messages_per_second", pace.rate().messagesPerSecond());
      }
      if (pace.rate().octetsPerSecond() != UserLimits.UNLIMITED) {
        rate.put("octets_per_second", pace.rate().octetsPerSecond());
      }
      rate.put("used_up", pace.usedUp());
    }
    ArrayNode alarms = view.putArray("alarms");
    management.alarms().forEach(alarms::add);
    return view;
  }
}
