package dev.warren.core.security;

/** A token is not good. Its message says why and holds nothing of the token that is secret. */
public final class TokenRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** For this reason. */
  public TokenRefusedException(String message) {
    super(message, null, false, false);
  }
}
