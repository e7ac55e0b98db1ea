package dev.warren.server;

import dev.warren.amqp.sasl.LoginOptions;
import dev.warren.core.security.AccessRules;
import dev.warren.core.security.User;
import dev.warren.server.config.ServerOptions;
import dev.warren.server.tls.TlsOptions;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Tells what other machines can do that a careful operator would not let them: nothing of it is
 * refused, because a trusted network may be in front. Immutable.
 *
 * @param endpoints what is listened on
 * @param anonymousFromAfar whether other machines may log in with SASL ANONYMOUS
 */
record Exposure(List<Endpoint> endpoints, boolean anonymousFromAfar) {
  private static final String GUEST = "guest";
  private static final String METRICS = "listeners.metrics";

  Exposure {
    endpoints = List.copyOf(endpoints);
  }

  /**
   * A listener.
   *
   * @param key its section of the configuration
   */
  record Endpoint(String key, List<String> hosts, boolean isEncrypted) {
    Endpoint {
      hosts = List.copyOf(hosts);
    }

    Optional<String> hostBeyondLoopback() {
      return hosts.stream().filter(host -> !isLoopback(host)).findFirst();
    }
  }

  /** What these options open. */
  static Exposure of(ServerOptions options, LoginOptions logins) {
    TlsOptions tls = options.tls();
    List<Endpoint> endpoints = new ArrayList<>();
    add(endpoints, "listeners.amqp", options.amqp().hosts(), true, tls.amqp());
    ServerOptions.WebSocket webSocket = options.webSocket();
    boolean isWebSocketPlain = webSocket.port().isPresent();
    add(endpoints, "listeners.websocket", webSocket.hosts(), isWebSocketPlain, tls.webSocket());
    add(endpoints, "listeners.http", List.of(options.http().host()), true, tls.http());
    options
        .metrics()
        .ifPresent(
            metrics -> add(endpoints, METRICS, List.of(metrics.host()), true, Optional.empty()));
    return new Exposure(endpoints, logins.anonymousFrom() == LoginOptions.From.ALWAYS);
  }

  private static void add(
      List<Endpoint> endpoints,
      String key,
      List<String> hosts,
      boolean isPlain,
      Optional<TlsOptions.Port> tls) {
    if (isPlain && !tls.map(TlsOptions.Port::only).orElse(false)) {
      endpoints.add(new Endpoint(key, hosts, false));
    }
    if (tls.isPresent()) {
      endpoints.add(new Endpoint(key + ".tls", hosts, true));
    }
  }

  /** One sentence for each thing that is not safe. */
  List<String> warnings(ServerOptions.Access access, AccessRules rules) {
    List<String> warnings = new ArrayList<>();
    boolean isReachable = false;
    for (Endpoint endpoint : endpoints) {
      Optional<String> host = endpoint.hostBeyondLoopback();
      boolean isMetrics = endpoint.key().equals(METRICS);
      if (isMetrics && host.isPresent()) {
        warnings.add(
            "listeners.metrics: other machines can read names of queues, users' connections and all"
                + " figures at "
                + host.get()
                + " without logging in");
        continue;
      }
      isReachable |= host.isPresent();
      if (host.isPresent() && !endpoint.isEncrypted()) {
        warnings.add(
            endpoint.key()
                + ": other machines can connect to "
                + host.get()
                + " without TLS: passwords and messages can be read on the way");
      }
    }
    if (isReachable) {
      addAccounts(access, rules, warnings);
    }
    return warnings;
  }

  private void addAccounts(ServerOptions.Access access, AccessRules rules, List<String> warnings) {
    boolean isGuestOpen =
        !access.loopbackOnly().contains(GUEST)
            && rules.user(GUEST).filter(guest -> guest.password().matches(GUEST)).isPresent();
    if (isGuestOpen) {
      warnings.add(
          "loopback-users: other machines can log in as guest with password guest, which everybody"
              + " knows");
    }
    access
        .anonymous()
        .filter(name -> anonymousFromAfar && !access.loopbackOnly().contains(name))
        .flatMap(rules::user)
        .filter(user -> user.tags().contains(User.ADMINISTRATOR))
        .ifPresent(
            user ->
                warnings.add(
                    "anonymous-user: other machines get everything that "
                        + user.name()
                        + ", an administrator, may do, without a password"));
  }

  private static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      // It cannot be listened on either.
      return true;
    }
  }
}
