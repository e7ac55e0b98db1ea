package dev.warren.amqp;

import dev.warren.core.security.LocalName;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The web sites whose pages may open a WebSocket. A browser sends the origin of the page and asks
 * nobody's leave first, so that this check is all that keeps other sites out. Immutable.
 *
 * @param allowed origins besides the listener's own, such as {@code https://shop.example}; {@code
 *     *} is any
 */
public record WebSocketOrigins(Set<String> allowed) {
  private static final String ANY = "*";

  /** Only pages from the host and port of the WebSocket itself. */
  public static final WebSocketOrigins SAME = new WebSocketOrigins(Set.of());

  /** Copies the set; origins are compared in lower case. */
  public WebSocketOrigins {
    allowed =
        allowed.stream()
            .map(origin -> origin.toLowerCase(Locale.ROOT))
            .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * Whether a request may go on. A client that is no browser sends no origin.
   *
   * @param origin the header of this name
   * @param host the header of this name
   * @param loopback whether the request comes from this machine: then a page of the listener's own
   *     origin may be a stranger's whose name points here, unless that is a {@linkplain LocalName
   *     local} one
   */
  boolean allows(@Nullable String origin, @Nullable String host, boolean loopback) {
    if (origin == null || allowed.contains(ANY)) {
      return true;
    }
    if (allowed.contains(origin.toLowerCase(Locale.ROOT))) {
      return true;
    }
    return host != null
        && (!loopback || LocalName.isLocal(host))
        && authority(origin).filter(host::equalsIgnoreCase).isPresent();
  }

  private static Optional<String> authority(String origin) {
    try {
      return Optional.ofNullable(URI.create(origin).getRawAuthority());
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
