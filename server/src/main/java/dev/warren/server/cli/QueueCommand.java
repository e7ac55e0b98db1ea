package dev.warren.server.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code warren purge}, {@code pause} and {@code resume}. */
@Command(mixinStandardHelpOptions = true)
final class QueueCommand implements Callable<Integer> {
  private final BrokerCommand command;
  private final Action action;

  @Mixin private BrokerOptions broker = new BrokerOptions();
  @Mixin private HostOptions host = new HostOptions();

  @Parameters(index = "0", paramLabel = "QUEUE")
  private String queue = "";

  /** What is done to the queue. */
  enum Action {
    /** Deletes its ready messages. */
    PURGE("DELETE", "contents"),
    /** Stops its consumers. */
    PAUSE("PUT", "pause"),
    /** Goes on. */
    RESUME("PUT", "resume");

    private final String method;
    private final String path;

    Action(String method, String path) {
      this.method = method;
      this.path = path;
    }
  }

  QueueCommand(BrokerCommand command, Action action) {
    this.command = command;
    this.action = action;
  }

  @Override
  public Integer call() {
    var unused =
        broker
            .open(command.environment())
            .send(
                action.method,
                "/queues/%s/%s/%s"
                    .formatted(
                        host.encoded(command.environment()), Api.encoded(queue), action.path));
    return BrokerCommand.OK;
  }
}
