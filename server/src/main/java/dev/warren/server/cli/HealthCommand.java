package dev.warren.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code warren health}: the broker's health checks. */
@Command(
    name = "health",
    description = "Runs health checks: all, or those named. Ends with 1 if one fails.")
final class HealthCommand extends Subcommand {
  private static final List<String> CHECKS =
      List.of(
          "alarms",
          "local-alarms",
          "is-in-service",
          "ready-to-serve-clients",
          "virtual-hosts",
          "below-node-connection-limit",
          "certificate-files");

  @Parameters(
      arity = "0..*",
      paramLabel = "CHECK",
      completionCandidates = Names.class,
      description = "of ${COMPLETION-CANDIDATES}, or another of the HTTP API")
  private List<String> checks = new ArrayList<>();

  @Option(names = "--port", paramLabel = "N", description = "and whether somebody listens there")
  private Optional<Integer> port = Optional.empty();

  @Option(
      names = "--protocol",
      paramLabel = "NAME",
      description = "and whether it is listened for, such as amqp or https")
  private Optional<String> protocol = Optional.empty();

  @Option(
      names = "--certificates-for",
      paramLabel = "DAYS",
      converter = Count.class,
      description = "and whether certificates are good for so many days")
  private Optional<Integer> days = Optional.empty();

  HealthCommand(BrokerCommand command) {
    super(command);
  }

  /** For completion. */
  static final class Names implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return CHECKS.iterator();
    }
  }

  private List<String> wanted() {
    List<String> wanted = new ArrayList<>(checks);
    port.ifPresent(number -> wanted.add("port-listener/" + number));
    protocol.ifPresent(name -> wanted.add("protocol-listener/" + Api.encoded(name)));
    days.ifPresent(number -> wanted.add("certificate-expiration/" + number + "/days"));
    return wanted.isEmpty() ? CHECKS : wanted;
  }

  @Override
  public Integer call() {
    Api api = api();
    ArrayNode results = JsonNodeFactory.instance.arrayNode();
    Table table = new Table(List.of("check", "status", "reason"));
    boolean isWell = true;
    for (String check : wanted()) {
      JsonNode result = api.check("/health/checks/" + check);
      isWell &= result.path("status").asText().equals("ok");
      ObjectNode shown = results.addObject().put("check", check);
      if (result instanceof ObjectNode fields) {
        shown.setAll(fields);
      }
      table.add(List.of(shown.path("check"), result.path("status"), result.path("reason")));
    }
    if (isJson()) {
      command().json(results);
    } else {
      command().print(table);
    }
    return isWell ? BrokerCommand.OK : BrokerCommand.REFUSED;
  }
}
