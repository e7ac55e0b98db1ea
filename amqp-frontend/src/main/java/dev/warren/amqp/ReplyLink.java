package dev.warren.amqp;

import dev.warren.core.broker.MessageTraffic;
import dev.warren.core.broker.ReplyQueue;
import dev.warren.core.message.AmqpWriter;
import dev.warren.core.message.Message;
import java.nio.ByteBuffer;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.TerminusDurability;
import org.apache.qpid.proton.amqp.messaging.TerminusExpiryPolicy;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.ReceiverSettleMode;
import org.apache.qpid.proton.amqp.transport.SenderSettleMode;
import org.apache.qpid.proton.codec.ReadableBuffer;
import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.Link;
import org.apache.qpid.proton.engine.Sender;
import org.jspecify.annotations.Nullable;

/**
 * The link of a requester that gets its replies directly (contract §2.6): each is sent when it
 * arrives, pre-settled, or dropped if the requester has given no credit, does not read or does not
 * take messages of that size. Owned by the connection's loop.
 */
final class ReplyLink implements LinkHandler, ReplyQueue.Listener {
  private final SessionHandler session;
  private final ConnectionHandler connection;
  private final Sender sender;
  private final MessageSizeLimit sizeLimit;
  private final ReplyQueue queue;
  private final MessageTraffic traffic;
  private int nextTag;
  private boolean touched;
  private boolean released;

  private ReplyLink(SessionHandler session, Sender sender) {
    this.session = session;
    this.sender = sender;
    connection = session.connection();
    sizeLimit = MessageSizeLimit.of(sender);
    traffic = session.traffic().part();
    queue = connection.virtualHost().replyQueues().open(connection.loop().loop(), this);
  }

  /** Answers the attach. */
  static void attach(SessionHandler session, Sender sender, Source asked) {
    ErrorCondition refusal = check(sender, asked);
    if (refusal == null) {
      new ReplyLink(session, sender).open();
    } else {
      session.refuse(sender, refusal);
    }
  }

  private static @Nullable ErrorCondition check(Sender sender, Source asked) {
    if (sender.getRemoteSenderSettleMode() != SenderSettleMode.SETTLED) {
      return AmqpErrors.invalidField("direct reply-to needs snd-settle-mode settled");
    }
    if (asked.getDurable() != null && asked.getDurable() != TerminusDurability.NONE) {
      return AmqpErrors.invalidField("direct reply-to needs terminus durability none");
    }
    if (asked.getExpiryPolicy() != TerminusExpiryPolicy.LINK_DETACH
        || (asked.getTimeout() != null && !asked.getTimeout().equals(UnsignedInteger.ZERO))) {
      return AmqpErrors.invalidField("direct reply-to needs expiry-policy link-detach, timeout 0");
    }
    return null;
  }

  private void open() {
    session.add(this);
    sender.setSource(DynamicNodes.source("/queues/" + queue.name(), DynamicNodes.VOLATILE_QUEUE));
    sender.setTarget(sender.getRemoteTarget());
    sender.setSenderSettleMode(SenderSettleMode.SETTLED);
    sender.setReceiverSettleMode(ReceiverSettleMode.FIRST);
    sender.open();
    connection.markDirty();
  }

  @Override
  public Link link() {
    return sender;
  }

  @Override
  public MessageTraffic traffic() {
    return traffic;
  }

  @Override
  public void onMessage(Message message) {
    if (released
        || sender.getCredit() <= 0
        || sizeLimit.excludesFirst(message)
        || session.outgoingBytes() >= OutgoingLink.OUTGOING_BYTES_MAX
        || !connection.transport().isWritable()) {
      return;
    }
    Delivery delivery = sender.delivery(tag());
    AmqpWriter encoded = DeliveryEncoder.encodeFirst(message);
    sender.sendNoCopy(
        ReadableBuffer.ByteBufferReader.wrap(
            ByteBuffer.wrap(encoded.array(), 0, encoded.length())));
    delivery.settle();
    traffic.delivered(true, false);
    connection.markDirty();
  }

  private byte[] tag() {
    return ByteBuffer.allocate(Integer.BYTES).putInt(nextTag++).array();
  }

  @Override
  public void onFlow() {
    if (sender.getDrain()) {
      touch();
    }
  }

  @Override
  public void touch() {
    if (!touched) {
      touched = true;
      connection.touch(this);
    }
  }

  /** [2.6.7] Nothing ever waits here, so draining gives back the credit. */
  @Override
  public void onTickEnd() {
    touched = false;
    if (released || !sender.getDrain()) {
      return;
    }
    if (sender.getQueued() > 0) {
      connection.transport().write();
      if (sender.getQueued() > 0) {
        connection.stall(this);
        return;
      }
    }
    sender.drained();
    connection.markDirty();
  }

  @Override
  public void onDelivery(Delivery delivery) {
    // Everything is sent settled: there is nothing a peer could say of it.
  }

  @Override
  public void release(boolean lost) {
    if (!released) {
      released = true;
      queue.close();
    }
  }
}
