package dev.warren.core.routing;

import dev.warren.core.message.Envelope;
import dev.warren.core.message.Message;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An exchange that follows the bindings whose arguments match the message's application properties.
 * A route looks at each distinct set of arguments once.
 */
public final class HeadersExchange extends Exchange {
  private final SnapshotMap<Map<String, @Nullable Object>, Rule> byArguments;

  /** Made at the first route, which takes as long as making it; a race makes two. */
  private @Nullable Rules rules;

  HeadersExchange(ExchangeDefinition definition) {
    this(definition, BindingSet.EMPTY, SnapshotMap.empty());
  }

  private HeadersExchange(
      ExchangeDefinition definition,
      BindingSet bindings,
      SnapshotMap<Map<String, @Nullable Object>, Rule> byArguments) {
    super(definition, bindings);
    this.byArguments = byArguments;
  }

  @Override
  void validate(Binding binding) {
    HeadersMatch.of(binding.arguments());
  }

  @Override
  Binding essence(Binding binding) {
    return binding.bindingKey().isEmpty()
        ? binding
        : new Binding(binding.source(), binding.destination(), "", binding.arguments());
  }

  @Override
  Exchange copy(BindingSet after) {
    return new HeadersExchange(definition(), after, byArguments);
  }

  @Override
  Exchange copyWith(BindingSet after, Binding binding, @Nullable RoutedQueue queue) {
    Rule before = byArguments.get(binding.arguments());
    Rule more =
        before == null
            ? new Rule(
                HeadersMatch.of(binding.arguments()),
                Destinations.NONE.with(binding.destination(), queue))
            : new Rule(before.condition, before.destinations.with(binding.destination(), queue));
    return new HeadersExchange(definition(), after, byArguments.with(binding.arguments(), more));
  }

  @Override
  Exchange copyWithout(BindingSet after, Binding binding, @Nullable RoutedQueue queue) {
    Rule before = byArguments.get(binding.arguments());
    if (before == null) {
      throw new AssertionError("a bound condition is missing from the match table");
    }
    Destinations fewer = before.destinations.without(binding.destination(), queue);
    return new HeadersExchange(
        definition(),
        after,
        fewer.isEmpty()
            ? byArguments.without(binding.arguments())
            : byArguments.with(binding.arguments(), new Rule(before.condition, fewer)));
  }

  @Override
  Destinations destinationsOf(Binding binding) {
    Rule rule = byArguments.get(binding.arguments());
    return rule == null ? Destinations.NONE : rule.destinations;
  }

  @Override
  void match(Envelope keys, Message message, RouteResult result) {
    Rules current = rules;
    if (current == null) {
      current = new Rules(byArguments.values().toArray(Rule[]::new));
      rules = current;
    }
    for (Rule rule : current.list) {
      if (rule.condition.matches(message)) {
        result.add(rule.destinations);
      }
    }
  }

  /** The destinations bound under one set of arguments. */
  private record Rule(HeadersMatch condition, Destinations destinations) {}

  /** A final field around the array, which makes it safe to be seen through a race. */
  private static final class Rules {
    final Rule[] list;

    Rules(Rule[] list) {
      this.list = list;
    }
  }
}
