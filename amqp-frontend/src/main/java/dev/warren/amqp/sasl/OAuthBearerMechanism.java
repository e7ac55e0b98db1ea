package dev.warren.amqp.sasl;

import dev.warren.amqp.sasl.SaslAnswer.Challenge;
import dev.warren.amqp.sasl.SaslAnswer.Outcome;
import dev.warren.core.security.Authenticator;
import dev.warren.core.security.Login;
import dev.warren.core.security.LoginClient;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * OAUTHBEARER (RFC 7628): a GS2 header, whose user is ignored since the token names one, and
 * key-value pairs of which {@code auth} is the token. After a bad token there is one more round, in
 * which the client is told why and says nothing.
 */
final class OAuthBearerMechanism extends SaslMechanism {
  private static final String SEPARATOR = "\1";
  private static final String TOKEN = "auth=Bearer ";
  private static final byte[] INVALID = SaslText.encode("{\"status\":\"invalid_token\"}");

  private final Authenticator authenticator;
  private final LoginClient client;
  private @Nullable Login refused;

  OAuthBearerMechanism(Refusals refusals, Authenticator authenticator, LoginClient client) {
    super(refusals);
    this.authenticator = authenticator;
    this.client = client;
  }

  @Override
  CompletionStage<SaslAnswer> step(byte[] response) {
    if (refused != null) {
      return now(new Outcome(refused));
    }
    Optional<String> token = SaslText.decode(response).flatMap(OAuthBearerMechanism::token);
    if (token.isEmpty()) {
      return now(malformed("malformed response for OAUTHBEARER"));
    }
    return authenticator.logInWithToken(client, token.get()).thenApply(this::answer);
  }

  /** Called before the next response is looked at, though perhaps on another thread. */
  private SaslAnswer answer(Login login) {
    if (login instanceof Login.Granted) {
      return new Outcome(login);
    }
    refused = login;
    return new Challenge(INVALID);
  }

  private static Optional<String> token(String said) {
    int end = said.indexOf(SEPARATOR);
    if (end < 0 || !said.endsWith(SEPARATOR + SEPARATOR)) {
      return Optional.empty();
    }
    String header = said.substring(0, end);
    if (!(header.startsWith("n,") || header.startsWith("y,")) || !header.endsWith(",")) {
      return Optional.empty();
    }
    return bearer(said.substring(end));
  }

  /** The token among pairs that are separated by the octet 1. */
  static Optional<String> bearer(String pairs) {
    for (String pair : pairs.split(SEPARATOR, -1)) {
      if (pair.regionMatches(true, 0, TOKEN, 0, TOKEN.length())) {
        return Optional.of(pair.substring(TOKEN.length()).trim());
      }
    }
    return Optional.empty();
  }
}
