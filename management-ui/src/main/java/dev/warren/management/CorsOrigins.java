package dev.warren.management;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The web sites besides this one whose pages may use the API (the Fetch standard's CORS protocol).
 * They have to know a name and password or a token: what a browser keeps of them is not sent along.
 * Immutable.
 *
 * @param allowed origins such as {@code https://shop.example}, in lower case
 */
record CorsOrigins(Set<String> allowed) {
  /** Only the pages of this server. */
  static final CorsOrigins NONE = new CorsOrigins(Set.of());

  private static final String HEADERS =
      "authorization, content-type, if-none-match, x-reason, x-vhost";
  private static final String SECONDS_KEPT = "600";

  /** Copies the set. */
  CorsOrigins {
    allowed = Set.copyOf(allowed);
  }

  /** Whether the page that sends the request is of one of them. */
  boolean isFromOne(HttpServerRequest http) {
    @Nullable String origin = http.getHeader("origin");
    return origin != null && allowed.contains(origin);
  }

  /**
   * Whether a page of one of them may send this request. A form could send a POST that browsers do
   * not ask about before, with the password they keep: JSON they ask about.
   */
  boolean mayAsk(HttpServerRequest http) {
    @Nullable String type = http.getHeader("content-type");
    return isFromOne(http)
        && (!http.method().equals(HttpMethod.POST)
            || (type != null && type.toLowerCase(Locale.ROOT).startsWith("application/json")));
  }

  /** Lets a page of one of them read the answer. */
  void addTo(HttpServerRequest http) {
    if (allowed.isEmpty()) {
      return;
    }
    HttpServerResponse response = http.response();
    response.headers().add("vary", "origin");
    if (isFromOne(http)) {
      response
          .putHeader("access-control-allow-origin", http.getHeader("origin"))
          .putHeader("access-control-expose-headers", "etag, location");
    }
  }

  /** Answers what a browser asks before it sends a request for such a page. */
  void addPreflightTo(HttpServerRequest http, String methods) {
    if (isFromOne(http) && http.getHeader("access-control-request-method") != null) {
      http.response()
          .putHeader("access-control-allow-methods", methods)
          .putHeader("access-control-allow-headers", HEADERS)
          .putHeader("access-control-max-age", SECONDS_KEPT);
    }
  }
}
