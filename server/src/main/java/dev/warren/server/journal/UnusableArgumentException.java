package dev.warren.server.journal;

/** An argument cannot be used as things are: a file that exists, a queue that does not. */
final class UnusableArgumentException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnusableArgumentException(String message) {
    super(message);
  }
}
