package dev.warren.amqp;

import dev.warren.core.broker.Subscription;
import dev.warren.core.queue.Checkout;
import dev.warren.core.queue.Outcome;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Pre-settled deliveries which the engine has and has not yet put into frames: the queue is done
 * with them then, not sooner. Owned by the connection's loop.
 */
final class UnwrittenDeliveries {
  private final Queue<Checkout> checkouts = new ArrayDeque<>();

  /** The engine has taken one more. */
  void add(Checkout checkout) {
    checkouts.add(checkout);
  }

  boolean isEmpty() {
    return checkouts.isEmpty();
  }

  /** All but the last so many are in frames. */
  void settleBut(int unsent, Subscription queue) {
    while (checkouts.size() > unsent) {
      queue.settle(checkouts.remove(), Outcome.ACCEPTED);
    }
  }

  /** None of them will be. */
  void giveBack(Subscription queue) {
    checkouts.forEach(queue::giveBack);
    checkouts.clear();
  }
}
