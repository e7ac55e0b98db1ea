package dev.warren.core.routing;

import dev.warren.core.message.Envelope;
import dev.warren.core.message.Message;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An exchange that follows every binding. */
public final class FanoutExchange extends Exchange {
  private final Destinations destinations;

  FanoutExchange(ExchangeDefinition definition) {
    this(definition, BindingSet.EMPTY, Destinations.NONE);
  }

  private FanoutExchange(
      ExchangeDefinition definition, BindingSet bindings, Destinations destinations) {
    super(definition, bindings);
    this.destinations = destinations;
  }

  @Override
  Binding essence(Binding binding) {
    return binding.bindingKey().isEmpty() && binding.arguments().isEmpty()
        ? binding
        : new Binding(binding.source(), binding.destination(), "", Map.of());
  }

  @Override
  Exchange copy(BindingSet after) {
    return new FanoutExchange(definition(), after, destinations);
  }

  @Override
  Exchange copyWith(BindingSet after, Binding binding, @Nullable RoutedQueue queue) {
    return new FanoutExchange(definition(), after, destinations.with(binding.destination(), queue));
  }

  @Override
  Exchange copyWithout(BindingSet after, Binding binding, @Nullable RoutedQueue queue) {
    return new FanoutExchange(
        definition(), after, destinations.without(binding.destination(), queue));
  }

  @Override
  Destinations destinationsOf(Binding binding) {
    return destinations;
  }

  @Override
  void match(Envelope keys, Message message, RouteResult result) {
    result.add(destinations);
  }
}
