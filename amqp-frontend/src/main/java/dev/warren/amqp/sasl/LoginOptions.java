package dev.warren.amqp.sasl;

import java.util.List;

/**
 * Which ways of logging in are offered to whom. Immutable.
 *
 * @param mechanisms in this order, as far as the rest allows each; empty to choose by the channel:
 *     PLAIN and its like where secrets may come in clear or TLS is below, SCRAM elsewhere
 * @param plainText from where secrets may come without TLS: PLAIN and tokens
 * @param anonymousFrom from where clients without a name may come
 * @param externalName what of a certificate is the user's name
 * @param alternativeNameType which alternative name that is, if it is one
 */
public record LoginOptions(
    List<String> mechanisms,
    From plainText,
    From anonymousFrom,
    ExternalName externalName,
    AlternativeName alternativeNameType) {
  /** By the channel; secrets in clear and clients without a name from this machine only. */
  public static final LoginOptions DEFAULTS =
      new LoginOptions(
          List.of(), From.LOOPBACK, From.LOOPBACK, ExternalName.COMMON_NAME, AlternativeName.DNS);

  /**
   * Checks the names.
   *
   * @throws IllegalArgumentException naming a mechanism there is not, or one that is named twice
   */
  public LoginOptions {
    mechanisms = List.copyOf(mechanisms);
    for (String mechanism : mechanisms) {
      if (!Mechanisms.KNOWN.contains(mechanism)) {
        throw new IllegalArgumentException(
            "unknown mechanism '%s': one of %s was expected"
                .formatted(mechanism, String.join(", ", Mechanisms.KNOWN)));
      }
    }
    if (mechanisms.stream().distinct().count() < mechanisms.size()) {
      throw new IllegalArgumentException("a mechanism is named twice");
    }
  }

  /** Where a client is. */
  public enum From {
    /** Anywhere. */
    ALWAYS,
    /** On this machine. */
    LOOPBACK,
    /** Nowhere. */
    NEVER;

    boolean includes(boolean loopback) {
      return this == ALWAYS || (this == LOOPBACK && loopback);
    }
  }

  /** A field of a certificate. */
  public enum ExternalName {
    /** The whole subject. */
    DISTINGUISHED_NAME,
    /** Its common name. */
    COMMON_NAME,
    /** The first alternative name of a certain type. */
    SUBJECT_ALTERNATIVE_NAME
  }

  /** A type of alternative names of a certificate (RFC 5280, §4.2.1.6). */
  public enum AlternativeName {
    /** A host. */
    DNS("DNS:"),
    /** An address of mail. */
    EMAIL("email:"),
    /** A URI. */
    URI("URI:"),
    /** An IP address. */
    IP("IP:");

    private final String prefix;

    AlternativeName(String prefix) {
      this.prefix = prefix;
    }

    /** What such a name begins with where certificates are described. */
    String prefix() {
      return prefix;
    }
  }

  /** The same with these mechanisms. */
  public LoginOptions withMechanisms(String... names) {
    return new LoginOptions(
        List.of(names), plainText, anonymousFrom, externalName, alternativeNameType);
  }

  /** The same with secrets in clear from elsewhere. */
  public LoginOptions withPlainText(From from) {
    return new LoginOptions(mechanisms, from, anonymousFrom, externalName, alternativeNameType);
  }
}
