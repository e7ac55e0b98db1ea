package dev.warren.server.cli;

import static dev.warren.server.cli.Field.Kind.QUERY;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.server.cli.RequestCommand.Shape;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code warren delete}: deletes something, without asking again. Stateless. */
final class DeleteCommands {
  private static final List<Shape> SHAPES =
      List.of(
          Shape.of(
                  "queue",
                  "DELETE",
                  "/queues/{vhost}/{NAME}",
                  Field.of(QUERY, "--if-empty", "if-empty", "only if nothing is in it"),
                  Field.of(QUERY, "--if-unused", "if-unused", "only if it has no consumers"))
              .says("Deletes a queue and what is in it.", "delete queue videos --if-empty"),
          Shape.of(
                  "exchange",
                  "DELETE",
                  "/exchanges/{vhost}/{NAME}",
                  Field.of(QUERY, "--if-unused", "if-unused", "only if nothing is bound to it"))
              .says("Deletes an exchange and its bindings.", "delete exchange uploads"),
          Shape.of("vhost", "DELETE", "/vhosts/{NAME}")
              .says("Deletes a virtual host with all that is in it.", "delete vhost shop"),
          Shape.of("user", "DELETE", "/users/{NAME}")
              .says("Deletes a user with his permissions.", "delete user ann"),
          Shape.of("permissions", "DELETE", "/permissions/{vhost}/{USER}")
              .says("Takes a user's permissions in a virtual host.", "delete permissions ann"),
          Shape.of("topic-permissions", "DELETE", "/topic-permissions/{vhost}/{USER}")
              .says(
                  "Takes a user's topic permissions in a virtual host.",
                  "delete topic-permissions ann"),
          Shape.of("vhost-limit", "DELETE", "/vhost-limits/{VHOST}/{LIMIT}")
              .says("Takes a limit off a virtual host.", "delete vhost-limit shop max-queues"),
          Shape.of("user-limit", "DELETE", "/user-limits/{USER}/{LIMIT}")
              .says("Takes a limit off a user.", "delete user-limit ann max-connections"));

  private DeleteCommands() {}

  static CommandLine line(BrokerCommand command) {
    return RequestCommand.group(
            command, "delete", "Deletes something, without asking again.", SHAPES)
        .addSubcommand(
            "binding",
            BrokerCommand.example(
                new CommandLine(new Binding(command)),
                "delete binding uploads videos --key 'video.#'"));
  }

  /** {@code warren delete binding}. */
  @Command(name = "binding", description = "Deletes the bindings between two ends that have a key.")
  private static final class Binding extends Subcommand {
    @Mixin private HostOptions host = new HostOptions();
    @Mixin private BindingEnds ends = new BindingEnds();

    Binding(BrokerCommand command) {
      super(command);
    }

    @Override
    public Integer call() {
      Api api = api();
      String path = ends.path(host.encoded(command().environment()));
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
}
