package dev.warren.core.broker;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;

/**
 * RabbitMQ's password hash: base64 of a 4-byte salt followed by SHA-256 over salt and UTF-8
 * password (contract §12). Stateless.
 */
public final class PasswordHash {
  private static final int SALT_BYTES = 4;

  private PasswordHash() {}

  /** Hashes a password with a fresh salt. */
  public static String of(String password) {
    byte[] salt = new byte[SALT_BYTES];
    new SecureRandom().nextBytes(salt);
    return encode(salt, password);
  }

  /** Whether the password belongs to the hash; compares in constant time. False for a bad hash. */
  public static boolean matches(String hash, String password) {
    byte[] stored;
    try {
      stored = Base64.getDecoder().decode(hash);
    } catch (IllegalArgumentException e) {
      return false;
    }
    if (stored.length <= SALT_BYTES) {
      return false;
    }
    byte[] salt = Arrays.copyOf(stored, SALT_BYTES);
    return MessageDigest.isEqual(
        hash.getBytes(StandardCharsets.US_ASCII),
        encode(salt, password).getBytes(StandardCharsets.US_ASCII));
  }

  private static String encode(byte[] salt, String password) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(salt);
      byte[] hash = digest.digest(password.getBytes(StandardCharsets.UTF_8));
      byte[] all = Arrays.copyOf(salt, SALT_BYTES + hash.length);
      System.arraycopy(hash, 0, all, SALT_BYTES, hash.length);
      return Base64.getEncoder().encodeToString(all);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
