package dev.warren.amqp;

import dev.warren.amqp.engine.LinkTerms;
import dev.warren.core.broker.BrokerException;
import dev.warren.core.broker.MessageTraffic;
import dev.warren.core.broker.Publisher;
import dev.warren.core.message.ByteSlice;
import dev.warren.core.message.Envelope;
import dev.warren.core.message.MalformedMessageException;
import dev.warren.core.message.Message;
import dev.warren.core.message.MessageParser;
import dev.warren.core.message.Sections;
import dev.warren.core.security.User;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
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
import org.apache.qpid.proton.amqp.transport.Transfer;
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
 * read them; a message of several frames is put together as they come.
 */
final class IncomingLink implements LinkHandler, Publisher.Listener, KeptLink.Claimant {
  /** [2.8.7] */
  private static final int TAG_BYTES_MAX = 32;

  private static final Symbol DELIVERY_TAG = Symbol.valueOf("delivery-tag");

  /** Marks a delivery of a link with settle mode second which is to be settled first. */
  private static final Object SETTLE_FIRST = new Object();

  /** Room in an attach frame for all but the unsettled deliveries. */
  private static final int ATTACH_BYTES = 3072;

  private final SessionHandler session;
  private final ConnectionHandler connection;
  private final Receiver receiver;
  private final Target target;
  private final LinkTerms terms;
  private final boolean settlesSecond;
  private final MessageAssembly assembly = new MessageAssembly();

  /** [2.6.13] Deliveries of an earlier attachment which the peer has not settled. */
  private final BroughtDeliveries brought = new BroughtDeliveries();

  private @Nullable KeptPublisher kept;
  private @Nullable Delivery resuming;
  private boolean opened;
  private final Publisher publisher;
  private final MessageTraffic traffic;
  private final PublishTarget to;
  private final SenderSettleMode settleMode;
  private final int creditMax;
  private final int messageBytesMax;
  private final byte[] userName;
  private boolean released;
  private boolean touched;

