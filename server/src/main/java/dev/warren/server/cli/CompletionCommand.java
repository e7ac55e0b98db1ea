package dev.warren.server.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code warren completion}. */
@Command(
    name = "completion",
    description = "Prints a script that completes command lines: source <(warren completion)",
    mixinStandardHelpOptions = true)
final class CompletionCommand implements Callable<Integer> {
  private final BrokerCommand command;

  CompletionCommand(BrokerCommand command) {
    this.command = command;
  }

  @Override
  public Integer call() {
    command.out().print(BrokerCommand.completion());
    return BrokerCommand.OK;
  }
}
