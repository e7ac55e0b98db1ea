package dev.warren.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * The sub-commands that ask a running broker. Results go to standard output, everything else to
 * standard error.
 */
@Command(
    name = "warren",
    description = "Asks a running broker, over its HTTP API.",
    mixinStandardHelpOptions = true,
    exitCodeOnInvalidInput = BrokerCommand.USAGE,
    subcommandsRepeatable = false,
    footer = {
      "",
      "Every sub-command takes --url, --user, --password-file and --json, or WARREN_URL,",
      "WARREN_USER, WARREN_PASSWORD and WARREN_PASSWORD_FILE of the environment.",
      "Exit codes: 0 all well, 1 the broker refused, 64 usage, 69 no broker answers, 70 internal."
    })
public final class BrokerCommand implements Callable<Integer> {
  static final int OK = 0;
  static final int REFUSED = 1;
  static final int USAGE = 64;
  static final int UNREACHABLE = 69;
  private static final int INTERNAL = 70;

  private final PrintStream out;
  private final PrintStream err;
  private final Map<String, String> environment;

  private BrokerCommand(PrintStream out, PrintStream err, Map<String, String> environment) {
    this.out = out;
    this.err = err;
    this.environment = environment;
  }

  /** The names of the sub-commands. */
  public static Set<String> names() {
    return line(new BrokerCommand(System.out, System.err, Map.of())).getSubcommands().keySet();
  }

  /** Runs a sub-command, whose name comes first; returns the exit code. */
  public static int run(
      List<String> arguments, Map<String, String> environment, PrintStream out, PrintStream err) {
    BrokerCommand command = new BrokerCommand(out, err, environment);
    int code = line(command).execute(arguments.toArray(new String[0]));
    out.flush();
    return code;
  }

  private static CommandLine line(BrokerCommand command) {
    CommandLine line = new CommandLine(command);
    line.addSubcommand("status", new StatusCommand(command))
        .addSubcommand("list", new ListCommand(command))
        .addSubcommand("declare", DeclareCommands.line(command))
        .addSubcommand("delete", DeleteCommands.line(command))
        .addSubcommand("publish", new PublishCommand(command))
        .addSubcommand("browse", new BrowseCommand(command))
        .addSubcommand(
            "move",
            described(
                new MendCommand(command, "move"),
                "Moves messages of a queue to another queue or an exchange."))
        .addSubcommand(
            "copy",
            described(
                new MendCommand(command, "copy"),
                "Copies messages of a queue to another queue or an exchange."))
        .addSubcommand(
            "retry",
            described(
                new MendCommand(command, "retry"),
                "Sends dead letters back to where they came from first."))
        .addSubcommand(
            "drop",
            described(
                new MendCommand(command, "delete"), "Deletes messages of a queue that match."))
        .addSubcommand(
            "purge",
            described(
                new QueueCommand(command, QueueCommand.Action.PURGE),
                "Deletes all ready messages of a queue."))
        .addSubcommand(
            "pause",
            described(
                new QueueCommand(command, QueueCommand.Action.PAUSE),
                "Stops handing messages of a queue to consumers."))
        .addSubcommand(
            "resume",
            described(
                new QueueCommand(command, QueueCommand.Action.RESUME),
                "Goes on handing messages of a queue to consumers."))
        .addSubcommand("explain", new ExplainCommand(command))
        .addSubcommand("definitions", DefinitionsCommands.line(command))
        .addSubcommand("completion", new CompletionCommand(command));
    endWithUsage(line);
    line.setOut(new PrintWriter(command.out, true, StandardCharsets.UTF_8));
    line.setErr(new PrintWriter(command.err, true, StandardCharsets.UTF_8));
    line.setExecutionExceptionHandler((exception, executed, parsed) -> command.failed(exception));
    return line;
  }

  /** Ends with the same code whichever sub-command is mistyped. */
  private static void endWithUsage(CommandLine line) {
    line.getCommandSpec().exitCodeOnInvalidInput(USAGE);
    line.getSubcommands().values().forEach(BrokerCommand::endWithUsage);
  }

  /** With what is said of it, since commands of one class do different things. */
  private static CommandLine described(Object command, String text) {
    CommandLine line = new CommandLine(command);
    line.getCommandSpec().usageMessage().description(text);
    return line;
  }

  /** Without a sub-command. */
  @Override
  public Integer call() {
    line(this).usage(err);
    return USAGE;
  }

  private int failed(Exception exception) {
    if (exception instanceof RefusedException refused) {
      err.println("warren: " + Table.printable(String.valueOf(refused.getMessage())));
      return refused.exitCode();
    }
    exception.printStackTrace(err);
    return INTERNAL;
  }

  PrintStream out() {
    return out;
  }

  PrintStream err() {
    return err;
  }

  Map<String, String> environment() {
    return environment;
  }

  /** Prints what was asked for as JSON, one value. */
  void json(JsonNode value) {
    out.println(value.toPrettyString());
  }

  /** The script that completes command lines in bash and zsh. */
  static String completion() {
    CommandLine line = line(new BrokerCommand(System.out, System.err, Map.of()));
    return AutoComplete.bash("warren", line);
  }

  /** Words with commas between. */
  static List<String> words(String text) {
    return Arrays.stream(text.split(",", -1)).map(String::trim).toList();
  }

  /** Words in a sentence. */
  static String joined(Stream<String> words) {
    return words.collect(Collectors.joining(", "));
  }
}
