package dev.warren.management.metrics;

import dev.warren.core.broker.Broker;
import dev.warren.core.broker.BrokerFigures;
import dev.warren.core.broker.Connections;
import dev.warren.core.broker.Management;
import dev.warren.core.security.LoginCounters;

/**
 * What is measured. Immutable; its parts are thread-safe.
 *
 * @param product what the broker calls itself
 * @param version of the broker
 */
public record MetricsSource(
    String product,
    String version,
    Management management,
    BrokerFigures figures,
    Connections connections,
    LoginCounters logins) {
  /** A whole broker. */
  public static MetricsSource of(
      String product, String version, Broker broker, LoginCounters logins) {
    return new MetricsSource(
        product, version, broker.management(), broker.figures(), broker.connections(), logins);
  }
}
