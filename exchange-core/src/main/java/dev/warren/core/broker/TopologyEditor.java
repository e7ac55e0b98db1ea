package dev.warren.core.broker;

import dev.warren.core.broker.VirtualHostDeclaration.QueueDeclaration;
import dev.warren.core.queue.QueueCounters;
import dev.warren.core.routing.Binding;
import dev.warren.core.routing.Destination;
import dev.warren.core.routing.ExchangeDefinition;
import dev.warren.core.routing.TopologyChange;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Changes of one virtual host on behalf of somebody, whom the audit trail names. Whether he may is
 * for the fronts to check. Thread-safe: changes run on the control thread; the answer is complete
 * when the change is durable, and fails with a {@link BrokerException} if it is refused.
 */
public final class TopologyEditor {
  private final VirtualHost host;
  private final Actor actor;

  TopologyEditor(VirtualHost host, Actor actor) {
    this.host = host;
    this.actor = actor;
  }

  /** Declares an exchange; true if it is new. */
  public CompletionStage<Boolean> declareExchange(ExchangeDefinition definition) {
    return host.control()
        .submit(
            () -> {
              VirtualHost.checkName("exchange", definition.name());
              VirtualHost.checkNotTemporary(definition.name());
              return host.apply(actor, new TopologyChange.DeclareExchange(definition));
            });
  }

  /** Deletes an exchange; false if there is none. */
  public CompletionStage<Boolean> deleteExchange(String exchange) {
    return host.control()
        .submit(
            () -> {
              VirtualHost.checkNotTemporary(exchange);
              return host.apply(actor, new TopologyChange.DeleteExchange(exchange));
            });
  }

  /** Deletes an exchange unless something is bound from it; false if there is none. */
  public CompletionStage<Boolean> deleteExchangeIfUnused(String exchange) {
    return host.control()
        .submit(
            () -> {
              VirtualHost.checkNotTemporary(exchange);
              if (!host.topology().bindingsFrom(exchange).isEmpty()) {
                throw new BrokerException(
                    BrokerError.PRECONDITION_FAILED,
                    "exchange '%s' in vhost '%s' in use".formatted(exchange, host.name()));
              }
              return host.apply(actor, new TopologyChange.DeleteExchange(exchange));
            });
  }

  /** Adds a binding; false if it is there already. */
  public CompletionStage<Boolean> bind(Binding binding) {
    return host.control().submit(() -> host.apply(actor, new TopologyChange.Bind(binding)));
  }

  /** Adds a binding for a connection, which may own the queue; false if it is there already. */
  public CompletionStage<Boolean> bind(Binding binding, long connectionId) {
    return host.control()
        .submit(
            () -> {
              checkMayBind(binding, connectionId);
              return host.apply(actor, new TopologyChange.Bind(binding));
            });
  }

  /** Removes a binding; false if there is none. */
  public CompletionStage<Boolean> unbind(Binding binding) {
    return host.control().submit(() -> host.apply(actor, new TopologyChange.Unbind(binding)));
  }

  /** Removes a binding for a connection, which may own the queue; false if there is none. */
  public CompletionStage<Boolean> unbind(Binding binding, long connectionId) {
    return host.control()
        .submit(
            () -> {
              checkMayBind(binding, connectionId);
              return host.apply(actor, new TopologyChange.Unbind(binding));
            });
  }

  private void checkMayBind(Binding binding, long connectionId) {
    if (binding.destination() instanceof Destination.QueueName
        && host.topology().queue(binding.destination().name()) instanceof QueueProxy proxy) {
      checkAccess(proxy.definition(), connectionId);
    }
  }

  /** Declares a queue; true if it is new. */
  public CompletionStage<Boolean> declareQueue(QueueDeclaration declaration) {
    return host.control().submit(() -> host.declareQueueNow(actor, declaration));
  }

  /** Deletes a queue with its messages and bindings; false if there is none. */
  public CompletionStage<Boolean> deleteQueue(String queue) {
    return host.control().submit(() -> host.deleteQueueNow(actor, queue));
  }

