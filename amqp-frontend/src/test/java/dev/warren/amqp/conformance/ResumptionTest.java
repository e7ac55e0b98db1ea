package dev.warren.amqp.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.amqp.RawPeer;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.messaging.TerminusExpiryPolicy;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Detach;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.End;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.ReceiverSettleMode;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;

/** Sections 2.6.3, 2.6.13 and 3.5.6: links that are suspended and resumed. */
class ResumptionTest extends LinkConformance {
  private static int names;

  private String name = "";

  @BeforeEach
  void newLink() {
    name = "resumed-" + names++;
  }

  private Attach receiver(TerminusExpiryPolicy policy, int seconds) {
    Source source = new Source();
    source.setAddress(address());
    source.setExpiryPolicy(policy);
    source.setTimeout(UnsignedInteger.valueOf(seconds));
    Attach attach = RawPeer.attach(0, Role.RECEIVER);
    attach.setName(name);
    attach.setSource(source);
    return attach;
  }

  private Attach receiver() {
    return receiver(TerminusExpiryPolicy.LINK_DETACH, 60);
  }

  private Attach sender(ReceiverSettleMode mode) {
    Target target = new Target();
    target.setAddress(address());
    target.setExpiryPolicy(TerminusExpiryPolicy.LINK_DETACH);
    target.setTimeout(UnsignedInteger.valueOf(60));
    Attach attach = RawPeer.attach(0, Role.SENDER);
    attach.setName(name);
    attach.setTarget(target);
    attach.setInitialDeliveryCount(UnsignedInteger.ZERO);
    attach.setRcvSettleMode(mode);
    return attach;
  }

  private static Attach with(Attach attach, Object... tagsAndStates) {
    Map<Object, @Nullable Object> unsettled = new HashMap<>();
    for (int i = 0; i < tagsAndStates.length; i += 2) {
      unsettled.put(
          tagsAndStates[i], tagsAndStates[i + 1].equals("null") ? null : tagsAndStates[i + 1]);
    }
    attach.setUnsettled(unsettled);
    return attach;
  }

  private static Detach detach(boolean closed) {
    Detach detach = new Detach();
    detach.setHandle(UnsignedInteger.ZERO);
    detach.setClosed(closed);
    return detach;
  }

  /** Takes so many messages and suspends the link; the tags of what is held. */
  private Binary[] takeAndDetach(Attach attach, int count) throws IOException {
    Binary[] tags = new Binary[count];
    peer.begin().send(0, attach).credit(0, 0, count, false, false);
    for (int i = 0; i < count; i++) {
      tags[i] = peer.next(Transfer.class).getDeliveryTag();
    }
    peer.send(0, detach(false));
    peer.next(Detach.class);
    return tags;
  }

  @Spec(section = "3.5.6", says = "the answer tells the expiry policy and time-out in effect")
  void retentionIsTold() throws IOException {
    peer.begin().send(0, receiver(TerminusExpiryPolicy.LINK_DETACH, 1_000_000));
    Source source = (Source) peer.next(Attach.class).getSource();

    assertThat(source.getExpiryPolicy()).isEqualTo(TerminusExpiryPolicy.LINK_DETACH);
    assertThat(source.getTimeout().longValue()).isEqualTo(86_400);
  }

  @Spec(section = "3.5.6", says = "by default nothing is kept of a detached link")
  void nothingIsKeptByDefault() throws IOException {
    publish("a");
    takeAndDetach(receiver(TerminusExpiryPolicy.SESSION_END, 0), 1);

    awaitMessages(1, 0);
  }

  @Spec(section = "2.6.3", says = "what a suspended link holds is given to nobody else")
  void suspendedHolds() throws IOException {
    publish("a");
    takeAndDetach(receiver(), 1);
    publish("b");
    peer.attachReceiver(1, address()).credit(1, 0, 5, false, false);

    assertThat(body(peer.nextFrame(Transfer.class))).isEqualTo("b");
    awaitMessages(0, 2);
  }

  @Spec(section = "2.6.3", says = "a closing detach keeps nothing")
  void closingKeepsNothing() throws IOException {
    publish("a");
    peer.begin().send(0, receiver()).credit(0, 0, 1, false, false).next(Transfer.class);
    peer.send(0, detach(true));

    awaitMessages(1, 0);
  }

