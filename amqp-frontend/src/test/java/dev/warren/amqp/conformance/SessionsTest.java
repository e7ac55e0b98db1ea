package dev.warren.amqp.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.amqp.RawPeer;
import java.io.IOException;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.UnsignedShort;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Begin;
import org.apache.qpid.proton.amqp.transport.Close;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.End;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.jspecify.annotations.Nullable;

/** Section 2.5: beginning and ending sessions, and their windows. */
class SessionsTest extends Conformance {

  @Spec(section = "2.5.1", says = "a begin is answered by a begin which names the peer's channel")
  void beginIsAnswered() throws IOException {
    peer.begin().send(3, begin(10));

    assertThat(peer.next(Begin.class).getRemoteChannel()).isEqualTo(RawPeer.ushort(3));
  }

  @Spec(section = "2.5.1", says = "the begin announces windows and the highest handle")
  void beginAnnouncesLimits() throws IOException {
    peer.begin().send(1, begin(10));

    Begin answer = peer.next(Begin.class);
    assertThat(answer.getNextOutgoingId()).isNotNull();
    assertThat(answer.getIncomingWindow().longValue()).isPositive();
    assertThat(answer.getOutgoingWindow().longValue()).isPositive();
    assertThat(answer.getHandleMax()).isEqualTo(UnsignedInteger.valueOf(15));
  }

  @Spec(section = "2.5.1", says = "a begin on a channel in use is an error")
  void channelInUse() throws IOException {
    peer.begin().send(0, begin(10));

    assertThat(condition(peer.next(Close.class).getError())).isNotNull();
  }

  @Spec(section = "2.5.1", says = "a begin which answers one that was never sent is an error")
  void uncorrelatedBegin() throws IOException {
    Begin answer = begin(10);
    answer.setRemoteChannel(UnsignedShort.valueOf((short) 2));
    peer.begin().send(1, answer);

    assertThat(condition(peer.next(Close.class).getError())).isNotNull();
  }

  @Spec(section = "2.5.2", says = "an end is answered by an end")
  void endIsAnswered() throws IOException {
    peer.begin().send(0, new End());

    assertThat(peer.next(End.class).getError()).isNull();
  }

  @Spec(section = "2.5.2", says = "after both ends the channel can be used again")
  void channelIsUsedAgain() throws IOException {
    peer.begin().send(0, new End());
    peer.next(End.class);
    peer.send(0, begin(10)).attachSender(0, "/queues/q");

    assertThat(peer.next(Attach.class).getTarget()).isNotNull();
  }

  @Spec(section = "2.5.2", says = "the end of one session leaves the others alone")
  void othersGoOn() throws IOException {
    peer.begin().send(1, begin(10));
    peer.next(Begin.class);
    peer.send(1, new End()).attachSender(0, "/queues/q");

    assertThat(peer.next(Attach.class).getTarget()).isNotNull();
  }

  @Spec(section = "2.5.2", says = "an end gives back what the session's links held unsettled")
  void endReleasesUnsettled() throws IOException {
    publish("/queues/q2", "held");
    peer.begin().attachReceiver(0, "/queues/q2").credit(0, 0, 1, false, false);
    peer.next(Transfer.class);
    peer.send(0, new End());
    peer.next(End.class);

    try (RawPeer next = connected().begin()) {
      next.attachReceiver(0, "/queues/q2").credit(0, 0, 1, false, false);
      assertThat(next.next(Transfer.class).getDeliveryTag()).isNotNull();
      next.send(0, accepted(0));
    }
  }

  @Spec(section = "2.5.3", says = "a peer may end a session with an error")
  void endWithError() throws IOException {
    End end = new End();
    end.setError(new ErrorCondition(org.apache.qpid.proton.amqp.Symbol.valueOf("x:y"), "why"));
    peer.begin().send(0, end);

    assertThat(peer.next(End.class).getError()).isNull();
  }

  @Spec(section = "2.5.4", says = "a fault within a session ends it and not the connection")
  void faultEndsTheSessionOnly() throws IOException {
    peer.begin().transfer(RawPeer.transfer(9, 0), RawPeer.message("nowhere"));
    assertThat(condition(peer.next(End.class).getError()))
        .isEqualTo("amqp:session:unattached-handle");
    peer.send(0, new End()).send(1, begin(10));

    assertThat(peer.next(Begin.class).getRemoteChannel()).isEqualTo(RawPeer.ushort(1));
  }

  @Spec(section = "2.5.4", says = "frames of a session being ended by an error are discarded")
  void framesAfterAnErrorAreDiscarded() throws IOException {
    peer.begin()
        .transfer(RawPeer.transfer(9, 0), RawPeer.message("nowhere"))
        .attachSender(0, "/queues/q")
        .send(0, new End())
        .send(0, begin(10));

    assertThat(peer.readFrame().body()).isInstanceOf(End.class);
    assertThat(peer.readFrame().body()).isInstanceOf(Begin.class);
  }

