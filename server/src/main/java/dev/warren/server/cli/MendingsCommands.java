package dev.warren.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.server.cli.RequestCommand.Shape;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code warren mendings}: follows and stops changes of queues. Stateless. */
final class MendingsCommands {
  private static final Shape STOP =
      Shape.of("stop", "DELETE", "/mendings/{ID}")
          .says("Stops one; what it has done stays done.", "mendings stop 3");

  private MendingsCommands() {}

  static CommandLine line(BrokerCommand command) {
    return RequestCommand.group(
            command,
            "mendings",
            "Follows and stops what move, copy, retry and drop began; 'list mendings' tells them.",
            List.of(STOP))
        .addSubcommand(
            "show",
            BrokerCommand.example(
                new CommandLine(new One(command, false)), "mendings show 3 --json"))
        .addSubcommand(
            "follow",
            BrokerCommand.example(new CommandLine(new One(command, true)), "mendings follow 3"));
  }

  /** {@code warren mendings show} and {@code follow}. */
  @Command(
      description =
          "Says how far one is. 'follow' waits for its end; Ctrl-C ends only the waiting.")
  private static final class One extends Subcommand {
    private final boolean waits;

    @Parameters(index = "0", paramLabel = "ID")
    private String id = "";

    One(BrokerCommand command, boolean waits) {
      super(command);
      this.waits = waits;
    }

    @Override
    public Integer call() throws InterruptedException {
      Api api = api();
      JsonNode mending = api.get("/mendings/" + Api.encoded(id));
      MendingFollower follower = new MendingFollower(api, command());
      return follower.tell(waits ? follower.untilItIsOver(mending, false) : mending, isJson());
    }
  }
}
