package dev.warren.amqp;

import dev.warren.core.broker.BrokerException;
import dev.warren.core.broker.Transaction;
import dev.warren.core.message.MalformedMessageException;
import java.util.Arrays;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.transaction.Coordinator;
import org.apache.qpid.proton.amqp.transaction.Declared;
import org.apache.qpid.proton.amqp.transaction.TxnCapability;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.ReceiverSettleMode;
import org.apache.qpid.proton.codec.ReadableBuffer;
import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.Link;
import org.apache.qpid.proton.engine.Receiver;

/**
 * A link to the transaction coordinator (AMQP 1.0 §4.2): the client declares transactions and
 * discharges them. They are rolled back when the link goes; until then any session of the
 * connection may work in them. Owned by the connection's loop.
 *
 * <p>A refusal is the outcome rejected. To a client that knows no such outcome, or has settled its
 * request, the link is detached with the error instead (§4.2, §4.3).
 */
final class CoordinatorLink implements LinkHandler {
  private static final int CREDIT = 64;

  /** More than any request takes. */
  private static final int REQUEST_BYTES_MAX = 4096;

  private static final Symbol REJECTED = Symbol.valueOf("amqp:rejected:list");
  private static final Symbol[] CAPABILITIES = {
    TxnCapability.LOCAL_TXN, TxnCapability.MULTI_TXNS_PER_SSN, TxnCapability.MULTI_SSNS_PER_TXN
  };

  private final SessionHandler session;
  private final ConnectionHandler connection;
  private final Receiver receiver;
  private boolean released;
  private boolean touched;

  private CoordinatorLink(SessionHandler session, Receiver receiver) {
    this.session = session;
    this.receiver = receiver;
    connection = session.connection();
  }

  /** Opens the link. */
  static void open(SessionHandler session, Receiver receiver) {
    Coordinator target = new Coordinator();
    target.setCapabilities(CAPABILITIES);
    receiver.setSource(receiver.getRemoteSource());
    receiver.setTarget(target);
    receiver.setSenderSettleMode(receiver.getRemoteSenderSettleMode());
    receiver.setReceiverSettleMode(ReceiverSettleMode.FIRST);
    receiver.setMaxMessageSize(UnsignedLong.valueOf(REQUEST_BYTES_MAX));
    receiver.open();
    CoordinatorLink link = new CoordinatorLink(session, receiver);
    session.add(link);
    link.touch();
  }

  @Override
  public Link link() {
    return receiver;
  }

  @Override
  public void onFlow() {
    touch();
  }

  @Override
  public void touch() {
    if (!touched) {
      touched = true;
      connection.touch(this);
    }
  }

  @Override
  public void onTickEnd() {
    touched = false;
    int credit = receiver.getRemoteCredit();
    if (!released && credit <= CREDIT / 2) {
      receiver.flow(CREDIT - credit);
    }
  }

  @Override
  public void release(boolean lost) {
    if (!released) {
      released = true;
      connection.transactions().rollBackAllOf(this);
    }
  }

  // ---- requests ----

  @Override
  public void onDelivery(Delivery delivery) {
    if (released || receiver.current() != delivery || delivery.isAborted()) {
      IncomingLink.discard(receiver, delivery);
      touch();
      return;
    }
    if (receiver.getCredit() <= 0) {
      IncomingLink.discard(receiver, delivery);
      session.detach(this, AmqpErrors.noCredit());
      return;
    }
    if (delivery.available() > REQUEST_BYTES_MAX) {
      IncomingLink.discard(receiver, delivery);
      session.detach(this, AmqpErrors.messageTooLarge(REQUEST_BYTES_MAX));
      return;
    }
    if (delivery.isPartial()) {
      return;
    }
    ReadableBuffer data = receiver.recv();
    receiver.advance();
    touch();
    try {
      handle(delivery, CoordinatorRequest.read(data));
    } catch (MalformedMessageException e) {
      delivery.settle();
      session.detach(this, AmqpErrors.decodeError(String.valueOf(e.getMessage())));
    } catch (BrokerException e) {
      refuse(delivery, AmqpErrors.of(e));
    }
  }

  private void handle(Delivery delivery, CoordinatorRequest request) {
    if (request instanceof CoordinatorRequest.Declare declare) {
      declare(delivery, declare);
    } else if (request instanceof CoordinatorRequest.Discharge discharge) {
      discharge(delivery, discharge);
    } else {
      refuse(
          delivery, AmqpErrors.invalidField("declare, or discharge with a txn-id, was expected"));
    }
  }

  private void declare(Delivery delivery, CoordinatorRequest.Declare declare) {
    if (declare.global()) {
      refuse(delivery, AmqpErrors.notImplemented("a distributed transaction"));
      return;
    }
    if (delivery.remotelySettled()) {
      refuse(delivery, AmqpErrors.invalidField("a settled declare cannot be answered"));
      return;
    }
    Declared declared = new Declared();
    declared.setTxnId(connection.transactions().declare(this).id());
    settle(delivery, declared);
  }

  private void discharge(Delivery delivery, CoordinatorRequest.Discharge discharge) {
    FrontTransaction transaction = connection.transactions().find(discharge.txnId());
    if (transaction == null || !transaction.isOf(this)) {
      refuse(delivery, AmqpErrors.unknownTransaction());
      return;
    }
    connection.transactions().remove(transaction);
    if (discharge.fail()) {
      transaction.rollBack();
      settle(delivery, OutcomeMapper.accepted());
      return;
    }
    transaction.commit(
        new Transaction.CommitListener() {
          @Override
          public void onCommitted() {
            settle(delivery, OutcomeMapper.accepted());
          }

          @Override
          public void onFailed(BrokerException reason) {
            refuse(delivery, AmqpErrors.of(reason));
          }
        });
  }

  private void settle(Delivery delivery, DeliveryState outcome) {
    if (!released && !delivery.isSettled()) {
      delivery.disposition(outcome);
      delivery.settle();
      connection.markDirty();
    }
  }

  private void refuse(Delivery delivery, ErrorCondition why) {
    if (released) {
      return;
    }
    if (delivery.remotelySettled() || !knowsRejected()) {
      delivery.settle();
      session.detach(this, why);
    } else {
      settle(delivery, OutcomeMapper.rejected(why));
    }
  }

  private boolean knowsRejected() {
    return !(receiver.getRemoteSource() instanceof Source source)
        || source.getOutcomes() == null
        || source.getOutcomes().length == 0
        || Arrays.asList(source.getOutcomes()).contains(REJECTED);
  }
}
