package dev.warren.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.warren.server.config.ServerOptions.Overrides;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandLineTest {

  @Test
  void readsTheDefaultFileWhenNothingIsGiven() {
    CommandLine line = CommandLine.parse(List.of(), Map.of());

    assertThat(line.action()).isEqualTo(CommandLine.Action.RUN);
    assertThat(line.configFile()).isEqualTo(Path.of("config/warren.yaml"));
    assertThat(line.overrides()).isEqualTo(Overrides.NONE);
  }

  @Test
  void takesFlagsWithAndWithoutEqualsSign() {
    CommandLine line =
        CommandLine.parse(
            List.of("--config", "a.yaml", "--data=b", "--amqp-port", "0", "--http-port=65535"),
            Map.of());

    assertThat(line.configFile()).isEqualTo(Path.of("a.yaml"));
    assertThat(line.overrides())
        .isEqualTo(
            new Overrides(
                Optional.of(Path.of("b")),
                Optional.of(0),
                Optional.of(65_535),
                Optional.empty(),
                false));
  }

  @Test
  void givesUpDamageOnlyWhenTold() {
    List<String> told = List.of("--accept-journal-damage", "--data", "d");
    assertThat(CommandLine.parse(told, Map.of()).overrides())
        .isEqualTo(
            new Overrides(
                Optional.of(Path.of("d")),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                true));
    assertThat(CommandLine.parse(List.of(), Map.of()).overrides().acceptJournalDamage()).isFalse();
  }

  @Test
  void takesTheEnvironmentWhereNoFlagIsGiven() {
    CommandLine line =
        CommandLine.parse(
            List.of("--amqp-port", "1"),
            Map.of(
                "WARREN_CONFIG", "env.yaml",
                "WARREN_DATA", "env-data",
                "WARREN_AMQP_PORT", "2",
                "WARREN_HTTP_PORT", "3"));

    assertThat(line.configFile()).isEqualTo(Path.of("env.yaml"));
    assertThat(line.overrides())
        .isEqualTo(
            new Overrides(
                Optional.of(Path.of("env-data")),
                Optional.of(1),
                Optional.of(3),
                Optional.empty(),
                false));
  }

  @Test
  void takesAnEmptyVariableAsUnset() {
    assertThat(CommandLine.parse(List.of(), Map.of("WARREN_AMQP_PORT", "")).overrides())
        .isEqualTo(Overrides.NONE);
  }

  @ParameterizedTest
  @CsvSource({"--help, HELP", "-h, HELP", "--version, VERSION"})
  void printsInsteadOfRunning(String argument, CommandLine.Action action) {
    assertThat(CommandLine.parse(List.of("--data", "x", argument), Map.of()).action())
        .isEqualTo(action);
  }

  @ParameterizedTest
  @CsvSource({
    "--port 1, unknown argument: --port",
    "run, unknown argument: run",
    "--config, --config needs a value",
    "--data=, --data needs a value",
    "--data a --data b, --data is given twice",
    "--amqp-port x, --amqp-port is not a port from 0 to 65535: x",
    "--http-port 65536, --http-port is not a port from 0 to 65535: 65536",
    "--amqp-port -1, --amqp-port is not a port from 0 to 65535: -1"
  })
  void refusesWhatItDoesNotUnderstand(String arguments, String text) {
    StartFailedException wrong =
        catchThrowableOfType(
            StartFailedException.class,
            () -> CommandLine.parse(List.of(arguments.split(" ")), Map.of()));

    assertThat(wrong.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(wrong.text().lines().findFirst()).contains(text);
    assertThat(wrong.text()).contains("Usage: warren");
  }

  @Test
  void namesTheVariableThatIsWrong() {
    StartFailedException wrong =
        catchThrowableOfType(
            StartFailedException.class,
            () -> CommandLine.parse(List.of(), Map.of("WARREN_HTTP_PORT", "http")));

    assertThat(wrong.text()).startsWith("WARREN_HTTP_PORT is not a port from 0 to 65535: http");
  }
}
