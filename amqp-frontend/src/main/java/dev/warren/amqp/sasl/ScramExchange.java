package dev.warren.amqp.sasl;

import dev.warren.core.security.ScramSecrets.Digest;
import dev.warren.core.security.ScramSecrets.Keys;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Optional;

/**
 * SCRAM after the client's first message (RFC 5802 §3, §7): what the server asks, and whether the
 * client's answer proves that it knows the password. Immutable.
 */
final class ScramExchange {
  private final ScramClientFirst first;
  private final Keys keys;
  private final String nonce;
  private final String serverFirst;

  /**
   * Begins.
   *
   * @param serverNonce random, printable and without commas
   */
  ScramExchange(ScramClientFirst first, Keys keys, String serverNonce) {
    this.first = first;
    this.keys = keys;
    this.nonce = first.nonce() + serverNonce;
    this.serverFirst = "r=" + nonce + ",s=" + base64(keys.salt()) + ",i=" + keys.iterations();
  }

  String user() {
    return first.user();
  }

  Keys keys() {
    return keys;
  }

  /** The server's first message. */
  String serverFirst() {
    return serverFirst;
  }

  /**
   * Checks the client's last message.
   *
   * @return the server's last message, or empty if nothing is proved
   */
  Optional<String> prove(String message) {
    int proofAt = message.lastIndexOf(",p=");
    if (proofAt < 0) {
      return Optional.empty();
    }
    String withoutProof = message.substring(0, proofAt);
    Optional<byte[]> proof = canonical(message.substring(proofAt + 3));
    if (proof.isEmpty() || !isAboutThis(withoutProof)) {
      return Optional.empty();
    }
    Digest digest = keys.digest();
    byte[] said = SaslText.encode(first.bare() + "," + serverFirst + "," + withoutProof);
    byte[] clientKey = digest.hmac(keys.storedKey(), said);
    if (proof.get().length != clientKey.length) {
      return Optional.empty();
    }
    for (int i = 0; i < clientKey.length; i++) {
      clientKey[i] ^= proof.get()[i];
    }
    return MessageDigest.isEqual(digest.hash(clientKey), keys.storedKey())
        ? Optional.of("v=" + base64(digest.hmac(keys.serverKey(), said)))
        : Optional.empty();
  }

  /** Channel binding, nonce, then whatever extensions there may be. */
  private boolean isAboutThis(String withoutProof) {
    String[] attributes = withoutProof.split(",", -1);
    if (attributes.length < 2
        || !attributes[0].equals("c=" + base64(SaslText.encode(first.header())))
        || !attributes[1].equals("r=" + nonce)) {
      return false;
    }
    for (int i = 2; i < attributes.length; i++) {
      if (!isExtension(attributes[i])) {
        return false;
      }
    }
    return true;
  }

  /** [5802 §5.1] An attribute nobody here knows, and need not: {@code m=} must be understood. */
  static boolean isExtension(String attribute) {
    return attribute.length() > 2
        && attribute.charAt(1) == '='
        && Character.isLetter(attribute.charAt(0))
        && attribute.charAt(0) != 'm';
  }

  /** What is encoded, if that is the one way to encode it. */
  private static Optional<byte[]> canonical(String text) {
    try {
      byte[] octets = Base64.getDecoder().decode(text);
      return base64(octets).equals(text) ? Optional.of(octets) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static String base64(byte[] octets) {
    return Base64.getEncoder().encodeToString(octets);
  }
}
