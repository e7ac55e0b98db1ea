package dev.warren.core.security;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * What a server keeps of a password for SCRAM (RFC 5802, 7677): PBKDF2 with many iterations, once
 * with SHA-256 and once with SHA-512. A password that comes in clear is checked against the latter.
 * Immutable.
 */
public final class ScramSecrets implements PasswordHash {
  /** As definitions name it; no other broker knows it. */
  public static final String ALGORITHM = "warren_password_hashing_scram";

  /** Iterations of new hashes; a client does as many at each login with SCRAM. */
  public static final int ITERATIONS = 100_000;

  private static final int ITERATIONS_MIN = 4096;
  private static final int ITERATIONS_MAX = 10_000_000;
  private static final int SALT_BYTES = 16;
  private static final int SALT_BYTES_MAX = 256;

  private final Keys sha256;
  private final Keys sha512;

  private ScramSecrets(Keys sha256, Keys sha512) {
    this.sha256 = sha256;
    this.sha512 = sha512;
  }

  /** Which digest SCRAM uses. */
  public enum Digest {
    /** RFC 7677. */
    SHA256("SCRAM-SHA-256", "SHA-256", "HmacSHA256", 32),
    /** The same with a longer digest. */
    SHA512("SCRAM-SHA-512", "SHA-512", "HmacSHA512", 64);

    private final String mechanism;
    private final String digest;
    private final String mac;
    private final int bytes;

    Digest(String mechanism, String digest, String mac, int bytes) {
      this.mechanism = mechanism;
      this.digest = digest;
      this.mac = mac;
      this.bytes = bytes;
    }

    /** The name of the SASL mechanism. */
    public String mechanism() {
      return mechanism;
    }

    /** H(octets). */
    public byte[] hash(byte[] octets) {
      try {
        return MessageDigest.getInstance(digest).digest(octets);
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("the JDK does not know " + digest, e);
      }
    }

    /** HMAC(key, octets). */
    public byte[] hmac(byte[] key, byte[] octets) {
      try {
        Mac with = Mac.getInstance(mac);
        with.init(new SecretKeySpec(key, mac));
        return with.doFinal(octets);
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("the JDK does not know " + mac, e);
      }
    }

    /** Hi(password, salt, iterations): slow. */
    byte[] salted(String password, byte[] salt, int iterations) {
      char[] characters = normalised(password).toCharArray();
      PBEKeySpec spec = new PBEKeySpec(characters, salt, iterations, bytes * Byte.SIZE);
      try {
        return SecretKeyFactory.getInstance("PBKDF2With" + mac).generateSecret(spec).getEncoded();
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("the JDK does not know PBKDF2 with " + mac, e);
      } finally {
        spec.clearPassword();
        Arrays.fill(characters, '\0');
      }
    }
  }

