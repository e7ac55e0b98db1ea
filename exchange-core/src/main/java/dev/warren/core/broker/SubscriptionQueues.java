package dev.warren.core.broker;

import dev.warren.core.broker.VirtualHostDeclaration.QueueDeclaration;
import dev.warren.core.filter.AllOf;
import dev.warren.core.filter.InvalidFilterException;
import dev.warren.core.filter.JmsSelector;
import dev.warren.core.filter.MessageFilter;
import dev.warren.core.filter.NoLocal;
import dev.warren.core.filter.SqlFilter;
import dev.warren.core.routing.Binding;
import dev.warren.core.routing.TopologyChange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The queues behind JMS subscriptions: each is bound to the exchange subscribed to, and its
 * arguments say what it is. Thread-safe; changes run on the control thread in the order they are
 * asked for.
 *
 * <p>Whether a subscription is in use is asked where its consumers are known for certain, on the
 * queue's owner: a consumer that has just left may still be listed elsewhere.
 */
public final class SubscriptionQueues {
  /** Argument: the address subscribed to. It marks the queue as a subscription's. */
  public static final String ADDRESS = "x-subscription";

  /** Argument: whether several consumers may have it at a time. */
  public static final String SHARED = "x-subscription-shared";

  /** Argument: the JMS selector of what comes into the queue at all. */
  public static final String SELECTOR = "x-subscription-selector";

  /** Argument: the same as an SQL filter. */
  public static final String SQL = "x-subscription-sql";

  /**
   * Argument: the number of the connection whose own messages do not come into the queue. 0 says
   * that the consumer has to see to it, since a durable subscription outlives its connection.
   */
  public static final String NO_LOCAL = "x-subscription-no-local";

  private final VirtualHost host;

  SubscriptionQueues(VirtualHost host) {
    this.host = host;
  }

  /**
   * A subscription.
   *
   * @param queue the queue's name
   * @param durable whether it outlives its consumers and a restart; otherwise it goes with its last
   *     consumer
   * @param exclusiveTo the connection it belongs to, or {@link QueueDefinition#SHARED}
   * @param exchange what is subscribed to
   * @param bindingKey which of its messages
   * @param arguments of the queue, {@link #ADDRESS} and {@link #SHARED} among them; two
   *     subscriptions whose arguments differ are not the same
   */
  public record Declaration(
      String queue,
      boolean durable,
      long exclusiveTo,
      String exchange,
      String bindingKey,
      Map<String, Object> arguments) {
    /** Copies the arguments. */
    public Declaration {
      arguments = Map.copyOf(arguments);
    }

    private boolean isShared() {
      return Boolean.TRUE.equals(arguments.get(SHARED));
    }
  }

  /** A name for a subscription that has none, beginning like this. */
  public String newName(String beginning) {
    return host.temporaryNodes().randomName(beginning);
  }

  /**
   * Makes the subscription or finds it as it is. One of the same name that is for something else is
   * replaced, with the messages it holds, as JMS has it.
   *
   * <p>Fails with resource-locked if the one to be replaced is in use, with not-found if there is
   * no such exchange, with precondition-failed if the name is another queue's or the present
   * subscription is shared and this is not, or the other way round.
   */
  public CompletionStage<Boolean> declare(Actor actor, Declaration wanted) {
    return host.control()
        .submitLater(
            answer -> {
              QueueProxy existing = queue(wanted.queue());
              if (existing == null || isSame(existing.definition(), wanted)) {
                declareNow(actor, wanted);
                answer.complete(existing == null);
              } else {
                checkReplaceable(existing.definition(), wanted);
                whenUnused(existing, answer, () -> replaceNow(actor, existing, wanted));
              }
            });
  }

  /**
   * The arguments of a durable subscription that nobody uses at the moment.
   *
   * <p>Fails with not-found if there is none, with resource-locked if it is in use.
   */
  public CompletionStage<Map<String, Object>> find(String name) {
    return host.control()
        .submitLater(
            answer -> {
              QueueProxy existing = queue(name);
              if (existing == null || !isSubscription(existing.definition())) {
                throw new BrokerException(
                    BrokerError.NOT_FOUND,
                    "no subscription '%s' in vhost '%s'".formatted(name, host.name()));
              }
              whenUnused(existing, answer, () -> existing.definition().arguments());
            });
  }

  /**
   * Ends a subscription for the consumer with this tag, unless others share it: then it stays.
   * Whatever is asked of the control thread afterwards finds it gone.
   */
  public void delete(Actor actor, String name, long connectionId, String consumerTag) {
    var unused =
        host.control()
            .submit(
                () -> {
                  QueueProxy existing = queue(name);
                  return existing != null
                      && isSubscription(existing.definition())
                      && !isUsedByOthers(existing, connectionId, consumerTag)
                      && host.deleteQueueNow(actor, name);
                });
  }

