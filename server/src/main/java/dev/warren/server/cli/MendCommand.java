package dev.warren.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code warren move}, {@code copy}, {@code retry} and {@code drop}. */
@Command(mixinStandardHelpOptions = true)
final class MendCommand implements Callable<Integer> {
  private static final long POLL_MS = 250;

  private final BrokerCommand command;
  private final String action;

  @Mixin private BrokerOptions broker = new BrokerOptions();
  @Mixin private HostOptions host = new HostOptions();
  @Mixin private Matching matching = new Matching();

  @Parameters(index = "0", paramLabel = "QUEUE")
  private String queue = "";

  @Option(names = "--to-queue", paramLabel = "QUEUE", description = "for move and copy")
  private Optional<String> toQueue = Optional.empty();

  @Option(names = "--to-exchange", paramLabel = "EXCHANGE", description = "for move and copy")
  private Optional<String> toExchange = Optional.empty();

  @Option(
      names = "--key",
      paramLabel = "KEY",
      description = "the routing key there (each message's own)")
  private Optional<String> key = Optional.empty();

  @Option(names = "--id", paramLabel = "ID", description = "this message; may be repeated")
  private List<String> ids = new ArrayList<>();

  @Option(names = "--all", description = "all messages")
  private boolean all;

  @Option(names = "--limit", paramLabel = "N", description = "at most so many")
  private Optional<Integer> limit = Optional.empty();

  @Option(names = "--rate", paramLabel = "N", description = "at most so many a second")
  private Optional<Integer> rate = Optional.empty();

  @Option(names = "--dry-run", description = "only say how many messages it would be")
  private boolean dryRun;

  @Option(names = "--no-wait", description = "do not wait for the end")
  private boolean noWait;

  MendCommand(BrokerCommand command, String action) {
    this.command = command;
    this.action = action;
  }

  @Override
  public Integer call() throws InterruptedException {
    Api api = broker.open(command.environment());
    String path =
        "/queues/%s/%s/mend".formatted(host.encoded(command.environment()), Api.encoded(queue));
    JsonNode answer = api.send("POST", path, order());
    if (!dryRun && !noWait) {
      answer = await(api, answer);
    }
    if (broker.isJson()) {
      command.json(answer);
    } else if (dryRun) {
      command.out().println(answer.path("matched").asLong());
    } else {
      command.out().println(told(answer));
    }
    return answer.path("state").asText().equals("failed")
        ? BrokerCommand.REFUSED
        : BrokerCommand.OK;
  }

  private ObjectNode order() {
    ObjectNode order = JsonNodeFactory.instance.objectNode().put("action", action);
    if (!ids.isEmpty()) {
      var array = order.putArray("ids");
      ids.forEach(array::add);
    } else if (all) {
      order.put("all", true);
    }
    matching.filter().ifPresent(sql -> order.put("filter", sql));
    matching.text().ifPresent(text -> order.put("text", text));
    toQueue.ifPresent(name -> order.putObject("to").put("queue", name));
    toExchange.ifPresent(
        name -> {
          ObjectNode to = order.putObject("to").put("exchange", name);
          key.ifPresent(text -> to.put("routing_key", text));
        });
    limit.ifPresent(count -> order.put("limit", count));
    rate.ifPresent(count -> order.put("rate", count));
    if (dryRun) {
      order.put("dry_run", true);
    }
    return order;
  }

  private static JsonNode await(Api api, JsonNode begun) throws InterruptedException {
    String path = "/mendings/" + Api.encoded(begun.path("id").asText());
    JsonNode now = begun;
    while (now.path("state").asText().equals("running")) {
      TimeUnit.MILLISECONDS.sleep(POLL_MS);
      now = api.get(path);
    }
    return now;
  }

  private static String told(JsonNode mending) {
    String failed = mending.path("failed").asText("");
    return "%s: %d messages%s%s"
        .formatted(
            mending.path("state").asText(),
            mending.path("mended").asLong(),
            mending.path("skipped").asLong() > 0
                ? ", " + mending.path("skipped").asLong() + " skipped"
                : "",
            failed.isEmpty() ? "" : ": " + Table.printable(failed));
  }
}
