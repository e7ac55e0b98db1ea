package dev.warren.amqp;

import dev.warren.core.broker.BrokerException;
import dev.warren.core.broker.Subscription;
import dev.warren.core.message.AmqpWriter;
import dev.warren.core.queue.Checkout;
import dev.warren.core.queue.Outcome;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.apache.qpid.proton.amqp.messaging.Received;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.ReceiverSettleMode;
import org.apache.qpid.proton.amqp.transport.SenderSettleMode;
import org.apache.qpid.proton.codec.ReadableBuffer;
import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.Link;
import org.apache.qpid.proton.engine.Sender;
import org.jspecify.annotations.Nullable;

/**
 * A link on which a client receives (contract §2.4): its credit is passed to the queue, deliveries
 * go out with tags counted by the link, outcomes go back. Owned by the connection's loop.
 *
 * <p>Not all of a large credit goes to the queue at once, and none while the client does not read:
 * so what is checked out but not on the wire stays within {@value #GRANT_MAX} messages. Those that
 * cannot be sent wait here as references, not yet encoded.
 */
final class OutgoingLink implements LinkHandler, Subscription.Listener {
  /** Credit the queue is given at most. */
  static final int GRANT_MAX = 2048;

  /** Octets the engine holds for a session before its deliveries wait. */
  static final int OUTGOING_BYTES_MAX = 256 * 1024;

  private final SessionHandler session;
  private final ConnectionHandler connection;
  private final Sender sender;
  private final Source source;
  private final boolean presettled;
  private final ArrayDeque<Checkout> backlog = new ArrayDeque<>();
  private @Nullable Subscription subscription;
  private int granted;
  private int nextTag;
  private boolean draining;
  private boolean drainAsked;
  private boolean queueEmpty;
  private boolean touched;
  private boolean released;

  private OutgoingLink(
      SessionHandler session, Sender sender, Source source, Subscription.Request request) {
    this.session = session;
    this.sender = sender;
    this.source = source;
    connection = session.connection();
    presettled = request.presettled();
  }

  /**
   * Asks the queue to take the consumer; the attach is answered when it has.
   *
   * @param source what the answer says of the source: address, distribution mode, the filters in
   *     force
   */
  static void open(
      SessionHandler session, Sender sender, Source source, Subscription.Request request) {
    OutgoingLink link = new OutgoingLink(session, sender, source, request);
    session.add(link);
    ConnectionHandler connection = session.connection();
    connection.virtualHost().subscribe(connection.loop().loop(), request, link);
  }

  @Override
  public void onSubscribed(Subscription taken) {
    if (released) {
      taken.close(false);
      return;
    }
    subscription = taken;
    sender.setSource(source);
    sender.setTarget(sender.getRemoteTarget());
    sender.setSenderSettleMode(presettled ? SenderSettleMode.SETTLED : SenderSettleMode.UNSETTLED);
    sender.setReceiverSettleMode(ReceiverSettleMode.FIRST);
    sender.open();
    onFlow();
  }

  @Override
  public void onRefused(BrokerException reason) {
    if (!released) {
      released = true;
      session.refuse(this, AmqpErrors.of(reason));
    }
  }

  @Override
  public void onClosed(BrokerException reason) {
    subscription = null;
    if (!released) {
      session.detach(this, AmqpErrors.of(reason));
    }
  }

  @Override
  public Link link() {
    return sender;
  }

  // ---- credit ----

  @Override
  public void onFlow() {
    if (released || subscription == null) {
      return;
    }
    draining = sender.getDrain();
    queueEmpty = false;
    grant(draining);
    continueDrain();
    touch();
  }

  /** Brings the queue's share of the credit to what it should be. */
  private void grant(boolean atOnce) {
    Subscription queue = subscription;
    if (queue == null || drainAsked || queueEmpty) {
      return;
    }
    int wanted = Math.max(0, Math.min(sender.getCredit() - backlog.size(), GRANT_MAX));
    int change = wanted - granted;
    boolean raise = change > 0 && backlog.isEmpty() && (atOnce || granted <= GRANT_MAX / 2);
    if (raise || change < 0) {
      // Deliveries may come before addCredit returns.
      granted = wanted;
      queue.addCredit(change);
    }
  }

