package dev.warren.amqp;

import dev.warren.core.security.Identity;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The login of one connection: takes what the client answers to the authenticator, and remembers
 * who it is. Owned by the connection's loop.
 */
final class ConnectionLogin {
  private static final Logger LOG = LoggerFactory.getLogger(ConnectionLogin.class);

  private final ConnectionHandler connection;
  private @Nullable Identity user;
  private String mechanism = "";

  ConnectionLogin(ConnectionHandler connection) {
    this.connection = connection;
  }

  /**
   * Who has logged in.
   *
   * @throws IllegalStateException if nobody has
   */
  Identity user() {
    if (user == null) {
      throw new IllegalStateException("not logged in");
    }
    return user;
  }

  /** The login name, or empty before the login. */
  String userName() {
    return user == null ? "" : user.name();
  }

  /** The SASL mechanism, or empty before the login. */
  String mechanism() {
    return mechanism;
  }

  /** The client chose a mechanism and gave a response. */
  void onResponse(String chosen, byte[] response) {
    FrontContext context = connection.context();
    Optional<Identity> found = context.authenticator().authenticate(chosen, response);
    if (found.isPresent()) {
      user = found.get();
      mechanism = chosen;
      connection.onLoggedIn(user);
      return;
    }
    LOG.warn("login failed peer={} mechanism={}", connection.name(), chosen);
    connection.engine().closeInput();
    // Guessing passwords must be slow, and must not slow down anybody else (contract §1.2).
    connection
        .loop()
        .loop()
        .schedule(context.options().loginFailureDelayMs(), connection::refuseLogin);
  }
}