  private static boolean isUsedByOthers(QueueProxy queue, long connectionId, String consumerTag) {
    List<QueueSubscription> consumers = queue.consumers().snapshot();
    for (QueueSubscription consumer : consumers) {
      Subscription.Request request = consumer.request();
      if (request.connectionId() != connectionId || !request.consumerTag().equals(consumerTag)) {
        return true;
      }
    }
    return false;
  }

  private @Nullable QueueProxy queue(String name) {
    return host.topology().queue(name) instanceof QueueProxy proxy ? proxy : null;
  }

  private static boolean isSubscription(QueueDefinition definition) {
    return definition.arguments().containsKey(ADDRESS);
  }

  private static boolean isSame(QueueDefinition current, Declaration wanted) {
    return isSubscription(current)
        && current.durable() == wanted.durable()
        && current.arguments().equals(wanted.arguments());
  }

  private static void checkReplaceable(QueueDefinition current, Declaration wanted) {
    String why = null;
    if (!isSubscription(current)) {
      why = "is no subscription";
    } else if (Boolean.TRUE.equals(current.arguments().get(SHARED)) != wanted.isShared()) {
      why = wanted.isShared() ? "is not shared" : "is shared";
    }
    if (why != null) {
      throw new BrokerException(
          BrokerError.PRECONDITION_FAILED,
          "queue '%s' in vhost '%s' exists and %s"
              .formatted(current.name(), current.virtualHost(), why));
    }
  }

  /** Asks the owner for consumers; then goes on, on the control thread. */
  private <T> void whenUnused(QueueProxy queue, CompletableFuture<T> answer, Supplier<T> next) {
    queue
        .owner()
        .execute(
            () -> {
              if (queue.consumers().hasTaker()) {
                answer.completeExceptionally(inUse(queue.definition()));
                return;
              }
              var unused =
                  host.control()
                      .submit(next)
                      .whenComplete(
                          (value, failure) -> {
                            if (failure == null) {
                              answer.complete(value);
                            } else {
                              answer.completeExceptionally(failure);
                            }
                          });
            });
  }

  private boolean replaceNow(Actor actor, QueueProxy former, Declaration wanted) {
    if (queue(wanted.queue()) == former) {
      host.deleteQueueNow(actor, wanted.queue());
    }
    declareNow(actor, wanted);
    return true;
  }

  private void declareNow(Actor actor, Declaration wanted) {
    if (host.topology().exchange(wanted.exchange()) == null) {
      throw new BrokerException(
          BrokerError.NOT_FOUND,
          "no exchange '%s' in vhost '%s'".formatted(wanted.exchange(), host.name()));
    }
    boolean fresh =
        host.declareQueueNow(
            actor,
            new QueueDeclaration(
                wanted.queue(),
                wanted.durable(),
                !wanted.durable(),
                wanted.exclusiveTo(),
                wanted.arguments()));
    try {
      host.apply(
          actor,
          new TopologyChange.Bind(
              Binding.toQueue(wanted.exchange(), wanted.queue(), wanted.bindingKey())));
    } catch (BrokerException e) {
      if (fresh) {
        host.deleteQueueNow(actor, wanted.queue());
      }
      throw e;
    }
  }

  /** What comes into a queue with these arguments: nobody would take the rest from it. */
  static MessageFilter filterOf(Map<String, Object> arguments) {
    if (!arguments.containsKey(ADDRESS)) {
      return MessageFilter.ALL;
    }
    List<MessageFilter> filters = new ArrayList<>();
    try {
      if (arguments.get(SELECTOR) instanceof String selector) {
        filters.add(JmsSelector.parse(selector));
      }
      if (arguments.get(SQL) instanceof String sql) {
        filters.add(SqlFilter.parse(sql));
      }
    } catch (InvalidFilterException e) {
      throw new BrokerException(
          BrokerError.PRECONDITION_FAILED, "invalid filter of a subscription: " + e.getMessage());
    }
    if (arguments.get(NO_LOCAL) instanceof Long connection && connection != 0) {
      filters.add(new NoLocal(connection));
    }
    return AllOf.of(filters);
  }

  static BrokerException inUse(QueueDefinition queue) {
    return new BrokerException(
        BrokerError.RESOURCE_LOCKED,
        "subscription '%s' in vhost '%s' is in use".formatted(queue.name(), queue.virtualHost()));
  }
}
