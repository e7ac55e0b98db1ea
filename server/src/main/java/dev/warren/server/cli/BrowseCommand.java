package dev.warren.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code warren browse}: looks into a queue without disturbing it. */
@Command(name = "browse", description = "Shows messages of a queue, and leaves them as they are.")
final class BrowseCommand extends Subcommand {
  private static final int PAGE_MAX = 500;
  private static final List<String> COLUMNS =
      List.of("id", "enqueued_at", "exchange", "routing_key", "size_bytes", "delivery_count");

  @Mixin private HostOptions host = new HostOptions();
  @Mixin private Matching matching = new Matching();

  @Parameters(index = "0", paramLabel = "QUEUE")
  private String queue = "";

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "50",
      converter = Count.class,
      description = "at most so many messages (50)")
  private int limit = 50;

  @Option(names = "--unsettled", description = "those that consumers hold")
  private boolean unsettled;

  @Option(names = "--count", description = "only say how many there are that match")
  private boolean count;

  @Option(names = "--id", paramLabel = "ID", description = "one message with all it carries")
  private Optional<String> id = Optional.empty();

  BrowseCommand(BrokerCommand command) {
    super(command);
  }

  @Override
  public Integer call() {
    Api api = api();
    String path =
        "/queues/%s/%s/messages"
            .formatted(host.encoded(command().environment()), Api.encoded(queue));
    if (id.isPresent()) {
      JsonNode message = api.get(path + "/" + Api.encoded(id.get()));
      if (isJson()) {
        command().json(message);
      } else {
        MessageText.print(message, command().out());
      }
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
    if (isJson()) {
      command().json(JsonNodeFactory.instance.objectNode().put("matched", matched));
    } else {
      command().out().println(matched);
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
    if (isJson()) {
      command().json(found);
    } else {
      print(found);
    }
  }

  private void print(ArrayNode found) {
    List<String> columns = new ArrayList<>(COLUMNS);
    if (unsettled) {
      columns.addAll(List.of("acquired_at", "connection"));
    }
    columns.add("preview");
    Table table = new Table(columns);
    found.forEach(message -> table.add(columns.stream().map(message::path).toList()));
    command().print(table);
  }
}
