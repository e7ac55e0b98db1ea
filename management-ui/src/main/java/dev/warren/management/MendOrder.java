package dev.warren.management;

import dev.warren.core.broker.Readdressed;
import dev.warren.core.message.Envelope;
import dev.warren.core.message.Message;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * What somebody wants done with messages of a queue. Immutable.
 *
 * @param target where to, of a move or a copy; empty otherwise
 * @param ids those chosen, rising; empty if {@code search} chooses
 * @param rate messages a second, or 0 for as many as possible
 * @param limit messages to mend at most
 */
record MendOrder(
    Action action,
    Optional<Target> target,
    List<Long> ids,
    MessageSearch search,
    int rate,
    long limit,
    boolean dryRun) {
  private static final int IDS_MAX = 10_000;
  private static final int RATE_MAX = 1_000_000;

  /** What is done with each. */
  enum Action {
    MOVE,
    COPY,
    /** Back to the queue in which it died first. */
    RETRY,
    DELETE;

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    boolean removes() {
      return this != COPY;
    }
  }

  /** An exchange with a routing key, or with that of the message if empty. */
  record Target(String exchange, Optional<String> routingKey) {
    Envelope of(Message message) {
      return routingKey
          .map(key -> Envelope.of(exchange, key))
          .orElseGet(() -> Envelope.of(exchange, message.envelope().routingKey()));
    }
  }

  /** Copies the list. */
  MendOrder {
    ids = List.copyOf(ids);
  }

  /**
   * Reads an order.
   *
   * @throws ApiException 400 naming the field that is wrong
   */
  static MendOrder read(JsonBody body) {
    body.only("action", "ids", "filter", "text", "all", "to", "rate", "limit", "dry_run")
        .object("to")
        .ifPresent(to -> to.only("queue", "exchange", "routing_key"));
    Action action = action(body);
    List<Long> ids = ids(body);
    boolean all = body.flag("all", false);
    MessageSearch search = MessageSearch.of(body.text("filter"), body.text("text"));
    boolean chooses = !ids.isEmpty() || body.has("ids");
    if (chooses && (all || !search.isForAll())) {
      throw body.invalid("ids", "either ids were expected, or filter, text or all");
    }
    if (!chooses && !all && search.isForAll()) {
      throw body.invalid("ids, filter or text was expected, or all: true for every message");
    }
    return new MendOrder(
        action,
        target(body, action),
        ids,
        search,
        number(body, "rate", 0, RATE_MAX),
        number(body, "limit", Integer.MAX_VALUE, Integer.MAX_VALUE),
        body.flag("dry_run", false));
  }

  private static Action action(JsonBody body) {
    String text = body.requiredText("action");
    for (Action action : Action.values()) {
      if (action.text().equals(text)) {
        return action;
      }
    }
    throw body.invalid("action", "move, copy, retry or delete was expected, not '" + text + "'");
  }

  private static List<Long> ids(JsonBody body) {
    List<String> given = body.words("ids").orElse(List.of());
    if (given.size() > IDS_MAX) {
      throw body.invalid(
          "ids", "there are %d, at most %d were expected".formatted(given.size(), IDS_MAX));
    }
    TreeSet<Long> ids = new TreeSet<>();
    for (String text : given) {
      try {
        ids.add(Long.parseLong(text));
      } catch (NumberFormatException e) {
        throw body.invalid("ids", "the id of a message was expected, not '" + text + "'");
      }
    }
    return new ArrayList<>(ids);
  }

  private static Optional<Target> target(JsonBody body, Action action) {
    boolean needed = action == Action.MOVE || action == Action.COPY;
    Optional<JsonBody> to = body.object("to");
    if (!needed && to.isPresent()) {
      throw body.invalid("to", "none was expected with " + action.text());
    }
    if (!needed) {
      return Optional.empty();
    }
    JsonBody target = to.orElseThrow(() -> body.invalid("to", "is missing"));
    Optional<String> queue = target.text("queue");
    Optional<String> exchange = target.text("exchange");
    if (queue.isPresent() == exchange.isPresent()) {
      throw target.invalid("either queue or exchange was expected");
    }
    return Optional.of(
        queue
            .map(name -> new Target("", Optional.of(name)))
            .orElseGet(
                () ->
                    new Target(
                        TopologyAccess.exchangeName(exchange.orElseThrow()),
                        target.text("routing_key"))));
  }

  private static int number(JsonBody body, String field, int otherwise, int max) {
    int number = body.number(field).orElse(otherwise);
    if ((number < 1 && body.has(field)) || number > max) {
      throw body.invalid(field, "1 to " + max + " was expected");
    }
    return number;
  }

  /** Which messages, and what becomes of them, for the audit trail. */
  Map<String, Object> described() {
    Map<String, Object> described = new LinkedHashMap<>();
    described.put("action", action.text());
    target.ifPresent(
        to -> {
          described.put("exchange", to.exchange());
          to.routingKey().ifPresent(key -> described.put("routing_key", key));
        });
    if (!ids.isEmpty()) {
      described.put("ids", ids.size());
    }
    search.described().forEach(described::put);
    if (limit != Integer.MAX_VALUE) {
      described.put("limit", limit);
    }
    if (rate != 0) {
      described.put("rate", rate);
    }
    return described;
  }

  /** Why this message is left alone, if it is, given why its destination is refused. */
  Optional<String> skips(Message message, Function<Envelope, Optional<String>> refusal) {
    if (action == Action.DELETE) {
      return Optional.empty();
    }
    Optional<Envelope> to = destination(message);
    return to.isEmpty()
        ? Optional.of("it was never dead-lettered, so there is no queue to send it back to")
        : refusal.apply(to.get());
  }

  /** Where a message goes; empty if it is deleted, or has no origin to go back to. */
  Optional<Envelope> destination(Message message) {
    return action == Action.RETRY
        ? Readdressed.origin(message).map(queue -> Envelope.of("", queue))
        : target.map(to -> to.of(message));
  }
}
