package dev.warren.amqp;

import dev.warren.core.broker.BrokerException;
import dev.warren.core.broker.Publisher;
import dev.warren.core.broker.Transaction;
import dev.warren.core.message.Message;
import dev.warren.core.queue.Checkout;
import dev.warren.core.queue.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Released;
import org.apache.qpid.proton.amqp.transaction.TransactionalState;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.EndpointState;
import org.apache.qpid.proton.engine.Link;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One transaction as a client sees it: its txn-id, and the deliveries which the client has given an
 * outcome but not settled. Owned by the connection's loop.
 */
final class FrontTransaction implements Transaction.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(FrontTransaction.class);

  private final Binary id;
  private final CoordinatorLink coordinator;
  private final ConnectionHandler connection;
  private final Transaction transaction;
  private final TransactionalState accepted;
  private final List<Provisional> provisional = new ArrayList<>();

  /**
   * Begins it.
   *
   * @throws BrokerException if the node has too many
   */
  FrontTransaction(Binary id, CoordinatorLink coordinator, ConnectionHandler connection) {
    this.id = id;
    this.coordinator = coordinator;
    this.connection = connection;
    transaction =
        connection
            .virtualHost()
            .openTransaction(connection.loop().loop(), connection.user().name(), this);
    accepted = state(Accepted.getInstance());
  }

  /**
   * A delivery that stays with the consumer, if the transaction does not take it away. In place of
   * the checkout in the delivery's context.
   */
  static final class Provisional {
    private final Delivery delivery;
    private final Checkout checkout;
    private final Transaction.Settlement settlement;
    private DeliveryState said;

    Provisional(
        Delivery delivery,
        Checkout checkout,
        Transaction.Settlement settlement,
        DeliveryState said) {
      this.delivery = delivery;
      this.checkout = checkout;
      this.settlement = settlement;
      this.said = said;
    }

    /** The link is over: after a rollback the delivery goes back to the queue. */
    void letGo() {
      settlement.settled();
    }

    /** The consumer has said more; an outcome only replaces the former if there is one. */
    void change(@Nullable DeliveryState newState, Outcome outcome, boolean settled) {
      if (newState != null) {
        said = newState;
        settlement.change(outcome, settled);
      } else {
        settlement.settled();
      }
    }
  }

  Binary id() {
    return id;
  }

  /** Whether it was declared on this link. */
  boolean isOf(CoordinatorLink link) {
    return coordinator == link;
  }

  /** What a publisher is told of a message that is in. */
  TransactionalState accepted() {
    return accepted;
  }

  /** An outcome within this transaction. */
  TransactionalState state(org.apache.qpid.proton.amqp.messaging.Outcome outcome) {
    TransactionalState state = new TransactionalState();
    state.setTxnId(id);
    state.setOutcome(outcome);
    return state;
  }

  /** See {@link Transaction#publish}. */
  Publisher.Result publish(Message message) {
    return transaction.publish(message);
  }

  /** See {@link Transaction#spoil}. */
  void spoil(String why) {
    transaction.spoil(why);
  }

  /** The consumer has said what becomes of this delivery. */
  void settle(Delivery delivery, @Nullable DeliveryState said, Outcome outcome, boolean settled) {
    Checkout checkout = (Checkout) delivery.getContext();
    Transaction.Settlement settlement = transaction.settle(checkout, outcome, settled);
    if (!settled && settlement != null) {
      DeliveryState state = said == null ? Released.getInstance() : said;
      Provisional entry = new Provisional(delivery, checkout, settlement, state);
      delivery.setContext(entry);
      provisional.add(entry);
    }
  }

  void rollBack() {
    transaction.rollback();
    giveBack();
  }

  void commit(Transaction.CommitListener listener) {
    transaction.commit(
        new Transaction.CommitListener() {
          @Override
          public void onCommitted() {
            finish();
            listener.onCommitted();
          }

          @Override
          public void onFailed(BrokerException reason) {
            giveBack();
            listener.onFailed(reason);
          }
        });
  }

  /** [4.4.2] The resource applies the outcomes and settles. */
  private void finish() {
    for (Provisional entry : provisional) {
      Delivery delivery = entry.delivery;
      if (!delivery.isSettled() && isAlive(delivery.getLink())) {
        delivery.disposition(entry.said);
        delivery.settle();
      }
    }
    provisional.clear();
    connection.markDirty();
  }

  private static boolean isAlive(Link link) {
    return link.getLocalState() == EndpointState.ACTIVE
        && link.getSession().getLocalState() == EndpointState.ACTIVE;
  }

  /** [4.4.2] The deliveries are live again and the consumer has to settle them. */
  private void giveBack() {
    for (Provisional entry : provisional) {
      if (entry.delivery.getContext() == entry) {
        entry.delivery.setContext(entry.checkout);
      }
    }
    provisional.clear();
  }

  @Override
  public void onTimedOut() {
    LOG.warn("transaction rolled back because it took too long connection={}", connection.id());
    giveBack();
  }
}
