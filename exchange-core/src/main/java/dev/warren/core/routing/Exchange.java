package dev.warren.core.routing;

import dev.warren.core.message.Envelope;
import dev.warren.core.message.Message;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A routing function with its bindings, as of one {@link Topology}. Immutable and thread-safe;
 * copies with one more or one less binding share their tables.
 */
public abstract sealed class Exchange
    permits DirectExchange, FanoutExchange, TopicExchange, HeadersExchange {
  private final ExchangeDefinition definition;
  private final BindingSet bindings;

  Exchange(ExchangeDefinition definition, BindingSet bindings) {
    this.definition = definition;
    this.bindings = bindings;
  }

  /** A new exchange without bindings. */
  static Exchange declared(ExchangeDefinition definition) {
    return switch (definition.type()) {
      case DIRECT -> new DirectExchange(definition);
      case FANOUT -> new FanoutExchange(definition);
      case TOPIC -> new TopicExchange(definition);
      case HEADERS -> new HeadersExchange(definition);
    };
  }

  /** What it was declared as. */
  public final ExchangeDefinition definition() {
    return definition;
  }

  /** Its name; {@code ""} is the default exchange. */
  public final String name() {
    return definition.name();
  }

  /** How many bindings start from it, not counting the default exchange's implicit ones. */
  public final int bindingCount() {
    return bindings.size();
  }

  /** The bindings that start from it, in no particular order; not the implicit ones. */
  public final List<Binding> bindings() {
    return bindings.toList();
  }

  /**
   * Tells of its bindings whether no message was routed by them since the broker started, or since
   * they were made. What a type does not look at makes no difference: two bindings that only differ
   * there are matched together.
   *
   * @return for one look at many bindings, since it remembers what it has seen; of one thread
   */
  public final Predicate<Binding> unmatched() {
    IdentityHashMap<Destinations, Set<Destination>> known = new IdentityHashMap<>();
    return binding ->
        known
            .computeIfAbsent(destinationsOf(binding), Destinations::unmatched)
            .contains(binding.destination());
  }

  final boolean hasBinding(Binding binding) {
    return bindings.contains(binding);
  }

  /**
   * With a binding added.
   *
   * @param queue the queue it leads to, or null if it leads to an exchange
   * @return the same exchange if it has this binding
   */
  final Exchange withBinding(Binding binding, @Nullable RoutedQueue queue) {
    if (bindings.contains(binding)) {
      return this;
    }
    Binding essence = essence(binding);
    BindingSet after = bindings.with(binding, essence);
    return bindings.containsEssence(essence) ? copy(after) : copyWith(after, binding, queue);
  }

  /**
   * With a binding removed.
   *
   * @param queue the queue it leads to, or null if it leads to an exchange
   * @return the same exchange if it does not have this binding
   */
  final Exchange withoutBinding(Binding binding, @Nullable RoutedQueue queue) {
    if (!bindings.contains(binding)) {
      return this;
    }
    Binding essence = essence(binding);
    BindingSet after = bindings.without(binding, essence);
    return after.containsEssence(essence) ? copy(after) : copyWithout(after, binding, queue);
  }

  /**
   * Checks what this type demands of a binding.
   *
   * @throws TopologyException with code {@code INVALID}
   */
  void validate(Binding binding) {}

  /** The binding without the parts this type does not look at. */
  abstract Binding essence(Binding binding);

  abstract Exchange copy(BindingSet after);

  abstract Exchange copyWith(BindingSet after, Binding binding, @Nullable RoutedQueue queue);

  abstract Exchange copyWithout(BindingSet after, Binding binding, @Nullable RoutedQueue queue);

  /** What is matched together with a binding of this exchange. */
  abstract Destinations destinationsOf(Binding binding);

  /** Adds the destinations of a message to the result. */
  abstract void match(Envelope keys, Message message, RouteResult result);
}
