package dev.warren.core.broker;

import dev.warren.core.security.Authenticator;
import dev.warren.core.security.Login;
import dev.warren.core.security.LoginClient;
import dev.warren.core.security.LoginListener;
import dev.warren.core.security.TokenVerifier;
import dev.warren.core.time.BrokerClock;

/** Writes refused logins to the audit trail. Thread-safe. */
public final class AuditedLogins implements LoginListener {
  private static final String FAILURE = "user.authentication.failure";

  private final AuditTrail audit;

  /** Writes to this trail. */
  public AuditedLogins(AuditTrail audit) {
    this.audit = audit;
  }

  /** The authenticator of these users; its owner closes it. */
  public static Authenticator authenticator(
      AccessAdministration access,
      TokenVerifier tokens,
      Authenticator.Options options,
      BrokerClock clock) {
    return new Authenticator(
        new Authenticator.Parts(access::rules, tokens, new AuditedLogins(access.audit()), clock),
        options);
  }

  @Override
  public void refused(LoginClient client, Login.Refused refusal) {
    Actor actor = new Actor("", client.address(), client.protocol());
    audit.refused(actor, FAILURE, "", refusal.user(), refusal.text());
  }
}
