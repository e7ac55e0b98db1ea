package dev.warren.amqp.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.amqp.RawPeer;
import java.io.IOException;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Modified;
import org.apache.qpid.proton.amqp.messaging.Outcome;
import org.apache.qpid.proton.amqp.messaging.Received;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.messaging.Released;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.transaction.Declared;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.Detach;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.End;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.ReceiverSettleMode;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.amqp.transport.SenderSettleMode;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.jspecify.annotations.Nullable;

/** Sections 2.6.12, 2.7.5, 2.7.6 and 3.4: who settles, when, and with which outcome. */
class SettlementTest extends LinkConformance {

  private void attachReceiver(ReceiverSettleMode mode, @Nullable Outcome defaultOutcome)
      throws IOException {
    Source source = new Source();
    source.setAddress(address());
    source.setDefaultOutcome(defaultOutcome);
    Attach attach = RawPeer.attach(0, Role.RECEIVER);
    attach.setSource(source);
    attach.setRcvSettleMode(mode);
    peer.begin().send(0, attach);
  }

  private void attachSender(ReceiverSettleMode mode) throws IOException {
    Target target = new Target();
    target.setAddress(address());
    Attach attach = RawPeer.attach(0, Role.SENDER);
    attach.setTarget(target);
    attach.setInitialDeliveryCount(UnsignedInteger.ZERO);
    attach.setRcvSettleMode(mode);
    peer.begin().send(0, attach);
  }

  private static Disposition disposition(
      Role role, int first, int last, boolean settled, @Nullable DeliveryState state) {
    Disposition disposition = new Disposition();
    disposition.setRole(role);
    disposition.setFirst(UnsignedInteger.valueOf(first));
    disposition.setLast(UnsignedInteger.valueOf(last));
    disposition.setSettled(settled);
    disposition.setState(state);
    return disposition;
  }

  @Spec(section = "2.7.3", says = "the answer to an attach names the settle modes in effect")
  void modesAreEchoed() throws IOException {
    attachReceiver(ReceiverSettleMode.SECOND, null);
    Attach answer = peer.next(Attach.class);
    assertThat(answer.getRcvSettleMode()).isEqualTo(ReceiverSettleMode.SECOND);
    assertThat(answer.getSndSettleMode()).isEqualTo(SenderSettleMode.UNSETTLED);

    try (RawPeer other = connected().begin()) {
      other.attachReceiver(0, address());
      assertThat(other.next(Attach.class).getRcvSettleMode()).isEqualTo(ReceiverSettleMode.FIRST);
    }
  }

  @Spec(
      section = "2.6.12",
      says = "a receiver which settles second states its outcome; we apply it and settle")
  void senderSettlesAfterTheOutcome() throws IOException {
    publish("once");
    attachReceiver(ReceiverSettleMode.SECOND, null);
    peer.credit(0, 0, 1, false, false).next(Transfer.class);
    peer.send(0, disposition(Role.RECEIVER, 0, 0, false, Accepted.getInstance()));

    Disposition answer = peer.next(Disposition.class);
    assertThat(answer.getRole()).isEqualTo(Role.SENDER);
    assertThat(answer.getSettled()).isTrue();
    assertThat(answer.getState()).isInstanceOf(Accepted.class);
    peer.send(0, disposition(Role.RECEIVER, 0, 0, true, null));
    awaitMessages(0, 0);
  }

  @Spec(
      section = "2.6.12",
      says = "a publisher whose receiver settles second is told the outcome and settles first")
  void receiverSettlesSecond() throws IOException {
    attachSender(ReceiverSettleMode.SECOND);
    assertThat(peer.next(Attach.class).getRcvSettleMode()).isEqualTo(ReceiverSettleMode.SECOND);
    peer.next(Flow.class);
    peer.transfer(RawPeer.transfer(0, 0), RawPeer.message("a"));

    Disposition outcome = peer.next(Disposition.class);
    assertThat(outcome.getState()).isInstanceOf(Accepted.class);
    assertThat(outcome.getSettled()).isFalse();
    peer.send(0, disposition(Role.SENDER, 0, 0, true, Accepted.getInstance()));
    peer.transfer(RawPeer.transfer(0, 1), RawPeer.message("b"));
    assertThat(peer.next(Disposition.class).getFirst().intValue()).isOne();
  }

  @Spec(
      section = "2.7.5",
      says = "one transfer of a link which settles second may be settled first")
  void transferMaySettleFirst() throws IOException {
    attachSender(ReceiverSettleMode.SECOND);
    peer.next(Flow.class);
    Transfer transfer = RawPeer.transfer(0, 0);
    transfer.setRcvSettleMode(ReceiverSettleMode.FIRST);
    peer.transfer(transfer, RawPeer.message("a"));

    assertThat(peer.next(Disposition.class).getSettled()).isTrue();
  }

  @Spec(
      section = "2.7.5",
      says = "a transfer cannot be settled second on a link which settles first")
  void transferMayNotSettleSecond() throws IOException {
    attachSender(ReceiverSettleMode.FIRST);
    peer.next(Flow.class);
    Transfer transfer = RawPeer.transfer(0, 0);
    transfer.setRcvSettleMode(ReceiverSettleMode.SECOND);
    peer.transfer(transfer, RawPeer.message("a"));

    assertThat(condition(peer.next(Detach.class).getError())).isEqualTo("amqp:invalid-field");
  }

