package dev.warren.core.journal;

import org.jspecify.annotations.Nullable;

/** The journal's files cannot be used as asked; the message names the file. */
public class JournalException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception with what failed and on which file. */
  public JournalException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
