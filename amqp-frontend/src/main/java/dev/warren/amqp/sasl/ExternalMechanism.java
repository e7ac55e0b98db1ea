package dev.warren.amqp.sasl;

import dev.warren.amqp.sasl.SaslAnswer.Outcome;
import dev.warren.core.security.Authenticator;
import dev.warren.core.security.Login.Reason;
import dev.warren.core.security.Login.Refused;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** EXTERNAL (RFC 4422 A): the client's certificate names the user. */
final class ExternalMechanism extends SaslMechanism {
  private final Authenticator authenticator;
  private final SaslPeer peer;
  private final LoginOptions options;

  ExternalMechanism(
      Refusals refusals, Authenticator authenticator, SaslPeer peer, LoginOptions options) {
    super(refusals);
    this.authenticator = authenticator;
    this.peer = peer;
    this.options = options;
  }

  @Override
  CompletionStage<SaslAnswer> step(byte[] response) {
    Optional<String> name =
        peer.certificate().flatMap(shown -> Mechanisms.externalName(shown, options));
    if (name.isEmpty()) {
      return refuse("", "the certificate does not name a user");
    }
    Optional<String> wanted = SaslText.decode(response);
    if (wanted.isEmpty()) {
      return now(malformed("malformed response for EXTERNAL"));
    }
    if (!wanted.get().isEmpty() && !wanted.get().equals(name.get())) {
      return refuse(name.get(), "the certificate names another user than the client");
    }
    return now(new Outcome(authenticator.admit(peer.client(), name.get())));
  }

  private CompletionStage<SaslAnswer> refuse(String user, String text) {
    Refused refusal = new Refused(user, Reason.CREDENTIALS, text);
    return now(new Outcome(authenticator.refuse(peer.client(), refusal)));
  }
}
