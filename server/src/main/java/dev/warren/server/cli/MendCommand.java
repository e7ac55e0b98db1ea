package dev.warren.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code warren move}, {@code copy}, {@code retry} and {@code drop}. */
@Command
final class MendCommand extends Subcommand {
  private final String action;
  private final Optional<Destination> to;

  @Mixin private HostOptions host = new HostOptions();
  @Mixin private Matching matching = new Matching();

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "QUEUE")
  private String queue = "";

  @Option(names = "--id", paramLabel = "ID", description = "this message; may be repeated")
  private List<String> ids = new ArrayList<>();

  @Option(names = "--all", description = "all messages")
  private boolean all;

  @Option(
      names = "--limit",
      paramLabel = "N",
      converter = Count.class,
      description = "at most so many")
  private Optional<Integer> limit = Optional.empty();

  @Option(
      names = "--rate",
      paramLabel = "N",
      converter = Count.class,
      description = "at most so many a second")
  private Optional<Integer> rate = Optional.empty();

  @Option(names = "--dry-run", description = "only say how many messages it would be")
  private boolean dryRun;

  @Option(
      names = "--no-wait",
      description = "do not wait for the end: 'warren mendings follow ID' does")
  private boolean noWait;

  private MendCommand(BrokerCommand command, String action, Optional<Destination> to) {
    super(command);
    this.action = action;
    this.to = to;
  }

  /** Where messages go. */
  private static final class Destination {
    @Option(names = "--to-queue", paramLabel = "QUEUE", description = "to this queue")
    private Optional<String> queue = Optional.empty();

    @Option(names = "--to-exchange", paramLabel = "EXCHANGE", description = "or to this exchange")
    private Optional<String> exchange = Optional.empty();

    @Option(
        names = "--key",
        paramLabel = "KEY",
        description = "the routing key there (each message's own)")
    private Optional<String> key = Optional.empty();

    /** Tells it to the broker. */
    void put(ObjectNode order) {
      queue.ifPresent(name -> order.putObject("to").put("queue", name));
      exchange.ifPresent(
          name -> {
            ObjectNode to = order.putObject("to").put("exchange", name);
            key.ifPresent(text -> to.put("routing_key", text));
          });
    }
  }

  /** The sub-command that moves or copies. */
  static CommandLine toSomewhere(BrokerCommand command, String action) {
    Destination to = new Destination();
    CommandLine line = new CommandLine(new MendCommand(command, action, Optional.of(to)));
    line.getCommandSpec().addMixin("to", CommandSpec.forAnnotatedObject(to));
    return line;
  }

  /** The sub-command for what needs no destination. */
  static CommandLine here(BrokerCommand command, String action) {
    return new CommandLine(new MendCommand(command, action, Optional.empty()));
  }

  @Override
  public Integer call() throws InterruptedException {
    check();
    Api api = api();
    String path =
        "/queues/%s/%s/mend".formatted(host.encoded(command().environment()), Api.encoded(queue));
    ObjectNode order = order();
    if (dryRun) {
      JsonNode counted = api.send("POST", path, order.put("dry_run", true));
      if (isJson()) {
        command().json(counted);
      } else {
        command().out().println(counted.path("matched").asLong());
        if (counted.path("skipped").asLong() > 0) {
          command().err().println(counted.path("skipped").asLong() + " more would be skipped");
        }
      }
      return BrokerCommand.OK;
    }
    MendingFollower follower = new MendingFollower(api, command());
    if (command().terminal().showsProgress() && !noWait) {
      follower.expect(counted(api, path, order.deepCopy().put("dry_run", true)));
    }
    JsonNode mending = api.send("POST", path, order);
    return follower.tell(noWait ? mending : follower.untilItIsOver(mending, true), isJson());
  }

  /** Only for the display, so that a failure of it is none: what is wrong is told later anyway. */
  private static long counted(Api api, String path, ObjectNode order) {
    try {
      return api.send("POST", path, order).path("matched").asLong();
    } catch (RefusedException e) {
      return 0;
    }
  }

  private void check() {
    int ways = (all ? 1 : 0) + (ids.isEmpty() ? 0 : 1) + (matching.isGiven() ? 1 : 0);
    if (ways == 0) {
      throw usage("say which messages: --filter, --text or --id, or --all for every one");
    }
    if (ways > 1) {
      throw usage("--all, --id, and --filter with --text are three ways to say which messages");
    }
    to.ifPresent(
        where -> {
          if (where.queue.isPresent() == where.exchange.isPresent()) {
            throw usage("say where to: --to-queue or --to-exchange");
          }
          if (where.key.isPresent() && where.queue.isPresent()) {
            throw usage("--key goes with --to-exchange");
          }
        });
  }

  private ParameterException usage(String text) {
    return new ParameterException(spec.commandLine(), text);
  }

  private ObjectNode order() {
    ObjectNode order = JsonNodeFactory.instance.objectNode().put("action", action);
    if (!ids.isEmpty()) {
      ids.forEach(order.putArray("ids")::add);
    } else if (all) {
      order.put("all", true);
    }
    matching.filter().ifPresent(sql -> order.put("filter", sql));
    matching.text().ifPresent(text -> order.put("text", text));
    to.ifPresent(where -> where.put(order));
    limit.ifPresent(count -> order.put("limit", count));
    rate.ifPresent(count -> order.put("rate", count));
    return order;
  }
}
