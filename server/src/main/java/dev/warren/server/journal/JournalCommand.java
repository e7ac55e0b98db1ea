package dev.warren.server.journal;

import dev.warren.core.journal.CorruptJournalException;
import dev.warren.core.journal.DataDirectoryLockedException;
import dev.warren.core.journal.JournalException;
import dev.warren.core.journal.StoppedJournal;
import dev.warren.server.config.ConfigException;
import dev.warren.server.config.ConfigFile;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code warren journal}: takes the arguments behind it, runs one tool, answers the exit code.
 * Results go to standard output, everything else to standard error.
 */
@Command(
    name = "warren journal",
    description = "Looks into the journal of a broker that does not run.",
    mixinStandardHelpOptions = true,
    exitCodeOnInvalidInput = JournalCommand.USAGE,
    footer = {
      "",
      "Exit codes: 0 all well, 64 usage, 65 a file to import is malformed, 70 internal error,",
      "73 a broker runs on the directory, 74 the journal is damaged or cannot be read or written,",
      "78 bad configuration."
    })
public final class JournalCommand implements Callable<Integer> {
  /** Exit codes, as the broker's own. */
  static final int OK = 0;

  static final int USAGE = 64;
  static final int MALFORMED = 65;
  static final int INTERNAL = 70;
  static final int LOCKED = 73;
  static final int JOURNAL = 74;
  static final int CONFIGURATION = 78;

  private static final String CONFIG_DEFAULT = "config/warren.yaml";

  private final PrintStream out;
  private final PrintStream err;
  private final Map<String, String> environment;

  private JournalCommand(PrintStream out, PrintStream err, Map<String, String> environment) {
    this.out = out;
    this.err = err;
    this.environment = environment;
  }

  /** Runs a tool; returns the exit code. */
  public static int run(
      List<String> arguments, Map<String, String> environment, PrintStream out, PrintStream err) {
    JournalCommand command = new JournalCommand(out, err, environment);
    CommandLine line =
        new CommandLine(command)
            .addSubcommand("inspect", new InspectCommand(command))
            .addSubcommand("verify", new VerifyCommand(command))
            .addSubcommand("export", new ExportCommand(command))
            .addSubcommand("import", new ImportCommand(command));
    line.setOut(new PrintWriter(out, true, StandardCharsets.UTF_8));
    line.setErr(new PrintWriter(err, true, StandardCharsets.UTF_8));
    line.setExecutionExceptionHandler((exception, executed, parsed) -> command.failed(exception));
    return line.execute(arguments.toArray(new String[0]));
  }

  /** Without a sub-command. */
  @Override
  public Integer call() {
    CommandLine.usage(this, err);
    return USAGE;
  }

  private int failed(Exception exception) {
    if (exception instanceof DataDirectoryLockedException e) {
      err.println(
          "warren: a broker runs on the data directory, stop it first: process " + e.holder());
      return LOCKED;
    }
    if (exception instanceof MalformedExportException e) {
      err.println("warren: nothing was imported: " + e.getMessage());
      return MALFORMED;
    }
    if (exception instanceof ConfigException e) {
      e.errors().forEach(err::println);
      return CONFIGURATION;
    }
    if (exception instanceof UnusableArgumentException e) {
      err.println("warren: " + e.getMessage());
      return USAGE;
    }
    if (exception instanceof CorruptJournalException e) {
      err.println("warren: " + e.getMessage());
      err.println("warren journal verify names all damage; docs/operations.md says what to do");
      return JOURNAL;
    }
    if (exception instanceof JournalException e) {
      err.println("warren: " + e.getMessage());
      return JOURNAL;
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

  /** Which directory a tool works on. */
  static final class DataOptions {
    @Option(
        names = "--data",
        paramLabel = "DIR",
        description = "the data directory (WARREN_DATA, or data.directory of the configuration)")
    @Nullable Path data;

    @Option(
        names = "--config",
        paramLabel = "FILE",
        description = "the configuration that names it (WARREN_CONFIG, config/warren.yaml)")
    @Nullable Path config;

    StoppedJournal open(JournalCommand command) {
      return StoppedJournal.open(directory(command.environment));
    }

    private Path directory(Map<String, String> environment) {
      Path given = data;
      if (given != null) {
        return given;
      }
      String named = environment.getOrDefault("WARREN_DATA", "");
      // A configuration that is asked for by name beats the environment.
      if (config == null && !named.isEmpty()) {
        return Path.of(named);
      }
      Path file = config;
      if (file == null) {
        String variable = environment.getOrDefault("WARREN_CONFIG", "");
        file = Path.of(variable.isEmpty() ? CONFIG_DEFAULT : variable);
      }
      return ConfigFile.read(file).dataDirectory();
    }
  }
}