  @Spec(
      section = "2.6.13",
      says = "a delivery both ends know is resumed by a transfer which says so, with its tag")
  void resumesWhatBothKnow() throws IOException {
    publish("a");
    Binary tag = takeAndDetach(receiver(), 1)[0];
    peer.send(0, with(receiver(), tag, "null")).credit(0, 0, 5, false, false);

    assertThat((Object) peer.next(Attach.class).getUnsettled().keySet())
        .isEqualTo(java.util.Set.of(tag));
    RawPeer.Frame frame = peer.nextFrame(Transfer.class);
    Transfer transfer = (Transfer) Objects.requireNonNull(frame.body());
    assertThat(transfer.getResume()).isTrue();
    assertThat(transfer.getDeliveryTag()).isEqualTo(tag);
    assertThat(body(frame)).isEqualTo("a");
    peer.send(0, accepted(transfer.getDeliveryId().intValue()));
    awaitMessages(0, 0);
  }

  @Spec(
      section = "2.6.13",
      says = "an outcome the receiver reached while away is applied, and settled without payload")
  void appliesWhatTheReceiverDecided() throws IOException {
    publish("a");
    Binary tag = takeAndDetach(receiver(), 1)[0];
    peer.send(0, with(receiver(), tag, Accepted.getInstance())).credit(0, 0, 5, false, false);

    RawPeer.Frame frame = peer.nextFrame(Transfer.class);
    Transfer transfer = (Transfer) Objects.requireNonNull(frame.body());
    assertThat(transfer.getResume()).isTrue();
    assertThat(transfer.getSettled()).isTrue();
    assertThat(transfer.getState()).isInstanceOf(Accepted.class);
    assertThat(frame.payload()).isEmpty();
    awaitMessages(0, 0);
  }

  @Spec(
      section = "2.6.13",
      says = "a delivery only the sender knows is sent again as a new one, ahead of others")
  void sendsAgainWhatTheReceiverMissed() throws IOException {
    publish("a");
    publish("b");
    Binary[] tags = takeAndDetach(receiver(), 2);
    publish("c");
    peer.send(0, with(receiver(), tags[1], "null")).credit(0, 0, 5, false, false);

    RawPeer.Frame first = peer.nextFrame(Transfer.class);
    assertThat(body(first)).isEqualTo("a");
    assertThat(((Transfer) Objects.requireNonNull(first.body())).getResume()).isFalse();
    RawPeer.Frame second = peer.nextFrame(Transfer.class);
    assertThat(body(second)).isEqualTo("b");
    assertThat(((Transfer) Objects.requireNonNull(second.body())).getResume()).isTrue();
    assertThat(body(peer.nextFrame(Transfer.class))).isEqualTo("c");
  }

  @Spec(
      section = "2.6.13",
      says = "a delivery only the receiver knows is missing in the sender's answer")
  void unknownToUsIsAbsent() throws IOException {
    peer.begin().send(0, with(receiver(), new Binary(new byte[] {7}), Accepted.getInstance()));

    Attach answer = peer.next(Attach.class);
    assertThat(answer.getSource()).isNotNull();
    assertThat((Map<?, ?>) answer.getUnsettled()).isEmpty();
  }

  @Spec(section = "2.6.13", says = "a link is resumed on another connection of its container")
  void resumesAfterTheConnectionIsLost() throws IOException {
    publish("a");
    peer.begin().send(0, receiver()).credit(0, 0, 1, false, false);
    Binary tag = peer.next(Transfer.class).getDeliveryTag();
    peer.close();
    for (int i = 0; i < 4; i++) {
      // The connections alternate between the loops.
      try (RawPeer next = connected().begin()) {
        next.send(0, with(receiver(), tag, "null")).credit(0, 0, 5, false, false);
        Transfer transfer = next.next(Transfer.class);
        assertThat(transfer.getDeliveryTag()).isEqualTo(tag);
        assertThat(transfer.getResume()).isTrue();
      }
    }
    try (RawPeer last = connected().begin()) {
      last.send(0, with(receiver(), tag, Accepted.getInstance())).credit(0, 0, 5, false, false);
      assertThat(last.next(Transfer.class).getSettled()).isTrue();
      awaitMessages(0, 0);
    }
  }

