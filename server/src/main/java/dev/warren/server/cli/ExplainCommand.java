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

  @Option(
      names = "--annotation",
      paramLabel = "NAME=VALUE",
      description = "a message annotation; may be repeated")
  private Map<String, String> annotations = new LinkedHashMap<>();

  @Option(names = "--body-bytes", paramLabel = "N", description = "the size of its body (0)")
  private Optional<Long> bodyBytes = Optional.empty();

  @Option(names = "--ttl", paramLabel = "MS", description = "its time to live in milliseconds")
  private Optional<Long> ttlMs = Optional.empty();

  @Option(names = "--priority", paramLabel = "N", description = "its priority, 0 to 255")
  private Optional<Long> priority = Optional.empty();

  @Option(names = "--transient", description = "it is not durable")
  private boolean notDurable;

  @Option(names = "--as", paramLabel = "USER", description = "who would publish (you)")
  private Optional<String> user = Optional.empty();

  ExplainCommand(BrokerCommand command) {
    this.command = command;
  }

  private ObjectNode question() {
    ObjectNode question = JsonNodeFactory.instance.objectNode().put("routing_key", key);
    if (!cc.isEmpty()) {
      var array = question.putArray("cc");
      cc.forEach(array::add);
    }
    question.set("headers", Arguments.json(headers));
    question.set("annotations", Arguments.json(annotations));
    bodyBytes.ifPresent(bytes -> question.put("body_bytes", bytes));
    ttlMs.ifPresent(ms -> question.put("ttl", ms));
    priority.ifPresent(level -> question.put("priority", level));
    if (notDurable) {
      question.put("durable", false);
    }
    user.ifPresent(name -> question.put("user", name));
    return question;
  }

  @Override
  public Integer call() {
    JsonNode answer =
        broker
            .open(command)
            .send(
                "POST",
                "/exchanges/%s/%s/explain"
                    .formatted(host.encoded(command.environment()), Api.encoded(exchange)),
                question());
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
    line(out, "", answer.path("outcome").asText() + ": " + answer.path("reason").asText());
    if (answer.has("condition")) {
      String ends = answer.path("ends").asText();
      line(
          out,
          "",
          "the publisher is told %s (%s)%s"
              .formatted(
                  answer.path("condition").asText(),
                  answer.path("description").asText(),
                  ends.isEmpty() ? "" : ", and its " + ends + " ends"));
    }
    if (!answer.path("certain").asBoolean(true)) {
      line(out, "", "where it ends may be otherwise: it depends on what is in the queues");
    }
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
    JsonNode alternate = node.path("alternate");
    if (alternate.path("kind").asText().equals("exchange")) {
      exchange(alternate, indent + "  ", out);
    } else if (alternate.has("why")) {
      line(
          out,
          indent + "  ",
          alternate.path("name").asText() + ": " + alternate.path("why").asText());
    }
  }

  private static void target(JsonNode target, String indent, PrintStream out) {
    if (target.path("kind").asText().equals("exchange")) {
      exchange(target, indent, out);
    } else if (target.path("kind").asText().equals("queue")) {
      line(out, indent, target.path("why").asText());
      JsonNode dead = target.path("dead_letter");
      if (dead.has("when")) {
        line(out, indent, "dead letter " + dead.path("when").asText() + ":");
      }
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