  @Spec(
      section = "2.6.12",
      says = "a publisher which never settles second is given no credit beyond a bound")
  void unsettledBoundsCredit() throws IOException {
    attachSender(ReceiverSettleMode.SECOND);
    int sent = 0;
    int limit = peer.next(Flow.class).getLinkCredit().intValue();
    while (limit < UNSETTLED_MAX) {
      while (sent < limit) {
        peer.transfer(RawPeer.transfer(0, sent++), RawPeer.message("a"));
      }
      Flow flow = peer.next(Flow.class);
      limit = flow.getDeliveryCount().intValue() + flow.getLinkCredit().intValue();
    }
    assertThat(limit).isEqualTo(UNSETTLED_MAX);
    while (sent < limit) {
      peer.transfer(RawPeer.transfer(0, sent++), RawPeer.message("a"));
    }
    peer.credit(0, sent, 0, false, true);
    assertThat(peer.next(Flow.class).getLinkCredit().intValue()).isZero();
    peer.send(0, disposition(Role.SENDER, 0, sent - 1, true, null));
    assertThat(peer.next(Flow.class).getLinkCredit().intValue()).isPositive();
  }

  @Spec(section = "2.7.6", says = "one disposition settles a range across links of a session")
  void rangeAcrossLinks() throws IOException {
    publish("a");
    publish("b");
    peer.begin().attachReceiver(0, address()).attachReceiver(1, address());
    peer.credit(0, 0, 1, false, false).credit(1, 0, 1, false, false);
    peer.next(Transfer.class);
    peer.next(Transfer.class);
    Disposition both = disposition(Role.RECEIVER, 0, 1, true, Accepted.getInstance());
    both.setBatchable(true);
    peer.send(0, both);

    awaitMessages(0, 0);
  }

  @Spec(section = "3.5.3", says = "a delivery settled without an outcome gets the source's default")
  void defaultOutcomeRejected() throws IOException {
    publish("bad");
    attachReceiver(ReceiverSettleMode.FIRST, new Rejected());
    Source source = (Source) peer.next(Attach.class).getSource();
    assertThat(source.getDefaultOutcome()).isInstanceOf(Rejected.class);
    peer.credit(0, 0, 1, false, false).next(Transfer.class);
    peer.send(0, disposition(Role.RECEIVER, 0, 0, true, null));

    awaitMessages(0, 0);
  }

  @Spec(section = "3.5.3", says = "the default outcome is released when the source names none")
  void defaultOutcomeReleased() throws IOException {
    publish("again");
    attachReceiver(ReceiverSettleMode.FIRST, null);
    Source source = (Source) peer.next(Attach.class).getSource();
    assertThat(source.getDefaultOutcome()).isInstanceOf(Released.class);
    peer.credit(0, 0, 1, false, false).next(Transfer.class);
    peer.send(0, disposition(Role.RECEIVER, 0, 0, true, null));

    awaitMessages(1, 0);
  }

  @Spec(section = "3.5.3", says = "an outcome the source does not offer is refused at attach")
  void unknownOutcomeAsked() throws IOException {
    Source source = new Source();
    source.setAddress(address());
    source.setOutcomes(Symbol.valueOf("amqp:accepted:list"), Symbol.valueOf("x:eaten:list"));
    Attach attach = RawPeer.attach(0, Role.RECEIVER);
    attach.setSource(source);
    peer.begin().send(0, attach);

    assertThat(condition(peer.next(Detach.class).getError())).isEqualTo("amqp:not-implemented");
  }

  @Spec(section = "3.4", says = "a state which is no outcome does not settle and ends the session")
  void unknownOutcomeStated() throws IOException {
    publish("kept");
    attachReceiver(ReceiverSettleMode.FIRST, null);
    peer.credit(0, 0, 1, false, false).next(Transfer.class);
    Declared declared = new Declared();
    declared.setTxnId(new Binary(new byte[] {1}));
    peer.send(0, disposition(Role.RECEIVER, 0, 0, true, declared));

    assertThat(condition(peer.next(End.class).getError())).isEqualTo("amqp:invalid-field");
    awaitMessages(1, 0);
  }

  @Spec(section = "3.4.1", says = "received is no outcome: the delivery stays unsettled")
  void receivedChangesNothing() throws IOException {
    publish("held");
    attachReceiver(ReceiverSettleMode.FIRST, null);
    peer.credit(0, 0, 1, false, false).next(Transfer.class);
    Received received = new Received();
    received.setSectionNumber(UnsignedInteger.ZERO);
    received.setSectionOffset(org.apache.qpid.proton.amqp.UnsignedLong.ZERO);
    peer.send(0, disposition(Role.RECEIVER, 0, 0, false, received));
    peer.credit(0, 1, 0, false, true).next(Flow.class);

    awaitMessages(0, 1);
  }

  @Spec(section = "3.4.5", says = "modified with delivery-failed raises the delivery-count")
  void modifiedCounts() throws IOException {
    publish("retried");
    attachReceiver(ReceiverSettleMode.SECOND, null);
    peer.credit(0, 0, 2, false, false).next(Transfer.class);
    Modified modified = new Modified();
    modified.setDeliveryFailed(true);
    peer.send(0, disposition(Role.RECEIVER, 0, 0, false, modified));

    assertThat(deliveryCount(peer.nextFrame(Transfer.class))).isOne();
  }

  @Spec(section = "2.6.12", says = "a disposition for deliveries that are settled is ignored")
  void lateDisposition() throws IOException {
    publish("a");
    attachReceiver(ReceiverSettleMode.FIRST, null);
    peer.credit(0, 0, 1, false, false).next(Transfer.class);
    peer.send(0, disposition(Role.RECEIVER, 0, 0, true, Accepted.getInstance()));
    peer.send(0, disposition(Role.RECEIVER, 0, 70, true, new Rejected()));
    peer.credit(0, 1, 0, false, true).next(Flow.class);

    awaitMessages(0, 0);
  }
}
