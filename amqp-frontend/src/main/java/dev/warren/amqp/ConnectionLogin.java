package dev.warren.amqp;

import dev.warren.amqp.management.TokenRenewal;
import dev.warren.amqp.sasl.SaslAnswer;
import dev.warren.amqp.sasl.SaslMechanism;
import dev.warren.amqp.sasl.SaslPeer;
import dev.warren.core.security.Identity;
import dev.warren.core.security.Login;
import dev.warren.core.security.LoginClient;
import dev.warren.core.security.TokenClaims;
import dev.warren.core.security.TokenIdentity;
import dev.warren.core.security.TokenRefusedException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The login of one connection: takes what the client says to a SASL mechanism, remembers who it is,
 * and ends the connection when the credentials do. Owned by the connection's loop.
 */
final class ConnectionLogin implements TokenRenewal {
  private static final Logger LOG = LoggerFactory.getLogger(ConnectionLogin.class);

  /** Passwords are shorter. */
  private static final int FRAME_BYTES_MAX = 4096;

  /** Tokens are not. */
  private static final int FRAME_BYTES_MAX_OF_TOKENS = 16 * 1024;

  /** RFC 4422 has names of 20 at most. */
  private static final int MECHANISM_CHARS_MAX = 20;

  private final ConnectionHandler connection;
  private final SaslPeer peer;
  private @Nullable SaslMechanism exchange;
  private String mechanism = "";
  private @Nullable Identity user;

  ConnectionLogin(ConnectionHandler connection, ConnectionHandler.Peer peer) {
    this.connection = connection;
    this.peer =
        new SaslPeer(
            new LoginClient(LoginClient.AMQP, peer.remote().host(), peer.remote().port()),
            peer.loopback(),
            peer.tls());
  }

  /** What the client is offered. */
  String[] mechanisms() {
    List<String> offered = connection.context().mechanisms().offered(peer);
    if (offered.isEmpty()) {
      LOG.warn("no way to log in is offered to this client peer={}", connection.name());
    }
    return offered.toArray(new String[0]);
  }

  /** Octets in a frame of the login, at most. */
  int frameBytesMax() {
    return connection.context().mechanisms().authenticator().takesTokens()
        ? FRAME_BYTES_MAX_OF_TOKENS
        : FRAME_BYTES_MAX;
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

  /** The client chose a mechanism, or answered a challenge. */
  void onResponse(String chosen, boolean hasResponse, byte[] response) {
    SaslMechanism current = exchange;
    if (current == null) {
      current = connection.context().mechanisms().start(chosen, peer);
      exchange = current;
      // Shown and logged, whatever it is that the client has called a mechanism.
      mechanism =
          chosen.length() <= MECHANISM_CHARS_MAX
              ? chosen
              : chosen.substring(0, MECHANISM_CHARS_MAX);
    }
    long askedMs = nowMs();
    var unused =
        current
            .respond(hasResponse, response)
            .whenComplete((answer, failure) -> onLoop(() -> onAnswer(answer, failure, askedMs)));
  }

  /** Most answers are there at once, on the loop; the others come from the authenticator. */
  private void onLoop(Runnable task) {
    if (connection.loop().loop().eventLoop().isCurrent()) {
      task.run();
    } else {
      connection.loop().loop().execute(task);
    }
  }

  private void onAnswer(@Nullable SaslAnswer answer, @Nullable Throwable failure, long askedMs) {
    if (!connection.isBeforeOpen()) {
      return;
    }
    if (answer instanceof SaslAnswer.Challenge challenge) {
      connection.engine().saslChallenge(challenge.octets());
      connection.markDirty();
    } else if (answer instanceof SaslAnswer.Outcome outcome) {
      onOutcome(outcome, askedMs);
    } else {
      LOG.error("login broken peer={} mechanism={}", connection.name(), mechanism, failure);
      refuse(true, askedMs);
    }
  }

  private void onOutcome(SaslAnswer.Outcome outcome, long askedMs) {
    if (outcome.login() instanceof Login.Granted granted) {
      user = granted.identity();
      exchange = null;
      connection.onLoggedIn(granted.identity(), outcome.additionalData());
    } else if (outcome.login() instanceof Login.Refused refused) {
      LOG.warn(
          "login failed peer={} mechanism={} reason={}",
          connection.name(),
          mechanism,
          refused.text());
      refuse(refused.reason() == Login.Reason.BUSY, askedMs);
    }
  }

  /**
   * Guessing passwords must be slow, and must not slow down anybody else (contract §1.2). The delay
   * begins when the client has asked, so that it does not tell how long the answer took to find.
   */
  private void refuse(boolean temporary, long askedMs) {
    connection.engine().closeInput();
    long delayMs = connection.context().options().loginFailureDelayMs() - (nowMs() - askedMs);
    connection
        .loop()
        .loop()
        .schedule(Math.max(0, delayMs), () -> connection.refuseLogin(temporary));
  }

  private long nowMs() {
    return connection.context().clock().nanoTime() / 1_000_000;
  }

  // ---- credentials that end ----

  /** Ends the connection if the login has ended. */
  void checkExpiry() {
    Identity known = user;
    if (known != null && isOver(known)) {
      LOG.warn("credential expired peer={} user={}", connection.name(), known.name());
      connection.fail(AmqpErrors.credentialExpired());
    }
  }

  private boolean isOver(Identity known) {
    return known.expiresAtMs().isPresent()
        && connection.context().clock().epochMs() >= known.expiresAtMs().getAsLong();
  }

  /** Any token but a good one of the same user ends the connection. Completes on the loop. */
  @Override
  public CompletionStage<Result> renew(String token) {
    if (!(user instanceof TokenIdentity known)) {
      return CompletableFuture.completedFuture(Result.NO_TOKEN);
    }
    CompletableFuture<Result> result = new CompletableFuture<>();
    var unused =
        connection
            .context()
            .mechanisms()
            .authenticator()
            .verify(token)
            .whenComplete(
                (claims, failure) ->
                    onLoop(() -> result.complete(onToken(known, claims, failure))));
    return result;
  }

  private Result onToken(
      TokenIdentity known, @Nullable TokenClaims claims, @Nullable Throwable failure) {
    if (claims != null && known.renew(claims)) {
      // It may allow less than the one before; the answer goes first.
      connection.loop().loop().execute(connection::onRulesChanged);
      return Result.RENEWED;
    }
    if (claims == null && !(failure instanceof TokenRefusedException)) {
      return Result.UNAVAILABLE;
    }
    String why = failure == null ? "it is that of another user" : "" + failure.getMessage();
    LOG.warn("token refused peer={} user={} reason={}", connection.name(), known.name(), why);
    connection.fail(AmqpErrors.tokenRefused(why));
    return Result.REFUSED;
  }
}