  /**
   * What one digest needs. Its arrays are not changed by anybody.
   *
   * @param storedKey H(client key), to check a client's proof
   * @param serverKey to prove to the client that the server knows the password
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Keys(
      Digest digest, int iterations, byte[] salt, byte[] storedKey, byte[] serverKey) {

    static Keys of(Digest digest, String password, byte[] salt, int iterations) {
      byte[] salted = digest.salted(password, salt, iterations);
      byte[] clientKey = digest.hmac(salted, PasswordHash.octets("Client Key"));
      byte[] serverKey = digest.hmac(salted, PasswordHash.octets("Server Key"));
      return new Keys(digest, iterations, salt, digest.hash(clientKey), serverKey);
    }

    private String text() {
      Base64.Encoder base64 = Base64.getEncoder();
      return "%s$%d:%s$%s:%s"
          .formatted(
              digest.mechanism(),
              iterations,
              base64.encodeToString(salt),
              base64.encodeToString(storedKey),
              base64.encodeToString(serverKey));
    }

    static Keys parse(String text, Digest digest) {
      String[] parts = text.split("[$:]", -1);
      if (parts.length != 5 || !parts[0].equals(digest.mechanism())) {
        throw malformed();
      }
      int iterations = iterations(parts[1]);
      byte[] salt = PasswordHash.base64(parts[2]);
      byte[] storedKey = PasswordHash.base64(parts[3]);
      byte[] serverKey = PasswordHash.base64(parts[4]);
      if (salt.length == 0
          || salt.length > SALT_BYTES_MAX
          || storedKey.length != digest.bytes
          || serverKey.length != digest.bytes) {
        throw malformed();
      }
      return new Keys(digest, iterations, salt, storedKey, serverKey);
    }

    private static int iterations(String text) {
      try {
        int iterations = Integer.parseInt(text);
        if (iterations >= ITERATIONS_MIN && iterations <= ITERATIONS_MAX) {
          return iterations;
        }
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException("a password hash without a number of iterations", e);
      }
      throw new IllegalArgumentException(
          "a password hash of %s iterations: %d to %d were expected"
              .formatted(text, ITERATIONS_MIN, ITERATIONS_MAX));
    }

    boolean isSame(Keys that) {
      return iterations == that.iterations
          && MessageDigest.isEqual(salt, that.salt)
          && MessageDigest.isEqual(storedKey, that.storedKey)
          && MessageDigest.isEqual(serverKey, that.serverKey);
    }

    /** Without the keys. */
    @Override
    public String toString() {
      return digest.mechanism();
    }
  }

  /** Hashes a password with a fresh salt; slow. */
  public static ScramSecrets of(String password, int iterations) {
    byte[] salt = new byte[SALT_BYTES];
    new SecureRandom().nextBytes(salt);
    return new ScramSecrets(
        Keys.of(Digest.SHA256, password, salt, iterations),
        Keys.of(Digest.SHA512, password, salt, iterations));
  }

  /**
   * What looks like a user's and is nobody's: always the same for one name, so that asking twice
   * tells nothing. No password fits.
   *
   * @param secret of the process
   */
  static ScramSecrets decoy(byte[] secret, String user) {
    return new ScramSecrets(decoy(Digest.SHA256, secret, user), decoy(Digest.SHA512, secret, user));
  }

  private static Keys decoy(Digest digest, byte[] secret, String user) {
    // The salts of a user are the same for both digests, so these must be.
    byte[] salt =
        Arrays.copyOf(Digest.SHA512.hmac(secret, PasswordHash.octets("salt " + user)), SALT_BYTES);
    byte[] nobodysKey = digest.hmac(secret, PasswordHash.octets("key " + user));
    return new Keys(digest, ITERATIONS, salt, nobodysKey, digest.hash(nobodysKey));
  }

  static ScramSecrets parse(String text) {
    int comma = text.indexOf(',');
    if (comma < 0) {
      throw malformed();
    }
    return new ScramSecrets(
        Keys.parse(text.substring(0, comma), Digest.SHA256),
        Keys.parse(text.substring(comma + 1), Digest.SHA512));
  }

  private static IllegalArgumentException malformed() {
    return new IllegalArgumentException(
        "a malformed password hash: SCRAM-SHA-256$iterations:salt$stored-key:server-key, a comma"
            + " and the same for SCRAM-SHA-512 were expected");
  }

  /** The keys for one digest. */
  public Keys keys(Digest digest) {
    return digest == Digest.SHA256 ? sha256 : sha512;
  }

  @Override
  public boolean matches(String password) {
    Keys fresh = Keys.of(Digest.SHA512, password, sha512.salt(), sha512.iterations());
    return MessageDigest.isEqual(fresh.storedKey(), sha512.storedKey());
  }

  @Override
  public boolean isSlow() {
    return true;
  }

  @Override
  public String text() {
    return sha256.text() + "," + sha512.text();
  }

  @Override
  public Optional<ScramSecrets> scram() {
    return Optional.of(this);
  }

  @Override
  public String algorithm() {
    return ALGORITHM;
  }

  /** A password as both sides must write it: the normal form of SASLprep (RFC 4013 §2.2). */
  private static String normalised(String password) {
    return Normalizer.normalize(password, Normalizer.Form.NFKC);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ScramSecrets that
        && sha256.isSame(that.sha256)
        && sha512.isSame(that.sha512);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(sha512.storedKey());
  }

  @Override
  public String toString() {
    return ALGORITHM;
  }
}
