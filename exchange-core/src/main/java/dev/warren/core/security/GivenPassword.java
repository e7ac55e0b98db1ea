package dev.warren.core.security;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A password which somebody gave in clear at the start, and which no file of the broker holds. It
 * is checked against a fast hash, which is in memory only. What SCRAM needs takes a good part of a
 * second to make: it is made when it is first asked for, so that many users do not slow the start,
 * and then the password itself is forgotten. Thread-safe.
 */
public final class GivenPassword implements PasswordHash {
  private final SaltedDigest fast;
  private final AtomicReference<@Nullable ScramSecrets> secrets = new AtomicReference<>();
  private volatile @Nullable String clear;

  GivenPassword(String password) {
    fast = SaltedDigest.of(password);
    clear = password;
  }

  @Override
  public boolean matches(String password) {
    return fast.matches(password);
  }

  @Override
  public boolean isSlow() {
    return false;
  }

  @Override
  public Optional<ScramSecrets> scram() {
    return Optional.of(secrets());
  }

  private ScramSecrets secrets() {
    String password = clear;
    // The password is forgotten only after the secrets are there.
    ScramSecrets made = secrets.get();
    if (made != null) {
      return made;
    }
    if (password == null) {
      throw new IllegalStateException("a password was forgotten too early");
    }
    ScramSecrets fresh = ScramSecrets.of(password, ScramSecrets.ITERATIONS);
    // Of two threads that made them at once, the first one's count for both.
    ScramSecrets first = secrets.compareAndExchange(null, fresh);
    clear = null;
    return first == null ? fresh : first;
  }

  /** The strong hash; slow at first. */
  @Override
  public String text() {
    return secrets().text();
  }

  @Override
  public String algorithm() {
    return ScramSecrets.ALGORITHM;
  }

  @Override
  public String toString() {
    return algorithm();
  }
}
