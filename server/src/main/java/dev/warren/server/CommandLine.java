package dev.warren.server;

import dev.warren.server.config.ServerOptions.Overrides;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the command line and the environment ask for; a flag beats the environment. Immutable.
 *
 * @param action what to do
 * @param configFile the file to read
 * @param overrides what takes the place of the file's settings
 */
public record CommandLine(Action action, Path configFile, Overrides overrides) {
  /** What {@code --help} prints. */
  public static final String HELP =
      """
      Usage: warren [--config FILE] [--data DIR] [--amqp-port N] [--http-port N]
                    [--metrics-port N]
             warren journal inspect|verify|export|import ...   (see warren journal --help)
             warren tls-dev [DIRECTORY]                          (certificates for trying TLS)
             warren status|health|whoami|list|show|declare|delete|publish|get|browse|move|copy
                    |retry|drop|mendings|purge|pause|resume|close|explain|definitions|completion
                    ...              (ask a running broker; see warren status --help and so on)

        --config FILE    configuration file            (WARREN_CONFIG, config/warren.yaml)
        --data DIR       directory of the journal      (WARREN_DATA, or data.directory of the file)
        --amqp-port N    port for AMQP 1.0, 0: any     (WARREN_AMQP_PORT, or the file)
        --http-port N    port of API and console       (WARREN_HTTP_PORT, or the file)
        --metrics-port N port for Prometheus           (WARREN_METRICS_PORT, or the file)
        --accept-journal-damage
                         start although the journal is damaged: what is damaged is given up,
                         the files are kept aside, nothing is deleted
        --help           print this
        --version        print the version

      A flag beats the environment, which beats the file. Runs in the foreground until SIGTERM or
      SIGINT, then exits with 0. Other exit codes: 64 usage, 69 port in use, 70 internal error,
      73 data directory in use, 74 journal damaged or unreadable, 78 bad configuration.
      """;

  private static final String ACCEPT_DAMAGE = "--accept-journal-damage";
  private static final Path CONFIG_DEFAULT = Path.of("config", "warren.yaml");
  private static final int PORT_MAX = 65_535;

  /** Each flag with a value, and the variable that stands in for it. */
  private static final Map<String, String> VARIABLES =
      Map.of(
          "--config", "WARREN_CONFIG",
          "--data", "WARREN_DATA",
          "--amqp-port", "WARREN_AMQP_PORT",
          "--http-port", "WARREN_HTTP_PORT",
          "--metrics-port", "WARREN_METRICS_PORT");

  /** What to do. */
  public enum Action {
    /** Run the broker. */
    RUN,
    /** Print {@link CommandLine#HELP}. */
    HELP,
    /** Print the version. */
    VERSION
  }

  /**
   * Reads arguments and environment.
   *
   * @throws StartFailedException if they cannot be understood
   */
  public static CommandLine parse(List<String> arguments, Map<String, String> environment) {
    Map<String, String> given = new HashMap<>();
    boolean acceptsDamage = false;
    Deque<String> rest = new ArrayDeque<>(arguments);
    while (!rest.isEmpty()) {
      String argument = rest.removeFirst();
      if (argument.equals("--help") || argument.equals("-h")) {
        return new CommandLine(Action.HELP, CONFIG_DEFAULT, Overrides.NONE);
      }
      if (argument.equals("--version") || argument.equals("-V")) {
        return new CommandLine(Action.VERSION, CONFIG_DEFAULT, Overrides.NONE);
      }
      if (argument.equals(ACCEPT_DAMAGE)) {
        acceptsDamage = true;
        continue;
      }
      int equals = argument.indexOf('=');
      String flag = equals < 0 ? argument : argument.substring(0, equals);
      if (!VARIABLES.containsKey(flag)) {
        throw usage("unknown argument: " + argument);
      }
      String value = equals < 0 ? rest.pollFirst() : argument.substring(equals + 1);
      if (value == null || value.isEmpty()) {
        throw usage(flag + " needs a value");
      }
      if (given.putIfAbsent(flag, value) != null) {
        throw usage(flag + " is given twice");
      }
    }
    Optional<Setting> config = setting("--config", given, environment);
    return new CommandLine(
        Action.RUN,
        config.map(CommandLine::path).orElse(CONFIG_DEFAULT),
        new Overrides(
            setting("--data", given, environment).map(CommandLine::path),
            setting("--amqp-port", given, environment).map(CommandLine::port),
            setting("--http-port", given, environment).map(CommandLine::port),
            setting("--metrics-port", given, environment).map(CommandLine::port),
            acceptsDamage));
  }

  private static Optional<Setting> setting(
      String flag, Map<String, String> given, Map<String, String> environment) {
    String value = given.get(flag);
    if (value != null) {
      return Optional.of(new Setting(flag, value));
    }
    String variable = VARIABLES.getOrDefault(flag, "");
    // An empty variable is one that is not set.
    return Optional.ofNullable(environment.get(variable))
        .filter(text -> !text.isEmpty())
        .map(text -> new Setting(variable, text));
  }

  private static Path path(Setting setting) {
    try {
      return Path.of(setting.value());
    } catch (InvalidPathException e) {
      throw usage(setting.name() + " is not a path: " + setting.value());
    }
  }

  private static Integer port(Setting setting) {
    try {
      int port = Integer.parseInt(setting.value());
      if (port >= 0 && port <= PORT_MAX) {
        return port;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw usage(setting.name() + " is not a port from 0 to " + PORT_MAX + ": " + setting.value());
  }

  private static StartFailedException usage(String text) {
    return new StartFailedException(ExitCode.USAGE, text + "\n\n" + HELP.stripTrailing(), null);
  }

  /** A value with the name it was given under. */
  private record Setting(String name, String value) {}
}
