package dev.warren.management;

import dev.warren.core.broker.TopologyEditor;
import dev.warren.core.broker.VirtualHost;
import dev.warren.core.routing.Exchange;
import dev.warren.core.routing.ExchangeType;
import dev.warren.core.security.Identity;
import dev.warren.core.security.Permission;

/** The way to change a topology, which asks whether the user may (contract §14). Thread-safe. */
final class TopologyAccess {
  /** What the default exchange, whose name is empty, is called in a path. */
  private static final String DEFAULT_EXCHANGE_IN_PATH = "amq.default";

  private final ManagedBroker broker;

  TopologyAccess(ManagedBroker broker) {
    this.broker = broker;
  }

  /**
   * The virtual host of the path, for a user who may enter it.
   *
   * @throws ApiException 404 if there is none, 401 if he may not
   */
  Place enter(Request request) {
    String name = request.variable("vhost");
    VirtualHost host =
        broker
            .virtualHosts()
            .apply(name)
            .orElseThrow(() -> ApiException.objectNotFound("no vhost '" + name + "'"));
    if (!request.user().mayEnter(name)) {
      throw ApiException.notAuthorized(VirtualHostScope.REFUSAL);
    }
    return new Place(host, host.by(request.actor()), request.user());
  }

  /** The name of an exchange as a path gives it. */
  static String exchangeName(String inPath) {
    return inPath.equals(DEFAULT_EXCHANGE_IN_PATH) ? "" : inPath;
  }

  /** A virtual host somebody is in. */
  record Place(VirtualHost host, TopologyEditor editor, Identity user) {

    /** Refuses with 401 unless the user may do this with the queue. */
    void checkQueue(Permission permission, String name) {
      check(permission, "queue", name);
    }

    /** Refuses with 401 unless the user may do this with the exchange. */
    void checkExchange(Permission permission, String name) {
      check(permission, "exchange", name.isEmpty() ? DEFAULT_EXCHANGE_IN_PATH : name);
    }

    private void check(Permission permission, String kind, String name) {
      if (!user.may(permission, host.name(), name)) {
        throw ApiException.notAuthorized(
            "%s access to %s '%s' in vhost '%s' refused for user '%s'"
                .formatted(permission.text(), kind, name, host.name(), user.name()));
      }
    }

    /** Refuses with 401 unless the user may use the key with the exchange, if that is a topic. */
    void checkKey(Permission permission, String exchange, String key) {
      Exchange found = host.topology().exchange(exchange);
      if (found != null
          && found.definition().type() == ExchangeType.TOPIC
          && !user.mayUseKey(permission, host.name(), exchange, key)) {
        throw ApiException.notAuthorized(
            "%s access to topic '%s' in exchange '%s' in vhost '%s' refused for user '%s'"
                .formatted(permission.text(), key, exchange, host.name(), user.name()));
      }
    }
  }
}
