package dev.warren.management;

import dev.warren.core.security.PasswordHash;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Makes hashes of passwords that are set (contract §12). A good hash takes a good part of a second,
 * so that a thread of its own makes them. Thread-safe.
 */
final class NewPasswords {
  /** With more, nobody could log in over HTTP. */
  private static final int PASSWORD_BYTES_MAX = 512;

  private static final String HASHING_DEFAULT = "rabbit_password_hashing_sha256";

  private final ManagementWorker worker;

  NewPasswords(ManagementWorker worker) {
    this.worker = worker;
  }

  /** A password to be hashed, or its hash. */
  sealed interface Wanted {
    /** In clear; its text form does not show it. */
    record Clear(String password) implements Wanted {
      @Override
      public String toString() {
        return "a password";
      }
    }

    /** Hashed by whoever sent it. */
    record Hashed(PasswordHash hash) implements Wanted {}
  }

  /**
   * What a user's object says of the password: {@code password}, or {@code password_hash} with
   * {@code hashing_algorithm}; neither, or an empty one, for no login with a password.
   *
   * @throws ApiException 400 for both, and for a malformed hash
   */
  static Wanted read(JsonBody user) {
    Optional<String> password = user.text("password");
    Optional<String> hash = user.text("password_hash");
    if (password.isPresent() && hash.isPresent()) {
      throw user.invalid("password", "both password and password_hash are given");
    }
    if (password.isPresent()) {
      return clear(user, password.get());
    }
    try {
      return new Wanted.Hashed(
          PasswordHash.parse(
              hash.orElse(""), user.text("hashing_algorithm").orElse(HASHING_DEFAULT)));
    } catch (IllegalArgumentException e) {
      throw user.invalid("password_hash", String.valueOf(e.getMessage()));
    }
  }

  private static Wanted clear(JsonBody user, String password) {
    if (password.getBytes(StandardCharsets.UTF_8).length > PASSWORD_BYTES_MAX) {
      throw user.invalid("password", "at most " + PASSWORD_BYTES_MAX + " bytes were expected");
    }
    return password.isEmpty() ? new Wanted.Hashed(PasswordHash.NONE) : new Wanted.Clear(password);
  }

  /** The hash of what is wanted. */
  CompletionStage<PasswordHash> hash(Wanted wanted) {
    CompletableFuture<PasswordHash> hash = new CompletableFuture<>();
    if (wanted instanceof Wanted.Clear clear) {
      worker.call(
          () -> PasswordHash.strong(clear.password()), hash::complete, hash::completeExceptionally);
    } else if (wanted instanceof Wanted.Hashed hashed) {
      hash.complete(hashed.hash());
    }
    return hash;
  }
}
