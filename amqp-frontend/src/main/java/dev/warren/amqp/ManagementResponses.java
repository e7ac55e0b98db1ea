package dev.warren.amqp;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.ReceiverSettleMode;
import org.apache.qpid.proton.amqp.transport.SenderSettleMode;
import org.apache.qpid.proton.codec.ReadableBuffer;
import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.Link;
import org.apache.qpid.proton.engine.Sender;
import org.jspecify.annotations.Nullable;

/**
 * The link of a pair on which the management node answers (contract §4.1): settled. Owned by the
 * connection's loop.
 *
 * <p>Answers wait here while the client does not read; no more of them than the pair has requests.
 */
final class ManagementResponses implements LinkHandler {
  private final SessionHandler session;
  private final ConnectionHandler connection;
  private final Sender sender;
  private final ManagementPair pair;
  private final ArrayDeque<byte[]> backlog = new ArrayDeque<>();
  private int nextTag;
  private boolean touched;
  private boolean released;

  private ManagementResponses(SessionHandler session, Sender sender, ManagementPair pair) {
    this.session = session;
    this.connection = session.connection();
    this.sender = sender;
    this.pair = pair;
  }

  /** Answers the attach. */
  static void attach(SessionHandler session, Sender sender) {
    ErrorCondition refusal = ManagementPair.checkPaired(sender);
    if (refusal == null && sender.getRemoteSenderSettleMode() == SenderSettleMode.UNSETTLED) {
      refusal = AmqpErrors.preconditionFailed("management responses are sent settled");
    }
    if (refusal != null) {
      session.refuse(sender, refusal);
      return;
    }
    ManagementPair pair = session.managementPair(sender.getName());
    refusal = pair.checkAddress(clientAddress(sender));
    if (refusal != null) {
      session.refuse(sender, refusal);
      return;
    }
    new ManagementResponses(session, sender, pair).open();
  }

  private void open() {
    Source source = new Source();
    source.setAddress(((Source) sender.getRemoteSource()).getAddress());
    sender.setSource(source);
    sender.setTarget(sender.getRemoteTarget());
    sender.setSenderSettleMode(SenderSettleMode.SETTLED);
    sender.setReceiverSettleMode(ReceiverSettleMode.FIRST);
    sender.setProperties(ManagementPair.answerProperties());
    sender.open();
    session.add(this);
    pair.join(this);
    connection.markDirty();
  }

  private static @Nullable String clientAddress(Sender sender) {
    return sender.getRemoteTarget() instanceof Target target ? target.getAddress() : null;
  }

  @Nullable String clientAddress() {
    return clientAddress(sender);
  }

  /** Answers the client has asked for. */
  int credit() {
    return sender.getCredit();
  }

  /** Answers that wait for the client to read. */
  int backlog() {
    return backlog.size();
  }

  /** Sends an answer, now or when there is room. */
  void answer(byte[] message) {
    UnsignedLong limit = sender.getRemoteMaxMessageSize();
    if (limit != null && limit.longValue() > 0 && message.length > limit.longValue()) {
      session.end(AmqpErrors.messageTooLarge(limit.longValue()));
      return;
    }
    backlog.add(message);
    touch();
  }

  @Override
  public Link link() {
    return sender;
  }

  @Override
  public void touch() {
    if (!touched && !released) {
      touched = true;
      connection.touch(this);
    }
  }

  @Override
  public void onFlow() {
    touch();
  }

  @Override
  public void onTickEnd() {
    touched = false;
    while (!released && !backlog.isEmpty() && sender.getCredit() > 0) {
      if (session.outgoingBytes() >= OutgoingLink.OUTGOING_BYTES_MAX
          || !connection.transport().isWritable()) {
        connection.transport().write();
        if (session.outgoingBytes() >= OutgoingLink.OUTGOING_BYTES_MAX
            || !connection.transport().isWritable()) {
          connection.stall(this);
          return;
        }
      }
      send(backlog.remove());
      pair.onRoom();
    }
    continueDrain();
  }

  /** [2.6.7] Drain: the credit is given back once everything asked for is on the wire. */
  private void continueDrain() {
    if (released || !sender.getDrain() || sender.getCredit() <= 0 || pair.outstanding() > 0) {
      return;
    }
    if (sender.getQueued() > 0) {
      connection.transport().write();
    }
    if (sender.getQueued() > 0) {
      connection.stall(this);
    } else {
      sender.drained();
      connection.markDirty();
    }
  }

  private void send(byte[] message) {
    int number = nextTag++;
    Delivery delivery = sender.delivery(ByteBuffer.allocate(Integer.BYTES).putInt(number).array());
    sender.sendNoCopy(ReadableBuffer.ByteBufferReader.wrap(ByteBuffer.wrap(message)));
    delivery.settle();
    connection.markDirty();
  }

  @Override
  public void onDelivery(Delivery delivery) {
    // Everything was sent settled: the peer's state of it means nothing.
  }

  @Override
  public void release(boolean lost) {
    if (!released) {
      released = true;
      backlog.clear();
      pair.leave(this);
    }
  }
}
