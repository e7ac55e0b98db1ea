package dev.warren.amqp.sasl;

import dev.warren.amqp.sasl.SaslAnswer.Challenge;
import dev.warren.amqp.sasl.SaslAnswer.Outcome;
import dev.warren.core.security.Authenticator;
import dev.warren.core.security.Login.Reason;
import dev.warren.core.security.Login.Refused;
import dev.warren.core.security.LoginClient;
import dev.warren.core.security.ScramSecrets.Digest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * SCRAM (RFC 5802, RFC 7677): the client proves that it knows the password without saying it, and
 * the server that it knows what it was told of it. Without channel binding.
 */
final class ScramMechanism extends SaslMechanism {
  private static final int NONCE_BYTES = 24;

  private final Authenticator authenticator;
  private final LoginClient client;
  private final Digest digest;
  private final Supplier<String> nonces;
  private @Nullable ScramExchange exchange;

  ScramMechanism(
      Refusals refusals, Authenticator authenticator, LoginClient client, Digest digest) {
    this(refusals, authenticator, client, digest, ScramMechanism::freshNonce);
  }

  /** The same with chosen nonces, for tests with known messages. */
  ScramMechanism(
      Refusals refusals,
      Authenticator authenticator,
      LoginClient client,
      Digest digest,
      Supplier<String> nonces) {
    super(refusals);
    this.authenticator = authenticator;
    this.client = client;
    this.digest = digest;
    this.nonces = nonces;
  }

  private static String freshNonce() {
    byte[] random = new byte[NONCE_BYTES];
    new SecureRandom().nextBytes(random);
    return Base64.getEncoder().encodeToString(random);
  }

  @Override
  CompletionStage<SaslAnswer> step(byte[] response) {
    Optional<String> said = SaslText.decode(response);
    if (said.isEmpty()) {
      return now(malformed("a message of SCRAM that is not UTF-8"));
    }
    return now(exchange == null ? first(said.get()) : last(exchange, said.get()));
  }

  private SaslAnswer first(String message) {
    Optional<ScramClientFirst> parsed = ScramClientFirst.parse(message);
    if (parsed.isEmpty()) {
      return malformed("malformed first message of SCRAM");
    }
    ScramClientFirst first = parsed.get();
    if (!first.actsAs().isEmpty() && !first.actsAs().equals(first.user())) {
      return refuse(first.user(), "the client wants to act as somebody else");
    }
    ScramExchange begun =
        new ScramExchange(first, authenticator.scramKeys(first.user(), digest), nonces.get());
    exchange = begun;
    return new Challenge(SaslText.encode(begun.serverFirst()));
  }

  private SaslAnswer last(ScramExchange begun, String message) {
    String user = begun.user();
    Optional<String> proof = begun.prove(message);
    if (proof.isEmpty() || !authenticator.isCurrent(user, begun.keys())) {
      return refuse(user, "wrong user or password");
    }
    return new Outcome(authenticator.admit(client, user), SaslText.encode(proof.get()));
  }

  private SaslAnswer refuse(String user, String text) {
    return new Outcome(authenticator.refuse(client, new Refused(user, Reason.CREDENTIALS, text)));
  }
}
