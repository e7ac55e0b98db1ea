package dev.warren.server.config;

import java.util.List;

/** A configuration file that cannot be used; holds every error found, each with its place. */
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final List<String> errors;

  /** Creates the exception. */
  public ConfigException(List<String> errors) {
    super(String.join("\n", errors));
    this.errors = List.copyOf(errors);
  }

  /** The errors in the order of the file, as {@code file:line:column: path: text}. */
  public List<String> errors() {
    return errors;
  }
}
