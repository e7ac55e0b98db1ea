package dev.warren.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;

/** The broker does not do what it was asked for, or cannot be asked. */
final class RefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final int exitCode;

  @SuppressWarnings("serial") // never serialised
  private final JsonNode answer;

  RefusedException(int exitCode, String text) {
    this(exitCode, text, MissingNode.getInstance());
  }

  /** With all that the broker said. */
  RefusedException(int exitCode, String text, JsonNode answer) {
    super(text);
    this.exitCode = exitCode;
    this.answer = answer;
  }

  /** What the broker said; missing if it said nothing, or nothing that can be read. */
  JsonNode answer() {
    return answer;
  }

  /** What the process ends with. */
  int exitCode() {
    return exitCode;
  }
}
