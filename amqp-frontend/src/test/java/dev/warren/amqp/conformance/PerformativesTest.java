package dev.warren.amqp.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.amqp.RawPeer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.apache.qpid.proton.amqp.UnsignedShort;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Released;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Begin;
import org.apache.qpid.proton.amqp.transport.Close;
import org.apache.qpid.proton.amqp.transport.Detach;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.End;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.Open;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.amqp.transport.SenderSettleMode;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;

/** Section 2.7: the fields of the performatives. */
class PerformativesTest extends Conformance {
  private static final String QUEUE = "/queues/q2";

  @BeforeEach
  void emptyQueue() throws IOException {
    empty(QUEUE);
  }

  @Spec(
      section = "2.7.1",
      says = "a hostname names the virtual host, and an unknown one is refused")
  void unknownHost() throws IOException {
    Open open = new Open();
    open.setHostname("vhost:nowhere");
    peer.login().open(open);

    assertThat(condition(peer.next(Close.class).getError())).isEqualTo("amqp:unauthorized-access");
  }

  @Spec(section = "2.7.1", says = "a max-frame-size below 512 is refused")
  void frameSizeTooSmall() throws IOException {
    Open open = new Open();
    open.setMaxFrameSize(UnsignedInteger.valueOf(511));
    peer.login().open(open);

    assertThat(condition(peer.next(Close.class).getError())).isEqualTo("amqp:frame-size-too-small");
  }

  @Spec(
      section = "2.7.1",
      says = "a max-frame-size beyond ours and a channel-max beyond ours are fine")
  void generousPeer() throws IOException {
    Open open = new Open();
    open.setMaxFrameSize(UnsignedInteger.MAX_VALUE);
    open.setChannelMax(UnsignedShort.MAX_VALUE);
    peer.login().open(open);

    assertThat(peer.next(Open.class).getMaxFrameSize()).isEqualTo(UnsignedInteger.valueOf(4096));
  }

  @Spec(section = "2.7.1", says = "capabilities and properties nobody knows are passed over")
  void unknownCapabilities() throws IOException {
    Open open = new Open();
    open.setDesiredCapabilities(Symbol.valueOf("unheard-of"));
    open.setOfferedCapabilities(Symbol.valueOf("unheard-of-too"));
    open.setProperties(Map.of(Symbol.valueOf("colour"), "green"));
    open.setIncomingLocales(Symbol.valueOf("de-DE"));
    peer.login().open(open);

    assertThat((Map<?, ?>) peer.next(Open.class).getProperties()).isNotEmpty();
  }

  @Spec(section = "2.7.1", says = "the open names product and version in its properties")
  void openNamesTheProduct() throws IOException {
    peer.login().open(new Open());

    Map<?, ?> properties = peer.next(Open.class).getProperties();
    assertThat(properties.get(Symbol.valueOf("product"))).isNotNull();
    assertThat(properties.get(Symbol.valueOf("version"))).isNotNull();
  }

  @Spec(section = "2.7.2", says = "a begin without next-outgoing-id is an error")
  void beginWithoutNextOutgoingId() throws IOException {
    peer.begin().send(hex("0000001002000000005311c003024040"));

    assertThat(condition(peer.next(Close.class).getError())).isNotNull();
  }

  @Spec(section = "2.7.2", says = "transfer ids begin with the begin's next-outgoing-id and wrap")
  void transferIdsWrap() throws IOException {
    peer.login().open(new Open());
    peer.next(Open.class);
    Begin begin = SessionsTest.begin(1000);
    begin.setNextOutgoingId(UnsignedInteger.MAX_VALUE);
    peer.send(0, begin);
    peer.next(Begin.class);
    peer.attachSender(0, QUEUE);
    peer.next(Flow.class);
    peer.transfer(RawPeer.transfer(0, 0), RawPeer.message("last"))
        .transfer(RawPeer.transfer(0, 1), RawPeer.message("first again"));

    assertAccepted(2);
  }

  @Spec(
      section = "2.7.3",
      says = "an attach from a sender without initial-delivery-count is taken as 0")
  void attachWithoutInitialDeliveryCount() throws IOException {
    Attach attach = LinksAttach.sender("a", 0, QUEUE);
    attach.setInitialDeliveryCount(null);
    peer.begin().send(0, attach);

    assertThat(peer.next(Flow.class).getDeliveryCount()).isEqualTo(UnsignedInteger.ZERO);
  }

