package dev.warren.benchmarks;

import dev.warren.benchmarks.load.LoadDriver;
import dev.warren.benchmarks.load.LoadOptions;
import java.util.List;

/**
 * Drives any AMQP 1.0 broker with senders and receivers and prints throughput, latency percentiles,
 * loss, duplicates and order. {@code --help} tells the options.
 */
public final class LoadTool {

  private LoadTool() {}

  /** Runs one load. */
  public static void main(String[] args) throws InterruptedException {
    if (List.of(args).contains("--help")) {
      System.out.print(LoadOptions.HELP);
      return;
    }
    LoadOptions options;
    try {
      options = LoadOptions.parse(args);
    } catch (IllegalArgumentException e) {
      System.err.println("wrong usage: " + e.getMessage() + " (--help tells more)");
      System.exit(LoadDriver.EXIT_USAGE);
      return;
    }
    System.exit(LoadDriver.drive(options, System.out, System.err));
  }
}
