package dev.warren.server.cli;

/** The broker does not do what it was asked for, or cannot be asked. */
final class RefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final int exitCode;

  RefusedException(int exitCode, String text) {
    super(text);
    this.exitCode = exitCode;
  }

  /** What the process ends with. */
  int exitCode() {
    return exitCode;
  }
}