  @Spec(section = "2.8.16", says = "a link attached elsewhere is stolen from where it was")
  void linkIsStolen() throws IOException {
    publish("a");
    peer.begin().send(0, receiver()).credit(0, 0, 1, false, false);
    Binary tag = peer.next(Transfer.class).getDeliveryTag();
    try (RawPeer thief = connected().begin()) {
      thief.send(0, with(receiver(), tag, "null")).credit(0, 0, 5, false, false);
      assertThat(thief.next(Transfer.class).getDeliveryTag()).isEqualTo(tag);
      assertThat(condition(peer.next(Detach.class).getError())).isEqualTo("amqp:link:stolen");
    }
  }

  @Spec(
      section = "2.6.3",
      says = "a receiver which attaches anew, resuming nothing, has forgotten what it held")
  void reattachingReturns() throws IOException {
    publish("a");
    takeAndDetach(receiver(), 1);
    peer.send(0, receiver());
    assertThat((Map<?, ?>) peer.next(Attach.class).getUnsettled()).isNull();
    peer.credit(0, 0, 1, false, false);

    RawPeer.Frame frame = peer.nextFrame(Transfer.class);
    assertThat(((Transfer) Objects.requireNonNull(frame.body())).getResume()).isFalse();
    assertThat(body(frame)).isEqualTo("a");
    assertThat(deliveryCount(frame)).isZero();
  }

  @Spec(section = "2.6.3", says = "the same after a lost connection counts a failed delivery")
  void reattachingAfterALossCounts() throws IOException {
    publish("a");
    peer.begin().send(0, receiver()).credit(0, 0, 1, false, false).next(Transfer.class);
    peer.close();
    try (RawPeer next = connected().begin()) {
      next.send(0, receiver()).credit(0, 0, 1, false, false);
      assertThat(deliveryCount(next.nextFrame(Transfer.class))).isOne();
    }
  }

  @Spec(
      section = "2.7.3",
      says = "while the receiver has not told all it holds, nothing new is sent to it")
  void incompleteStopsNewDeliveries() throws IOException {
    publish("a");
    publish("b");
    Binary[] tags = takeAndDetach(receiver(), 2);
    publish("c");
    Attach attach = with(receiver(), tags[0], Accepted.getInstance());
    attach.setIncompleteUnsettled(true);
    peer.send(0, attach).credit(0, 0, 5, false, false);
    assertThat(peer.next(Transfer.class).getDeliveryTag()).isEqualTo(tags[0]);
    peer.credit(0, 1, 5, true, false);
    assertThat(peer.next(Flow.class).getDeliveryCount().intValue()).isEqualTo(6);
    peer.send(0, detach(false));
    peer.next(Detach.class);
    peer.send(0, with(receiver(), tags[1], Accepted.getInstance())).credit(0, 0, 5, false, false);

    assertThat(peer.next(Transfer.class).getDeliveryTag()).isEqualTo(tags[1]);
    assertThat(body(peer.nextFrame(Transfer.class))).isEqualTo("c");
  }

  @Spec(section = "2.7.3", says = "unsettled deliveries of a link that is not kept are refused")
  void refusedWhereNothingIsKept() throws IOException {
    Attach attach =
        with(receiver(TerminusExpiryPolicy.SESSION_END, 0), new Binary(new byte[] {1}), "null");
    peer.begin().send(0, attach);

    assertThat(condition(peer.next(End.class).getError())).isEqualTo("amqp:not-implemented");
  }

  @Spec(section = "2.7.3", says = "unsettled must map delivery-tags to delivery states")
  void malformedUnsettled() throws IOException {
    peer.begin().send(0, with(receiver(), Symbol.valueOf("tag"), "null"));

    assertThat(condition(peer.next(End.class).getError())).isEqualTo("amqp:invalid-field");
  }

  @Spec(section = "3.5.6", says = "kept until the session ends, a link is gone after it")
  void expiresWithTheSession() throws IOException {
    publish("a");
    Binary tag = takeAndDetach(receiver(TerminusExpiryPolicy.SESSION_END, 1), 1)[0];
    awaitMessages(0, 1);
    peer.send(0, new End());
    peer.next(End.class);

    awaitMessages(1, 0);
    assertThat(tag.getLength()).isPositive();
  }

