package dev.warren.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code warren explain}: where a message would go, and why. */
@Command(
    name = "explain",
    description = "Says where a message would go and why. Ends with 1 unless it is accepted.",
    mixinStandardHelpOptions = true)
final class ExplainCommand implements Callable<Integer> {
  private final BrokerCommand command;

  @Mixin private BrokerOptions broker = new BrokerOptions();
  @Mixin private HostOptions host = new HostOptions();

  @Parameters(index = "0", paramLabel = "EXCHANGE", description = "amq.default for a queue")
  private String exchange = "";

  @Option(names = "--key", paramLabel = "KEY", description = "the routing key (empty)")
  private String key = "";

  @Option(names = "--cc", paramLabel = "KEY", description = "one more key; may be repeated")
  private List<String> cc = new ArrayList<>();

  @Option(
      names = "--header",
      paramLabel = "NAME=VALUE",
      description = "an application property; may be repeated")
  private Map<String, String> headers = new LinkedHashMap<>();

  @Option(names = "--as", paramLabel = "USER", description = "who would publish (you)")
  private Optional<String> user = Optional.empty();

  ExplainCommand(BrokerCommand command) {
    this.command = command;
  }

  @Override
  public Integer call() {
    ObjectNode question = JsonNodeFactory.instance.objectNode().put("routing_key", key);
    if (!cc.isEmpty()) {
      var array = question.putArray("cc");
      cc.forEach(array::add);
    }
    question.set("headers", Arguments.json(headers));
    user.ifPresent(name -> question.put("user", name));
    JsonNode answer =
        broker
            .open(command.environment())
            .send(
                "POST",
                "/exchanges/%s/%s/explain"
                    .formatted(host.encoded(command.environment()), Api.encoded(exchange)),
                question);
    if (broker.isJson()) {
      command.json(answer);
    } else {
      print(answer, command.out());
    }
    return answer.path("outcome").asText().equals("accepted")
        ? BrokerCommand.OK
        : BrokerCommand.REFUSED;
  }

  private static void print(JsonNode answer, PrintStream out) {
    out.println(
        Table.printable(answer.path("outcome").asText() + ": " + answer.path("reason").asText()));
    exchange(answer.path("tree"), "", out);
  }

  private static void exchange(JsonNode node, String indent, PrintStream out) {
    String name = node.path("name").asText();
    String via = node.path("via").asText();
    line(
        out,
        indent,
        "%s (%s exchange%s%s)"
            .formatted(
                name.isEmpty() ? "amq.default" : name,
                node.path("type").asText(),
                via.equals("publish") ? "" : ", " + via,
                node.path("visited").asBoolean() ? ", told above" : ""));
    for (JsonNode binding : node.path("bindings")) {
      line(
          out,
          indent + "  ",
          "%s %s %s '%s': %s"
              .formatted(
                  binding.path("matched").asBoolean() ? "+" : "-",
                  binding.path("destination_type").asText(),
                  binding.path("destination").asText(),
                  binding.path("routing_key").asText(),
                  binding.path("why").asText()));
      target(binding.path("target"), indent + "      ", out);
    }
    if (node.path("not_shown").asInt() > 0) {
      line(out, indent + "  ", "  and " + node.path("not_shown").asInt() + " more bindings");
    }
    if (node.has("alternate")) {
      exchange(node.path("alternate"), indent + "  ", out);
    }
  }

  private static void target(JsonNode target, String indent, PrintStream out) {
    if (target.path("kind").asText().equals("exchange")) {
      exchange(target, indent, out);
    } else if (target.path("kind").asText().equals("queue")) {
      line(out, indent, target.path("why").asText());
      JsonNode dead = target.path("dead_letter");
      if (dead.path("kind").asText().equals("exchange")) {
        exchange(dead, indent, out);
      } else if (dead.has("why")) {
        line(out, indent, "dead letters: " + dead.path("why").asText());
      }
    }
  }

  private static void line(PrintStream out, String indent, String text) {
    out.println(indent + Table.printable(text));
  }
}
