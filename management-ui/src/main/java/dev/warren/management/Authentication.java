package dev.warren.management;

import dev.warren.core.security.Identity;
import dev.warren.core.security.Login;
import dev.warren.core.security.Login.Reason;
import dev.warren.core.security.Login.Refused;
import dev.warren.core.security.LoginClient;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * HTTP Basic authentication and bearer tokens against the broker's users (contract §11.1, §11.2).
 * Thread-safe; never blocks.
 */
final class Authentication {
  private static final String BASIC_CHALLENGE = "Basic realm=\"RabbitMQ Management\"";
  private static final String BEARER_CHALLENGE = "Bearer realm=\"RabbitMQ Management\"";
  private static final String BASIC = "basic ";
  private static final String BEARER = "bearer ";
  private static final int CREDENTIALS_LENGTH_MAX = 1_024;
  private static final int TOKEN_LENGTH_MAX = 16_384;

  private final HttpLogins logins;

  /** A login failed: the answer waits. */
  static final class FailedLoginException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient ApiException refusal;

    FailedLoginException(ApiException refusal) {
      super(refusal.reason(), null, false, false);
      this.refusal = refusal;
    }

    ApiException refusal() {
      return refusal;
    }
  }

  Authentication(HttpLogins logins) {
    this.logins = logins;
  }

  /** What a client is told it can do, best first (RFC 9110, §11.6.1). */
  String challenges() {
    return takesTokens() ? BASIC_CHALLENGE + ", " + BEARER_CHALLENGE : BASIC_CHALLENGE;
  }

  private boolean takesTokens() {
    return logins.authenticator().takesTokens();
  }

  /**
   * Who sends this.
   *
   * @param authorization the header, if there is one
   * @param loopback whether the client is on this machine
   * @return completes on any thread, or has already; fails with {@link ApiException}, or with
   *     {@link FailedLoginException} if somebody may be guessing
   */
  CompletionStage<Identity> authenticate(
      Optional<String> authorization, LoginClient client, boolean loopback) {
    try {
      String header = authorization.orElseThrow(() -> ApiException.notAuthorized("Not logged in"));
      return logIn(header, client).thenApply(login -> admit(login, client, loopback));
    } catch (ApiException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private CompletionStage<Login> logIn(String header, LoginClient client) {
    boolean tokens = takesTokens();
    if (tokens && hasScheme(header, BEARER) && header.length() <= TOKEN_LENGTH_MAX) {
      return logins
          .authenticator()
          .logInWithToken(client, header.substring(BEARER.length()).trim());
    }
    if (!hasScheme(header, BASIC)
        || header.length() > (tokens ? TOKEN_LENGTH_MAX : CREDENTIALS_LENGTH_MAX)) {
      throw ApiException.notAuthorized("Only HTTP Basic authentication is offered");
    }
    Optional<String> credentials = decode(header.substring(BASIC.length()).trim());
    int colon = credentials.map(text -> text.indexOf(':')).orElse(-1);
    if (colon < 0) {
      Refused refusal = new Refused("", Reason.MALFORMED, "malformed credentials");
      return CompletableFuture.completedFuture(logins.authenticator().refuse(client, refusal));
    }
    String text = credentials.orElse("");
    return logins
        .authenticator()
        .logIn(client, text.substring(0, colon), text.substring(colon + 1));
  }

  private static boolean hasScheme(String header, String scheme) {
    return header.regionMatches(true, 0, scheme, 0, scheme.length());
  }

  private Identity admit(Login login, LoginClient client, boolean loopback) {
    if (login instanceof Refused refused) {
      throw new FailedLoginException(answer(refused.reason()));
    }
    Identity user = ((Login.Granted) login).identity();
    if (!logins.access().mayLogInFrom(user.name(), loopback)) {
      // Told as late as that the password is wrong: it must not say at once that it is right.
      String text = "User can only log in via localhost";
      var unused =
          logins.authenticator().refuse(client, new Refused(user.name(), Reason.CREDENTIALS, text));
      throw new FailedLoginException(ApiException.notAuthorized(text));
    }
    if (!Access.MANAGEMENT.isGrantedTo(user)) {
      throw ApiException.notAuthorized(Access.MANAGEMENT.refusal());
    }
    return user;
  }

  private static ApiException answer(Reason reason) {
    return switch (reason) {
      case CREDENTIALS, TOKEN, MECHANISM -> ApiException.notAuthorized("Login failed");
      case MALFORMED -> ApiException.notAuthorized("Malformed credentials");
      case BUSY -> new ApiException(503, "service_unavailable", "Too many logins at the same time");
    };
  }

  private static Optional<String> decode(String base64) {
    try {
      return Optional.of(new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