  @Spec(section = "2.5.5", says = "a frame on a channel without a session is passed over")
  void frameWithoutSession() throws IOException {
    peer.begin().send(5, FramingTest.senderTo("/queues/q")).attachSender(0, "/queues/q");

    assertThat(peer.nextFrame(Attach.class).channel()).isZero();
  }

  @Spec(section = "2.5.6", says = "a flow with echo is answered with the session's state")
  void flowWithEcho() throws IOException {
    peer.begin().send(0, flow(0, 10, true));

    Flow answer = peer.next(Flow.class);
    assertThat(answer.getHandle()).isNull();
    assertThat(answer.getIncomingWindow().longValue()).isPositive();
    assertThat(answer.getNextIncomingId()).isEqualTo(UnsignedInteger.ZERO);
  }

  @Spec(section = "2.5.6", says = "next-incoming-id counts the transfers that came")
  void nextIncomingIdCounts() throws IOException {
    peer.begin().attachSender(0, "/queues/q");
    peer.next(Flow.class);
    for (int i = 0; i < 3; i++) {
      peer.transfer(RawPeer.transfer(0, i), RawPeer.message("m"));
    }
    Flow ask = flow(0, 10, true);
    ask.setNextOutgoingId(UnsignedInteger.valueOf(3));
    peer.send(0, ask);

    Flow answer = peer.next(Flow.class);
    while (answer.getHandle() != null) {
      answer = peer.next(Flow.class);
    }
    assertThat(answer.getNextIncomingId()).isEqualTo(UnsignedInteger.valueOf(3));
  }

  @Spec(section = "2.5.6", says = "no more transfers are sent than the peer's incoming-window")
  void windowIsKept() throws IOException {
    publish("/queues/q2", "first");
    publish("/queues/q2", "second");
    peer.begin().send(1, begin(1));
    int begin = peer.next(Begin.class).getNextOutgoingId().intValue();
    peer.send(1, LinksAttach.receiver("narrow", 0, "/queues/q2"));
    peer.next(Attach.class);
    peer.send(1, linkFlow(begin, 1, 2));
    Transfer first = peer.next(Transfer.class);
    Flow ask = flow(begin + 1, 0, true);
    peer.send(1, ask);
    assertThat(peer.readFrame().body()).as("nothing but the echo").isInstanceOf(Flow.class);
    peer.send(1, linkFlow(begin + 1, 5, 2));

    Transfer second = peer.next(Transfer.class);
    assertThat(second.getDeliveryId()).isNotEqualTo(first.getDeliveryId());
    peer.send(1, accepted(0)).send(1, accepted(1)).send(1, new End());
    peer.next(End.class);
  }

  @Spec(section = "2.5.6", says = "a next-incoming-id of what was never sent is a window violation")
  void nextIncomingIdFromTheFuture() throws IOException {
    peer.begin().send(0, flow(100, 10, false));

    assertThat(condition(peer.next(End.class).getError()))
        .isEqualTo("amqp:session:window-violation");
  }

  @Spec(section = "2.5.6", says = "a flow without echo need not be answered")
  void flowWithoutEcho() throws IOException {
    peer.begin().send(0, flow(0, 10, false)).attachSender(0, "/queues/q");

    assertThat(peer.readFrame().body()).isInstanceOf(Attach.class);
  }

  static Begin begin(int window) {
    Begin begin = new Begin();
    begin.setNextOutgoingId(UnsignedInteger.ZERO);
    begin.setIncomingWindow(UnsignedInteger.valueOf(window));
    begin.setOutgoingWindow(UnsignedInteger.valueOf(window));
    return begin;
  }

  static Flow flow(@Nullable Integer nextIncomingId, int window, boolean echo) {
    Flow flow = new Flow();
    if (nextIncomingId != null) {
      flow.setNextIncomingId(UnsignedInteger.valueOf(nextIncomingId));
    }
    flow.setIncomingWindow(UnsignedInteger.valueOf(window));
    flow.setNextOutgoingId(UnsignedInteger.ZERO);
    flow.setOutgoingWindow(UnsignedInteger.valueOf(1000));
    flow.setEcho(echo);
    return flow;
  }

  private static Flow linkFlow(int nextIncomingId, int window, int credit) {
    Flow flow = flow(nextIncomingId, window, false);
    flow.setHandle(UnsignedInteger.ZERO);
    flow.setDeliveryCount(UnsignedInteger.ZERO);
    flow.setLinkCredit(UnsignedInteger.valueOf(credit));
    return flow;
  }

  static Disposition accepted(int id) {
    Disposition disposition = new Disposition();
    disposition.setRole(org.apache.qpid.proton.amqp.transport.Role.RECEIVER);
    disposition.setFirst(UnsignedInteger.valueOf(id));
    disposition.setSettled(true);
    disposition.setState(org.apache.qpid.proton.amqp.messaging.Accepted.getInstance());
    return disposition;
  }
}
