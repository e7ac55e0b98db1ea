package dev.warren.server.cli;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import picocli.CommandLine;

/** Which sub-commands there are. Immutable. */
final class Subcommands {
  private static final Map<String, Function<BrokerCommand, CommandLine>> ALL = all();

  /** Their names, in the order in which help tells them. */
  static final Set<String> NAMES = Collections.unmodifiableSet(ALL.keySet());

  private Subcommands() {}

  /** Makes one. */
  static CommandLine line(String name, BrokerCommand command) {
    Function<BrokerCommand, CommandLine> maker = ALL.get(name);
    if (maker == null) {
      throw new IllegalArgumentException(name);
    }
    return maker.apply(command);
  }

  private static Map<String, Function<BrokerCommand, CommandLine>> all() {
    Map<String, Function<BrokerCommand, CommandLine>> all = new LinkedHashMap<>();
    all.put("status", command -> plain(new StatusCommand(command), "status"));
    all.put("health", command -> plain(new HealthCommand(command), "health alarms --port 5672"));
    all.put("whoami", command -> plain(new WhoAmICommand(command), "whoami"));
    all.put(
        "list",
        command -> plain(new ListCommand(command), "list queues --filter video --sort -messages"));
    all.put("show", ShowCommand::line);
    all.put("declare", DeclareCommands::line);
    all.put("delete", DeleteCommands::line);
    all.put(
        "publish",
        command -> plain(new PublishCommand(command), "publish uploads 'a text' --key video.new"));
    all.put("get", command -> plain(new GetCommand(command), "get videos --count 5 --remove"));
    all.put(
        "browse",
        command ->
            plain(
                new BrowseCommand(command), "browse videos --filter \"kind = 'video'\" --limit 9"));
    all.put(
        "move",
        command ->
            said(
                MendCommand.toSomewhere(command, "move"),
                "Moves messages of a queue to another queue or an exchange.",
                "move videos.dead --text timeout --to-queue videos --dry-run"));
    all.put(
        "copy",
        command ->
            said(
                MendCommand.toSomewhere(command, "copy"),
                "Copies messages of a queue to another queue or an exchange.",
                "copy videos --all --to-exchange uploads"));
    all.put(
        "retry",
        command ->
            said(
                MendCommand.here(command, "retry"),
                "Sends dead letters back to where they came from first.",
                "retry videos.dead --text timeout --rate 100"));
    all.put(
        "drop",
        command ->
            said(
                MendCommand.here(command, "delete"),
                "Deletes messages of a queue that match.",
                "drop videos.dead --filter 'n < 5'"));
    all.put("mendings", MendingsCommands::line);
    all.put("purge", command -> RequestCommand.line(command, QueueCommands.PURGE));
    all.put("pause", command -> RequestCommand.line(command, QueueCommands.PAUSE));
    all.put("resume", command -> RequestCommand.line(command, QueueCommands.RESUME));
    all.put(
        "close",
        command ->
            RequestCommand.group(command, "close", "Closes connections.", QueueCommands.CLOSE));
    all.put(
        "explain",
        command -> plain(new ExplainCommand(command), "explain uploads --key video.new"));
    all.put("definitions", DefinitionsCommands::line);
    all.put(
        "completion",
        command -> plain(new CompletionCommand(command), "completion > warren.completion"));
    return all;
  }

  private static CommandLine plain(Object command, String example) {
    return BrokerCommand.example(new CommandLine(command), example);
  }

  /** With what is said of it, since commands of one class do different things. */
  private static CommandLine said(CommandLine line, String text, String example) {
    line.getCommandSpec().usageMessage().description(text);
    return BrokerCommand.example(line, example);
  }
}
