package dev.warren.server.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** A sub-command that asks the broker. Used once. */
@Command(mixinStandardHelpOptions = true)
abstract class Subcommand implements Callable<Integer> {
  private final BrokerCommand command;

  @Mixin private BrokerOptions broker = new BrokerOptions();

  Subcommand(BrokerCommand command) {
    this.command = command;
  }

  final BrokerCommand command() {
    return command;
  }

  final boolean isJson() {
    return broker.isJson();
  }

  /** A client of the broker that is meant. */
  final Api api() {
    return broker.open(command);
  }
}
