package dev.warren.management;

import dev.warren.core.broker.AccessAdministration;
import dev.warren.core.broker.Broker;
import dev.warren.core.broker.BrokerLoop;
import dev.warren.core.broker.Connections;
import dev.warren.core.broker.Management;
import dev.warren.core.broker.UnroutableMessages;
import dev.warren.core.broker.VirtualHost;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What the management server looks at and changes. Immutable; its parts are thread-safe.
 *
 * @param connections of all fronts
 * @param virtualHosts those that can be changed, by name
 * @param loops on which something can be published
 * @param unroutable the last messages no queue got
 */
public record ManagedBroker(
    Management management,
    AccessAdministration access,
    Connections connections,
    Function<String, Optional<VirtualHost>> virtualHosts,
    List<BrokerLoop> loops,
    UnroutableMessages unroutable) {
  /** Copies the loops. */
  public ManagedBroker {
    loops = List.copyOf(loops);
  }

  /** A whole broker. */
  public static ManagedBroker of(Broker broker) {
    return new ManagedBroker(
        broker.management(),
        broker.access(),
        broker.connections(),
        broker::virtualHost,
        broker.loops(),
        broker.unroutable());
  }
}
