package dev.warren.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.management.RateSampler.ConnectionFigure;
import dev.warren.management.RateSampler.QueueFigure;
import dev.warren.management.RateSampler.TotalFigure;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The pieces of JSON several objects share: arguments, and counters with their rates (contract
 * §11.1). Owned by the management worker, because it reads the sampler.
 */
final class JsonViews {
  private static final int[] DELIVER_GET = {
    QueueFigure.DELIVER, QueueFigure.DELIVER_NO_ACK, QueueFigure.GET
  };

  private final RateSampler sampler;
  private final long sampleIntervalMs;

  JsonViews(RateSampler sampler, long sampleIntervalMs) {
    this.sampler = sampler;
    this.sampleIntervalMs = sampleIntervalMs;
  }

  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  static ArrayNode array() {
    return JsonNodeFactory.instance.arrayNode();
  }

  /** A map of plain values, as arguments and client properties are. */
  static ObjectNode map(Map<?, ?> values) {
    ObjectNode node = object();
    values.forEach((key, value) -> node.set(String.valueOf(key), value(value)));
    return node;
  }

  static JsonNode value(@Nullable Object value) {
    JsonNodeFactory json = JsonNodeFactory.instance;
    if (value == null) {
      return json.nullNode();
    }
    if (value instanceof Boolean flag) {
      return json.booleanNode(flag);
    }
    if (value instanceof Double || value instanceof Float) {
      return json.numberNode(((Number) value).doubleValue());
    }
    if (value instanceof Number number) {
      return json.numberNode(number.longValue());
    }
    if (value instanceof Map<?, ?> map) {
      return map(map);
    }
    if (value instanceof List<?> list) {
      ArrayNode array = array();
      list.forEach(item -> array.add(value(item)));
      return array;
    }
    if (value instanceof byte[] bytes) {
      return json.binaryNode(bytes);
    }
    return json.textNode(value.toString());
  }

  /** A queue's {@code message_stats}; empty before the first sample. */
  ObjectNode queueStats(@Nullable History history, Optional<SampleRange> range) {
    ObjectNode stats = object();
    if (history == null) {
      return stats;
    }
    counter(stats, "publish", history, range, QueueFigure.PUBLISH);
    counter(stats, "deliver", history, range, QueueFigure.DELIVER);
    counter(stats, "deliver_no_ack", history, range, QueueFigure.DELIVER_NO_ACK);
    counter(stats, "deliver_get", history, range, DELIVER_GET);
    counter(stats, "redeliver", history, range, QueueFigure.REDELIVER);
    counter(stats, "ack", history, range, QueueFigure.ACK);
    counter(stats, "get", history, range, QueueFigure.GET);
    counter(stats, "get_empty", history, range, QueueFigure.GET_EMPTY);
    neverWithoutSettling(stats);
    return stats;
  }

  /** Whoever gets a message here settles it: it is a way to get that nobody can go. */
  private static void neverWithoutSettling(ObjectNode stats) {
    stats.put("get_no_ack", 0);
    stats.putObject("get_no_ack_details").put("rate", 0.0);
  }

  /** The broker's {@code message_stats}. */
  ObjectNode totalStats(Optional<SampleRange> range) {
    History totals = sampler.totals();
    ObjectNode stats = messageStats(totals, range, 0);
    counter(stats, "publish_in", totals, range, TotalFigure.PUBLISH);
    counter(stats, "publish_out", totals, range, TotalFigure.PUBLISH_OUT);
    return stats;
  }

  /** A virtual host's {@code message_stats}, without confirms, which are not counted apart. */
  ObjectNode virtualHostStats(@Nullable History history, Optional<SampleRange> range) {
    if (history == null) {
      return object();
    }
    ObjectNode stats = messageStats(history, range, 0);
    stats.remove(List.of("confirm", "confirm_details"));
    return stats;
  }

  /** A connection's {@code message_stats}; empty before the first sample. */
  ObjectNode connectionStats(@Nullable History history, Optional<SampleRange> range) {
    return history == null ? object() : messageStats(history, range, ConnectionFigure.MESSAGES);
  }

  /** From the figures that begin at {@code first}, in the order of {@link TotalFigure}. */
  private ObjectNode messageStats(History history, Optional<SampleRange> range, int first) {
    ObjectNode stats = object();
    counter(stats, "publish", history, range, first + TotalFigure.PUBLISH);
    counter(stats, "confirm", history, range, first + TotalFigure.CONFIRM);
    counter(stats, "return_unroutable", history, range, first + TotalFigure.RETURN_UNROUTABLE);
    counter(stats, "drop_unroutable", history, range, first + TotalFigure.DROP_UNROUTABLE);
    counter(stats, "deliver", history, range, first + TotalFigure.DELIVER);
    counter(stats, "deliver_no_ack", history, range, first + TotalFigure.DELIVER_NO_ACK);
    counter(
        stats,
        "deliver_get",
        history,
        range,
        first + TotalFigure.DELIVER,
        first + TotalFigure.DELIVER_NO_ACK,
        first + TotalFigure.GET);
    counter(stats, "get", history, range, first + TotalFigure.GET);
    counter(stats, "get_empty", history, range, first + TotalFigure.GET_EMPTY);
    neverWithoutSettling(stats);
    counter(stats, "redeliver", history, range, first + TotalFigure.REDELIVER);
    counter(stats, "ack", history, range, first + TotalFigure.ACK);
    return stats;
  }

  /** A counter as it was sampled, with its {@code X_details}. */
  void counter(
      ObjectNode target,
      String name,
      History history,
      Optional<SampleRange> range,
      int... figures) {
    target.put(name, history.latest(figures));
    details(target, name, history, range, figures);
  }

  /** Sets {@code X_details}: the rate, and the samples if a range is asked for. */
  void details(
      ObjectNode target,
      String name,
      @Nullable History history,
      Optional<SampleRange> range,
      int... figures) {
    double rate = 0;
    for (int figure : figures) {
      rate += sampler.rate(history, figure);
    }
    ObjectNode details = target.putObject(name + "_details");
    details.put("rate", rate);
    if (range.isPresent() && history != null) {
      addSamples(details, history, range.get(), figures);
    }
  }

  /** The last minute sample by sample, and what is kept of the hour before. */
  private void addSamples(ObjectNode details, History history, SampleRange range, int... figures) {
    SampleRow row = new SampleRow(details, range, sampleIntervalMs);
    row.addAll(history, sampler.times(), figures);
    History longer = history.longer();
    if (longer != null) {
      row.addAll(longer, sampler.minutes(), figures);
    }
    row.end();
  }
}
