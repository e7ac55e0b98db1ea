package dev.warren.amqp;

import dev.warren.core.broker.BrokerError;
import dev.warren.core.broker.BrokerException;
import dev.warren.core.broker.MessageTraffic;
import dev.warren.core.queue.Outcome;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.transaction.TransactionalState;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.engine.Delivery;
import org.jspecify.annotations.Nullable;

/**
 * The transactions of one connection, by the txn-id its client was told (AMQP 1.0 part 4). Owned by
 * the connection's loop.
 */
final class ConnectionTransactions {
  private final ConnectionHandler connection;
  private final Map<Binary, FrontTransaction> byId = new LinkedHashMap<>();
  private long lastId;

  ConnectionTransactions(ConnectionHandler connection) {
    this.connection = connection;
  }

  /**
   * Begins a transaction.
   *
   * @throws BrokerException if there are as many as the connection or the node allows
   */
  FrontTransaction declare(CoordinatorLink coordinator) {
    int max = connection.context().broker().transactionLimits().perConnectionMax();
    if (byId.size() >= max) {
      throw new BrokerException(
          BrokerError.LIMIT_EXCEEDED,
          "this connection has %d open transactions, which is its limit".formatted(max));
    }
    Binary id = new Binary(ByteBuffer.allocate(Long.BYTES).putLong(++lastId).array());
    FrontTransaction declared = new FrontTransaction(id, coordinator, connection);
    byId.put(id, declared);
    return declared;
  }

  /** The one with this id, if it has not been discharged. */
  @Nullable FrontTransaction find(@Nullable Binary id) {
    return id == null ? null : byId.get(id);
  }

  /** It is being discharged: no more work is done in it. */
  void remove(FrontTransaction transaction) {
    byId.remove(transaction.id());
  }

  /** [4.2] The transactions of a controller that is gone are rolled back. */
  void rollBackAllOf(CoordinatorLink coordinator) {
    for (FrontTransaction transaction : List.copyOf(byId.values())) {
      if (transaction.isOf(coordinator)) {
        remove(transaction);
        transaction.rollBack();
      }
    }
  }

  /** Whether what the consumer says of this delivery is part of a transaction. */
  static boolean concerns(Delivery delivery) {
    return delivery.getRemoteState() instanceof TransactionalState
        || delivery.getContext() instanceof FrontTransaction.Provisional;
  }

  /** The link of the delivery is over: whether a transaction decides what becomes of it. */
  static boolean takesOver(Delivery delivery) {
    if (delivery.getContext() instanceof FrontTransaction.Provisional provisional) {
      provisional.letGo();
      return true;
    }
    return false;
  }

  /**
   * A consumer settles within a transaction, or says more of a delivery it has said so of.
   *
   * @param traffic the link's; a delivery counts as settled when that is said, whatever becomes of
   *     the transaction
   * @return the error to detach the link with, or null
   */
  @Nullable ErrorCondition onDisposition(Delivery delivery, MessageTraffic traffic) {
    boolean settled = delivery.remotelySettled();
    DeliveryState state = delivery.getRemoteState();
    DeliveryState said =
        state instanceof TransactionalState work
            ? work.getOutcome() instanceof DeliveryState inner ? inner : null
            : state;
    Outcome outcome = OutcomeMapper.fromConsumer(said);
    if (outcome == null) {
      return AmqpErrors.invalidField("unknown outcome " + said);
    }
    if (delivery.getContext() instanceof FrontTransaction.Provisional provisional) {
      provisional.change(said, outcome, settled);
    } else if (state instanceof TransactionalState work) {
      FrontTransaction transaction = find(work.getTxnId());
      if (transaction == null) {
        return AmqpErrors.unknownTransaction();
      }
      if (said == null && !settled) {
        return null; // no outcome yet
      }
      transaction.settle(delivery, said, outcome, settled);
      if (outcome == Outcome.ACCEPTED) {
        traffic.settled();
      }
    }
    if (settled) {
      delivery.settle();
    }
    return null;
  }
}
