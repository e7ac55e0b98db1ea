package dev.warren.amqp.sasl;

import dev.warren.amqp.sasl.SaslAnswer.Outcome;
import dev.warren.core.security.Authenticator;
import dev.warren.core.security.LoginClient;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * XOAUTH2: the form OAUTHBEARER had before it was a standard, and the one which most AMQP clients
 * speak. A user, who is ignored since the token names one, and the token.
 */
final class XOAuth2Mechanism extends SaslMechanism {
  private final Authenticator authenticator;
  private final LoginClient client;

  XOAuth2Mechanism(Refusals refusals, Authenticator authenticator, LoginClient client) {
    super(refusals);
    this.authenticator = authenticator;
    this.client = client;
  }

  @Override
  CompletionStage<SaslAnswer> step(byte[] response) {
    Optional<String> token =
        SaslText.decode(response)
            .filter(said -> said.startsWith("user="))
            .flatMap(OAuthBearerMechanism::bearer);
    if (token.isEmpty()) {
      return now(malformed("malformed response for XOAUTH2"));
    }
    return authenticator.logInWithToken(client, token.get()).thenApply(Outcome::new);
  }
}