  /** [2.6.7] Drain: in rounds, until the credit is used up or the queue gives some of it back. */
  private void continueDrain() {
    Subscription queue = subscription;
    if (!draining || drainAsked || queue == null || !backlog.isEmpty()) {
      return;
    }
    if (queueEmpty || sender.getCredit() <= 0) {
      if (sender.getQueued() > 0) {
        // The credit of what the engine has not sent would go with the rest.
        touch();
        return;
      }
      draining = false;
      queueEmpty = false;
      sender.drained();
      connection.markDirty();
    } else {
      grant(true);
      drainAsked = true;
      queue.drain();
    }
  }

  @Override
  public void onDrained() {
    drainAsked = false;
    queueEmpty = granted > 0;
    granted = 0;
    if (released) {
      return;
    }
    if (draining) {
      continueDrain();
    } else {
      queueEmpty = false;
      grant(true);
    }
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
    if (released) {
      return;
    }
    while (!backlog.isEmpty() && sender.getCredit() > 0) {
      if (session.outgoingBytes() >= OUTGOING_BYTES_MAX || !connection.transport().isWritable()) {
        connection.transport().write();
        if (session.outgoingBytes() >= OUTGOING_BYTES_MAX || !connection.transport().isWritable()) {
          connection.stall(this);
          return;
        }
      }
      send(backlog.remove());
    }
    if (backlog.isEmpty()) {
      grant(false);
      if (draining && sender.getQueued() > 0) {
        connection.transport().write();
        if (sender.getQueued() > 0) {
          connection.stall(this);
          return;
        }
      }
      continueDrain();
    }
  }

  // ---- deliveries ----

  @Override
  public void onDelivery(Checkout checkout) {
    // Credit taken back stops at 0 in the queue too, when deliveries were under way.
    granted = Math.max(0, granted - 1);
    if (released) {
      // The queue takes back what a closed subscription holds.
      return;
    }
    if (backlog.isEmpty()
        && sender.getCredit() > 0
        && session.outgoingBytes() < OUTGOING_BYTES_MAX
        && connection.transport().isWritable()) {
      send(checkout);
      if (granted <= GRANT_MAX / 2 && sender.getCredit() > granted) {
        touch();
      }
    } else {
      backlog.add(checkout);
      touch();
    }
  }

  private void send(Checkout checkout) {
    Delivery delivery = sender.delivery(tag());
    AmqpWriter encoded = DeliveryEncoder.encode(checkout);
    sender.sendNoCopy(
        ReadableBuffer.ByteBufferReader.wrap(
            ByteBuffer.wrap(encoded.array(), 0, encoded.length())));
    if (presettled) {
      delivery.settle();
    } else {
      delivery.setContext(checkout);
      sender.advance();
    }
    connection.markDirty();
  }

  /** [2.6.12] Unique among the link's unsettled deliveries, which are fewer than 2^32. */
  private byte[] tag() {
    int number = nextTag++;
    return new byte[] {
      (byte) (number >>> 24), (byte) (number >>> 16), (byte) (number >>> 8), (byte) number
    };
  }

  @Override
  public void onDelivery(Delivery delivery) {
    Subscription queue = subscription;
    if (released || queue == null || delivery.isSettled()) {
      return;
    }
    DeliveryState state = delivery.getRemoteState();
    if (ConnectionTransactions.concerns(delivery)) {
      ErrorCondition refusal = connection.transactions().onDisposition(delivery);
      if (refusal != null) {
        session.detach(this, refusal);
      }
      connection.markDirty();
      return;
    }
    boolean settled = delivery.remotelySettled();
    if (!settled && (state == null || state instanceof Received)) {
      return;
    }
    Outcome outcome = OutcomeMapper.fromConsumer(state);
    if (outcome == null) {
      session.end(AmqpErrors.invalidField("unknown outcome " + state));
      return;
    }
    queue.settle((Checkout) delivery.getContext(), outcome);
    if (!settled) {
      delivery.disposition(state);
    }
    delivery.settle();
    connection.markDirty();
  }

  @Override
  public void release(boolean lost) {
    if (released) {
      return;
    }
    released = true;
    backlog.clear();
    Subscription queue = subscription;
    subscription = null;
    if (queue != null) {
      queue.close(lost);
    }
  }
}
