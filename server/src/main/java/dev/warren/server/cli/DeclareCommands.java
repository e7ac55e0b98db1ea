package dev.warren.server.cli;

import static dev.warren.server.cli.Field.Kind.ARGUMENT;
import static dev.warren.server.cli.Field.Kind.FLAG;
import static dev.warren.server.cli.Field.Kind.NEEDED;
import static dev.warren.server.cli.Field.Kind.NUMBER;
import static dev.warren.server.cli.Field.Kind.TEXT;
import static dev.warren.server.cli.Field.Kind.UNLESS;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.server.cli.RequestCommand.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code warren declare}: makes something, or checks that it is there. Stateless. */
final class DeclareCommands {
  private static final Field TRANSIENT =
      Field.of(UNLESS, "--transient", "durable", "gone when the broker stops");

  private static final List<Shape> SHAPES =
      List.of(
          Shape.of(
                  "queue",
                  "PUT",
                  "/queues/{vhost}/{NAME}",
                  Field.of(
                      ARGUMENT,
                      "--type",
                      "x-queue-type",
                      "classic or quorum (the virtual host's default)"),
                  TRANSIENT,
                  Field.of(FLAG, "--auto-delete", "auto_delete", "deleted with its last consumer"),
                  Field.arguments())
              .says(
                  "Declares a durable queue.", "declare queue videos --argument x-max-length=1000"),
          Shape.of(
                  "exchange",
                  "PUT",
                  "/exchanges/{vhost}/{NAME}",
                  new Field(
                      "--type",
                      "type",
                      TEXT,
                      "direct, topic, fanout or headers (direct)",
                      "direct"),
                  TRANSIENT,
                  Field.of(FLAG, "--auto-delete", "auto_delete", "deleted with its last binding"),
                  Field.of(FLAG, "--internal", "internal", "only exchanges publish to it"),
                  Field.arguments())
              .says("Declares a durable exchange.", "declare exchange uploads --type topic"),
          Shape.of(
                  "vhost",
                  "PUT",
                  "/vhosts/{NAME}",
                  Field.of(TEXT, "--description", "description", "what it is for"),
                  Field.of(TEXT, "--default-queue-type", "default_queue_type", "classic or quorum"))
              .says("Makes a virtual host, or changes it.", "declare vhost shop"),
          Shape.of(
                  "permissions",
                  "PUT",
                  "/permissions/{vhost}/{USER}",
                  Field.of(NEEDED, "--configure", "configure", "pattern of names"),
                  Field.of(NEEDED, "--write", "write", "pattern of names"),
                  Field.of(NEEDED, "--read", "read", "pattern of names"))
              .says(
                  "Says what a user may do in a virtual host.",
                  "declare permissions ann --configure '^ann\\.' --write '.*' --read '.*'"),
          Shape.of(
                  "topic-permissions",
                  "PUT",
                  "/topic-permissions/{vhost}/{USER}",
                  Field.of(NEEDED, "--exchange", "exchange", "the topic exchange"),
                  Field.of(NEEDED, "--write", "write", "pattern of routing keys"),
                  Field.of(NEEDED, "--read", "read", "pattern of routing keys"))
              .says(
                  "Says which routing keys of a topic exchange a user may use.",
                  "declare topic-permissions ann --exchange uploads --write '^video' --read '.*'"),
          limit("vhost-limit", "/vhost-limits/{VHOST}/{LIMIT}")
              .says("Limits a virtual host.", "declare vhost-limit shop max-queues 100"),
          limit("user-limit", "/user-limits/{USER}/{LIMIT}")
              .says("Limits a user.", "declare user-limit ann max-connections 10"));

  private DeclareCommands() {}

  private static Shape limit(String name, String path) {
    return Shape.of(name, "PUT", path, Field.of(NUMBER, "VALUE", "value", "-1 for no limit"));
  }

  static CommandLine line(BrokerCommand command) {
    return RequestCommand.group(
            command, "declare", "Makes something, or checks that it is there.", SHAPES)
        .addSubcommand(
            "binding",
            BrokerCommand.example(
                new CommandLine(new Binding(command)),
                "declare binding uploads videos --key 'video.#'"))
        .addSubcommand(
            "user",
            BrokerCommand.example(
                new CommandLine(new UserCommand(command)),
                "declare user ann --tags monitoring --new-password-file ann.txt"));
  }

  /** {@code warren declare binding}. */
  @Command(name = "binding", description = "Binds a queue, or an exchange, to an exchange.")
  private static final class Binding extends Subcommand {
    @Mixin private HostOptions host = new HostOptions();
    @Mixin private BindingEnds ends = new BindingEnds();

    @Option(
        names = "--argument",
        paramLabel = "NAME=VALUE",
        description = "x-argument=value; may be repeated")
    private Map<String, String> arguments = new LinkedHashMap<>();

    Binding(BrokerCommand command) {
      super(command);
    }

    @Override
    public Integer call() {
      ObjectNode body = JsonNodeFactory.instance.objectNode().put("routing_key", ends.key());
      body.set("arguments", Arguments.json(arguments));
      var unused =
          api()
              .send(
                  "POST",
                  ends.path(host.encoded(command().environment())),
                  Optional.of(body),
                  Map.of());
      return BrokerCommand.OK;
    }
  }
}
