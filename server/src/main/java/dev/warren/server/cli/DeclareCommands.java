package dev.warren.server.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code warren declare}: queues, exchanges, bindings and virtual hosts. Stateless. */
final class DeclareCommands {
  private static final String SEE = "x-argument=value; may be repeated";

  private DeclareCommands() {}

  static CommandLine line(BrokerCommand command) {
    return new CommandLine(new Declare())
        .addSubcommand("queue", new Queue(command))
        .addSubcommand("exchange", new Exchange(command))
        .addSubcommand("binding", new Binding(command))
        .addSubcommand("vhost", new Host(command));
  }

  /** The group; it does nothing itself. */
  @Command(
      name = "declare",
      description = "Makes something, or checks that it is there.",
      mixinStandardHelpOptions = true)
  private static final class Declare {}

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  /** {@code warren declare queue}. */
  @Command(
      name = "queue",
      description = "Declares a durable queue.",
      mixinStandardHelpOptions = true)
  private static final class Queue implements Callable<Integer> {
    private final BrokerCommand command;

    @Mixin private BrokerOptions broker = new BrokerOptions();
    @Mixin private HostOptions host = new HostOptions();

    @Parameters(index = "0", paramLabel = "NAME")
    private String name = "";

    @Option(
        names = "--type",
        paramLabel = "TYPE",
        description = "classic or quorum (the virtual host's default)")
    private Optional<String> type = Optional.empty();

    @Option(names = "--transient", description = "gone when the broker stops")
    private boolean isTransient;

    @Option(names = "--auto-delete", description = "deleted with its last consumer")
    private boolean autoDelete;

    @Option(names = "--argument", paramLabel = "NAME=VALUE", description = SEE)
    private Map<String, String> arguments = new LinkedHashMap<>();

    Queue(BrokerCommand command) {
      this.command = command;
    }

    @Override
    public Integer call() {
      type.ifPresent(text -> arguments.put("x-queue-type", text));
      ObjectNode body = object();
      body.put("durable", !isTransient).put("auto_delete", autoDelete);
      body.set("arguments", Arguments.json(arguments));
      var unused =
          broker
              .open(command.environment())
              .send(
                  "PUT",
                  "/queues/" + host.encoded(command.environment()) + "/" + Api.encoded(name),
                  body);
      return BrokerCommand.OK;
    }
  }

  /** {@code warren declare exchange}. */
  @Command(
      name = "exchange",
      description = "Declares an exchange.",
      mixinStandardHelpOptions = true)
  private static final class Exchange implements Callable<Integer> {
    private final BrokerCommand command;

    @Mixin private BrokerOptions broker = new BrokerOptions();
    @Mixin private HostOptions host = new HostOptions();

    @Parameters(index = "0", paramLabel = "NAME")
    private String name = "";

    @Option(
        names = "--type",
        paramLabel = "TYPE",
        defaultValue = "direct",
        description = "direct, topic, fanout or headers (direct)")
    private String type = "direct";

    @Option(names = "--transient", description = "gone when the broker stops")
    private boolean isTransient;

    @Option(names = "--auto-delete", description = "deleted with its last binding")
    private boolean autoDelete;

    @Option(names = "--internal", description = "only exchanges publish to it")
    private boolean internal;

    @Option(names = "--argument", paramLabel = "NAME=VALUE", description = SEE)
    private Map<String, String> arguments = new LinkedHashMap<>();

    Exchange(BrokerCommand command) {
      this.command = command;
    }

    @Override
    public Integer call() {
      ObjectNode body = object();
      body.put("type", type)
          .put("durable", !isTransient)
          .put("auto_delete", autoDelete)
          .put("internal", internal);
      body.set("arguments", Arguments.json(arguments));
      var unused =
          broker
              .open(command.environment())
              .send(
                  "PUT",
                  "/exchanges/" + host.encoded(command.environment()) + "/" + Api.encoded(name),
                  body);
      return BrokerCommand.OK;
    }
  }

  /** {@code warren declare binding}. */
  @Command(
      name = "binding",
      description = "Binds a queue, or an exchange, to an exchange.",
      mixinStandardHelpOptions = true)
  private static final class Binding implements Callable<Integer> {
    private final BrokerCommand command;

    @Mixin private BrokerOptions broker = new BrokerOptions();
    @Mixin private HostOptions host = new HostOptions();
    @Mixin private BindingEnds ends = new BindingEnds();

    @Option(names = "--argument", paramLabel = "NAME=VALUE", description = SEE)
    private Map<String, String> arguments = new LinkedHashMap<>();

    Binding(BrokerCommand command) {
      this.command = command;
    }

    @Override
    public Integer call() {
      ObjectNode body = object().put("routing_key", ends.key());
      body.set("arguments", Arguments.json(arguments));
      var unused =
          broker
              .open(command.environment())
              .send("POST", ends.path(host.encoded(command.environment())), body);
      return BrokerCommand.OK;
    }
  }

  /** {@code warren declare vhost}. */
  @Command(name = "vhost", description = "Makes a virtual host.", mixinStandardHelpOptions = true)
  private static final class Host implements Callable<Integer> {
    private final BrokerCommand command;

    @Mixin private BrokerOptions broker = new BrokerOptions();

    @Parameters(index = "0", paramLabel = "NAME")
    private String name = "";

    Host(BrokerCommand command) {
      this.command = command;
    }

    @Override
    public Integer call() {
      var unused =
          broker.open(command.environment()).send("PUT", "/vhosts/" + Api.encoded(name), object());
      return BrokerCommand.OK;
    }
  }
}