  @Spec(section = "3.5.6", says = "kept until the connection closes, a link outlives its session")
  void expiresWithTheConnection() throws IOException {
    publish("a");
    Binary tag = takeAndDetach(receiver(TerminusExpiryPolicy.CONNECTION_CLOSE, 0), 1)[0];
    peer.send(0, new End());
    peer.next(End.class);
    // Its answer tells from which id on the flow below may acknowledge.
    peer.beginSession();
    Attach again = with(receiver(TerminusExpiryPolicy.CONNECTION_CLOSE, 0), tag, "null");
    peer.send(0, again).credit(0, 0, 1, false, false);
    assertThat(peer.next(Transfer.class).getResume()).isTrue();
    peer.close();

    awaitMessages(1, 0);
  }

  // ---- links that send to us ----

  @Spec(
      section = "2.6.13",
      says = "a publisher is told the outcomes it missed and what it resumes is not stored again")
  void publisherResumes() throws IOException {
    peer.begin().send(0, sender(ReceiverSettleMode.SECOND)).next(Flow.class);
    peer.transfer(RawPeer.transfer(0, 0), RawPeer.message("a"));
    assertThat(peer.next(Disposition.class).getSettled()).isFalse();
    peer.close();
    Binary tag = new Binary(new byte[] {0});
    Binary missed = new Binary(new byte[] {1});
    try (RawPeer next = connected().begin()) {
      next.send(0, with(sender(ReceiverSettleMode.SECOND), tag, "null", missed, "null"));
      Map<?, ?> told = next.next(Attach.class).getUnsettled();
      assertThat(told.keySet().stream().map(String::valueOf)).containsExactly(tag.toString());
      assertThat(told.get(tag)).isInstanceOf(Accepted.class);
      next.next(Flow.class);
      Transfer resumed = RawPeer.transfer(0, 0);
      resumed.setResume(true);
      next.transfer(resumed, RawPeer.message("a"));
      Disposition answer = next.next(Disposition.class);
      assertThat(answer.getState()).isInstanceOf(Accepted.class);
      awaitMessages(1, 0);
      next.transfer(RawPeer.transfer(0, 1), RawPeer.message("b"));
      next.next(Disposition.class);
      awaitMessages(2, 0);
    }
  }

  @Spec(section = "2.7.5", says = "a resumed transfer of a delivery we do not hold is ignored")
  void unknownResumedTransferIsIgnored() throws IOException {
    peer.begin().send(0, sender(ReceiverSettleMode.FIRST)).next(Flow.class);
    Transfer resumed = RawPeer.transfer(0, 0);
    resumed.setResume(true);
    resumed.setMore(true);
    peer.transfer(resumed, RawPeer.message("a"));
    Transfer rest = RawPeer.transfer(0, 0);
    peer.transfer(rest, RawPeer.message("a"));
    peer.transfer(RawPeer.transfer(0, 1), RawPeer.message("b"));

    assertThat(peer.next(Disposition.class).getFirst().intValue()).isOne();
    awaitMessages(1, 0);
  }

  @Spec(
      section = "2.6.13",
      says = "what the publisher settled while away is forgotten, and its tags are free")
  void publisherForgot() throws IOException {
    peer.begin().send(0, sender(ReceiverSettleMode.SECOND)).next(Flow.class);
    peer.transfer(RawPeer.transfer(0, 0), RawPeer.message("a"));
    peer.next(Disposition.class);
    peer.send(0, detach(false));
    peer.next(Detach.class);
    peer.send(0, with(sender(ReceiverSettleMode.SECOND)));
    assertThat((Map<?, ?>) peer.next(Attach.class).getUnsettled()).isEmpty();
    peer.next(Flow.class);
    Transfer second = RawPeer.transfer(0, 1);
    second.setDeliveryTag(new Binary(new byte[] {0}));
    peer.transfer(second, RawPeer.message("b"));
    peer.next(Disposition.class);

    awaitMessages(2, 0);
  }
}
