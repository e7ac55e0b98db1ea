package dev.warren.examples;

/** What should have happened did not. The message says what was expected. */
public final class UnexpectedTurnException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  UnexpectedTurnException(String message) {
    super(message);
  }
}