  @Spec(section = "2.7.3", says = "the answer names the settle mode that will be used")
  void settleModeIsNamed() throws IOException {
    Attach attach = LinksAttach.receiver("r", 0, QUEUE);
    attach.setSndSettleMode(SenderSettleMode.SETTLED);
    peer.begin().send(0, attach);

    assertThat(peer.next(Attach.class).getSndSettleMode()).isEqualTo(SenderSettleMode.SETTLED);
  }

  @Spec(
      section = "2.7.3",
      says = "on a link the receiver wants settled, deliveries are sent settled")
  void settledDeliveries() throws IOException {
    publish(QUEUE, "done");
    Attach attach = LinksAttach.receiver("r", 0, QUEUE);
    attach.setSndSettleMode(SenderSettleMode.SETTLED);
    peer.begin().send(0, attach).credit(0, 0, 1, false, false);

    assertThat(peer.next(Transfer.class).getSettled()).isTrue();
  }

  @Spec(section = "2.7.3", says = "an unsettled link's deliveries are sent unsettled")
  void unsettledDeliveries() throws IOException {
    publish(QUEUE, "open");
    peer.begin().attachReceiver(0, QUEUE).credit(0, 0, 1, false, false);

    assertThat(peer.next(Transfer.class).getSettled()).isNotEqualTo(true);
  }

  @Spec(section = "2.7.3", says = "the answer to a sender tells the largest message that is taken")
  void maxMessageSizeIsTold() throws IOException {
    peer.begin().attachSender(0, QUEUE);

    assertThat(peer.next(Attach.class).getMaxMessageSize()).isEqualTo(UnsignedLong.valueOf(10_000));
  }

  @Spec(section = "2.7.3", says = "a message larger than max-message-size is refused")
  void messageTooLarge() throws IOException {
    peer.begin().attachSender(0, QUEUE);
    peer.next(Flow.class);
    for (int i = 0; i < 3; i++) {
      Transfer transfer = i == 0 ? LinksTest.more(0, 0) : LinksTest.last(0);
      transfer.setMore(true);
      peer.transfer(transfer, new byte[4000]);
    }

    assertThat(condition(peer.next(End.class).getError()))
        .isEqualTo("amqp:link:message-size-exceeded");
  }

  @Spec(section = "2.7.3", says = "link properties and capabilities nobody knows are passed over")
  void unknownLinkProperties() throws IOException {
    Attach attach = LinksAttach.sender("a", 0, QUEUE);
    attach.setProperties(Map.of(Symbol.valueOf("unheard-of"), 1));
    attach.setDesiredCapabilities(Symbol.valueOf("unheard-of"));
    peer.begin().send(0, attach);

    assertThat(peer.next(Attach.class).getTarget()).isNotNull();
  }

  @Spec(section = "2.7.4", says = "a flow for a handle that is not attached ends the session")
  void flowForNoLink() throws IOException {
    peer.begin().credit(7, 0, 1, false, false);

    assertThat(condition(peer.next(End.class).getError()))
        .isEqualTo("amqp:session:unattached-handle");
  }

  @Spec(section = "2.7.5", says = "the first transfer of a delivery needs a delivery-id")
  void transferWithoutId() throws IOException {
    peer.begin().attachSender(0, QUEUE);
    peer.next(Flow.class);
    Transfer transfer = RawPeer.transfer(0, 0);
    transfer.setDeliveryId(null);
    peer.transfer(transfer, RawPeer.message("who?"));

    assertRefused();
  }

  @Spec(section = "2.7.5", says = "the first transfer of a delivery needs a delivery-tag")
  void transferWithoutTag() throws IOException {
    peer.begin().attachSender(0, QUEUE);
    peer.next(Flow.class);
    Transfer transfer = RawPeer.transfer(0, 0);
    transfer.setDeliveryTag(null);
    peer.transfer(transfer, RawPeer.message("which?"));

    assertRefused();
  }

  @Spec(section = "2.7.5", says = "delivery-ids rise by one from transfer to transfer")
  void gapInDeliveryIds() throws IOException {
    peer.begin().attachSender(0, QUEUE);
    peer.next(Flow.class);
    peer.transfer(RawPeer.transfer(0, 0), RawPeer.message("0"))
        .transfer(RawPeer.transfer(0, 2), RawPeer.message("2"));

    assertRefused();
  }

