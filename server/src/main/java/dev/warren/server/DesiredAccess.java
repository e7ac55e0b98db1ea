package dev.warren.server;

import dev.warren.core.broker.AccessDeclaration;
import dev.warren.core.security.AccessChange;
import dev.warren.core.security.AccessChange.PutPermissions;
import dev.warren.core.security.AccessChange.PutUser;
import dev.warren.core.security.Permissions;
import dev.warren.core.security.User;
import dev.warren.server.config.ServerOptions;
import dev.warren.server.config.TopologyDeclaration;
import java.util.ArrayList;
import java.util.List;

/** The users of the configuration file in the words of the core. Stateless. */
final class DesiredAccess {
  private DesiredAccess() {}

  static AccessDeclaration of(ServerOptions options) {
    ServerOptions.Access access = options.access();
    List<AccessChange> changes = new ArrayList<>();
    for (User user : access.users()) {
      changes.add(new PutUser(user));
      for (TopologyDeclaration host : options.topology()) {
        changes.add(new PutPermissions(host.virtualHost(), user.name(), Permissions.ALL));
      }
    }
    return new AccessDeclaration(changes, access.loopbackOnly(), access.anonymous());
  }
}
