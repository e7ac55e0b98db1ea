package dev.warren.server.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code warren definitions}: everything but messages, out and in. Stateless. */
final class DefinitionsCommands {
  private DefinitionsCommands() {}

  static CommandLine line(BrokerCommand command) {
    return new CommandLine(new Definitions())
        .addSubcommand("export", new Export(command))
        .addSubcommand("import", new Import(command));
  }

  private static String path(HostOptions host, BrokerCommand command) {
    return "/definitions"
        + host.given(command.environment()).map(name -> "/" + Api.encoded(name)).orElse("");
  }

  /** The group; it does nothing itself. */
  @Command(
      name = "definitions",
      description = "Exports and imports users, virtual hosts and topology, as RabbitMQ's JSON.",
      mixinStandardHelpOptions = true)
  private static final class Definitions {}

  /** {@code warren definitions export}. */
  @Command(
      name = "export",
      description = "Writes all definitions, or those of a virtual host.",
      mixinStandardHelpOptions = true)
  private static final class Export implements Callable<Integer> {
    private final BrokerCommand command;

    @Mixin private BrokerOptions broker = new BrokerOptions();
    @Mixin private HostOptions host = new HostOptions();

    @Parameters(
        index = "0",
        arity = "0..1",
        paramLabel = "FILE",
        description = "a new file (standard output)")
    private Optional<Path> file = Optional.empty();

    Export(BrokerCommand command) {
      this.command = command;
    }

    @Override
    public Integer call() {
      JsonNode found = broker.open(command.environment()).get(path(host, command));
      if (file.isEmpty()) {
        command.json(found);
        return BrokerCommand.OK;
      }
      try {
        Files.writeString(
            file.get(),
            found.toPrettyString() + "\n",
            StandardCharsets.UTF_8,
            StandardOpenOption.CREATE_NEW);
        return BrokerCommand.OK;
      } catch (IOException e) {
        throw new RefusedException(
            BrokerCommand.USAGE, file.get() + " cannot be written: " + e.getMessage());
      }
    }
  }

  /** {@code warren definitions import}. */
  @Command(
      name = "import",
      description = "Reads definitions: all of them are checked before any is made.",
      mixinStandardHelpOptions = true)
  private static final class Import implements Callable<Integer> {
    private final BrokerCommand command;

    @Mixin private BrokerOptions broker = new BrokerOptions();
    @Mixin private HostOptions host = new HostOptions();

    @Parameters(index = "0", paramLabel = "FILE")
    private Path file = Path.of("definitions.json");

    @Option(names = "--dry-run", description = "only check, and tell what would conflict")
    private boolean dryRun;

    Import(BrokerCommand command) {
      this.command = command;
    }

    @Override
    public Integer call() {
      JsonNode answer =
          broker
              .open(command.environment())
              .send("POST", path(host, command) + (dryRun ? "?dry_run=true" : ""), content());
      if (!answer.isMissingNode()) {
        command.json(answer);
      }
      return answer.path("conflicts").isEmpty() ? BrokerCommand.OK : BrokerCommand.REFUSED;
    }

    private JsonNode content() {
      try {
        return new ObjectMapper().readTree(BrokerOptions.text(file));
      } catch (JsonProcessingException e) {
        throw new RefusedException(
            BrokerCommand.USAGE, file + " is not JSON: " + e.getOriginalMessage());
      }
    }
  }
}
