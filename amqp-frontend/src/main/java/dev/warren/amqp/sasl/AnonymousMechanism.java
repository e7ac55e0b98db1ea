package dev.warren.amqp.sasl;

import dev.warren.amqp.sasl.SaslAnswer.Outcome;
import dev.warren.core.broker.AccessAdministration;
import dev.warren.core.security.Authenticator;
import dev.warren.core.security.LoginClient;
import dev.warren.core.security.User;
import java.util.concurrent.CompletionStage;

/** ANONYMOUS (RFC 4505): whatever is said, it is the user for those without a name. */
final class AnonymousMechanism extends SaslMechanism {
  private final AccessAdministration access;
  private final Authenticator authenticator;
  private final LoginClient client;

  AnonymousMechanism(
      Refusals refusals,
      AccessAdministration access,
      Authenticator authenticator,
      LoginClient client) {
    super(refusals);
    this.access = access;
    this.authenticator = authenticator;
    this.client = client;
  }

  @Override
  boolean isOptional() {
    return true;
  }

  @Override
  CompletionStage<SaslAnswer> step(byte[] response) {
    String user = access.anonymousUser().map(User::name).orElse("");
    return now(new Outcome(authenticator.admit(client, user)));
  }
}
