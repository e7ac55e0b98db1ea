package dev.warren.core.routing;

import dev.warren.core.message.Envelope;
import dev.warren.core.message.Message;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An exchange that follows the bindings whose key is one of the routing keys. The default exchange
 * is one too: every queue is bound to it under its own name, without bindings being kept.
 */
public final class DirectExchange extends Exchange {
  private final SnapshotMap<String, Destinations> byKey;
  private final boolean isDefault;

  DirectExchange(ExchangeDefinition definition) {
    this(definition, BindingSet.EMPTY, SnapshotMap.empty());
  }

  private DirectExchange(
      ExchangeDefinition definition, BindingSet bindings, SnapshotMap<String, Destinations> byKey) {
    super(definition, bindings);
    this.byKey = byKey;
    this.isDefault = definition.name().isEmpty();
  }

  @Override
  Binding essence(Binding binding) {
    return binding.arguments().isEmpty()
        ? binding
        : new Binding(binding.source(), binding.destination(), binding.bindingKey(), Map.of());
  }

  @Override
  Exchange copy(BindingSet after) {
    return new DirectExchange(definition(), after, byKey);
  }

  @Override
  Exchange copyWith(BindingSet after, Binding binding, @Nullable RoutedQueue queue) {
    Destinations before = byKey.get(binding.bindingKey());
    Destinations more =
        (before == null ? Destinations.NONE : before).with(binding.destination(), queue);
    return new DirectExchange(definition(), after, byKey.with(binding.bindingKey(), more));
  }

  @Override
  Exchange copyWithout(BindingSet after, Binding binding, @Nullable RoutedQueue queue) {
    Destinations before = byKey.get(binding.bindingKey());
    if (before == null) {
      throw new AssertionError("a bound key is missing from the match table");
    }
    Destinations fewer = before.without(binding.destination(), queue);
    return new DirectExchange(
        definition(),
        after,
        fewer.isEmpty()
            ? byKey.without(binding.bindingKey())
            : byKey.with(binding.bindingKey(), fewer));
  }

  @Override
  Destinations destinationsOf(Binding binding) {
    Destinations found = byKey.get(binding.bindingKey());
    return found == null ? Destinations.NONE : found;
  }

  @Override
  void match(Envelope keys, Message message, RouteResult result) {
    int keyCount = keys.keyCount();
    for (int i = 0; i < keyCount; i++) {
      String key = keys.key(i);
      if (isDefault) {
        result.addQueueNamed(key);
        continue;
      }
      Destinations found = byKey.get(key);
      if (found != null) {
        result.add(found);
      }
    }
  }
}
