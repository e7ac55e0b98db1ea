package dev.warren.amqp.management;

import dev.warren.core.broker.BrokerError;
import dev.warren.core.broker.BrokerException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Percent-encoding of segments and queries (contract §4.4, §4.5). Stateless. */
final class PercentEncoding {
  private static final String BARE = "-._~";

  private PercentEncoding() {}

  /**
   * Decodes a segment of a path; a plus stays one.
   *
   * @throws BrokerException with {@code INVALID}
   */
  static String decode(String segment) {
    return decode(segment, false);
  }

  /**
   * Decodes a name or value of a query, in which a plus is a space.
   *
   * @throws BrokerException with {@code INVALID}
   */
  static String decodeQuery(String text) {
    return decode(text, true);
  }

  private static String decode(String text, boolean plusIsSpace) {
    if (text.indexOf('%') < 0 && !(plusIsSpace && text.indexOf('+') >= 0)) {
      return text;
    }
    byte[] in = text.getBytes(StandardCharsets.UTF_8);
    ByteBuffer out = ByteBuffer.allocate(in.length);
    for (int i = 0; i < in.length; i++) {
      if (in[i] == '%') {
        int high = i + 2 < in.length ? Character.digit(in[i + 1], 16) : -1;
        int low = i + 2 < in.length ? Character.digit(in[i + 2], 16) : -1;
        if (high < 0 || low < 0) {
          throw bad(text);
        }
        out.put((byte) (high << 4 | low));
        i += 2;
      } else {
        out.put(plusIsSpace && in[i] == '+' ? (byte) ' ' : in[i]);
      }
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(out.flip()).toString();
    } catch (CharacterCodingException e) {
      throw bad(text);
    }
  }

  private static BrokerException bad(String text) {
    return new BrokerException(BrokerError.INVALID, "bad percent-encoding in '" + text + "'");
  }

  /** Encodes everything but letters, digits and {@code -._~}. */
  static String encode(String text) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (octet & 0xff);
      if (isLetterOrDigit(c) || BARE.indexOf(c) >= 0) {
        out.write(octet);
      } else {
        out.writeBytes(
            String.format(Locale.ROOT, "%%%02X", octet & 0xff).getBytes(StandardCharsets.US_ASCII));
      }
    }
    return out.toString(StandardCharsets.US_ASCII);
  }

  private static boolean isLetterOrDigit(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  }
}
