package dev.warren.server;

import dev.warren.core.broker.AccessDeclaration;
import dev.warren.core.security.AccessChange;
import dev.warren.core.security.AccessChange.PutUser;
import dev.warren.core.security.AccessChange.PutVirtualHost;
import dev.warren.server.config.ServerOptions;
import dev.warren.server.config.TopologyDeclaration;
import java.util.ArrayList;
import java.util.List;

/**
 * Users, permissions and virtual hosts of the configuration file in the words of the core.
 * Stateless.
 */
final class DesiredAccess {
  private DesiredAccess() {}

  static AccessDeclaration of(ServerOptions options) {
    ServerOptions.Access access = options.access();
    List<AccessChange> changes = new ArrayList<>();
    for (TopologyDeclaration host : options.topology()) {
      host.settings()
          .ifPresent(settings -> changes.add(new PutVirtualHost(host.virtualHost(), settings)));
    }
    access.users().forEach(user -> changes.add(new PutUser(user)));
    changes.addAll(access.permissions());
    return new AccessDeclaration(changes, access.loopbackOnly(), access.anonymous());
  }
}
