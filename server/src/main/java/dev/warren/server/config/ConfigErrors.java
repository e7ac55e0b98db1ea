package dev.warren.server.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Collects what is wrong with a configuration file, so that all of it is told at once. Bounded:
 * beyond {@value #ERRORS_MAX} errors only their number is kept. Owned by the reading thread.
 */
final class ConfigErrors {
  static final int ERRORS_MAX = 100;

  private final String file;
  private final List<Located> errors = new ArrayList<>();
  private int omitted;

  ConfigErrors(String file) {
    this.file = file;
  }

  /** Adds an error about something that was found. */
  void add(Location location, String path, String found, String expected) {
    add(location, path, "found " + found + ", expected " + expected);
  }

  /** Adds an error. */
  void add(Location location, String path, String text) {
    if (errors.size() == ERRORS_MAX) {
      omitted++;
      return;
    }
    errors.add(new Located(location, (path.isEmpty() ? "" : path + ": ") + text));
  }

  boolean isEmpty() {
    return errors.isEmpty();
  }

  /** Each error as {@code file:line:column: path: text}, in the order of the file. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    errors.stream()
        .sorted(
            Comparator.comparingInt((Located e) -> e.location().line())
                .thenComparingInt(e -> e.location().column()))
        .forEach(
            e ->
                lines.add(
                    file
                        + ":"
                        + e.location().line()
                        + ":"
                        + e.location().column()
                        + ": "
                        + e.text()));
    if (omitted > 0) {
      lines.add(file + ": and " + omitted + " more errors");
    }
    return lines;
  }

  /** Ends the reading if anything is wrong. */
  void throwIfAny() {
    if (!isEmpty()) {
      throw new ConfigException(lines());
    }
  }

  private record Located(Location location, String text) {}
}
