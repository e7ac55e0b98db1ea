package dev.warren.core.routing;

import dev.warren.core.message.Envelope;
import dev.warren.core.message.Message;
import dev.warren.core.routing.TopologyException.Code;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An exchange that follows the bindings whose key is a pattern of the routing key's words. */
public final class TopicExchange extends Exchange {
  /** So many words of a binding key may be {@code #} (contract §7.4). */
  private static final int ANY_WORDS_MAX = 2;

  private final TopicTrie trie;

  /** Made at the first route; a race makes two and forgets one. Never outlives a binding change. */
  private @Nullable TopicCache cache;

  TopicExchange(ExchangeDefinition definition) {
    this(definition, BindingSet.EMPTY, TopicTrie.EMPTY);
  }

  private TopicExchange(ExchangeDefinition definition, BindingSet bindings, TopicTrie trie) {
    super(definition, bindings);
    this.trie = trie;
  }

  @Override
  void validate(Binding binding) {
    if (TopicTrie.anyWordsCount(binding.bindingKey()) > ANY_WORDS_MAX) {
      throw new TopologyException(
          Code.INVALID,
          "invalid binding key '" + binding.bindingKey() + "': more than two '#' wildcards");
    }
  }

  @Override
  Binding essence(Binding binding) {
    return binding.arguments().isEmpty()
        ? binding
        : new Binding(binding.source(), binding.destination(), binding.bindingKey(), Map.of());
  }

  @Override
  Exchange copy(BindingSet after) {
    return new TopicExchange(definition(), after, trie);
  }

  @Override
  Exchange copyWith(BindingSet after, Binding binding, @Nullable RoutedQueue queue) {
    return new TopicExchange(
        definition(), after, trie.with(binding.bindingKey(), binding.destination(), queue));
  }

  @Override
  Exchange copyWithout(BindingSet after, Binding binding, @Nullable RoutedQueue queue) {
    return new TopicExchange(
        definition(), after, trie.without(binding.bindingKey(), binding.destination(), queue));
  }

  @Override
  Destinations destinationsOf(Binding binding) {
    return trie.at(binding.bindingKey());
  }

  @Override
  void match(Envelope keys, Message message, RouteResult result) {
    if (bindingCount() == 0) {
      return;
    }
    TopicCache current = currentCache();
    int keyCount = keys.keyCount();
    for (int i = 0; i < keyCount; i++) {
      String key = keys.key(i);
      Destinations known = current.get(key);
      if (known != null) {
        result.add(known);
      } else {
        walk(key, current, result);
      }
    }
  }

  private void walk(String key, TopicCache current, RouteResult result) {
    TopicWalk walk = result.topicWalk();
    walk.match(trie, key);
    if (!TopicCache.accepts(key, walk.queueCount() + walk.exchangeCount())) {
      result.add(walk);
      return;
    }
    Destinations found =
        Destinations.copyOf(
            walk.queues(), walk.queueCount(), walk.exchanges(), walk.exchangeCount());
    current.put(key, found);
    result.add(found);
  }

  private TopicCache currentCache() {
    TopicCache current = cache;
    if (current == null) {
      current = TopicCache.small();
      cache = current;
    } else if (current.isCrowded()) {
      current = current.grown();
      cache = current;
    }
    return current;
  }
}
