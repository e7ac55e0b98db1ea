package dev.warren.core.security;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** A password nobody can read. Immutable; its text form does not show it. */
public sealed interface PasswordHash permits NoPassword, SaltedDigest, ScramSecrets, GivenPassword {
  /** No password fits: the user cannot log in with one. */
  PasswordHash NONE = new NoPassword();

  /**
   * Whether it is the password of this hash. Takes the same time wherever they differ; a slow hash
   * takes a good part of a second.
   */
  boolean matches(String password);

  /** Whether {@link #matches} takes so long that nobody else should have to wait for it. */
  boolean isSlow();

  /** The hash as definitions hold it (contract §12). */
  String text();

  /** How it was made, as definitions name it. */
  String algorithm();

  /**
   * What SCRAM needs, if it can be had from this hash. May take a good part of a second when it is
   * first asked for.
   */
  Optional<ScramSecrets> scram();

  /**
   * Reads a hash.
   *
   * @param text empty for none
   * @param algorithm RabbitMQ's {@code rabbit_password_hashing_sha256}, {@code _sha512} or {@code
   *     _md5}, or {@link ScramSecrets#ALGORITHM}
   * @throws IllegalArgumentException saying what is wrong
   */
  static PasswordHash parse(String text, String algorithm) {
    if (text.isEmpty()) {
      return NONE;
    }
    if (algorithm.equals(ScramSecrets.ALGORITHM)) {
      return ScramSecrets.parse(text);
    }
    return SaltedDigest.parse(text, algorithm);
  }

  /** A hash such as RabbitMQ makes: fast, so weak against one who has it. */
  static PasswordHash compatible(String password) {
    return SaltedDigest.of(password);
  }

  /** A hash that is hard to guess from; takes a good part of a second. */
  static PasswordHash strong(String password) {
    return ScramSecrets.of(password, ScramSecrets.ITERATIONS);
  }

  /** A password from a configuration: quick to make and to check, and good for SCRAM. */
  static PasswordHash given(String password) {
    return new GivenPassword(password);
  }

  /** The octets of a password. */
  static byte[] octets(String password) {
    return password.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Decodes base64.
   *
   * @throws IllegalArgumentException saying that it is none, but not what it is
   */
  static byte[] base64(String text) {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("a password hash that is not base64", e);
    }
  }
}
