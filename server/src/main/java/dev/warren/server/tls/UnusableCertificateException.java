package dev.warren.server.tls;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A certificate, key or authority that cannot be used; the message says why, and no secret. */
public final class UnusableCertificateException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnusableCertificateException(String message) {
    super(message);
  }

  static UnusableCertificateException unreadable(Path file, IOException cause) {
    String why =
        cause instanceof NoSuchFileException
            ? "does not exist"
            : cause instanceof AccessDeniedException
                ? "may not be read by this user"
                : "cannot be read: " + cause.getClass().getSimpleName();
    return new UnusableCertificateException("the file " + file + " " + why);
  }

  /** The text of {@link #getMessage}, which is always there. */
  public String text() {
    return String.valueOf(getMessage());
  }
}
