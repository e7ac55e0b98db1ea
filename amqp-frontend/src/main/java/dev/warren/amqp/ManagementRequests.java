package dev.warren.amqp;

import dev.warren.amqp.management.ManagementRequest;
import dev.warren.core.message.MalformedMessageException;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.ReceiverSettleMode;
import org.apache.qpid.proton.amqp.transport.SenderSettleMode;
import org.apache.qpid.proton.codec.ReadableBuffer;
import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.Link;
import org.apache.qpid.proton.engine.Receiver;
import org.jspecify.annotations.Nullable;

/**
 * The link of a pair on which requests come to the management node (contract §4.1): settled, one
 * frame each. Owned by the connection's loop.
 */
final class ManagementRequests implements LinkHandler {
  /** Credit is refilled when this much or less remains and is not for what waits already. */
  private static final int CREDIT_LOW = 4;

  private final SessionHandler session;
  private final Receiver receiver;
  private final ManagementPair pair;
  private boolean touched;
  private boolean released;

  private ManagementRequests(SessionHandler session, Receiver receiver, ManagementPair pair) {
    this.session = session;
    this.receiver = receiver;
    this.pair = pair;
  }

  /** Answers the attach. */
  static void attach(SessionHandler session, Receiver receiver) {
    ErrorCondition refusal = ManagementPair.checkPaired(receiver);
    if (refusal == null && receiver.getRemoteSenderSettleMode() != SenderSettleMode.SETTLED) {
      refusal = AmqpErrors.preconditionFailed("management requests must be sent settled");
    }
    if (refusal != null) {
      session.refuse(receiver, refusal);
      return;
    }
    ManagementPair pair = session.managementPair(receiver.getName());
    refusal = pair.checkAddress(clientAddress(receiver));
    if (refusal != null) {
      session.refuse(receiver, refusal);
      return;
    }
    new ManagementRequests(session, receiver, pair).open();
  }

  private void open() {
    Target target = new Target();
    target.setAddress(((Target) receiver.getRemoteTarget()).getAddress());
    receiver.setSource(receiver.getRemoteSource());
    receiver.setTarget(target);
    receiver.setSenderSettleMode(SenderSettleMode.SETTLED);
    receiver.setReceiverSettleMode(ReceiverSettleMode.FIRST);
    receiver.setProperties(ManagementPair.answerProperties());
    // A request is one frame, so this is more than it can have.
    receiver.setMaxMessageSize(
        UnsignedLong.valueOf(session.connection().context().options().maxFrameSize()));
    receiver.open();
    session.add(this);
    pair.join(this);
    touch();
  }

  private static @Nullable String clientAddress(Receiver receiver) {
    return receiver.getRemoteSource() instanceof Source source ? source.getAddress() : null;
  }

  @Nullable String clientAddress() {
    return clientAddress(receiver);
  }

  @Override
  public Link link() {
    return receiver;
  }

  @Override
  public void touch() {
    if (!touched && !released) {
      touched = true;
      session.connection().touch(this);
    }
  }

  @Override
  public void onFlow() {
    touch();
  }

  @Override
  public void onTickEnd() {
    touched = false;
    if (released) {
      return;
    }
    int used = receiver.getRemoteCredit() + pair.outstanding();
    if (used <= CREDIT_LOW) {
      receiver.flow(ManagementPair.REQUESTS_MAX - used);
    }
  }

  @Override
  public void onDelivery(Delivery delivery) {
    if (released || delivery.isSettled()) {
      IncomingLink.discard(receiver, delivery);
      return;
    }
    ErrorCondition fault = check(delivery);
    if (fault != null) {
      IncomingLink.discard(receiver, delivery);
      session.end(fault);
      return;
    }
    if (delivery.isAborted()) {
      IncomingLink.discard(receiver, delivery);
      touch();
      return;
    }
    ReadableBuffer data = receiver.recv();
    receiver.advance();
    delivery.settle();
    touch();
    byte[] bytes = new byte[data.remaining()];
    data.get(bytes, 0, bytes.length);
    try {
      pair.onRequest(ManagementRequest.decode(bytes, 0, bytes.length));
    } catch (MalformedMessageException e) {
      session.end(AmqpErrors.decodeError(String.valueOf(e.getMessage())));
    }
  }

  private @Nullable ErrorCondition check(Delivery delivery) {
    if (receiver.getCredit() <= 0) {
      return AmqpErrors.noCredit();
    }
    if (delivery.isAborted()) {
      return null;
    }
    if (delivery.isPartial()) {
      return AmqpErrors.notImplemented("a management request of several frames");
    }
    return delivery.remotelySettled()
        ? null
        : AmqpErrors.invalidField("management requests must be sent settled");
  }

  @Override
  public void release(boolean lost) {
    if (!released) {
      released = true;
      pair.leave(this);
    }
  }
}
