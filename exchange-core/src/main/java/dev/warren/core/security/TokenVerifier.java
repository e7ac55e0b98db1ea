package dev.warren.core.security;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Tells whether a token is good, and what it says. Thread-safe. */
public interface TokenVerifier {
  /** No token is good. */
  TokenVerifier NONE =
      new TokenVerifier() {
        @Override
        public boolean takesTokens() {
          return false;
        }

        @Override
        public CompletionStage<TokenClaims> verify(String token) {
          return CompletableFuture.failedFuture(
              new TokenRefusedException("this broker does not log in by tokens"));
        }
      };

  /** Whether there is any use in asking. */
  default boolean takesTokens() {
    return true;
  }

  /**
   * Checks a token; may take some milliseconds of the calling thread, and more time until the stage
   * completes if keys have to be fetched.
   *
   * @return fails with {@link TokenRefusedException}, or with anything else if the verifier failed
   */
  CompletionStage<TokenClaims> verify(String token);
}
