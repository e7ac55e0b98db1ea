package dev.warren.management;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;

/** Headers that keep a browser safe, on every reply of the API and of the console. Stateless. */
final class SecurityHeaders {
  /** Nothing but what this server sends itself; styles and scripts from files only. */
  private static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
          + " font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none';"
          + " frame-ancestors 'none'";

  private static final String PERMISSIONS_POLICY =
      "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()";

  /** Half a year. Without sub-domains, which are none of this server's. */
  private static final String STRICT_TRANSPORT_SECURITY = "max-age=15768000";

  private SecurityHeaders() {}

  /** Puts them into the response. */
  static void addTo(HttpServerRequest http) {
    HttpServerResponse response = http.response();
    response
        .putHeader("content-security-policy", CONTENT_SECURITY_POLICY)
        .putHeader("permissions-policy", PERMISSIONS_POLICY)
        .putHeader("cross-origin-opener-policy", "same-origin")
        .putHeader("cross-origin-embedder-policy", "require-corp")
        .putHeader("cross-origin-resource-policy", "same-origin")
        .putHeader("x-content-type-options", "nosniff")
        .putHeader("x-frame-options", "DENY")
        .putHeader("referrer-policy", "no-referrer");
    if (http.isSSL()) {
      response.putHeader("strict-transport-security", STRICT_TRANSPORT_SECURITY);
    }
  }
}
