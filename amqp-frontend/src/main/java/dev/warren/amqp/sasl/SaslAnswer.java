package dev.warren.amqp.sasl;

import dev.warren.core.security.Login;

/** What a client is told after it has said something. Immutable, arrays and all. */
@SuppressWarnings("ArrayRecordComponent") // written to the wire, never compared
public sealed interface SaslAnswer {
  /** More is wanted. */
  record Challenge(byte[] octets) implements SaslAnswer {
    /** Asks for what might have come with the choice of the mechanism. */
    static final Challenge EMPTY = new Challenge(new byte[0]);
  }

  /**
   * The end.
   *
   * @param additionalData what proves the server to the client; may be empty
   */
  record Outcome(Login login, byte[] additionalData) implements SaslAnswer {
    Outcome(Login login) {
      this(login, new byte[0]);
    }
  }
}
