package dev.warren.amqp.sasl;

import java.util.List;
import java.util.Optional;

/**
 * What a client's certificate says of it, after the certificate was verified. Immutable.
 *
 * @param subject distinguished name, in the form of RFC 4514
 * @param commonName the subject's, if it has one
 * @param alternativeNames in the order of the certificate
 */
public record PeerCertificate(
    String subject, Optional<String> commonName, List<AlternativeName> alternativeNames) {
  /** Copies the list. */
  public PeerCertificate {
    alternativeNames = List.copyOf(alternativeNames);
  }

  /** One of the subject's alternative names (RFC 5280 §4.2.1.6). */
  public record AlternativeName(Type type, String value) {
    /** What kind of name. */
    public enum Type {
      /** A host. */
      DNS,
      /** An address of mail. */
      EMAIL,
      /** A URI. */
      URI,
      /** An IP address. */
      IP
    }
  }
}
