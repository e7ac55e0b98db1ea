package dev.warren.management;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.core.broker.Management;
import dev.warren.core.broker.QueueForecast;
import dev.warren.core.broker.VirtualHost;
import dev.warren.core.message.Envelope;
import dev.warren.core.message.Message;
import dev.warren.core.routing.Destination;
import dev.warren.core.routing.RouteExplanation;
import dev.warren.core.routing.RouteExplanation.Explained;
import dev.warren.core.routing.RouteExplanation.Step;
import dev.warren.core.routing.RouteExplanation.Test;
import dev.warren.core.routing.RoutedQueue;
import java.util.HashSet;
import java.util.Set;

/**
 * An explained route as JSON, with what its queues would do and where their dead letters would go.
 * For one explanation; owned by its thread.
 */
final class RouteView {
  /** So many dead-letter paths are followed; the text says where one would go on. */
  private static final int DEAD_LETTER_PATHS_MAX = 20;

  private final VirtualHost host;
  private final Management management;
  private final Message message;
  private final Set<String> told = new HashSet<>();
  private int pathsLeft = DEAD_LETTER_PATHS_MAX;

  RouteView(VirtualHost host, Management management, Message message) {
    this.host = host;
    this.management = management;
    this.message = message;
  }

  /**
   * An exchange on the way.
   *
   * @param via how it was reached: publish, binding, alternate-exchange or dead-letter
   */
  ObjectNode exchange(Step step, String via) {
    ObjectNode view = JsonViews.object();
    view.put("kind", "exchange");
    view.put("name", step.exchange().name());
    view.put("type", step.exchange().definition().type().text());
    view.put("via", via);
    if (step.isRepeated()) {
      view.put("visited", true);
    }
    ArrayNode bindings = view.putArray("bindings");
    step.tests().forEach(test -> bindings.add(binding(test)));
    if (step.untold() > 0) {
      view.put("not_shown", step.untold());
    }
    Step alternate = step.alternate();
    if (alternate != null) {
      view.set("alternate", exchange(alternate, "alternate-exchange"));
    }
    return view;
  }

  private ObjectNode binding(Test test) {
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
    RoutedQueue queue = test.queue();
    if (next != null) {
      view.set("target", exchange(next, "binding"));
    } else if (queue != null) {
      view.set("target", queue(queue));
    }
    return view;
  }

  private ObjectNode queue(RoutedQueue queue) {
    QueueForecast forecast = QueueForecast.of(queue, message);
    ObjectNode view = JsonViews.object();
    view.put("kind", "queue");
    view.put("name", queue.name());
    management
        .queue(host.name(), queue.name())
        .ifPresent(
            info -> {
              view.put("type", info.type());
              view.put("messages", info.figures().ready() + info.figures().unsettled());
              view.put("consumers", info.figures().consumers());
            });
    view.put("accepts", forecast.accepts());
    view.put("why", forecast.why());
    forecast.deadLetters().ifPresent(to -> addDeadLetters(view, queue, to));
    return view;
  }

  private void addDeadLetters(ObjectNode view, RoutedQueue queue, Envelope to) {
    ObjectNode path = deadLetters(queue, to);
    path.put("routing_key", to.routingKey());
    view.set("dead_letter", path);
  }

  private ObjectNode deadLetters(RoutedQueue queue, Envelope to) {
    if (!told.add(queue.name())) {
      return end(to, "the dead letters of this queue are told above");
    }
    if (pathsLeft-- <= 0) {
      return end(to, "no more dead-letter paths are told here");
    }
    Explained explained = RouteExplanation.of(host.topology(), to, message);
    return explained == null
        ? end(to, "there is no such exchange: dead letters are dropped")
        : exchange(explained.first(), "dead-letter");
  }

  private static ObjectNode end(Envelope to, String why) {
    return JsonViews.object().put("kind", "end").put("name", to.exchange()).put("why", why);
  }
}
