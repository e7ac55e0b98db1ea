package dev.warren.server.cli;

import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** From where to where a binding leads. */
final class BindingEnds {
  @Parameters(index = "0", paramLabel = "EXCHANGE", description = "where it starts")
  private String source = "";

  @Parameters(index = "1", paramLabel = "DESTINATION", description = "the queue it leads to")
  private String destination = "";

  @Option(names = "--key", paramLabel = "KEY", description = "the binding key (empty)")
  private String key = "";

  @Option(names = "--to-exchange", description = "the destination is an exchange")
  private boolean toExchange;

  String key() {
    return key;
  }

  /** The path of bindings between these ends. */
  String path(String virtualHost) {
    return "/bindings/%s/e/%s/%s/%s"
        .formatted(
            virtualHost, Api.encoded(source), toExchange ? "e" : "q", Api.encoded(destination));
  }
}
