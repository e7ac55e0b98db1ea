package dev.warren.server.cli;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Where passwords come from: never from the command line, which others can read. Stateless. */
final class Passwords {
  private Passwords() {}

  /** The first line of a file, or else what a variable holds. */
  static Optional<String> given(
      Optional<Path> file, Map<String, String> environment, String variable) {
    return file.map(path -> FileText.of(path).lines().findFirst().orElse(""))
        .or(() -> Optional.ofNullable(environment.get(variable)).filter(text -> !text.isEmpty()));
  }

  /** What somebody at a terminal types; empty if there is no terminal. */
  static Optional<String> asked(Terminal terminal, String question) {
    return terminal.canAsk()
        ? Optional.ofNullable(System.console())
            .map(console -> console.readPassword("%s: ", question))
            .map(String::new)
        : Optional.empty();
  }
}
