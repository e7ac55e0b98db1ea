package dev.warren.amqp.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.amqp.RawPeer;
import java.io.IOException;
import java.util.Map;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Header;
import org.apache.qpid.proton.amqp.messaging.MessageAnnotations;
import org.apache.qpid.proton.amqp.messaging.Modified;
import org.apache.qpid.proton.amqp.messaging.Received;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.messaging.Released;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.junit.jupiter.api.BeforeEach;

/** Section 3.4: what each outcome of a delivery does. */
class DeliveryStateTest extends Conformance {
  private static final String QUEUE = "/queues/q2";

  @BeforeEach
  void emptyQueue() throws IOException {
    empty(QUEUE);
  }

  @Spec(section = "3.4.1", says = "received is no outcome: the message is still held")
  void received() throws IOException {
    Received part = new Received();
    part.setSectionNumber(UnsignedInteger.ZERO);
    part.setSectionOffset(UnsignedLong.ZERO);
    Disposition state = tell(part);
    state.setSettled(false);
    hold("in parts").send(0, state).credit(0, 1, 0, false, true);

    assertThat(peer.readFrame().body()).as("no answer").isInstanceOf(Flow.class);
    assertThat(empty(QUEUE)).as("still held").isZero();
  }

  @Spec(section = "3.4.2", says = "accepted takes the message out of the queue")
  void accepted() throws IOException {
    settle("good", Accepted.getInstance());

    assertThat(empty(QUEUE)).isZero();
  }

  @Spec(section = "3.4.2", says = "a sender is told accepted when the message is safe")
  void acceptedToASender() throws IOException {
    assertThat(outcomeOf("/queues/q2")).isInstanceOf(Accepted.class);
  }

  @Spec(section = "3.4.3", says = "rejected takes the message out of the queue")
  void rejected() throws IOException {
    Rejected rejected = new Rejected();
    rejected.setError(new ErrorCondition(Symbol.valueOf("x:y"), "not for me"));
    settle("bad", rejected);

    assertThat(empty(QUEUE)).isZero();
  }

  @Spec(section = "3.4.3", says = "a sender is told rejected with the error that explains it")
  void rejectedToASender() throws IOException {
    peer.begin().attachSender(0, null);
    peer.next(Flow.class);
    peer.transfer(RawPeer.transfer(0, 0), RawPeer.message("to nowhere"));

    DeliveryState state = peer.next(Disposition.class).getState();
    assertThat(state).isInstanceOf(Rejected.class);
    assertThat(condition(((Rejected) state).getError())).isEqualTo("amqp:precondition-failed");
  }

  @Spec(section = "3.4.4", says = "released puts the message back without a count")
  void released() throws IOException {
    settle("again", Released.getInstance());

    assertThat(deliveryCount()).isZero();
  }

  @Spec(section = "3.4.4", says = "a sender is told released when no queue wants the message")
  void releasedToASender() throws IOException {
    assertThat(outcomeOf("/exchanges/x/nobody")).isInstanceOf(Released.class);
  }

  @Spec(section = "3.4.5", says = "modified with delivery-failed puts it back and counts")
  void modifiedFailed() throws IOException {
    Modified modified = new Modified();
    modified.setDeliveryFailed(true);
    settle("failed", modified);

    assertThat(deliveryCount()).isEqualTo(1);
  }

  @Spec(section = "3.4.5", says = "modified without delivery-failed puts it back without a count")
  void modified() throws IOException {
    settle("as it was", new Modified());

    assertThat(deliveryCount()).isZero();
  }

  @Spec(section = "3.4.5", says = "modified with undeliverable-here is not delivered here again")
  void modifiedUndeliverable() throws IOException {
    Modified modified = new Modified();
    modified.setUndeliverableHere(true);
    settle("not here", modified);

    assertThat(empty(QUEUE)).isZero();
  }

  @Spec(section = "3.4.5", says = "annotations of modified are merged into the message")
  void modifiedAnnotations() throws IOException {
    Modified modified = new Modified();
    modified.setMessageAnnotations(Map.of(Symbol.valueOf("x-opt-why"), "tired"));
    settle("annotated", modified);
    peer.credit(0, 1, 1, false, false);

    MessageAnnotations kept =
        Encoded.section(peer.nextFrame(Transfer.class).payload(), MessageAnnotations.class);
    assertThat(kept.getValue().get(Symbol.valueOf("x-opt-why"))).isEqualTo("tired");
  }

  @Spec(section = "3.4", says = "settling without an outcome means the source's default outcome")
  void defaultOutcome() throws IOException {
    Disposition settled = SessionsTest.accepted(0);
    settled.setState(null);
    hold("undecided").send(0, settled).credit(0, 1, 0, false, true);
    peer.next(Flow.class);

    assertThat(empty(QUEUE)).isEqualTo(1);
  }

  @Spec(
      section = "3.4",
      says = "an outcome is final: a later one for the same delivery does nothing")
  void outcomesAreFinal() throws IOException {
    hold("once")
        .send(0, tell(Accepted.getInstance()))
        .send(0, tell(Released.getInstance()))
        .credit(0, 1, 0, false, true);
    peer.next(Flow.class);

    assertThat(empty(QUEUE)).isZero();
  }

  private DeliveryState outcomeOf(String address) throws IOException {
    peer.begin().attachSender(0, address);
    peer.next(Flow.class);
    peer.transfer(RawPeer.transfer(0, 0), RawPeer.message("news"));
    return peer.next(Disposition.class).getState();
  }

  private RawPeer hold(String body) throws IOException {
    publish(QUEUE, body);
    peer.begin().attachReceiver(0, QUEUE).credit(0, 0, 1, false, false);
    peer.next(Transfer.class);
    return peer;
  }

  private void settle(String body, DeliveryState outcome) throws IOException {
    hold(body).send(0, tell(outcome)).credit(0, 1, 0, false, true);
    peer.next(Flow.class);
  }

  private int deliveryCount() throws IOException {
    peer.credit(0, 1, 1, false, false);
    UnsignedInteger count =
        Encoded.section(peer.nextFrame(Transfer.class).payload(), Header.class).getDeliveryCount();
    return count == null ? 0 : count.intValue();
  }

  private static Disposition tell(DeliveryState state) {
    Disposition disposition = SessionsTest.accepted(0);
    disposition.setState(state);
    return disposition;
  }
}
