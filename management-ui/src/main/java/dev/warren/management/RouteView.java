package dev.warren.management;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.core.broker.Management;
import dev.warren.core.broker.MessageForecast;
import dev.warren.core.broker.MessageForecast.Letter;
import dev.warren.core.broker.MessageForecast.Stop;
import dev.warren.core.broker.QueueForecast;
import dev.warren.core.broker.VirtualHost;
import dev.warren.core.message.Envelope;
import dev.warren.core.routing.Destination;
import dev.warren.core.routing.RouteExplanation.Explained;
import dev.warren.core.routing.RouteExplanation.Step;
import dev.warren.core.routing.RouteExplanation.Test;
import java.util.HashSet;
import java.util.Set;

/**
 * An explained route as JSON, with what its queues would do and where their dead letters would go.
 * For one explanation; owned by its thread.
 */
final class RouteView {
  /**
   * So many paths of dead letters there may be later are followed; the text says where one ends.
   */
  private static final int DEAD_LETTER_PATHS_MAX = 20;

  private final VirtualHost host;
  private final Management management;
  private final MessageForecast forecast;
  private final Set<String> told = new HashSet<>();
  private int pathsLeft = DEAD_LETTER_PATHS_MAX;

  RouteView(VirtualHost host, Management management, MessageForecast forecast) {
    this.host = host;
    this.management = management;
    this.forecast = forecast;
  }

  /** The whole way, from the exchange the message is published to. */
  ObjectNode tree() {
    return letter(forecast.first(), "publish");
  }

  /** The way of the message or of a dead letter. */
  private ObjectNode letter(Letter letter, String via) {
    Explained explained = letter.explained();
    return explained == null
        ? end(
            letter.message().envelope().exchange(),
            "there is no such exchange: dead letters are dropped")
        : exchange(letter, explained.first(), via);
  }

  /**
   * An exchange on the way.
   *
   * @param via how it was reached: publish, binding, alternate-exchange or dead-letter
   */
  private ObjectNode exchange(Letter letter, Step step, String via) {
    ObjectNode view = JsonViews.object();
    view.put("kind", "exchange");
    view.put("name", step.exchange().name());
    view.put("type", step.exchange().definition().type().text());
    view.put("via", via);
    if (step.isRepeated()) {
      view.put("visited", true);
    }
    ArrayNode bindings = view.putArray("bindings");
    step.tests().forEach(test -> bindings.add(binding(letter, test)));
    if (step.untold() > 0) {
      view.put("not_shown", step.untold());
    }
    Step alternate = step.alternate();
    String missing = step.missingAlternate();
    if (alternate != null) {
      view.set("alternate", exchange(letter, alternate, "alternate-exchange"));
    } else if (missing != null) {
      view.set(
          "alternate",
          end(missing, "there is no exchange of this name: the alternate exchange is missing"));
    }
    return view;
  }

  private ObjectNode binding(Letter letter, Test test) {
    ObjectNode view = JsonViews.object();
    view.put("destination", test.binding().destination().name());
    view.put(
        "destination_type",
        test.binding().destination() instanceof Destination.QueueName ? "queue" : "exchange");
    view.put("routing_key", test.binding().bindingKey());
    view.set("arguments", JsonViews.map(test.binding().arguments()));
    view.put("matched", test.matched());
    view.put("why", test.why());
    Step next = test.next();
    Stop stop = test.queue() == null ? null : letter.stops().get(test.queue().name());
    if (next != null) {
      view.set("target", exchange(letter, next, "binding"));
    } else if (stop != null) {
      view.set("target", queue(test.binding().destination().name(), stop));
    }
    return view;
  }

  private ObjectNode queue(String name, Stop stop) {
    QueueForecast forecastHere = stop.forecast();
    ObjectNode view = JsonViews.object();
    view.put("kind", "queue");
    view.put("name", name);
    management
        .queue(host.name(), name)
        .ifPresent(
            info -> {
              view.put("type", info.type());
              view.put("messages", info.figures().messages());
              view.put("consumers", info.figures().consumers());
            });
    view.put("accepts", forecastHere.accepts());
    view.put("fate", forecastHere.fate().text());
    view.put("why", why(stop));
    view.put("certain", forecastHere.certain());
    view.put("displaces", forecastHere.displaces());
    if (forecastHere.ttlMs() >= 0) {
      view.put("ttl", forecastHere.ttlMs());
    }
    addDeadLetters(view, name, stop);
    return view;
  }

  private static String why(Stop stop) {
    boolean lost = stop.forecast().death().isPresent() && !stop.hasDeadLetterExchange();
    return stop.forecast().why() + (lost ? "; there is no dead-letter exchange: it is gone" : "");
  }

  private void addDeadLetters(ObjectNode view, String queue, Stop stop) {
    Letter now = stop.next();
    if (now != null) {
      view.set("dead_letter", dead(letter(now, "dead-letter"), now, "at once"));
    } else if (stop.forecast().mayDie()) {
      forecast.later(stop).ifPresent(letter -> addLater(view, queue, stop, letter));
    }
  }

  private void addLater(ObjectNode view, String queue, Stop stop, Letter letter) {
    ObjectNode path;
    String exchange = letter.message().envelope().exchange();
    if (!told.add(queue)) {
      path = end(exchange, "the dead letters of this queue are told above");
    } else if (pathsLeft-- <= 0) {
      path = end(exchange, "no more dead-letter paths are told here");
    } else {
      path = letter(letter, "dead-letter");
    }
    view.set("dead_letter", dead(path, letter, when(stop.forecast())));
  }

  private static String when(QueueForecast forecast) {
    if (forecast.death().isPresent()) {
      return "at once";
    }
    if (forecast.ttlMs() == 0) {
      return "when it comes to the head of the queue";
    }
    return forecast.ttlMs() > 0
        ? "after %d ms, unless a consumer takes it before".formatted(forecast.ttlMs())
        : "if a consumer rejects it or the queue drops it";
  }

  private static ObjectNode dead(ObjectNode path, Letter letter, String when) {
    Envelope to = letter.message().envelope();
    return path.put("routing_key", to.routingKey()).put("when", when);
  }

  private static ObjectNode end(String exchange, String why) {
    return JsonViews.object().put("kind", "end").put("name", exchange).put("why", why);
  }
}
