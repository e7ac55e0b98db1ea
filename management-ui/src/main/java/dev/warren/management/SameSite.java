package dev.warren.management;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/**
 * Keeps pages of other sites from changing anything with the credentials a browser sends by itself
 * (cross-site request forgery). Whoever is no browser sends neither header, and passes. Stateless.
 */
final class SameSite {
  private SameSite() {}

  /** Whether the request changes nothing, or does not come from a page of another site. */
  static boolean allows(HttpServerRequest http) {
    HttpMethod method = http.method();
    if (method.equals(HttpMethod.GET)
        || method.equals(HttpMethod.HEAD)
        || method.equals(HttpMethod.OPTIONS)) {
      return true;
    }
    // A page cannot set this one, and proxies do not change what it means.
    String site = http.getHeader("sec-fetch-site");
    if (site != null) {
      return site.equals("same-origin") || site.equals("none");
    }
    String origin = http.getHeader("origin");
    return origin == null || isOf(http.authority(), origin);
  }

  private static boolean isOf(HostAndPort authority, String origin) {
    try {
      URI uri = new URI(origin);
      if (authority == null || uri.getHost() == null || uri.getScheme() == null) {
        return false;
      }
      int standard = uri.getScheme().equals("https") ? 443 : 80;
      int originPort = uri.getPort() < 0 ? standard : uri.getPort();
      int ownPort = authority.port() < 0 ? standard : authority.port();
      return originPort == ownPort && bare(uri.getHost()).equals(bare(authority.host()));
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private static String bare(String host) {
    String lower = host.toLowerCase(Locale.ROOT);
    return lower.startsWith("[") ? lower.substring(1, lower.length() - 1) : lower;
  }
}
