package dev.warren.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code warren delete}: queues, exchanges, bindings, virtual hosts and users. Stateless. */
final class DeleteCommands {
  private DeleteCommands() {}

  static CommandLine line(BrokerCommand command) {
    return new CommandLine(new Delete())
        .addSubcommand("queue", new Queue(command))
        .addSubcommand("exchange", new Exchange(command))
        .addSubcommand("binding", new Binding(command))
        .addSubcommand("vhost", new Named(command, "/vhosts/"))
        .addSubcommand("user", new Named(command, "/users/"));
  }

  /** The group; it does nothing itself. */
  @Command(
      name = "delete",
      description = "Deletes something, without asking again.",
      mixinStandardHelpOptions = true)
  private static final class Delete {}

  /** {@code warren delete queue}. */
  @Command(
      name = "queue",
      description = "Deletes a queue and what is in it.",
      mixinStandardHelpOptions = true)
  private static final class Queue implements Callable<Integer> {
    private final BrokerCommand command;

    @Mixin private BrokerOptions broker = new BrokerOptions();
    @Mixin private HostOptions host = new HostOptions();

    @Parameters(index = "0", paramLabel = "NAME")
    private String name = "";

    @Option(names = "--if-empty", description = "only if nothing is in it")
    private boolean ifEmpty;

    @Option(names = "--if-unused", description = "only if it has no consumers")
    private boolean ifUnused;

    Queue(BrokerCommand command) {
      this.command = command;
    }

    @Override
    public Integer call() {
      var unused =
          broker
              .open(command.environment())
              .send(
                  "DELETE",
                  "/queues/%s/%s?if-empty=%s&if-unused=%s"
                      .formatted(
                          host.encoded(command.environment()),
                          Api.encoded(name),
                          ifEmpty,
                          ifUnused));
      return BrokerCommand.OK;
    }
  }

  /** {@code warren delete exchange}. */
  @Command(
      name = "exchange",
      description = "Deletes an exchange and its bindings.",
      mixinStandardHelpOptions = true)
  private static final class Exchange implements Callable<Integer> {
    private final BrokerCommand command;

    @Mixin private BrokerOptions broker = new BrokerOptions();
    @Mixin private HostOptions host = new HostOptions();

    @Parameters(index = "0", paramLabel = "NAME")
    private String name = "";

    @Option(names = "--if-unused", description = "only if nothing is bound to it")
    private boolean ifUnused;

    Exchange(BrokerCommand command) {
      this.command = command;
    }

    @Override
    public Integer call() {
      var unused =
          broker
              .open(command.environment())
              .send(
                  "DELETE",
                  "/exchanges/%s/%s?if-unused=%s"
                      .formatted(host.encoded(command.environment()), Api.encoded(name), ifUnused));
      return BrokerCommand.OK;
    }
  }

  /** {@code warren delete binding}. */
  @Command(
      name = "binding",
      description = "Deletes the bindings between two ends that have a key.",
      mixinStandardHelpOptions = true)
  private static final class Binding implements Callable<Integer> {
    private final BrokerCommand command;

    @Mixin private BrokerOptions broker = new BrokerOptions();
    @Mixin private HostOptions host = new HostOptions();
    @Mixin private BindingEnds ends = new BindingEnds();

    Binding(BrokerCommand command) {
      this.command = command;
    }

    @Override
    public Integer call() {
      Api api = broker.open(command.environment());
      String path = ends.path(host.encoded(command.environment()));
      List<String> found = new ArrayList<>();
      for (JsonNode binding : api.get(path)) {
        if (binding.path("routing_key").asText().equals(ends.key())) {
          found.add(binding.path("properties_key").asText());
        }
      }
      if (found.isEmpty()) {
        throw new RefusedException(
            BrokerCommand.REFUSED, "there is no such binding with the key '" + ends.key() + "'");
      }
      for (String properties : found) {
        var unused = api.send("DELETE", path + "/" + Api.encoded(properties));
      }
      return BrokerCommand.OK;
    }
  }

  /** {@code warren delete vhost} and {@code warren delete user}. */
  @Command(description = "Deletes it with all that belongs to it.", mixinStandardHelpOptions = true)
  private static final class Named implements Callable<Integer> {
    private final BrokerCommand command;
    private final String path;

    @Mixin private BrokerOptions broker = new BrokerOptions();

    @Parameters(index = "0", paramLabel = "NAME")
    private String name = "";

    Named(BrokerCommand command, String path) {
      this.command = command;
      this.path = path;
    }

    @Override
    public Integer call() {
      var unused = broker.open(command.environment()).send("DELETE", path + Api.encoded(name));
      return BrokerCommand.OK;
    }
  }
}
