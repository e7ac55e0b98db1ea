package dev.warren.server.cli;

import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which virtual host. */
final class HostOptions {
  @Option(
      names = "--vhost",
      paramLabel = "NAME",
      description = "the virtual host (WARREN_VHOST, /)")
  private Optional<String> name = Optional.empty();

  /** The one that is named. */
  Optional<String> given(Map<String, String> environment) {
    return name.or(
        () -> Optional.ofNullable(environment.get("WARREN_VHOST")).filter(text -> !text.isEmpty()));
  }

  /** Its name as a segment of a path. */
  String encoded(Map<String, String> environment) {
    return Api.encoded(given(environment).orElse("/"));
  }
}
