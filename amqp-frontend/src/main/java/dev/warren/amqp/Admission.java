package dev.warren.amqp;

import dev.warren.core.broker.Broker;
import dev.warren.core.broker.ConnectionView;
import dev.warren.core.broker.Connections;
import dev.warren.core.broker.VirtualHost;
import dev.warren.core.security.Identity;
import dev.warren.core.security.VirtualHostLimits;
import dev.warren.core.security.VirtualHostSettings;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.jspecify.annotations.Nullable;

/**
 * Whether a connection may be opened (contract §1.3), in the order of its checks: from where, how
 * many the node has, the virtual host, the user's permissions there, how many the virtual host and
 * the user have. Stateless.
 */
final class Admission {
  private static final String VHOST_PREFIX = "vhost:";
  private static final String DEFAULT_VHOST = "/";

  private Admission() {}

  /** The virtual host that {@code open.hostname} asks for. */
  static String virtualHostName(@Nullable String hostname) {
    return hostname != null && hostname.startsWith(VHOST_PREFIX)
        ? hostname.substring(VHOST_PREFIX.length())
        : DEFAULT_VHOST;
  }

  /**
   * What stands in the way before the connection takes a place, or null.
   *
   * @param host null if there is none of this name
   */
  static @Nullable ErrorCondition check(
      FrontContext context,
      Identity user,
      boolean loopback,
      String hostName,
      @Nullable VirtualHost host) {
    Broker broker = context.broker();
    if (!broker.access().mayLogInFrom(user.name(), loopback)) {
      return AmqpErrors.notFromHere(user.name());
    }
    Connections connections = broker.connections();
    if (Connections.isReached(connections.limit(), connections.all().size())) {
      return AmqpErrors.nodeLimit(connections.limit());
    }
    if (host == null) {
      return AmqpErrors.noVirtualHost(hostName);
    }
    return user.mayEnter(hostName) ? null : AmqpErrors.noAccess(hostName, user.name());
  }

  /** Gives the connection its place, or says why there is none. */
  static @Nullable ErrorCondition enter(
      FrontContext context, ConnectionView connection, Identity user) {
    Broker broker = context.broker();
    String hostName = connection.details().virtualHost();
    VirtualHostLimits ofHost =
        broker
            .access()
            .rules()
            .virtualHost(hostName)
            .map(VirtualHostSettings::limits)
            .orElse(VirtualHostLimits.NONE);
    int ofUser = broker.access().rules().limitsOf(user.name()).connectionsMax();
    return switch (broker
        .connections()
        .add(connection, new Connections.Limits(ofHost.connectionsMax(), ofUser))) {
      case ADDED -> null;
      case NODE_FULL -> AmqpErrors.nodeLimit(broker.connections().limit());
      case VIRTUAL_HOST_FULL ->
          AmqpErrors.virtualHostLimit(hostName, user.name(), ofHost.connectionsMax());
      case USER_FULL -> AmqpErrors.userLimit(user.name(), ofUser);
    };
  }
}