  @Spec(
      section = "2.7.5",
      says = "the delivery-id may be repeated on further transfers of a delivery")
  void repeatedDeliveryId() throws IOException {
    peer.begin().attachSender(0, QUEUE);
    peer.next(Flow.class);
    byte[] message = RawPeer.message("again and again");
    peer.transfer(LinksTest.more(0, 0), java.util.Arrays.copyOf(message, 10))
        .transfer(
            RawPeer.transfer(0, 0), java.util.Arrays.copyOfRange(message, 10, message.length));

    assertAccepted(1);
  }

  @Spec(section = "2.7.5", says = "another delivery-id in the middle of a delivery is an error")
  void changedDeliveryId() throws IOException {
    peer.begin().attachSender(0, QUEUE);
    peer.next(Flow.class);
    peer.transfer(LinksTest.more(0, 0), RawPeer.message("half"))
        .transfer(RawPeer.transfer(0, 1), new byte[0]);

    assertRefused();
  }

  @Spec(section = "2.7.5", says = "settled on the last transfer settles the whole delivery")
  void settledOnTheLastTransfer() throws IOException {
    peer.begin().attachSender(0, QUEUE);
    peer.next(Flow.class);
    byte[] message = RawPeer.message("settled late");
    Transfer end = LinksTest.last(0);
    end.setSettled(true);
    peer.transfer(LinksTest.more(0, 0), java.util.Arrays.copyOf(message, 10))
        .transfer(end, java.util.Arrays.copyOfRange(message, 10, message.length))
        .transfer(RawPeer.transfer(0, 1), RawPeer.message("next"));

    assertThat(peer.next(Disposition.class).getFirst()).isEqualTo(UnsignedInteger.ONE);
  }

  @Spec(section = "2.7.5", says = "a transfer with an empty payload may end a delivery")
  void emptyLastTransfer() throws IOException {
    peer.begin().attachSender(0, QUEUE);
    peer.next(Flow.class);
    peer.transfer(LinksTest.more(0, 0), RawPeer.message("all of it"))
        .transfer(LinksTest.last(0), new byte[0]);

    assertAccepted(1);
  }

  @Spec(section = "2.7.5", says = "a delivery sent to a peer has id, tag and message-format 0")
  void ourTransfersAreComplete() throws IOException {
    publish(QUEUE, "complete");
    peer.begin().attachReceiver(0, QUEUE).credit(0, 0, 1, false, false);

    Transfer transfer = peer.next(Transfer.class);
    assertThat(transfer.getDeliveryId()).isNotNull();
    assertThat(transfer.getDeliveryTag().getLength()).isBetween(1, 32);
    assertThat(transfer.getMessageFormat()).isEqualTo(UnsignedInteger.ZERO);
  }

  @Spec(section = "2.7.6", says = "a disposition without last is about one delivery")
  void dispositionOfOne() throws IOException {
    receive("a", "b");
    peer.send(0, SessionsTest.accepted(0)).send(0, LinksTest.detach(0, true));
    peer.next(Detach.class);

    assertThat(empty(QUEUE)).isEqualTo(1);
  }

  @Spec(section = "2.7.6", says = "a disposition from first to last is about all between them")
  void dispositionOfRange() throws IOException {
    receive("a", "b", "c");
    Disposition all = SessionsTest.accepted(0);
    all.setLast(UnsignedInteger.valueOf(2));
    peer.send(0, all).send(0, LinksTest.detach(0, true));
    peer.next(Detach.class);

    assertThat(empty(QUEUE)).isZero();
  }

  @Spec(
      section = "2.7.6",
      says = "a disposition of deliveries that are settled already does nothing")
  void dispositionOfSettled() throws IOException {
    receive("a");
    peer.send(0, SessionsTest.accepted(0))
        .send(0, SessionsTest.accepted(0))
        .credit(0, 1, 0, false, true);

    assertThat(peer.next(Flow.class)).isNotNull();
  }

  @Spec(section = "2.7.6", says = "a disposition of deliveries that never were does nothing")
  void dispositionOfNothing() throws IOException {
    Disposition wide = SessionsTest.accepted(500);
    wide.setLast(UnsignedInteger.valueOf(1_000_000));
    peer.begin().send(0, wide).attachSender(0, QUEUE);

    assertThat(peer.next(Attach.class).getTarget()).isNotNull();
  }

