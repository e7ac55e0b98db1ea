package dev.warren.amqp.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.amqp.RawPeer;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Begin;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.End;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.Open;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.amqp.transport.SenderSettleMode;
import org.apache.qpid.proton.amqp.transport.Transfer;

/** Sections 2.5.6, 2.6.7 to 2.6.11 and 2.6.14: windows, credit, and messages in several frames. */
class LinkFlowTest extends LinkConformance {

  private static Flow sessionFlow(int nextIncomingId, int window, boolean echo) {
    Flow flow = new Flow();
    flow.setNextIncomingId(UnsignedInteger.valueOf(nextIncomingId));
    flow.setIncomingWindow(UnsignedInteger.valueOf(window));
    flow.setNextOutgoingId(UnsignedInteger.ZERO);
    flow.setOutgoingWindow(UnsignedInteger.valueOf(100));
    flow.setEcho(echo);
    return flow;
  }

  private void publishMany(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      publish("m" + i);
    }
  }

  @Spec(section = "2.7.4", says = "a session's flow with echo is answered with the session's state")
  void sessionEcho() throws IOException {
    peer.begin().send(0, sessionFlow(1, 100, true));
    Flow answer = peer.next(Flow.class);

    assertThat(answer.getHandle()).isNull();
    assertThat(answer.getNextIncomingId()).isNotNull();
    assertThat(answer.getIncomingWindow().longValue()).isPositive();
  }

  @Spec(section = "2.6.7", says = "a sender tells how many messages wait for credit")
  void availableIsTold() throws IOException {
    publishMany(3);
    peer.begin().attachReceiver(0, address()).credit(0, 0, 0, false, true);
    assertThat(peer.next(Flow.class).getAvailable().intValue()).isEqualTo(3);
    peer.credit(0, 0, 2, false, false);
    peer.next(Transfer.class);
    peer.next(Transfer.class);
    peer.credit(0, 2, 0, false, true);

    assertThat(peer.next(Flow.class).getAvailable().intValue()).isOne();
  }

  @Spec(section = "2.6.9", says = "a drained sender uses up its credit and tells that none waits")
  void drainTellsAvailable() throws IOException {
    publishMany(2);
    peer.begin().attachReceiver(0, address()).credit(0, 0, 10, true, false);
    peer.next(Transfer.class);
    peer.next(Transfer.class);
    Flow drained = peer.next(Flow.class);

    assertThat(drained.getDeliveryCount().intValue()).isEqualTo(10);
    assertThat(drained.getLinkCredit().intValue()).isZero();
    assertThat(drained.getAvailable().intValue()).isZero();
  }

  @Spec(section = "2.6.7", says = "messages are for others as soon as the credit for them is gone")
  void loweredCreditGivesBack() throws IOException {
    publishMany(3);
    peer.login().open(new Open());
    Begin begin = new Begin();
    begin.setNextOutgoingId(UnsignedInteger.ZERO);
    begin.setIncomingWindow(UnsignedInteger.ZERO);
    begin.setOutgoingWindow(UnsignedInteger.valueOf(100));
    peer.send(0, begin);
    int first = peer.next(Begin.class).getNextOutgoingId().intValue();
    peer.attachReceiver(0, address());
    Flow many = sessionFlow(first, 0, false);
    many.setHandle(UnsignedInteger.ZERO);
    many.setDeliveryCount(UnsignedInteger.ZERO);
    many.setLinkCredit(UnsignedInteger.valueOf(3));
    peer.send(0, many);
    awaitMessages(0, 3);
    peer.send(0, new End());
    peer.next(End.class);

    awaitMessages(3, 0);
    try (RawPeer next = connected().begin()) {
      next.attachReceiver(0, address()).credit(0, 0, 1, false, false);
      RawPeer.Frame frame = next.nextFrame(Transfer.class);
      assertThat(deliveryCount(frame)).as("never sent, never counted").isZero();
      assertThat(body(frame)).isEqualTo("m0");
    }
  }

  @Spec(section = "2.5.6", says = "no more frames are sent than the peer's window takes")
  void windowIsRespected() throws IOException {
    publishMany(3);
    peer.login().open(new Open());
    Begin begin = new Begin();
    begin.setNextOutgoingId(UnsignedInteger.ZERO);
    begin.setIncomingWindow(UnsignedInteger.valueOf(2));
    begin.setOutgoingWindow(UnsignedInteger.valueOf(100));
    peer.send(0, begin);
    int first = peer.next(Begin.class).getNextOutgoingId().intValue();
    peer.attachReceiver(0, address());
    Flow credit = sessionFlow(first, 2, false);
    credit.setHandle(UnsignedInteger.ZERO);
    credit.setDeliveryCount(UnsignedInteger.ZERO);
    credit.setLinkCredit(UnsignedInteger.valueOf(10));
    peer.send(0, credit);
    peer.next(Transfer.class);
    peer.next(Transfer.class);
    peer.send(0, sessionFlow(first + 2, 0, true));
    assertThat(peer.readFrame().body()).as("no third one").isInstanceOf(Flow.class);
    peer.send(0, sessionFlow(first + 2, 5, false));

    assertThat(body(peer.nextFrame(Transfer.class))).isEqualTo("m2");
  }

  @Spec(section = "2.5.6", says = "acknowledging transfers never sent is a window violation")
  void windowViolation() throws IOException {
    peer.begin().send(0, sessionFlow(1000, 5, false));

    assertThat(condition(peer.next(End.class).getError()))
        .isEqualTo("amqp:session:window-violation");
  }

  @Spec(section = "2.6.14", says = "messages of two links may come frame by frame in turns")
  void interleavedLinks() throws IOException {
    peer.begin().attachSender(0, address()).attachSender(1, address());
    peer.next(Flow.class);
    peer.next(Flow.class);
    byte[] one = RawPeer.message("first");
    byte[] two = RawPeer.message("other");
    for (int half = 0; half < 2; half++) {
      for (int link = 0; link < 2; link++) {
        Transfer transfer = RawPeer.transfer(link, link);
        transfer.setMore(half == 0);
        byte[] all = link == 0 ? one : two;
        byte[] part = new byte[half == 0 ? 7 : all.length - 7];
        System.arraycopy(all, half == 0 ? 0 : 7, part, 0, part.length);
        peer.transfer(transfer, part);
      }
    }
    awaitMessages(2, 0);
    peer.attachReceiver(2, address()).credit(2, 0, 2, false, false);

    assertThat(List.of(body(peer.nextFrame(Transfer.class)), body(peer.nextFrame(Transfer.class))))
        .containsExactlyInAnyOrder("first", "other");
  }

  @Spec(section = "2.6.14", says = "a message aborted midway is dropped, and the next one is not")
  void abortedMidway() throws IOException {
    peer.begin().attachSender(0, address()).next(Flow.class);
    Transfer transfer = RawPeer.transfer(0, 0);
    transfer.setMore(true);
    byte[] half = new byte[] {0, 0x53, 0x75, (byte) 0xb0, 0, 0, 0, 9, 1, 2, 3, 4};
    peer.transfer(transfer, half).transfer(transfer, new byte[] {5});
    transfer.setMore(false);
    transfer.setAborted(true);
    peer.transfer(transfer, new byte[] {6});
    peer.transfer(RawPeer.transfer(0, 1), RawPeer.message("whole"));
    peer.next(Disposition.class);
    peer.attachReceiver(1, address()).credit(1, 0, 2, false, false);

    assertThat(body(peer.nextFrame(Transfer.class))).isEqualTo("whole");
  }

  @Spec(section = "2.7.3", says = "max-message-size is told, and one octet more is refused")
  void messageSize() throws IOException {
    peer.begin().attachSender(0, address());
    assertThat(peer.next(Attach.class).getMaxMessageSize().intValue()).isEqualTo(10_000);
    peer.next(Flow.class);
    sendInParts(0, 10_000);
    assertThat(peer.next(Disposition.class).getState()).hasToString("Accepted{}");
    sendInParts(1, 10_001);

    assertThat(condition(peer.next(End.class).getError()))
        .isEqualTo("amqp:link:message-size-exceeded");
  }

  private void sendInParts(int id, int size) throws IOException {
    byte[] all = RawPeer.message("x".repeat(size - 8));
    for (int at = 0; at < size; at += 1000) {
      Transfer transfer = RawPeer.transfer(0, id);
      int length = Math.min(1000, size - at);
      transfer.setMore(at + length < size);
      byte[] part = new byte[length];
      System.arraycopy(all, at, part, 0, length);
      peer.transfer(transfer, part);
    }
  }

  @Spec(section = "2.6.12", says = "pre-settled messages that were not sent are not lost")
  void presettledBacklogIsGivenBack() throws IOException {
    publishMany(3);
    peer.login().open(new Open());
    Begin begin = new Begin();
    begin.setNextOutgoingId(UnsignedInteger.ZERO);
    begin.setIncomingWindow(UnsignedInteger.ONE);
    begin.setOutgoingWindow(UnsignedInteger.valueOf(100));
    peer.send(0, begin);
    int first = peer.next(Begin.class).getNextOutgoingId().intValue();
    Source source = new Source();
    source.setAddress(address());
    Attach attach = RawPeer.attach(0, Role.RECEIVER);
    attach.setSource(source);
    attach.setSndSettleMode(SenderSettleMode.SETTLED);
    Flow credit = sessionFlow(first, 1, false);
    credit.setHandle(UnsignedInteger.ZERO);
    credit.setDeliveryCount(UnsignedInteger.ZERO);
    credit.setLinkCredit(UnsignedInteger.valueOf(3));
    peer.send(0, attach).send(0, credit);
    RawPeer.Frame frame = peer.nextFrame(Transfer.class);
    assertThat(((Transfer) Objects.requireNonNull(frame.body())).getSettled()).isTrue();
    awaitMessages(0, 2);
    peer.send(0, new End());
    peer.next(End.class);

    awaitMessages(2, 0);
  }

  @Spec(section = "2.7.5", says = "a delivery-tag is given by the sender and unique on the link")
  void tagsAreUnique() throws IOException {
    publishMany(2);
    peer.begin().attachReceiver(0, address()).credit(0, 0, 2, false, false);
    Binary first = peer.next(Transfer.class).getDeliveryTag();

    assertThat(peer.next(Transfer.class).getDeliveryTag()).isNotEqualTo(first);
  }
}
