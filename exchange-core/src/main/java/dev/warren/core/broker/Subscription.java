package dev.warren.core.broker;

import dev.warren.core.filter.MessageFilter;
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

  /** Returns, without counting an attempt, what was delivered but not sent to the consumer. */
  void giveBack(Checkout checkout);

  /**
   * Messages ready in the queue, a moment ago; with a filter, not all of them need to be for this
   * consumer.
   */
  long available();

  /**
   * Goes over to another listener, perhaps on another loop. The present one is told by {@link
   * Listener#onMoved} after the last thing it will be told; only then the new one may call this
   * subscription, on its loop. Take back the credit before.
   */
  void move(BrokerLoop to, Listener next);

  /**
   * Ends the subscription; what is unsettled goes back to the queue.
   *
   * @param lost whether the session or connection was lost, rather than the link detached
   */
  void close(boolean lost);

  /** How long a delivery may be held, or 0 for any time. Any thread. */
  long timeoutMs();

  /**
   * Who has it now, for the operator to see.
   *
   * @param connectionId 0 if no connection has it at present
   * @param channel the number of its session there
   */
  void place(long connectionId, int channel);

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

    /** The queue took the message back because it was held unsettled for too long. */
    default void onTimedOut(Checkout checkout) {}

    /** On a queue with a single active consumer: this one has become it, or is it no more. */
    default void onActive(boolean active) {}

    /** Nothing more comes to this listener: the subscription has gone over to another. */
    default void onMoved() {}

    /** The queue was deleted; the subscription has ended. */
    void onClosed(BrokerException reason);
  }

  /**
   * What a consumer asks for. Immutable; {@link #of} is a start.
   *
   * @param queue the queue's name
   * @param connectionId the connection, which exclusive queues compare
   * @param consumerTag its name for the operator
   * @param priority higher ones get messages first
   * @param presettled whether the front settles deliveries as soon as they are sent
   * @param filter which messages it wants; the others stay for other consumers
   * @param mode whether it takes messages or only looks at them
   * @param consumerTimeoutMs how long it may hold a message unsettled, or {@link #QUEUE_DEFAULT}
   */
  record Request(
      String queue,
      long connectionId,
      String consumerTag,
      int priority,
      boolean presettled,
      MessageFilter filter,
      Mode mode,
      long consumerTimeoutMs) {
    /** The time-out the queue's arguments name, or the node's. */
    public static final long QUEUE_DEFAULT = -1;

    /** A consumer which takes any message and settles it. */
    public static Request of(String queue, long connectionId, String consumerTag) {
      return new Request(
          queue, connectionId, consumerTag, 0, false, MessageFilter.ALL, Mode.MOVE, QUEUE_DEFAULT);
    }

    /** The same with this priority. */
    public Request withPriority(int newPriority) {
      return new Request(
          queue,
          connectionId,
          consumerTag,
          newPriority,
          presettled,
          filter,
          mode,
          consumerTimeoutMs);
    }

    /** The same, with deliveries settled when they are sent or not. */
    public Request withPresettled(boolean settled) {
      return new Request(
          queue, connectionId, consumerTag, priority, settled, filter, mode, consumerTimeoutMs);
    }

    /** The same with this filter. */
    public Request withFilter(MessageFilter newFilter) {
      return new Request(
          queue,
          connectionId,
          consumerTag,
          priority,
          presettled,
          newFilter,
          mode,
          consumerTimeoutMs);
    }

    /** The same in this mode. */
    public Request withMode(Mode newMode) {
      return new Request(
          queue,
          connectionId,
          consumerTag,
          priority,
          presettled,
          filter,
          newMode,
          consumerTimeoutMs);
    }

    /** The same with this time-out in milliseconds. */
    public Request withConsumerTimeoutMs(long timeoutMs) {
      return new Request(
          queue, connectionId, consumerTag, priority, presettled, filter, mode, timeoutMs);
    }
  }

  /** What a delivery does to the message (AMQP 1.0 §3.5.4, distribution-mode). */
  enum Mode {
    /** The consumer has the message and others do not. */
    MOVE,
    /** The consumer sees the message, which stays as it is: browsing. */
    COPY,
    /**
     * As {@link #MOVE}, by somebody who takes messages one by one and does not count as consumer.
     */
    GET
  }
}
