package dev.warren.server;

import dev.warren.core.security.AccessRules;
import dev.warren.core.security.User;
import dev.warren.server.config.ServerOptions;
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

  /** One sentence for each thing that is not safe. */
  List<String> warnings(ServerOptions.Access access, AccessRules rules) {
    List<String> warnings = new ArrayList<>();
    boolean isReachable = false;
    for (Endpoint endpoint : endpoints) {
      Optional<String> host = endpoint.hostBeyondLoopback();
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

  private void addAccounts(
      ServerOptions.Access access, AccessRules rules, List<String> warnings) {
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
