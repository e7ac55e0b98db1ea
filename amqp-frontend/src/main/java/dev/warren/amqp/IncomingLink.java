package dev.warren.amqp;

import dev.warren.core.broker.BrokerException;
import dev.warren.core.broker.Publisher;
import dev.warren.core.broker.VirtualHost;
import dev.warren.core.broker.VirtualHost.ExchangeAccess;
import dev.warren.core.message.Annotations;
import dev.warren.core.message.ByteSlice;
import dev.warren.core.message.Envelope;
import dev.warren.core.message.MalformedMessageException;
import dev.warren.core.message.Message;
import dev.warren.core.message.MessageParser;
import dev.warren.core.message.Sections;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.apache.qpid.proton.amqp.messaging.Released;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.transaction.TransactionalState;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.ReceiverSettleMode;
import org.apache.qpid.proton.amqp.transport.SenderSettleMode;
import org.apache.qpid.proton.codec.ReadableBuffer;
import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.Link;
import org.apache.qpid.proton.engine.Receiver;
import org.jspecify.annotations.Nullable;

/**
 * A link on which a client sends (contract §2.5): transfers become published messages, and what
 * becomes of those goes back as outcomes. Owned by the connection's loop.
 *
 * <p>Credit is the room the broker has: it is topped up, at the end of a tick, once half of it is
 * used, and not at all while publishers are blocked. The bytes of a message are kept as proton-j
 * read them; nothing but a new array for a message of several frames is copied here.
 */
final class IncomingLink implements LinkHandler, Publisher.Listener {
  /** [2.8.7] */
  private static final int TAG_BYTES_MAX = 32;

  private static final Symbol DELIVERY_TAG = Symbol.valueOf("delivery-tag");

  private final SessionHandler session;
  private final ConnectionHandler connection;
  private final Receiver receiver;
  private final Publisher publisher;
  private final boolean fixedTarget;
  private final SenderSettleMode settleMode;
  private final int creditMax;
  private final int messageBytesMax;
  private final byte[] userName;
  private Envelope envelope;
  private byte[] annotations;
  private @Nullable String lastTo;
  private boolean released;
  private boolean touched;

  private IncomingLink(SessionHandler session, Receiver receiver, @Nullable Envelope target) {
    this.session = session;
    this.receiver = receiver;
    connection = session.connection();
    AmqpServerOptions options = connection.context().options();
    creditMax = options.linkCredit();
    messageBytesMax = options.maxMessageBytes();
    userName = connection.user().name().getBytes(StandardCharsets.UTF_8);
    fixedTarget = target != null;
    envelope = target == null ? Envelope.of("", "") : target;
    annotations = Annotations.of(envelope);
    SenderSettleMode mode = receiver.getRemoteSenderSettleMode();
    settleMode = mode == null ? SenderSettleMode.MIXED : mode;
    publisher = connection.virtualHost().openPublisher(connection.loop().loop(), this);
  }

  /**
   * Opens the link.
   *
   * @param envelope where messages go, or null if each says so itself
   * @param target what the answer says of the target
   */
  static void open(
      SessionHandler session, Receiver receiver, @Nullable Envelope envelope, Target target) {
    try {
      new IncomingLink(session, receiver, envelope).open(target);
    } catch (BrokerException e) {
      session.refuse(receiver, AmqpErrors.of(e));
    }
  }