  /**
   * Deletes a queue that no connection owns, unless it is in use; false if there is none. Consumers
   * and messages are those of a moment ago: what comes at the same time may go with the queue.
   *
   * @param ifUnused not if it has a consumer
   * @param ifEmpty not if it has a message
   */
  public CompletionStage<Boolean> deleteQueue(String queue, boolean ifUnused, boolean ifEmpty) {
    return host.control()
        .submit(
            () -> {
              if (!(host.topology().queue(queue) instanceof QueueProxy proxy)) {
                return false;
              }
              checkAccess(proxy.definition(), QueueDefinition.SHARED);
              if (ifUnused && proxy.counters().consumers() > 0) {
                throw inState(proxy, "in use");
              }
              if (ifEmpty && holdsMessages(proxy)) {
                throw inState(proxy, "not empty");
              }
              return host.deleteQueueNow(actor, queue);
            });
  }

  private static boolean holdsMessages(QueueProxy queue) {
    QueueCounters counters = queue.counters();
    return counters.ready() > 0 || counters.unsettled() > 0 || counters.scheduled() > 0;
  }

  private BrokerException inState(QueueProxy queue, String state) {
    return new BrokerException(
        BrokerError.PRECONDITION_FAILED,
        "queue '%s' in vhost '%s' %s".formatted(queue.name(), host.name(), state));
  }

  /**
   * Deletes a queue for a connection and answers how many ready messages went with it: 0 if there
   * was no such queue.
   */
  public CompletionStage<Long> deleteQueue(String queue, long connectionId) {
    return host.control()
        .submitLater(
            answer -> {
              if (!(host.topology().queue(queue) instanceof QueueProxy proxy)) {
                answer.complete(0L);
                return;
              }
              checkAccess(proxy.definition(), connectionId);
              host.removeNow(actor, proxy);
              proxy
                  .owner()
                  .execute(
                      () -> {
                        long ready = proxy.counters().ready();
                        proxy.onDelete();
                        answer.complete(ready);
                      });
            });
  }

  /** Removes the ready messages of a queue and answers how many there were. */
  public CompletionStage<Long> purge(String queue) {
    return host.control().submitLater(answer -> purgeNow(existing(queue), answer));
  }

  /** The same for a connection, which may own the queue. */
  public CompletionStage<Long> purge(String queue, long connectionId) {
    return host.control()
        .submitLater(
            answer -> {
              QueueProxy proxy = existing(queue);
              checkAccess(proxy.definition(), connectionId);
              purgeNow(proxy, answer);
            });
  }

  private void purgeNow(QueueProxy proxy, CompletableFuture<Long> answer) {
    proxy
        .owner()
        .execute(
            () ->
                proxy.onPurge(
                    count -> {
                      host.audit()
                          .changed(
                              actor,
                              "queue.purged",
                              host.name(),
                              proxy.name(),
                              Map.of("messages", count),
                              Map.of("messages", 0L));
                      answer.complete(count);
                    }));
  }

  /**
   * Stops handing a queue's messages to consumers, or goes on. It goes on taking messages, and
   * stays paused over a restart if it is durable. False if that is how it is already.
   */
  public CompletionStage<Boolean> pause(String queue, boolean paused) {
    return host.control()
        .submit(
            () -> {
              QueueProxy proxy = existing(queue);
              checkAccess(proxy.definition(), QueueDefinition.SHARED);
              return host.pauseNow(actor, proxy, paused);
            });
  }

  private QueueProxy existing(String queue) {
    if (host.topology().queue(queue) instanceof QueueProxy proxy) {
      return proxy;
    }
    throw VirtualHost.noQueue(queue, host.name());
  }

  private static void checkAccess(QueueDefinition queue, long connectionId) {
    if (queue.isExclusive() && queue.exclusiveTo() != connectionId) {
      throw VirtualHost.locked(queue);
    }
  }
}
