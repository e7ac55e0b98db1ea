package dev.warren.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code warren browse}: looks into a queue without disturbing it. */
@Command(
    name = "browse",
    description = "Shows messages of a queue, and leaves them as they are.",
    mixinStandardHelpOptions = true)
final class BrowseCommand implements Callable<Integer> {
  private static final int PAGE_MAX = 500;

  private final BrokerCommand command;

  @Mixin private BrokerOptions broker = new BrokerOptions();
  @Mixin private HostOptions host = new HostOptions();
  @Mixin private Matching matching = new Matching();

  @Parameters(index = "0", paramLabel = "QUEUE")
  private String queue = "";

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "50",
      description = "at most so many messages (50)")
  private int limit = 50;

  @Option(names = "--unsettled", description = "those that consumers hold")
  private boolean unsettled;

  @Option(names = "--count", description = "only say how many there are that match")
  private boolean count;

  @Option(
      names = "--id",
      paramLabel = "ID",
      description = "one message with all it carries, as JSON")
  private Optional<String> id = Optional.empty();

  BrowseCommand(BrokerCommand command) {
    this.command = command;
  }

  @Override
  public Integer call() {
    Api api = broker.open(command.environment());
    String path =
        "/queues/%s/%s/messages".formatted(host.encoded(command.environment()), Api.encoded(queue));
    if (id.isPresent()) {
      command.json(api.get(path + "/" + Api.encoded(id.get())));
    } else if (count) {
      count(api, path + "/count");
    } else {
      show(api, path);
    }
    return BrokerCommand.OK;
  }

  private String state() {
    return "?state=" + (unsettled ? "unsettled" : "ready") + matching.query();
  }

  private void count(Api api, String path) {
    long matched = 0;
    String after = "";
    while (true) {
      JsonNode part = api.get(path + state() + after);
      matched += part.path("matched").asLong();
      if (!part.hasNonNull("next")) {
        break;
      }
      after = "&after=" + part.path("next").asText();
    }
    if (broker.isJson()) {
      command.json(JsonNodeFactory.instance.objectNode().put("matched", matched));
    } else {
      command.out().println(matched);
    }
  }

  private void show(Api api, String path) {
    ArrayNode found = JsonNodeFactory.instance.arrayNode();
    String after = "";
    while (found.size() < limit) {
      int wanted = Math.min(PAGE_MAX, limit - found.size());
      JsonNode page = api.get(path + state() + "&limit=" + wanted + "&body_bytes=100" + after);
      page.path("items").forEach(found::add);
      if (!page.hasNonNull("next")) {
        break;
      }
      after = "&after=" + page.path("next").asText();
    }
    if (broker.isJson()) {
      command.json(found);
    } else {
      print(found);
    }
  }

  private void print(ArrayNode found) {
    Table table =
        new Table(List.of("id", "came", "exchange", "routing key", "octets", "deliveries", "body"));
    for (JsonNode message : found) {
      table.add(
          List.of(
              message.path("id"),
              time(message.path("enqueued_at")),
              message.path("exchange"),
              message.path("routing_key"),
              message.path("body_bytes"),
              message.path("delivery_count"),
              message.path("preview")));
    }
    table.print(command.out());
  }

  private static JsonNode time(JsonNode ms) {
    return ms.isNumber()
        ? JsonNodeFactory.instance.textNode(Instant.ofEpochMilli(ms.asLong()).toString())
        : ms;
  }
}
