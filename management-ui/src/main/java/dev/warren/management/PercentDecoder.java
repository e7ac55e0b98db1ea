package dev.warren.management;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Decodes one path segment or query part: percent escapes of UTF-8. Stateless. */
final class PercentDecoder {
  private PercentDecoder() {}

  /** The decoded text; a plus sign stays one. Empty if an escape is broken or is not UTF-8. */
  static Optional<String> decode(String text) {
    if (text.indexOf('%') < 0) {
      return Optional.of(text);
    }
    byte[] raw = text.getBytes(StandardCharsets.UTF_8);
    byte[] decoded = new byte[raw.length];
    int length = 0;
    for (int i = 0; i < raw.length; i++) {
      if (raw[i] != '%') {
        decoded[length++] = raw[i];
        continue;
      }
      if (i + 2 >= raw.length) {
        return Optional.empty();
      }
      int high = Character.digit(raw[i + 1], 16);
      int low = Character.digit(raw[i + 2], 16);
      if (high < 0 || low < 0) {
        return Optional.empty();
      }
      decoded[length++] = (byte) (high << 4 | low);
      i += 2;
    }
    try {
      return Optional.of(
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(decoded, 0, length))
              .toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  /** The same for a query part, where a plus sign is a space. */
  static Optional<String> decodeQuery(String text) {
    return decode(text.replace('+', ' '));
  }
}
