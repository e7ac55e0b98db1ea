package dev.warren.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintStream;
import java.util.stream.StreamSupport;
import picocli.CommandLine.Command;

/** {@code warren status}: how the broker is, in a few lines. */
@Command(
    name = "status",
    description = "Says how the broker is. Ends with 1 while an alarm is in effect.")
final class StatusCommand extends Subcommand {
  StatusCommand(BrokerCommand command) {
    super(command);
  }

  @Override
  public Integer call() {
    JsonNode overview = api().get("/overview");
    if (isJson()) {
      command().json(overview);
    } else {
      print(overview, command().out());
    }
    return overview.path("alarms").isEmpty() ? BrokerCommand.OK : BrokerCommand.REFUSED;
  }

  private static void print(JsonNode overview, PrintStream out) {
    JsonNode totals = overview.path("object_totals");
    JsonNode messages = overview.path("queue_totals");
    line(out, "node", overview.path("node").asText());
    line(
        out,
        "version",
        overview.path("product_name").asText() + " " + overview.path("product_version").asText());
    line(
        out,
        "objects",
        "%s connections, %s exchanges, %s queues, %s consumers"
            .formatted(
                totals.path("connections").asText(),
                totals.path("exchanges").asText(),
                totals.path("queues").asText(),
                totals.path("consumers").asText()));
    line(
        out,
        "messages",
        "%s ready, %s unsettled"
            .formatted(
                messages.path("messages_ready").asText("0"),
                messages.path("messages_unacknowledged").asText("0")));
    line(out, "listeners", listeners(overview.path("listeners")));
    JsonNode alarms = overview.path("alarms");
    line(out, "alarms", alarms.isEmpty() ? "none" : alarms.toString());
    for (JsonNode limit : overview.path("limits_reached")) {
      line(out, "limit", limit.toString());
    }
    for (JsonNode warning : overview.path("certificate_warnings")) {
      line(out, "certificate", warning.isTextual() ? warning.asText() : warning.toString());
    }
  }

  private static String listeners(JsonNode listeners) {
    return BrokerCommand.joined(
        StreamSupport.stream(listeners.spliterator(), false)
            .map(
                one ->
                    "%s on %s:%s"
                        .formatted(
                            one.path("protocol").asText(),
                            one.path("ip_address").asText(),
                            one.path("port").asText())));
  }

  private static void line(PrintStream out, String name, String value) {
    out.printf("%-12s%s%n", name, Table.printable(value));
  }
}
