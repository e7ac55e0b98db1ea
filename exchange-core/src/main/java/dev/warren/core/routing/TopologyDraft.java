package dev.warren.core.routing;

import dev.warren.core.routing.Destination.QueueName;
import dev.warren.core.routing.TopologyChange.Bind;
import dev.warren.core.routing.TopologyChange.DeclareExchange;
import dev.warren.core.routing.TopologyChange.DeclareQueue;
import dev.warren.core.routing.TopologyChange.DeleteExchange;
import dev.warren.core.routing.TopologyChange.DeleteQueue;
import dev.warren.core.routing.TopologyChange.Unbind;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A topology in the making: applies one change and what follows from it (contract §7.6). Used once,
 * by the thread that makes it.
 *
 * <p>An auto-delete exchange goes when the last binding from it goes. That may take the last
 * binding from another one, and so on; such exchanges wait in a list, so that a long chain needs no
 * stack.
 */
final class TopologyDraft {
  private final Topology before;
  private final TopologyRules rules;
  private final Consumer<? super TopologyChange> consequences;
  private final Deque<String> unused = new ArrayDeque<>();
  private SnapshotMap<String, Exchange> exchanges;
  private SnapshotMap<String, RoutedQueue> queues;
  private SnapshotMap<Destination, SnapshotMap<Binding, Binding>> incoming;

  TopologyDraft(Topology before, Consumer<? super TopologyChange> consequences) {
    this.before = before;
    this.rules = new TopologyRules(before);
    this.consequences = consequences;
    this.exchanges = before.exchangeMap();
    this.queues = before.queueMap();
    this.incoming = before.incomingMap();
  }

  Topology apply(TopologyChange change) {
    if (change instanceof DeclareExchange declare) {
      declareExchange(declare.definition());
    } else if (change instanceof DeleteExchange delete) {
      rules.checkDelete(delete.name());
      deleteExchange(delete.name());
    } else if (change instanceof DeclareQueue declare) {
      declareQueue(declare.queue());
    } else if (change instanceof DeleteQueue delete) {
      deleteQueue(delete.name());
    } else if (change instanceof Bind bind) {
      bind(bind.binding());
    } else if (change instanceof Unbind unbind) {
      rules.checkUnbind(unbind.binding());
      unbind(unbind.binding());
    }
    deleteUnused();
    boolean isChanged = exchanges != before.exchangeMap() || queues != before.queueMap();
    return isChanged ? new Topology(before.virtualHost(), exchanges, queues, incoming) : before;
  }

  private void declareExchange(ExchangeDefinition definition) {
    rules.checkDeclare(definition);
    if (!exchanges.containsKey(definition.name())) {
      exchanges = exchanges.with(definition.name(), Exchange.declared(definition));
    }
  }

  private void declareQueue(RoutedQueue queue) {
    if (!queues.containsKey(queue.name())) {
      queues = queues.with(queue.name(), queue);
    }
  }

  private void deleteQueue(String name) {
    if (queues.containsKey(name)) {
      unbindAllTo(Destination.queue(name));
      queues = queues.without(name);
    }
  }

  private void deleteExchange(String name) {
    if (!exchanges.containsKey(name)) {
      return;
    }
    unbindAllTo(Destination.exchange(name));
    Exchange exchange = exchanges.get(name);
    if (exchange != null) {
      for (Binding binding : exchange.bindings()) {
        removeIncoming(binding);
        consequences.accept(new Unbind(binding));
      }
    }
    exchanges = exchanges.without(name);
  }

  private void bind(Binding binding) {
    Exchange source = rules.checkBind(binding);
    Exchange bound = source.withBinding(binding, queueOf(binding));
    if (bound != source) {
      exchanges = exchanges.with(binding.source(), bound);
      SnapshotMap<Binding, Binding> others = incoming.get(binding.destination());
      incoming =
          incoming.with(
              binding.destination(),
              (others == null ? SnapshotMap.<Binding, Binding>empty() : others)
                  .with(binding, binding));
    }
  }

  private void unbind(Binding binding) {
    Exchange source = exchanges.get(binding.source());
    if (source == null || !source.hasBinding(binding)) {
      return;
    }
    Exchange unbound = source.withoutBinding(binding, queueOf(binding));
    exchanges = exchanges.with(binding.source(), unbound);
    removeIncoming(binding);
    if (unbound.bindingCount() == 0 && unbound.definition().autoDelete()) {
      unused.add(binding.source());
    }
  }

  private void unbindAllTo(Destination destination) {
    SnapshotMap<Binding, Binding> bindings = incoming.get(destination);
    if (bindings != null) {
      for (Binding binding : bindings.values()) {
        unbind(binding);
        consequences.accept(new Unbind(binding));
      }
    }
  }

  private void deleteUnused() {
    for (String name = unused.poll(); name != null; name = unused.poll()) {
      if (exchanges.containsKey(name)) {
        deleteExchange(name);
        consequences.accept(new DeleteExchange(name));
      }
    }
  }

  private void removeIncoming(Binding binding) {
    SnapshotMap<Binding, Binding> bindings = incoming.get(binding.destination());
    if (bindings != null) {
      SnapshotMap<Binding, Binding> fewer = bindings.without(binding);
      incoming =
          fewer.isEmpty()
              ? incoming.without(binding.destination())
              : incoming.with(binding.destination(), fewer);
    }
  }

  private @Nullable RoutedQueue queueOf(Binding binding) {
    return binding.destination() instanceof QueueName queue ? queues.get(queue.name()) : null;
  }
}
