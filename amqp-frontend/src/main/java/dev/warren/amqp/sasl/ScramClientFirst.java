package dev.warren.amqp.sasl;

import java.util.Optional;

/**
 * The client's first message of SCRAM (RFC 5802 §7). Immutable.
 *
 * @param header the GS2 header, with its last comma
 * @param actsAs somebody else to act as, or empty
 * @param user whose password it is
 * @param bare the message without the header
 */
record ScramClientFirst(String header, String actsAs, String user, String nonce, String bare) {
  private static final int NONCE_LENGTH_MAX = 512;

  /**
   * Reads the message. Empty if it is malformed, wants channel binding, which is not offered, or an
   * extension that must be understood.
   */
  static Optional<ScramClientFirst> parse(String message) {
    int flagEnd = message.indexOf(',');
    int headerEnd = flagEnd < 0 ? -1 : message.indexOf(',', flagEnd + 1);
    if (headerEnd < 0) {
      return Optional.empty();
    }
    // [5802 §6] y: the client could bind to the channel but sees that the server does not offer it.
    String flag = message.substring(0, flagEnd);
    if (!flag.equals("n") && !flag.equals("y")) {
      return Optional.empty();
    }
    String authorization = message.substring(flagEnd + 1, headerEnd);
    Optional<String> actsAs =
        authorization.isEmpty() ? Optional.of("") : attribute(authorization, "a=");
    String bare = message.substring(headerEnd + 1);
    // A limit of -1 keeps empty attributes at the end, which are malformed.
    String[] attributes = bare.split(",", -1);
    if (actsAs.isEmpty() || attributes.length < 2) {
      return Optional.empty();
    }
    Optional<String> user = attribute(attributes[0], "n=");
    String nonce = attributes[1];
    if (user.isEmpty() || !nonce.startsWith("r=") || !isNonce(nonce.substring(2))) {
      return Optional.empty();
    }
    for (int i = 2; i < attributes.length; i++) {
      if (!ScramExchange.isExtension(attributes[i])) {
        return Optional.empty();
      }
    }
    String header = message.substring(0, headerEnd + 1);
    return Optional.of(
        new ScramClientFirst(header, actsAs.get(), user.get(), nonce.substring(2), bare));
  }

  private static Optional<String> attribute(String text, String name) {
    return text.startsWith(name)
        ? SaslText.saslName(text.substring(name.length()))
        : Optional.empty();
  }

  private static boolean isNonce(String text) {
    return !text.isEmpty()
        && text.length() <= NONCE_LENGTH_MAX
        && text.chars().allMatch(c -> c >= 0x21 && c <= 0x7e && c != ',');
  }
}
