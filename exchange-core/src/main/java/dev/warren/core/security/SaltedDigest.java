package dev.warren.core.security;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/**
 * RabbitMQ's password hash: a 4-byte salt followed by a digest over salt and password (contract
 * §12). Immutable.
 */
public final class SaltedDigest implements PasswordHash {
  static final String SHA256 = "rabbit_password_hashing_sha256";
  private static final String SHA512 = "rabbit_password_hashing_sha512";
  private static final String MD5 = "rabbit_password_hashing_md5";
  private static final int SALT_BYTES = 4;

  private final String algorithm;
  private final byte[] saltAndDigest;

  private SaltedDigest(String algorithm, byte[] saltAndDigest) {
    this.algorithm = algorithm;
    this.saltAndDigest = saltAndDigest;
  }

  static SaltedDigest of(String password) {
    byte[] salt = new byte[SALT_BYTES];
    new SecureRandom().nextBytes(salt);
    return new SaltedDigest(SHA256, digest(SHA256, salt, password));
  }

  static SaltedDigest parse(String text, String algorithm) {
    byte[] bytes = PasswordHash.base64(text);
    int expected = SALT_BYTES + digestOf(algorithm).getDigestLength();
    if (bytes.length != expected) {
      throw new IllegalArgumentException(
          "a password hash of %d bytes: %d were expected for %s"
              .formatted(bytes.length, expected, algorithm));
    }
    return new SaltedDigest(algorithm, bytes);
  }

  @Override
  public boolean matches(String password) {
    byte[] salt = Arrays.copyOf(saltAndDigest, SALT_BYTES);
    return MessageDigest.isEqual(saltAndDigest, digest(algorithm, salt, password));
  }

  @Override
  public Optional<ScramSecrets> scram() {
    return Optional.empty();
  }

  @Override
  public boolean isSlow() {
    return false;
  }

  @Override
  public String text() {
    return Base64.getEncoder().encodeToString(saltAndDigest);
  }

  @Override
  public String algorithm() {
    return algorithm;
  }

  private static byte[] digest(String algorithm, byte[] salt, String password) {
    MessageDigest digest = digestOf(algorithm);
    digest.update(salt);
    byte[] hash = digest.digest(PasswordHash.octets(password));
    byte[] joined = Arrays.copyOf(salt, salt.length + hash.length);
    System.arraycopy(hash, 0, joined, salt.length, hash.length);
    return joined;
  }

  private static MessageDigest digestOf(String algorithm) {
    String name =
        switch (algorithm) {
          case SHA256 -> "SHA-256";
          case SHA512 -> "SHA-512";
          case MD5 -> "MD5";
          default ->
              throw new IllegalArgumentException(
                  "unknown hashing_algorithm '%s': %s, %s, %s or %s was expected"
                      .formatted(algorithm, SHA256, SHA512, MD5, ScramSecrets.ALGORITHM));
        };
    try {
      return MessageDigest.getInstance(name);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("the JDK does not know " + name, e);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SaltedDigest that
        && algorithm.equals(that.algorithm)
        && MessageDigest.isEqual(saltAndDigest, that.saltAndDigest);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(saltAndDigest);
  }

  @Override
  public String toString() {
    return algorithm;
  }
}
