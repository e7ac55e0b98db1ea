package dev.warren.amqp.sasl;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Text in the messages of mechanisms. Stateless. */
final class SaslText {
  private SaslText() {}

  /** The text, unless it is not UTF-8. */
  static Optional<String> decode(byte[] octets) {
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets)).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  static byte[] encode(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** A name in which a comma is written {@code =2C} and an equals sign {@code =3D} (RFC 5801). */
  static Optional<String> saslName(String encoded) {
    StringBuilder name = new StringBuilder(encoded.length());
    for (int i = 0; i < encoded.length(); i++) {
      char c = encoded.charAt(i);
      if (c == ',' || c == '\0') {
        return Optional.empty();
      }
      if (c != '=') {
        name.append(c);
      } else if (encoded.startsWith("2C", i + 1)) {
        name.append(',');
        i += 2;
      } else if (encoded.startsWith("3D", i + 1)) {
        name.append('=');
        i += 2;
      } else {
        return Optional.empty();
      }
    }
    return name.isEmpty() ? Optional.empty() : Optional.of(name.toString());
  }
}
