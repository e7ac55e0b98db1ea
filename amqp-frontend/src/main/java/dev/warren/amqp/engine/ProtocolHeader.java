package dev.warren.amqp.engine;

import java.nio.ByteBuffer;

/**
 * What the first octets of a connection say that the peer speaks (AMQP 1.0 §2.2). Only {@link
 * #SASL} is served; the others are named so that the log can say what came.
 */
public enum ProtocolHeader {
  /** Not enough octets yet. */
  INCOMPLETE("an incomplete header"),
  /** AMQP 1.0 with the SASL layer (§5.3.1). */
  SASL("AMQP 1.0"),
  /** AMQP 1.0 without SASL, which is mandatory here. */
  PLAIN("an AMQP 1.0 client that skips SASL"),
  /** The TLS upgrade inside AMQP (§5.2.1). */
  AMQP_TLS("an AMQP 1.0 client asking for TLS inside AMQP"),
  /** AMQP 0-9-1 and its relatives. */
  AMQP_0_9("an AMQP 0-9-1 client"),
  /** Some other version of AMQP. */
  OTHER_AMQP("a client of another AMQP version"),
  /** A TLS handshake record. */
  TLS("a TLS client on the plain port"),
  /** An HTTP request. */
  HTTP("an HTTP client"),
  /** None of these. */
  UNKNOWN("not an AMQP client");

  /** Length of a header in octets. */
  public static final int LENGTH = 8;

  private static final int AMQP = 0x414d5150;
  private static final int DECISIVE = 4;
  private static final String[] HTTP_METHODS = {
    "GET ", "POST", "PUT ", "HEAD", "DELE", "OPTI", "PATC", "CONN", "TRAC", "PRI "
  };

  private final String description;

  ProtocolHeader(String description) {
    this.description = description;
  }

  /** What the peer probably is, for the log. */
  public String description() {
    return description;
  }

  /** The header which is served, as the answer to all others. */
  public static byte[] served() {
    return new byte[] {'A', 'M', 'Q', 'P', 3, 1, 0, 0};
  }

  /** Judges the octets from the buffer's position; does not move it. */
  public static ProtocolHeader of(ByteBuffer in) {
    if (in.remaining() < DECISIVE) {
      return INCOMPLETE;
    }
    int at = in.position();
    if (in.getInt(at) != AMQP) {
      return notAmqp(in, at);
    }
    if (in.remaining() < LENGTH) {
      return INCOMPLETE;
    }
    int version = (in.get(at + 5) & 0xff) << 16 | (in.get(at + 6) & 0xff) << 8 | in.get(at + 7);
    if (version == 0x010000) {
      return switch (in.get(at + 4)) {
        case 0 -> PLAIN;
        case 2 -> AMQP_TLS;
        case 3 -> SASL;
        default -> OTHER_AMQP;
      };
    }
    // 0-9-1 is "AMQP" 0 0 9 1; 0-8 and 0-9 begin with 1 1.
    return (version >> 8 & 0xff) == 9 || in.get(at + 4) == 1 ? AMQP_0_9 : OTHER_AMQP;
  }

  private static ProtocolHeader notAmqp(ByteBuffer in, int at) {
    if (in.get(at) == 0x16 && in.get(at + 1) == 3) {
      return TLS;
    }
    for (String method : HTTP_METHODS) {
      boolean same = true;
      for (int i = 0; i < DECISIVE; i++) {
        same &= in.get(at + i) == method.charAt(i);
      }
      if (same) {
        return HTTP;
      }
    }
    return UNKNOWN;
  }
}
