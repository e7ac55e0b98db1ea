package dev.warren.server.config;

import dev.warren.amqp.sasl.LoginOptions;
import dev.warren.core.security.Authenticator;
import dev.warren.server.oauth.OAuthOptions;
import java.util.Optional;

/**
 * How clients log in. Immutable.
 *
 * @param amqp which mechanisms are offered to whom
 * @param checks how passwords are checked
 * @param oauth which tokens are good; none, if empty
 */
public record LoginSettings(
    LoginOptions amqp, Authenticator.Options checks, Optional<OAuthOptions> oauth) {
  /** Passwords only. */
  public static final LoginSettings DEFAULTS =
      new LoginSettings(LoginOptions.DEFAULTS, Authenticator.Options.DEFAULTS, Optional.empty());
}