  private void open(Target target) {
    receiver.setSource(receiver.getRemoteSource());
    receiver.setTarget(target);
    receiver.setSenderSettleMode(settleMode);
    receiver.setReceiverSettleMode(ReceiverSettleMode.FIRST);
    receiver.setMaxMessageSize(UnsignedLong.valueOf(messageBytesMax));
    receiver.open();
    session.add(this);
    connection.countPublishers(1);
    touch();
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
  public void onTickEnd() {
    touched = false;
    if (released) {
      return;
    }
    int credit = receiver.getRemoteCredit();
    if (credit <= creditMax / 2) {
      int target = Math.min(creditMax, publisher.room());
      if (target > credit) {
        receiver.flow(target - credit);
      }
    }
  }

  @Override
  public void onRoom() {
    touch();
  }

  @Override
  public void touch() {
    if (!touched) {
      touched = true;
      connection.touch(this);
    }
  }

  // ---- transfers ----

  /** Lets a transfer go by that nobody wants any more. */
  static void discard(Receiver receiver, Delivery delivery) {
    if (receiver.current() == delivery) {
      receiver.recv();
      if (!delivery.isPartial() || delivery.isAborted()) {
        receiver.advance();
        delivery.settle();
      }
    } else if (delivery.remotelySettled() && !delivery.isSettled()) {
      delivery.settle();
    }
  }

  @Override
  public void onDelivery(Delivery delivery) {
    if (released || receiver.current() != delivery) {
      discard(receiver, delivery);
      return;
    }
    if (receiver.getCredit() <= 0) {
      discard(receiver, delivery);
      session.detach(this, AmqpErrors.noCredit());
      return;
    }
    if (delivery.isAborted()) {
      discard(receiver, delivery);
      touch();
      return;
    }
    if (delivery.available() > messageBytesMax) {
      discard(receiver, delivery);
      session.end(AmqpErrors.messageTooLarge(messageBytesMax));
      return;
    }
    if (delivery.isPartial()) {
      connection.checkPartialMessages();
      return;
    }
    if (delivery.getTag().length > TAG_BYTES_MAX) {
      discard(receiver, delivery);
      session.detach(this, AmqpErrors.invalidField("a delivery-tag of more than 32 octets"));
      return;
    }
    ReadableBuffer data = receiver.recv();
    receiver.advance();
    touch();
    boolean presettled = delivery.remotelySettled();
    if (settleMode != SenderSettleMode.MIXED
        && presettled != (settleMode == SenderSettleMode.SETTLED)) {
      delivery.settle();
      session.detach(
          this, AmqpErrors.invalidField("a transfer must be settled as snd-settle-mode says"));
      return;
    }
    try {
      publish(delivery, data, presettled);
    } catch (MalformedMessageException e) {
      delivery.settle();
      session.detach(this, AmqpErrors.decodeError(String.valueOf(e.getMessage())));
    } catch (BrokerException e) {
      reject(delivery, presettled, AmqpErrors.of(e));
    }
  }

  private void publish(Delivery delivery, ReadableBuffer data, boolean presettled) {
    byte[] bytes;
    int offset;
    int length = data.remaining();
    if (data.hasArray()) {
      bytes = data.array();
      offset = data.arrayOffset() + data.position();
    } else {
      bytes = new byte[length];
      data.get(bytes, 0, length);
      offset = 0;
    }
    MessageParser parser = connection.parser();
    parser.parse(bytes, offset, length);
    ByteSlice bare = parser.bare();
    Object userId = PropertiesField.read(bare, Sections.USER_ID);
    if (userId != null && !isUser(userId)) {
      delivery.settle();
      session.detach(this, AmqpErrors.wrongUserId(text(userId), connection.user().name()));
      return;
    }
    if (!fixedTarget) {
      ErrorCondition refusal = address(PropertiesField.read(bare, Sections.TO));
      if (refusal != null) {
        reject(delivery, presettled, refusal);
        return;
      }
    }
    Envelope to = envelope;
    byte[] plain = annotations;
    List<String> furtherKeys = parser.ccKeys();
    if (furtherKeys == null) {
      reject(delivery, presettled, AmqpErrors.invalidField("x-cc must be a list of strings"));
      return;
    }
    if (!furtherKeys.isEmpty()) {
      to = new Envelope(to.exchange(), to.routingKey(), furtherKeys);
    }
    Message message =
        parser.message(to, plain, connection.context().clock().epochMs(), connection.id());
    if (delivery.getRemoteState() instanceof TransactionalState work) {
      publishIn(work, delivery, presettled, message);
      return;
    }
    finish(delivery, presettled, publisher.publish(message, presettled ? null : delivery));
  }

  /** [4.4.2] The outcome is told at once and holds if the transaction is committed. */
  private void publishIn(
      TransactionalState work, Delivery delivery, boolean presettled, Message message) {
    FrontTransaction transaction = connection.transactions().find(work.getTxnId());
    if (transaction == null) {
      reject(delivery, presettled, AmqpErrors.unknownTransaction());
      return;
    }
    switch (transaction.publish(message)) {
      case ACCEPTED -> settle(delivery, transaction.accepted());
      case NO_EXCHANGE -> finish(delivery, presettled, Publisher.Result.NO_EXCHANGE);
      default -> settle(delivery, transaction.state(Released.getInstance()));
    }
  }

  private void finish(Delivery delivery, boolean presettled, Publisher.Result result) {
    switch (result) {
      case PARKED -> {
        if (presettled) {
          delivery.settle();
        }
      }
      case ACCEPTED -> settle(delivery, OutcomeMapper.accepted());
      case RELEASED -> settle(delivery, OutcomeMapper.released());
      case NO_ROOM -> reject(delivery, presettled, AmqpErrors.noRoom());
      case NO_EXCHANGE -> {
        ErrorCondition gone =
            AmqpErrors.noExchange(envelope.exchange(), connection.virtualHost().name());
        if (fixedTarget) {
          settle(delivery, OutcomeMapper.released());
          session.detach(this, gone);
        } else {
          reject(delivery, presettled, gone);
        }
      }
    }
  }

  /** Sets the envelope from a message's address; the last one is kept, since they repeat. */
  private @Nullable ErrorCondition address(@Nullable Object to) {
    if (lastTo == null || !lastTo.equals(to)) {
      Address address = connection.context().addresses().to(to);
      Envelope target = Targets.envelopeOf(address);
      if (target == null) {
        return AmqpErrors.badTo(
            address instanceof Address.Malformed malformed ? malformed.reason() : "no target");
      }
      envelope = target;
      annotations = Annotations.of(target);
      lastTo = String.valueOf(to);
    }
    VirtualHost host = connection.virtualHost();
    return !envelope.exchange().isEmpty()
            && host.exchangeAccess(envelope.exchange()) != ExchangeAccess.OPEN
        ? Targets.checkExchange(envelope.exchange(), host)
        : null;
  }

  private boolean isUser(Object userId) {
    return userId instanceof ByteBuffer name
        ? name.equals(ByteBuffer.wrap(userName))
        : text(userId).equals(connection.user().name());
  }

  private static String text(Object userId) {
    return userId instanceof ByteBuffer name
        ? StandardCharsets.UTF_8.decode(name.duplicate()).toString()
        : String.valueOf(userId);
  }

  // ---- outcomes ----

  /** Tells of a message the link would not take: by its outcome, or if settled by a detach. */
  private void reject(Delivery delivery, boolean presettled, ErrorCondition why) {
    if (presettled) {
      why.setInfo(Map.of(DELIVERY_TAG, new Binary(delivery.getTag())));
      delivery.settle();
      session.detach(this, why);
    } else {
      settle(delivery, OutcomeMapper.rejected(why));
    }
  }

  private void settle(Delivery delivery, DeliveryState outcome) {
    if (!delivery.isSettled()) {
      delivery.disposition(outcome);
      delivery.settle();
    }
  }

  private void settleLater(Object token, DeliveryState outcome) {
    if (!released) {
      settle((Delivery) token, outcome);
      touch();
    }
  }

  @Override
  public void onAccepted(Object token) {
    settleLater(token, OutcomeMapper.accepted());
  }

  @Override
  public void onRejected(Object token, String queue, String reason) {
    settleLater(token, OutcomeMapper.rejected(AmqpErrors.queueRefused(queue, reason)));
  }

  @Override
  public void onReleased(Object token) {
    settleLater(token, OutcomeMapper.released());
  }

  @Override
  public void release(boolean lost) {
    if (!released) {
      released = true;
      connection.countPublishers(-1);
      publisher.close();
    }
  }
}
