package dev.warren.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Command;

/** {@code warren whoami}: as whom the broker takes these sub-commands. */
@Command(name = "whoami", description = "Says as which user you ask, and with which tags.")
final class WhoAmICommand extends Subcommand {
  WhoAmICommand(BrokerCommand command) {
    super(command);
  }

  @Override
  public Integer call() {
    JsonNode user = api().get("/whoami");
    if (isJson()) {
      command().json(user);
    } else {
      ShowCommand.print(user, "", command().out());
    }
    return BrokerCommand.OK;
  }
}
