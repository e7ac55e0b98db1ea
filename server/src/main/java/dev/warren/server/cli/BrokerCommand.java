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
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

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
  private final Terminal terminal;

  private BrokerCommand(
      PrintStream out, PrintStream err, Map<String, String> environment, Terminal terminal) {
    this.out = out;
    this.err = err;
    this.environment = environment;
    this.terminal = terminal;
  }

  /** Runs a sub-command, whose name comes first; returns the exit code. */
  public static int run(
      List<String> arguments,
      Map<String, String> environment,
      PrintStream out,
      PrintStream err,
      Terminal terminal,
      String version) {
    BrokerCommand command = new BrokerCommand(out, err, environment, terminal);
    String first = arguments.isEmpty() ? "" : arguments.get(0);
    // Only the one that is asked for is made: the others would double the time it takes.
    CommandLine line =
        line(command, Subcommands.NAMES.contains(first) ? Set.of(first) : Subcommands.NAMES);
    finish(line, version);
    int code = line.execute(arguments.toArray(new String[0]));
    out.flush();
    return code;
  }

  private static CommandLine line(BrokerCommand command, Set<String> names) {
    CommandLine line = new CommandLine(command);
    for (String name : Subcommands.NAMES) {
      if (names.contains(name)) {
        line.addSubcommand(name, Subcommands.line(name, command));
      }
    }
    line.setOut(new PrintWriter(command.out, true, StandardCharsets.UTF_8));
    line.setErr(new PrintWriter(command.err, true, StandardCharsets.UTF_8));
    line.setExecutionExceptionHandler((exception, executed, parsed) -> command.failed(exception));
    line.setParameterExceptionHandler((exception, typed) -> command.mistyped(exception));
    return line;
  }

  /** Says what is the same for every sub-command. */
  private static void finish(CommandLine line, String version) {
    line.getCommandSpec().exitCodeOnInvalidInput(USAGE).version("Warren " + version);
    line.getSubcommands().values().forEach(below -> finish(below, version));
  }

  /** With a command line at the end of its help. */
  static CommandLine example(CommandLine line, String example) {
    line.getCommandSpec().usageMessage().footer("", "Example: warren " + example);
    return line;
  }

  /** Without a sub-command. */
  @Override
  public Integer call() {
    line(this, Subcommands.NAMES).usage(err);
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

  /** Says what is wrong with a command line, and not all that would be right. */
  private int mistyped(ParameterException exception) {
    err.println("warren: " + Table.printable(String.valueOf(exception.getMessage())));
    if (exception instanceof UnmatchedArgumentException unmatched) {
      List<String> similar = unmatched.getSuggestions();
      if (!similar.isEmpty()) {
        err.println("warren: did you mean " + String.join(" or ", similar) + "?");
      }
    }
    err.println(
        "'%s --help' tells what it takes"
            .formatted(exception.getCommandLine().getCommandSpec().qualifiedName()));
    return USAGE;
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

  Terminal terminal() {
    return terminal;
  }

  /** Prints a table, as wide as the terminal. */
  void print(Table table) {
    table.print(out, terminal.columns());
  }

  /** Prints what was asked for as JSON, one value. */
  void json(JsonNode value) {
    out.println(value.toPrettyString());
  }

  /** The script that completes command lines in bash and zsh. */
  static String completion() {
    CommandLine line =
        line(new BrokerCommand(System.out, System.err, Map.of(), Terminal.NONE), Subcommands.NAMES);
    // What is no sub-command of this kind, but typed in the same place.
    for (String name : List.of("journal", "tls-dev")) {
      line.addSubcommand(name, CommandLine.Model.CommandSpec.create());
    }
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
