package dev.warren.server.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code warren declare user}. */
@Command(name = "user", description = "Makes a user, or gives one another password and other tags.")
final class UserCommand extends Subcommand {
  private static final String VARIABLE = "WARREN_NEW_PASSWORD";

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "NAME")
  private String name = "";

  @Option(
      names = "--tags",
      paramLabel = "A,B",
      description = "administrator, monitoring, policymaker or management (none)")
  private String tags = "";

  @Option(
      names = "--new-password-file",
      paramLabel = "FILE",
      description =
          "file with the user's password on its first line, - for standard input"
              + " (WARREN_NEW_PASSWORD; else a terminal is asked)")
  private Optional<Path> file = Optional.empty();

  @Option(names = "--no-password", description = "no password: the user cannot log in with one")
  private boolean hasNone;

  UserCommand(BrokerCommand command) {
    super(command);
  }

  @Override
  public Integer call() {
    ObjectNode body = JsonNodeFactory.instance.objectNode().put("tags", tags);
    if (hasNone) {
      body.put("password_hash", "");
    } else {
      body.put("password", password());
    }
    var unused = api().send("PUT", "/users/" + Api.encoded(name), Optional.of(body), Map.of());
    return BrokerCommand.OK;
  }

  private String password() {
    return Passwords.given(file, command().environment(), VARIABLE)
        .or(() -> Passwords.asked(command().terminal(), "Password of the new user " + name))
        .orElseThrow(
            () ->
                new ParameterException(
                    spec.commandLine(),
                    "--new-password-file, --no-password or "
                        + VARIABLE
                        + " was expected, since there is no terminal to ask"));
  }
}
