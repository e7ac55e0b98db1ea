package dev.warren.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintStream;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code warren show}: all there is to say of one thing. */
@Command(description = "Shows all there is to say of it.")
final class ShowCommand extends Subcommand {
  private final String path;

  @Mixin private HostOptions host = new HostOptions();

  @Parameters(index = "0", paramLabel = "NAME")
  private String name = "";

  private ShowCommand(BrokerCommand command, String path) {
    super(command);
    this.path = path;
  }

  /** The group; it does nothing itself. */
  @Command(
      name = "show",
      description = "Shows all there is to say of one thing.",
      mixinStandardHelpOptions = true)
  private static final class Group {}

  static CommandLine line(BrokerCommand command) {
    return new CommandLine(new Group())
        .addSubcommand("queue", one(command, "/queues/{vhost}/", "show queue videos"))
        .addSubcommand("exchange", one(command, "/exchanges/{vhost}/", "show exchange uploads"))
        .addSubcommand(
            "connection",
            one(command, "/connections/", "show connection '127.0.0.1:50318 -> 127.0.0.1:5672'"))
        .addSubcommand("vhost", one(command, "/vhosts/", "show vhost shop"))
        .addSubcommand("user", one(command, "/users/", "show user ann"));
  }

  private static CommandLine one(BrokerCommand command, String path, String example) {
    return BrokerCommand.example(new CommandLine(new ShowCommand(command, path)), example);
  }

  @Override
  public Integer call() {
    JsonNode found =
        api()
            .get(
                path.replace("{vhost}", host.encoded(command().environment())) + Api.encoded(name));
    if (isJson()) {
      command().json(found);
    } else {
      print(found, "", command().out());
    }
    return BrokerCommand.OK;
  }

  /** Prints fields, those of an object below its name. */
  static void print(JsonNode fields, String indent, PrintStream out) {
    for (Map.Entry<String, JsonNode> field : fields.properties()) {
      String name = Table.printable(field.getKey());
      JsonNode value = field.getValue();
      if (value.isObject() && !value.isEmpty()) {
        out.println(indent + name);
        print(value, indent + "  ", out);
      } else {
        String text = Table.text(field.getKey(), value);
        out.println((indent + "%-34s ".formatted(name) + text).stripTrailing());
      }
    }
  }
}
