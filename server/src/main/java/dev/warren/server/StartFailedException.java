package dev.warren.server;

import org.jspecify.annotations.Nullable;

/** Start-up cannot go on; holds what to tell the operator and how the process ends. */
public final class StartFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ExitCode exitCode;

  /** Creates the exception. */
  public StartFailedException(ExitCode exitCode, String text, @Nullable Throwable cause) {
    super(text, cause);
    this.exitCode = exitCode;
  }

  /** How the process ends. */
  public ExitCode exitCode() {
    return exitCode;
  }

  /** What to tell the operator; may be several lines. */
  public String text() {
    return String.valueOf(getMessage());
  }
}
