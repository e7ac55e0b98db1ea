package dev.warren.server.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
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
        .addSubcommand(
            "export",
            BrokerCommand.example(
                new CommandLine(new Export(command)), "definitions export definitions.json"))
        .addSubcommand(
            "import",
            BrokerCommand.example(
                new CommandLine(new Import(command)),
                "definitions import definitions.json --dry-run"));
  }

  private static String path(EveryHostOptions host, BrokerCommand command) {
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
    @Mixin private EveryHostOptions host = new EveryHostOptions();

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
      JsonNode found = broker.open(command).get(path(host, command));
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
    /** Lists of the report, and what each of their lines begins with. */
    private static final Map<String, String> KINDS =
        new TreeMap<>(Map.of("skipped", "left out", "conflicts", "conflict", "errors", "error"));

    private final BrokerCommand command;

    @Mixin private BrokerOptions broker = new BrokerOptions();
    @Mixin private EveryHostOptions host = new EveryHostOptions();

    @Parameters(index = "0", paramLabel = "FILE", description = "- for standard input")
    private Path file = Path.of("definitions.json");

    @Option(names = "--dry-run", description = "only check, and tell what would conflict")
    private boolean dryRun;

    Import(BrokerCommand command) {
      this.command = command;
    }

    @Override
    public Integer call() {
      JsonNode answer = imported();
      if (broker.isJson() && !answer.isMissingNode()) {
        command.json(answer);
      } else {
        print(answer, command.out());
      }
      boolean isGood = answer.path("conflicts").isEmpty() && answer.path("errors").isEmpty();
      return isGood ? BrokerCommand.OK : BrokerCommand.REFUSED;
    }

    /** A dry run of a file with errors is refused, and told all the same. */
    private JsonNode imported() {
      try {
        return broker
            .open(command)
            .send("POST", path(host, command) + (dryRun ? "?dry_run=true" : ""), content());
      } catch (RefusedException e) {
        if (dryRun && e.answer().has("errors")) {
          return e.answer();
        }
        throw e;
      }
    }

    private void print(JsonNode answer, PrintStream out) {
      List<String> made = new ArrayList<>();
      for (Map.Entry<String, JsonNode> kind : answer.path("applied").properties()) {
        if (kind.getValue().asLong() > 0) {
          made.add(kind.getValue().asLong() + " " + kind.getKey().replace('_', ' '));
        }
      }
      out.println(
          (dryRun ? "would be made: " : "made: ")
              + (made.isEmpty() ? "nothing" : String.join(", ", made)));
      for (Map.Entry<String, String> kind : KINDS.entrySet()) {
        for (JsonNode one : answer.path(kind.getKey())) {
          out.println(
              Table.printable(
                  "%s: %s '%s': %s"
                      .formatted(
                          kind.getValue(),
                          one.path("where").asText(),
                          one.path("name").asText(),
                          one.path("reason").asText())));
        }
      }
    }

    private JsonNode content() {
      try {
        return new ObjectMapper().readTree(FileText.of(file));
      } catch (JsonProcessingException e) {
        throw new RefusedException(
            BrokerCommand.USAGE, file + " is not JSON: " + e.getOriginalMessage());
      }
    }
  }
}
