package dev.warren.server.oauth;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Which tokens are good. Immutable; {@link #of} is a start.
 *
 * @param jwks where the keys are (RFC 7517): a {@code file:}, an {@code https:} URI, or {@code
 *     http:} to this machine
 * @param resourceServerId what tokens for this broker have in {@code aud}
 * @param issuer what they have in {@code iss}; not looked at if empty
 * @param scopePrefix what scopes for this broker begin with
 * @param usernameClaims the first of these a token has is the user's name
 * @param scopeClaims where its scopes are: text with blanks between them, or a list
 * @param algorithms signatures that count; none but those with a public key can be named
 * @param clockSkewMs by how much the issuer's clock may differ from this one
 * @param keys how keys are fetched
 */
public record OAuthOptions(
    URI jwks,
    String resourceServerId,
    Optional<String> issuer,
    String scopePrefix,
    List<String> usernameClaims,
    List<String> scopeClaims,
    Set<String> algorithms,
    long clockSkewMs,
    KeyFetching keys) {
  /** All signatures with a public key that are understood. */
  public static final Set<String> ALGORITHMS =
      Set.of(
          "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA");

  /**
   * How keys are fetched; times in milliseconds.
   *
   * @param refreshMs keys older than this are fetched again, while the old ones serve
   * @param refetchMs least time between two fetches, whatever keys tokens name
   * @param timeoutMs for one fetch
   * @param certificateAuthorities whose certificates the server of the keys may have, in PEM; those
   *     of the JDK if empty
   */
  public record KeyFetching(
      long refreshMs, long refetchMs, long timeoutMs, Optional<Path> certificateAuthorities) {
    /** Every ten minutes, not twice in half a minute, for five seconds. */
    public static final KeyFetching DEFAULTS =
        new KeyFetching(600_000, 30_000, 5_000, Optional.empty());

    /** Checks the ranges. */
    public KeyFetching {
      check(refreshMs >= 10_000 && refreshMs <= 86_400_000, "refreshMs", 10_000, 86_400_000);
      check(refetchMs >= 1_000 && refetchMs <= 3_600_000, "refetchMs", 1_000, 3_600_000);
      check(timeoutMs >= 100 && timeoutMs <= 30_000, "timeoutMs", 100, 30_000);
    }
  }

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException saying what is wrong
   */
  public OAuthOptions {
    usernameClaims = List.copyOf(usernameClaims);
    scopeClaims = List.copyOf(scopeClaims);
    algorithms = Set.copyOf(algorithms);
    if (!isFile(jwks) && !isHttp(jwks)) {
      throw new IllegalArgumentException(
          "jwks '%s': a file:, an https:, or on this machine an http: address was expected"
              .formatted(jwks));
    }
    if (resourceServerId.isBlank()) {
      throw new IllegalArgumentException("the resource server id must not be empty");
    }
    if (usernameClaims.isEmpty() || scopeClaims.isEmpty() || algorithms.isEmpty()) {
      throw new IllegalArgumentException(
          "claims of the user, claims of the scopes and algorithms must each be at least one");
    }
    if (!ALGORITHMS.containsAll(algorithms)) {
      throw new IllegalArgumentException(
          "algorithms %s: some of %s were expected".formatted(algorithms, ALGORITHMS));
    }
    check(clockSkewMs >= 0 && clockSkewMs <= 300_000, "clockSkewMs", 0, 300_000);
  }

  /** RabbitMQ's choices for these keys and this name of the broker. */
  public static OAuthOptions of(URI jwks, String resourceServerId) {
    return new OAuthOptions(
        jwks,
        resourceServerId,
        Optional.empty(),
        resourceServerId + ".",
        List.of("sub", "client_id"),
        List.of("scope"),
        ALGORITHMS,
        30_000,
        KeyFetching.DEFAULTS);
  }

  boolean isFile() {
    return isFile(jwks);
  }

  private static boolean isFile(URI uri) {
    return "file".equals(scheme(uri)) && uri.getPath() != null;
  }

  private static boolean isHttp(URI uri) {
    String host = uri.getHost();
    return host != null
        && (scheme(uri).equals("https") || (scheme(uri).equals("http") && isLoopback(host)));
  }

  private static String scheme(URI uri) {
    return uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
  }

  private static boolean isLoopback(String host) {
    return host.equals("localhost") || host.equals("127.0.0.1") || host.equals("[::1]");
  }

  private static void check(boolean ok, String name, long min, long max) {
    if (!ok) {
      throw new IllegalArgumentException(
          "option out of range: %s must be %d to %d".formatted(name, min, max));
    }
  }
}
