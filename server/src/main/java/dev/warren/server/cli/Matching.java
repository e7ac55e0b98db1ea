package dev.warren.server.cli;

import java.util.Optional;
import picocli.CommandLine.Option;

/** Which messages of a queue are meant. */
final class Matching {
  @Option(
      names = "--filter",
      paramLabel = "SQL",
      description = "a filter such as \"kind = 'video' AND n > 5\"")
  private Optional<String> filter = Optional.empty();

  @Option(names = "--text", paramLabel = "TEXT", description = "text in the body")
  private Optional<String> text = Optional.empty();

  /** Whether it says anything. */
  boolean isGiven() {
    return filter.isPresent() || text.isPresent();
  }

  Optional<String> filter() {
    return filter;
  }

  Optional<String> text() {
    return text;
  }

  /** As parameters of a query, each with an ampersand before it. */
  String query() {
    return filter.map(sql -> "&filter=" + Api.encoded(sql)).orElse("")
        + text.map(words -> "&text=" + Api.encoded(words)).orElse("");
  }
}