  @Spec(section = "2.7.6", says = "an outcome told unsettled is answered settled")
  void outcomeWithoutSettlement() throws IOException {
    receive("a");
    Disposition outcome = SessionsTest.accepted(0);
    outcome.setSettled(false);
    peer.send(0, outcome);

    Disposition answer = peer.next(Disposition.class);
    assertThat(answer.getRole()).isEqualTo(Role.SENDER);
    assertThat(answer.getSettled()).isTrue();
    assertThat(answer.getState()).isInstanceOf(Accepted.class);
  }

  @Spec(section = "2.7.6", says = "a released delivery is delivered again")
  void releasedComesBack() throws IOException {
    receive("a");
    Disposition released = SessionsTest.accepted(0);
    released.setState(Released.getInstance());
    peer.send(0, released).credit(0, 1, 1, false, false);

    assertThat(peer.next(Transfer.class).getDeliveryId()).isEqualTo(UnsignedInteger.ONE);
  }

  @Spec(section = "2.7.7", says = "a detach of a handle that is not attached ends the session")
  void detachOfNothing() throws IOException {
    peer.begin().send(0, LinksTest.detach(3, true));

    assertThat(condition(peer.next(End.class).getError()))
        .isEqualTo("amqp:session:unattached-handle");
  }

  @Spec(section = "2.7.7", says = "a detach may carry an error, and is answered all the same")
  void detachWithError() throws IOException {
    peer.begin().attachSender(0, QUEUE);
    peer.next(Attach.class);
    Detach detach = LinksTest.detach(0, true);
    detach.setError(new ErrorCondition(Symbol.valueOf("x:y"), "tired"));
    peer.send(0, detach);

    assertThat(peer.next(Detach.class).getError()).isNull();
  }

  @Spec(section = "2.7.8", says = "an end takes all links with it without a detach for each")
  void endTakesTheLinks() throws IOException {
    peer.begin().attachSender(0, QUEUE).attachSender(1, QUEUE);
    peer.next(Flow.class);
    peer.next(Flow.class);
    peer.send(0, new End());

    assertThat(peer.readFrame().body()).isInstanceOf(End.class);
  }

  @Spec(section = "2.7.9", says = "a close takes all sessions with it without an end for each")
  void closeTakesTheSessions() throws IOException {
    peer.begin().attachSender(0, QUEUE);
    peer.next(Flow.class);
    peer.send(0, new Close());

    assertThat(peer.readFrame().body()).isInstanceOf(Close.class);
    assertThat(peer.isAtEnd()).isTrue();
  }

  @Spec(section = "2.7.9", says = "a close may carry an error, and is answered all the same")
  void closeWithError() throws IOException {
    Close close = new Close();
    close.setError(new ErrorCondition(Symbol.valueOf("x:y"), "going home"));
    peer.begin().send(0, close);

    assertThat(peer.next(Close.class).getError()).isNull();
  }

  private void receive(String... bodies) throws IOException {
    for (String body : bodies) {
      publish(QUEUE, body);
    }
    peer.begin().attachReceiver(0, QUEUE).credit(0, 0, bodies.length, false, false);
    for (int i = 0; i < bodies.length; i++) {
      peer.next(Transfer.class);
    }
  }

  private void assertAccepted(int count) throws IOException {
    int told = 0;
    while (told < count) {
      Disposition outcome = peer.next(Disposition.class);
      assertThat(outcome.getState()).hasToString("Accepted{}");
      told = 1 + (outcome.getLast() == null ? outcome.getFirst() : outcome.getLast()).intValue();
    }
  }

  /** Whatever level it is refused at, there is a condition. */
  private void assertRefused() throws IOException {
    Object body = peer.readFrame().body();
    while (!(body instanceof Detach || body instanceof End || body instanceof Close)) {
      body = peer.readFrame().body();
    }
    assertThat(condition(error(body))).isNotNull();
  }

  private static @Nullable ErrorCondition error(Object body) {
    if (body instanceof Detach detach) {
      return detach.getError();
    }
    return body instanceof End end ? end.getError() : ((Close) body).getError();
  }

  private static byte[] hex(String text) {
    return java.util.HexFormat.of().parseHex(text);
  }

  static Binary tag(int length) {
    return new Binary(ByteBuffer.allocate(length).array());
  }
}
