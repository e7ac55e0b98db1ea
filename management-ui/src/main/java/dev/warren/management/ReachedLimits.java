package dev.warren.management;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.warren.core.broker.Connections;
import dev.warren.core.security.Identity;
import dev.warren.core.security.User;
import dev.warren.core.security.VirtualHostLimits;

/**
 * Limits that are reached: the next connection, session or queue would be refused. Thread-safe.
 *
 * <p>Those who see all connections see all of them, others those of their virtual hosts and their
 * own.
 */
final class ReachedLimits {
  /** Longest list; who has so many has one trouble, not a hundred. */
  private static final int SHOWN_MAX = 100;

  private final ManagedBroker broker;

  ReachedLimits(ManagedBroker broker) {
    this.broker = broker;
  }

  /** As {@code [{scope, name, limit, value}]}. */
  ArrayNode of(Identity viewer) {
    boolean seesAll = Access.MONITORING.isGrantedTo(viewer);
    Connections connections = broker.connections();
    ArrayNode reached = JsonViews.array();
    if (seesAll) {
      String node = broker.management().node().name();
      int open = connections.all().size();
      add(reached, "node", node, LimitsResource.CONNECTIONS, connections.limit(), open);
    }
    broker
        .access()
        .rules()
        .virtualHosts()
        .forEach(
            (name, settings) -> {
              if (VirtualHostScope.isVisible(viewer, name)) {
                addVirtualHost(reached, name, settings.limits());
              }
            });
    for (User user : broker.access().rules().users()) {
      if (seesAll || user.name().equals(viewer.name())) {
        addUser(reached, user);
      }
    }
    return reached;
  }

  private void addVirtualHost(ArrayNode reached, String name, VirtualHostLimits limits) {
    int open = broker.connections().ofVirtualHost(name);
    add(reached, "virtual host", name, LimitsResource.CONNECTIONS, limits.connectionsMax(), open);
    if (limits.queuesMax() >= 0) {
      int queues = broker.management().queues(name).size();
      add(reached, "virtual host", name, LimitsResource.QUEUES, limits.queuesMax(), queues);
    }
  }

  private void addUser(ArrayNode reached, User user) {
    int open = broker.connections().ofUser(user.name());
    int begun = broker.connections().sessionsOfUser(user.name());
    String name = user.name();
    add(reached, "user", name, LimitsResource.CONNECTIONS, user.limits().connectionsMax(), open);
    add(reached, "user", name, LimitsResource.CHANNELS, user.limits().sessionsMax(), begun);
  }

  private static void add(
      ArrayNode reached, String scope, String name, String limit, int value, int count) {
    // Nobody is told that a limit of nothing at all is reached: that is what it is for.
    if (value != 0 && Connections.isReached(value, count) && reached.size() < SHOWN_MAX) {
      reached
          .addObject()
          .put("scope", scope)
          .put("name", name)
          .put("limit", limit)
          .put("value", value);
    }
  }
}
