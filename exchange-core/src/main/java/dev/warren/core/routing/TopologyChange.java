package dev.warren.core.routing;

/** One change of a virtual host's topology. Applied by {@link Topology#with}. */
public sealed interface TopologyChange {

  /** Declares an exchange; one that exists must be equivalent (contract §7.2). */
  record DeclareExchange(ExchangeDefinition definition) implements TopologyChange {}

  /** Deletes an exchange and its bindings, in both directions. */
  record DeleteExchange(String name) implements TopologyChange {}

  /** Makes a queue known under its name; one that is known already stays. */
  record DeclareQueue(RoutedQueue queue) implements TopologyChange {}

  /** Deletes a queue and its bindings. */
  record DeleteQueue(String name) implements TopologyChange {}

  /** Adds a binding. */
  record Bind(Binding binding) implements TopologyChange {}

  /** Removes a binding. */
  record Unbind(Binding binding) implements TopologyChange {}
}
