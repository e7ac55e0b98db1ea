package dev.warren.management;

import dev.warren.core.broker.AccessAdministration;
import dev.warren.core.security.Identity;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;

/** HTTP Basic authentication against the broker's users (contract §11.1, §11.2). Thread-safe. */
final class Authentication {
  static final String CHALLENGE = "Basic realm=\"RabbitMQ Management\"";
  private static final String SCHEME = "basic ";
  private static final int CREDENTIALS_LENGTH_MAX = 1_024;

  private final AccessAdministration access;

  Authentication(AccessAdministration access) {
    this.access = access;
  }

  /**
   * Who sends this.
   *
   * @param authorization the header, if there is one
   * @param loopback whether the client is on this machine
   * @throws ApiException 401 with the reason
   */
  Identity authenticate(Optional<String> authorization, boolean loopback) {
    String header = authorization.orElseThrow(() -> ApiException.notAuthorized("Not logged in"));
    if (header.length() > CREDENTIALS_LENGTH_MAX
        || !header.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
      throw ApiException.notAuthorized("Only HTTP Basic authentication is offered");
    }
    String credentials = decode(header.substring(SCHEME.length()).trim());
    int colon = credentials.indexOf(':');
    if (colon < 0) {
      throw ApiException.notAuthorized("Malformed credentials");
    }
    Identity user =
        access
            .logIn(credentials.substring(0, colon), credentials.substring(colon + 1))
            .orElseThrow(() -> ApiException.notAuthorized("Login failed"));
    if (!access.mayLogInFrom(user.name(), loopback)) {
      throw ApiException.notAuthorized("User can only log in via localhost");
    }
    if (!Access.MANAGEMENT.isGrantedTo(user)) {
      throw ApiException.notAuthorized(Access.MANAGEMENT.refusal());
    }
    return user;
  }

  private static String decode(String base64) {
    try {
      return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw ApiException.notAuthorized("Malformed credentials");
    }
  }
}
