package dev.warren.server.cli;

import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Of which virtual host, where all of them are meant unless one is named. */
final class EveryHostOptions {
  private static final String VARIABLE = "WARREN_VHOST";

  @Option(
      names = "--vhost",
      paramLabel = "NAME",
      description = "only those of this virtual host (WARREN_VHOST, all)")
  private Optional<String> name = Optional.empty();

  /** The one that is named. */
  Optional<String> given(Map<String, String> environment) {
    return given(name, environment);
  }

  /** The one that is named on the command line. */
  Optional<String> typed() {
    return name;
  }

  static Optional<String> given(Optional<String> typed, Map<String, String> environment) {
    return typed.or(
        () -> Optional.ofNullable(environment.get(VARIABLE)).filter(text -> !text.isEmpty()));
  }
}
