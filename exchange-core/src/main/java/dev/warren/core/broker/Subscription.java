package dev.warren.core.broker;

import dev.warren.core.queue.Checkout;
import dev.warren.core.queue.Outcome;

/**
 * A consumer's hold on a queue: one for each link that receives. Owned by the loop it was opened
 * on; the listener is called on that loop. Calls reach the queue in order.
 */
public interface Subscription {
  /** Gives so many more deliveries, or takes back unused ones if negative. */
  void addCredit(int change);

  /** Asks to use up or return the credit; answered by {@link Listener#onDrained}. */
  void drain();

  /** Applies the consumer's outcome to what it was delivered. Later outcomes are ignored. */
  void settle(Checkout checkout, Outcome outcome);

  /**
   * Ends the subscription; what is unsettled goes back to the queue.
   *
   * @param lost whether the session or connection was lost, rather than the link detached
   */
  void close(boolean lost);

  /** What happens to a subscription. */
  interface Listener {
    /** The queue has taken the consumer. */
    void onSubscribed(Subscription subscription);

    /** It has not. */
    void onRefused(BrokerException reason);

    /** A message. May come after {@link Subscription#close}; settle or ignore it then. */
    void onDelivery(Checkout checkout);

    /** The answer to {@link Subscription#drain}: the credit is 0 now. */
    void onDrained();

    /** The queue was deleted; the subscription has ended. */
    void onClosed(BrokerException reason);
  }

  /**
   * What a consumer asks for.
   *
   * @param queue the queue's name
   * @param connectionId the connection, which exclusive queues compare
   * @param consumerTag its name for the operator
   * @param priority higher ones get messages first
   * @param presettled whether deliveries count as settled at once
   */
  record Request(
      String queue, long connectionId, String consumerTag, int priority, boolean presettled) {}
}
