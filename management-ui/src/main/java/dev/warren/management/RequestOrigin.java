package dev.warren.management;

import dev.warren.core.security.LocalName;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * Where a request comes from. A page of a stranger's name that points to this machine must not pass
 * as somebody on it, so the name asked for counts as well as the address. Stateless.
 */
public final class RequestOrigin {
  private RequestOrigin() {}

  /** Whether the client is on this machine. */
  public static boolean isLoopback(HttpServerRequest http) {
    SocketAddress remote = http.remoteAddress();
    return isLoopback(remote == null ? null : remote.hostAddress());
  }

  private static boolean isLoopback(@Nullable String address) {
    try {
      // A literal: nothing is looked up.
      return address != null && InetAddress.getByName(address).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  /**
   * Whether the request names this machine in a way no name server decides about, or not at all.
   */
  public static boolean isNamedLocally(HttpServerRequest http) {
    String host = http.getHeader("host");
    return host == null || LocalName.isLocal(host);
  }
}
