package dev.warren.amqp.sasl;

import dev.warren.amqp.sasl.SaslAnswer.Outcome;
import dev.warren.core.security.Authenticator;
import dev.warren.core.security.LoginClient;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** PLAIN (RFC 4616): somebody to act as, who is ignored, NUL, the name, NUL, the password. */
final class PlainMechanism extends SaslMechanism {
  private final Authenticator authenticator;
  private final LoginClient client;

  PlainMechanism(Refusals refusals, Authenticator authenticator, LoginClient client) {
    super(refusals);
    this.authenticator = authenticator;
    this.client = client;
  }

  @Override
  CompletionStage<SaslAnswer> step(byte[] response) {
    Optional<String> text = SaslText.decode(response);
    String[] parts = text.map(said -> said.split("\0", -1)).orElse(new String[0]);
    if (parts.length != 3) {
      return now(malformed("malformed response for PLAIN"));
    }
    return authenticator.logIn(client, parts[1], parts[2]).thenApply(Outcome::new);
  }
}
