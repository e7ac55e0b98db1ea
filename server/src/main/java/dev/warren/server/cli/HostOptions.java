package dev.warren.server.cli;

import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** In which virtual host something is. */
final class HostOptions {
  @Option(
      names = "--vhost",
      paramLabel = "NAME",
      description = "the virtual host it is in (WARREN_VHOST, /)")
  private Optional<String> name = Optional.empty();

  /** Its name as a segment of a path. */
  String encoded(Map<String, String> environment) {
    return Api.encoded(EveryHostOptions.given(name, environment).orElse("/"));
  }
}