  private IncomingLink(
      SessionHandler session, Receiver receiver, @Nullable Envelope fixed, Target target) {
    this.session = session;
    this.receiver = receiver;
    this.target = target;
    terms = LinkTerms.of(receiver);
    settlesSecond = receiver.getRemoteReceiverSettleMode() == ReceiverSettleMode.SECOND;
    connection = session.connection();
    AmqpServerOptions options = connection.context().options();
    creditMax = options.linkCredit();
    messageBytesMax = options.maxMessageBytes();
    userName = connection.user().name().getBytes(StandardCharsets.UTF_8);
    to = new PublishTarget(connection, fixed);
    SenderSettleMode mode = receiver.getRemoteSenderSettleMode();
    settleMode = mode == null ? SenderSettleMode.MIXED : mode;
    publisher = session.openPublisher(this);
    traffic = session.traffic().part();
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
      new IncomingLink(session, receiver, envelope, target).open();
    } catch (BrokerException e) {
      session.refuse(receiver, AmqpErrors.of(e));
    }
  }

  private void open() {
    session.add(this);
    Retention retention = session.retention(receiver);
    KeptLinks links = connection.context().kept();
    KeptLinks.Key key = session.key(receiver);
    if (retention.isNone() && !links.has(key)) {
      attach();
      return;
    }
    if (!retention.isNone()) {
      kept = new KeptPublisher(key, connection, retention);
    }
    boolean steal = kept != null || terms.hasPeerUnsettled();
    links.claim(new KeptLink.Claim(key, connection.loop(), this, kept, List.of(), steal));
  }

  private void attach() {
    receiver.setSource(receiver.getRemoteSource());
    receiver.setTarget(target);
    receiver.setSenderSettleMode(settleMode);
    receiver.setReceiverSettleMode(
        settlesSecond ? ReceiverSettleMode.SECOND : ReceiverSettleMode.FIRST);
    receiver.setMaxMessageSize(UnsignedLong.valueOf(messageBytesMax));
    KeptPublisher keeper = kept;
    if (keeper != null) {
      keeper.retention().tell(target);
      keeper.onAttached(this);
    }
    receiver.open();
    opened = true;
    connection.countPublishers(1);
    touch();
  }

  // ---- what was kept ----

  @Override
  public void onNothingKept(@Nullable KeptLink next) {
    if (released) {
      forgetKept();
      return;
    }
    kept = (KeptPublisher) next;
    if (terms.peerUnsettled() != null) {
      terms.tellUnsettled(Map.of(), false);
    }
    attach();
  }

  /** Goes on with what was not settled when the link was suspended. */
  void onResumed(Map<Binary, @Nullable DeliveryState> unsettled, @Nullable KeptLink next) {
    if (released) {
      if (kept != null && !kept.isGone()) {
        kept.suspend(session, unsettled);
      }
      return;
    }
    kept = (KeptPublisher) next;
    brought.take(unsettled, terms, connection.frameBytesMax() - ATTACH_BYTES);
    attach();
  }

  /** The broker has decided about a delivery of an earlier attachment. */
  void onDecided(Binary tag, DeliveryState outcome) {
    if (released) {
      if (kept != null) {
        kept.onDecided(tag, outcome);
      }
      return;
    }
    Delivery waiting = brought.decide(tag, outcome);
    if (waiting != null) {
      settle(waiting, outcome);
      connection.markDirty();
    }
  }

  /** [2.7.5] A transfer resumes a delivery: it is answered and not published again. */
  private void resume(Delivery delivery) {
    receiver.recv();
    if (delivery.isPartial() && !delivery.isAborted()) {
      resuming = delivery;
      return;
    }
    resuming = null;
    receiver.advance();
    touch();
    Binary tag = new Binary(delivery.getTag());
    if (delivery.isAborted() || !brought.isKnown(tag)) {
      // [2.7.5] Resumed deliveries which this end does not know are ignored.
      delivery.settle();
    } else if (delivery.remotelySettled()) {
      brought.forget(tag);
      delivery.settle();
    } else {
      DeliveryState outcome = brought.resume(tag, delivery);
      if (outcome != null) {
        settle(delivery, outcome);
      }
    }
  }

  private void forgetKept() {
    KeptPublisher keeper = kept;
    kept = null;
    if (keeper != null) {
      keeper.drop();
    }
  }

  @Override
  public Link link() {
    return receiver;
  }

  @Override
  public MessageTraffic traffic() {
    return traffic;
  }

  @Override
  public void onFlow() {
    touch();
  }

  @Override
  public void onTickEnd() {
    touched = false;
    if (released || !opened) {
      return;
    }
    int credit = receiver.getRemoteCredit();
    if (credit <= creditMax / 2) {
      int wanted = Math.min(creditMax, publisher.room());
      if (settlesSecond || kept != null) {
        // What the peer does not settle takes memory here.
        int bound = connection.context().kept().limits().deliveriesPerLinkMax();
        wanted = Math.min(wanted, bound - receiver.getUnsettled() - brought.size());
        wanted = Math.min(wanted, connection.bounds().room(this));
      }
      if (wanted > credit) {
        receiver.flow(wanted - credit);
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
      if (settlesSecond) {
        touch();
      }
      return;
    }
    if (receiver.getCredit() <= 0) {
      discard(receiver, delivery);
      session.detach(this, AmqpErrors.noCredit());
      return;
    }
    Transfer unusual = terms.arriving();
    if (delivery == resuming || (unusual != null && unusual.getResume())) {
      resume(delivery);
      return;
    }
    if (brought.isIncomplete()) {
      discard(receiver, delivery);
      session.detach(this, AmqpErrors.illegalState("not all unsettled deliveries were told"));
      return;
    }
    if (unusual != null && !setMode(delivery, unusual)) {
      return;
    }
    if (delivery.isAborted()) {
      assembly.clear();
      discard(receiver, delivery);
      touch();
      return;
    }
    if (assembly.length() + delivery.available() > messageBytesMax) {
      assembly.clear();
      discard(receiver, delivery);
      session.end(AmqpErrors.messageTooLarge(messageBytesMax));
      return;
    }
    ReadableBuffer data = receiver.recv();
    if (delivery.isPartial()) {
      assembly.add(data, messageBytesMax);
      connection.bounds().checkPartialMessages();
      return;
    }
    if (delivery.getTag().length > TAG_BYTES_MAX) {
      discard(receiver, delivery);
      session.detach(this, AmqpErrors.invalidField("a delivery-tag of more than 32 octets"));
      return;
    }
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

  /** [2.7.5] A transfer's own settle mode: first where second was agreed, never the reverse. */
  private boolean setMode(Delivery delivery, Transfer transfer) {
    if (settlesSecond && transfer.getRcvSettleMode() == ReceiverSettleMode.FIRST) {
      delivery.setContext(SETTLE_FIRST);
      return true;
    }
    discard(receiver, delivery);
    session.detach(
        this, AmqpErrors.invalidField("rcv-settle-mode second on a link that settles first"));
    return false;
  }

  /** Octets held of a message that has not come in full. */
  int partialBytes() {
    return assembly.heldBytes();
  }

  private void publish(Delivery delivery, ReadableBuffer data, boolean presettled) {
    byte[] bytes;
    int offset;
    int length = data.remaining();
    if (assembly.length() > 0) {
      assembly.add(data, messageBytesMax);
      ByteSlice whole = assembly.finish();
      bytes = whole.array();
      offset = whole.offset();
      length = whole.length();
    } else if (data.hasArray()) {
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
    if (userId != null && !isUser(userId) && !mayImpersonate()) {
      delivery.settle();
      session.detach(this, AmqpErrors.wrongUserId(text(userId), connection.user().name()));
      return;
    }
    if (!to.isFixed()) {
      ErrorCondition refusal = to.address(PropertiesField.read(bare, Sections.TO));
      if (refusal != null) {
        reject(delivery, presettled, refusal);
        return;
      }
    }
    List<String> furtherKeys = parser.ccKeys();
    if (furtherKeys == null) {
      reject(delivery, presettled, AmqpErrors.invalidField("x-cc must be a list of strings"));
      return;
    }
    Envelope envelope =
        furtherKeys.isEmpty()
            ? to.envelope()
            : new Envelope(to.envelope().exchange(), to.envelope().routingKey(), furtherKeys);
    ErrorCondition refusal = to.refusal(envelope);
    if (refusal != null) {
      session.end(refusal);
      return;
    }
    Message message =
        parser.message(
            envelope, to.annotations(), connection.context().clock().epochMs(), connection.id());
    if (delivery.getRemoteState() instanceof TransactionalState work) {
      publishIn(work, delivery, presettled, message);
      return;
    }
    Publisher.Result result = publisher.publish(message, presettled ? null : delivery);
    traffic.published(result, presettled);
    finish(delivery, presettled, result);
  }

  /**
   * [4.4.1] The outcome is told at once and holds if the transaction is committed. Of a settled
   * transfer it cannot be told: if it is not accepted, the commit fails (§4.4.4.1).
   */
  private void publishIn(
      TransactionalState work, Delivery delivery, boolean presettled, Message message) {
    FrontTransaction transaction = connection.transactions().find(work.getTxnId());
    if (transaction == null) {
      reject(delivery, presettled, AmqpErrors.unknownTransaction());
      return;
    }
    publisher.charge(message);
    Publisher.Result result = transaction.publish(message);
    traffic.published(result, presettled);
    if (presettled && result != Publisher.Result.ACCEPTED) {
      transaction.spoil("a settled message of the transaction could not be routed");
    }
    switch (result) {
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
            AmqpErrors.noExchange(to.envelope().exchange(), connection.virtualHost().name());
        if (to.isFixed()) {
          settle(delivery, OutcomeMapper.released());
          session.detach(this, gone);
        } else {
          reject(delivery, presettled, gone);
        }
      }
    }
  }

  @Override
  public @Nullable ErrorCondition accessRefusal() {
    return to.isFixed() ? to.exchangeRefusal() : null;
  }

  private boolean mayImpersonate() {
    return connection.user().tags().contains(User.IMPERSONATOR);
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
      // [2.6.12] In mode second the peer, having heard of the outcome, settles first.
      if (!settlesSecond || delivery.getContext() == SETTLE_FIRST || delivery.remotelySettled()) {
        delivery.settle();
      } else {
        connection.bounds().onSent(false);
      }
    }
  }

  private void settleLater(Object token, DeliveryState outcome) {
    if (!released) {
      settle((Delivery) token, outcome);
      touch();
    } else if (kept != null) {
      kept.onDecided(new Binary(((Delivery) token).getTag()), outcome);
    }
  }

  @Override
  public void onAccepted(Object token) {
    traffic.confirmed();
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
      leave();
      forgetKept();
      publisher.close();
    }
  }

  private void leave() {
    released = true;
    assembly.clear();
    if (opened) {
      connection.countPublishers(-1);
    }
  }

  @Override
  public void steal() {
    session.steal(this);
  }

  @Override
  public void suspend(boolean lost) {
    KeptPublisher keeper = kept;
    if (released || keeper == null || connection.loop().isStopping()) {
      release(lost);
      return;
    }
    leave();
    if (!opened) {
      // The last attachment has still to answer.
      return;
    }
    Map<Binary, @Nullable DeliveryState> unsettled = new LinkedHashMap<>();
    brought.addTo(unsettled);
    for (Delivery d = receiver.head(); d != null; d = d.next()) {
      Binary tag = new Binary(d.getTag());
      boolean whole = !d.isPartial() && !d.isAborted() && !d.remotelySettled();
      if (whole && !unsettled.containsKey(tag)) {
        unsettled.put(tag, d.getLocalState());
      }
    }
    keeper.suspend(session, unsettled);
  }
}
