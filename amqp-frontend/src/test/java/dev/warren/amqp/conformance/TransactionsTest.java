package dev.warren.amqp.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.amqp.RawPeer;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.Header;
import org.apache.qpid.proton.amqp.messaging.Outcome;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.messaging.Released;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.transaction.Coordinator;
import org.apache.qpid.proton.amqp.transaction.Declare;
import org.apache.qpid.proton.amqp.transaction.Declared;
import org.apache.qpid.proton.amqp.transaction.Discharge;
import org.apache.qpid.proton.amqp.transaction.TransactionalState;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Begin;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.Detach;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.End;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.apache.qpid.proton.message.Message;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;

/** Part 4: work that takes effect together, or not at all. */
class TransactionsTest extends Conformance {
  private static final String QUEUE = "/queues/q2";
  private static final int CONTROL = 0;
  private static final int SENDER = 1;
  private static final int RECEIVER = 2;

  private int nextDelivery;

  @BeforeEach
  void emptyQueue() throws IOException {
    empty(QUEUE);
    nextDelivery = 0;
  }

  // ---- the coordinator ----

  @Spec(section = "4.5.1", says = "a coordinator is attached as a target and says what it can do")
  void attachesACoordinator() throws IOException {
    peer.begin().send(0, coordinator());
    Attach answer = peer.next(Attach.class);

    assertThat(answer.getTarget()).isInstanceOf(Coordinator.class);
    assertThat(Arrays.asList(((Coordinator) answer.getTarget()).getCapabilities()))
        .extracting(Symbol::toString)
        .containsExactlyInAnyOrder(
            "amqp:local-transactions", "amqp:multi-txns-per-ssn", "amqp:multi-ssns-per-txn");
  }

  @Spec(section = "4.2", says = "a declare is answered with the id of a transaction")
  void declares() throws IOException {
    control();
    Binary first = declare();
    Binary second = declare();

    assertThat(first.getLength()).isBetween(1, 32);
    assertThat(second).isNotEqualTo(first);
  }

  @Spec(section = "4.5.2", says = "a transaction of a global id is refused as not implemented")
  void refusesGlobalTransactions() throws IOException {
    control();
    // proton-j knows no kind of global id, and reads none: any described value is one to a peer.
    byte[] body = {0, 0x53, 0x77, 0, 0x53, 0x31, (byte) 0xc0, 4, 1, (byte) 0xa1, 1, 'g'};
    peer.transfer(RawPeer.transfer(CONTROL, nextDelivery++), body);

    assertThat(rejection()).isEqualTo("amqp:not-implemented");
  }

  @Spec(section = "4.2", says = "a message that is no request to the coordinator is rejected")
  void rejectsOtherMessages() throws IOException {
    control();
    request("hello");

    assertThat(rejection()).isEqualTo("amqp:invalid-field");
  }

  @Spec(section = "4.2", says = "bytes that are no message detach the coordinator")
  void detachesForNonsense() throws IOException {
    control();
    peer.transfer(RawPeer.transfer(CONTROL, nextDelivery++), new byte[] {0, 0x53, 0x77, 0x7f});

    assertThat(condition(peer.next(Detach.class).getError())).isEqualTo("amqp:decode-error");
  }

  @Spec(section = "4.2", says = "a settled declare detaches, since its answer would have no way")
  void detachesForASettledDeclare() throws IOException {
    control();
    Transfer transfer = RawPeer.transfer(CONTROL, nextDelivery++);
    transfer.setSettled(true);
    peer.transfer(transfer, encoded(new Declare()));

    assertThat(condition(peer.next(Detach.class).getError())).isEqualTo("amqp:invalid-field");
  }

  // ---- discharge ----

  @Spec(section = "4.3", says = "a discharge makes the work of the transaction take effect")
  void commits() throws IOException {
    control();
    Binary txn = declare();
    sender();
    post(txn, "one");
    assertThat(empty(QUEUE)).isZero();
    discharge(txn, false);

    assertThat(state()).isInstanceOf(Accepted.class);
    assertThat(empty(QUEUE)).isOne();
  }

  @Spec(section = "4.3", says = "a discharge with fail undoes the work and is accepted")
  void rollsBack() throws IOException {
    control();
    Binary txn = declare();
    sender();
    post(txn, "one");
    discharge(txn, true);

    assertThat(state()).isInstanceOf(Accepted.class);
    assertThat(empty(QUEUE)).isZero();
  }

  @Spec(section = "4.3", says = "the discharge of an unknown transaction is rejected")
  void rejectsUnknownDischarge() throws IOException {
    control();
    discharge(new Binary(new byte[] {9}), false);

    assertThat(rejection()).isEqualTo("amqp:transaction:unknown-id");
  }

  @Spec(section = "4.3", says = "a transaction is discharged once")
  void dischargesOnce() throws IOException {
    control();
    Binary txn = declare();
    discharge(txn, false);
    assertThat(state()).isInstanceOf(Accepted.class);
    discharge(txn, false);

    assertThat(rejection()).isEqualTo("amqp:transaction:unknown-id");
  }

  @Spec(section = "4.3", says = "a transaction is discharged on the link it was declared on")
  void dischargesOnItsLink() throws IOException {
    control();
    Binary txn = declare();
    Attach other = coordinator();
    other.setName("other");
    other.setHandle(UnsignedInteger.valueOf(5));
    peer.send(0, other);
    peer.next(Flow.class);
    Discharge discharge = new Discharge();
    discharge.setTxnId(txn);
    peer.transfer(RawPeer.transfer(5, nextDelivery++), encoded(discharge));

    assertThat(rejection()).isEqualTo("amqp:transaction:unknown-id");
  }

  @Spec(section = "4.3", says = "a controller that knows no rejected is detached with the error")
  void detachesWhenRejectedIsUnknown() throws IOException {
    Attach attach = coordinator();
    Source source = new Source();
    source.setOutcomes(Symbol.valueOf("amqp:accepted:list"));
    attach.setSource(source);
    peer.begin().send(0, attach);
    peer.next(Flow.class);
    discharge(new Binary(new byte[] {9}), false);

    assertThat(condition(peer.next(Detach.class).getError()))
        .isEqualTo("amqp:transaction:unknown-id");
  }

  @Spec(section = "4.2", says = "when the coordinator's link closes, its transactions roll back")
  void rollsBackWithTheLink() throws IOException {
    control();
    Binary txn = declare();
    sender();
    post(txn, "one");
    Detach detach = new Detach();
    detach.setHandle(UnsignedInteger.valueOf(CONTROL));
    detach.setClosed(true);
    peer.send(0, detach);
    peer.next(Detach.class);
    post(txn, "two", false);

    assertThat(rejection()).isEqualTo("amqp:transaction:unknown-id");
    assertThat(empty(QUEUE)).isZero();
  }

  @Spec(section = "4.2", says = "when the connection is lost, its transactions roll back")
  void rollsBackWithTheConnection() throws IOException {
    publish(QUEUE, "kept");
    control();
    Binary txn = declare();
    Transfer transfer = receive();
    retire(transfer, txn, Accepted.getInstance(), true);
    sender();
    post(txn, "never");
    peer.close();
    peer = connected();
    peer.begin().attachReceiver(RECEIVER, QUEUE).credit(RECEIVER, 0, 10, false, false);

    assertThat(text(peer.nextFrame(Transfer.class))).endsWith("kept");
  }

  // ---- posting ----

  @Spec(section = "4.4.1", says = "the outcome of a posting names its transaction")
  void tellsTheOutcomeWithinTheTransaction() throws IOException {
    control();
    Binary txn = declare();
    sender();
    post(txn, "one", false);

    TransactionalState told = (TransactionalState) state();
    assertThat(told.getTxnId()).isEqualTo(txn);
    assertThat(told.getOutcome()).isInstanceOf(Accepted.class);
  }

  @Spec(section = "4.4.1", says = "a posting nobody wants is released within its transaction")
  void releasesWhatCannotBeRouted() throws IOException {
    control();
    Binary txn = declare();
    peer.attachSender(SENDER, "/exchanges/x/nobody");
    peer.next(Flow.class);
    post(txn, "one", false);

    assertThat(((TransactionalState) state()).getOutcome()).isInstanceOf(Released.class);
    discharge(txn, false);
    assertThat(state()).isInstanceOf(Accepted.class);
  }

  @Spec(section = "4.4.1", says = "a posting in an unknown transaction is rejected")
  void rejectsPostingInUnknown() throws IOException {
    control();
    sender();
    post(new Binary(new byte[] {1, 2}), "one", false);

    assertThat(rejection()).isEqualTo("amqp:transaction:unknown-id");
    assertThat(empty(QUEUE)).isZero();
  }

  @Spec(section = "4.4.4", says = "a settled posting takes effect with its transaction")
  void commitsSettledPostings() throws IOException {
    control();
    Binary txn = declare();
    sender();
    postSettled(txn, "one");
    discharge(txn, false);

    assertThat(state()).isInstanceOf(Accepted.class);
    assertThat(empty(QUEUE)).isOne();
  }

  @Spec(section = "4.4.4", says = "a settled posting that fails makes the discharge fail")
  void failsForASettledPostingThatFails() throws IOException {
    control();
    Binary txn = declare();
    sender();
    post(txn, "one");
    peer.attachSender(SENDER + 2, "/exchanges/x/nobody");
    peer.next(Flow.class);
    Transfer lost = RawPeer.transfer(SENDER + 2, nextDelivery++);
    lost.setSettled(true);
    lost.setState(state(txn, null));
    peer.transfer(lost, RawPeer.message("lost"));
    discharge(txn, false);

    assertThat(rejection()).isEqualTo("amqp:precondition-failed");
    assertThat(empty(QUEUE)).isZero();
  }

  @Spec(section = "4.4.4", says = "a settled posting in an unknown transaction detaches its link")
  void detachesForASettledPostingInUnknown() throws IOException {
    control();
    sender();
    postSettled(new Binary(new byte[] {1}), "one");

    assertThat(condition(peer.next(Detach.class).getError()))
        .isEqualTo("amqp:transaction:unknown-id");
  }

  // ---- retirement ----

  @Spec(section = "4.4.2", says = "a retirement takes effect with its transaction and settles then")
  void retires() throws IOException {
    publish(QUEUE, "one");
    control();
    Binary txn = declare();
    Transfer transfer = receive();
    retire(transfer, txn, Accepted.getInstance(), false);
    discharge(txn, false);
    assertThat(state()).isInstanceOf(Accepted.class);
    Disposition settled = peer.next(Disposition.class);

    assertThat(settled.getRole()).isEqualTo(Role.SENDER);
    assertThat(settled.getFirst()).isEqualTo(transfer.getDeliveryId());
    assertThat(settled.getSettled()).isTrue();
    assertThat(settled.getState()).isInstanceOf(Accepted.class);
    peer.close();
    peer = connected();
    assertThat(empty(QUEUE)).isZero();
  }

  @Spec(section = "4.4.2", says = "after a rollback an unsettled delivery is still the receiver's")
  void keepsAnUnsettledDeliveryAfterARollback() throws IOException {
    publish(QUEUE, "one");
    control();
    Binary txn = declare();
    Transfer transfer = receive();
    retire(transfer, txn, Accepted.getInstance(), false);
    discharge(txn, true);
    assertThat(state()).isInstanceOf(Accepted.class);
    assertThat(empty(QUEUE)).as("held by the receiver").isZero();
    Binary next = declare();
    retire(transfer, next, Accepted.getInstance(), true);
    discharge(next, false);

    assertThat(state()).isInstanceOf(Accepted.class);
    peer.close();
    peer = connected();
    assertThat(empty(QUEUE)).isZero();
  }

  @Spec(section = "4.4.4", says = "after a rollback a settled delivery comes again as failed")
  void redeliversASettledDeliveryAfterARollback() throws IOException {
    publish(QUEUE, "one");
    control();
    Binary txn = declare();
    retire(receive(), txn, Accepted.getInstance(), true);
    peer.credit(RECEIVER, 1, 1, false, false);
    discharge(txn, true);
    RawPeer.Frame again = peer.nextFrame(Transfer.class);

    assertThat(headerOf(again).getDeliveryCount()).isEqualTo(UnsignedInteger.ONE);
  }

  @Spec(section = "4.4.2", says = "the outcome said last within a transaction is the one applied")
  void appliesTheLastOutcome() throws IOException {
    publish(QUEUE, "one");
    control();
    Binary txn = declare();
    Transfer transfer = receive();
    retire(transfer, txn, Accepted.getInstance(), false);
    retire(transfer, txn, Released.getInstance(), true);
    discharge(txn, false);

    assertThat(state()).isInstanceOf(Accepted.class);
    peer.close();
    peer = connected();
    assertThat(empty(QUEUE)).isOne();
  }

  @Spec(section = "4.4.2", says = "a retirement in an unknown transaction detaches its link")
  void detachesForRetirementInUnknown() throws IOException {
    publish(QUEUE, "one");
    peer.begin();
    retire(receive(), new Binary(new byte[] {7}), Accepted.getInstance(), true);

    assertThat(condition(peer.next(Detach.class).getError()))
        .isEqualTo("amqp:transaction:unknown-id");
    peer.close();
    peer = connected();
    assertThat(empty(QUEUE)).isOne();
  }

  @Spec(section = "4.4.3", says = "acquisition in a transaction is refused as not implemented")
  void refusesTransactionalAcquisition() throws IOException {
    control();
    Binary txn = declare();
    peer.attachReceiver(RECEIVER, QUEUE);
    Flow flow = new Flow();
    flow.setNextIncomingId(UnsignedInteger.ZERO);
    flow.setIncomingWindow(UnsignedInteger.valueOf(100));
    flow.setNextOutgoingId(UnsignedInteger.ZERO);
    flow.setOutgoingWindow(UnsignedInteger.valueOf(100));
    flow.setHandle(UnsignedInteger.valueOf(RECEIVER));
    flow.setDeliveryCount(UnsignedInteger.ZERO);
    flow.setLinkCredit(UnsignedInteger.ONE);
    flow.setProperties(Map.of(Symbol.valueOf("txn-id"), txn));
    peer.send(0, flow);

    assertThat(condition(peer.next(End.class).getError())).isEqualTo("amqp:not-implemented");
  }

  @Spec(section = "4.5.7", says = "several sessions may work in one transaction")
  void spansSessions() throws IOException {
    control();
    Binary txn = declare();
    Begin begin = new Begin();
    begin.setNextOutgoingId(UnsignedInteger.ZERO);
    begin.setIncomingWindow(UnsignedInteger.valueOf(100));
    begin.setOutgoingWindow(UnsignedInteger.valueOf(100));
    peer.send(1, begin);
    peer.next(Begin.class);
    peer.send(1, LinksAttach.sender("elsewhere", 0, QUEUE));
    peer.next(Flow.class);
    Transfer transfer = RawPeer.transfer(0, 0);
    transfer.setState(state(txn, null));
    peer.send(peer.frame(0, 1, transfer, RawPeer.message("one")));
    assertThat(((TransactionalState) state()).getOutcome()).isInstanceOf(Accepted.class);
    discharge(txn, false);

    assertThat(state()).isInstanceOf(Accepted.class);
    assertThat(empty(QUEUE)).isOne();
  }

  @Spec(section = "4.5.7", says = "a session may work in several transactions at a time")
  void mixesTransactions() throws IOException {
    control();
    Binary kept = declare();
    Binary undone = declare();
    sender();
    post(kept, "kept");
    post(undone, "undone");
    post(kept, "kept too");
    discharge(undone, true);
    assertThat(state()).isInstanceOf(Accepted.class);
    discharge(kept, false);

    assertThat(state()).isInstanceOf(Accepted.class);
    assertThat(empty(QUEUE)).isEqualTo(2);
  }

  // ---- what the peer says ----

  private static Attach coordinator() {
    Attach attach = RawPeer.attach(CONTROL, Role.SENDER);
    attach.setTarget(new Coordinator());
    attach.setInitialDeliveryCount(UnsignedInteger.ZERO);
    return attach;
  }

  private void control() throws IOException {
    peer.begin().send(0, coordinator());
    peer.next(Flow.class);
  }

  private void sender() throws IOException {
    peer.attachSender(SENDER, QUEUE);
    peer.next(Flow.class);
  }

  private static byte[] encoded(Object body) {
    Message message = Message.Factory.create();
    message.setBody(new AmqpValue(body));
    byte[] bytes = new byte[512];
    return Arrays.copyOf(bytes, message.encode(bytes, 0, bytes.length));
  }

  private void request(Object body) throws IOException {
    peer.transfer(RawPeer.transfer(CONTROL, nextDelivery++), encoded(body));
  }

  private Binary declare() throws IOException {
    request(new Declare());
    return ((Declared) state()).getTxnId();
  }

  private void discharge(Binary txn, boolean fail) throws IOException {
    Discharge discharge = new Discharge();
    discharge.setTxnId(txn);
    discharge.setFail(fail);
    request(discharge);
  }

  private static TransactionalState state(Binary txn, @Nullable Outcome outcome) {
    TransactionalState state = new TransactionalState();
    state.setTxnId(txn);
    state.setOutcome(outcome);
    return state;
  }

  /** Posts and takes the answer, which says that the message is in. */
  private void post(Binary txn, String body) throws IOException {
    post(txn, body, false);
    assertThat(((TransactionalState) state()).getOutcome()).isInstanceOf(Accepted.class);
  }

  private void postSettled(Binary txn, String body) throws IOException {
    post(txn, body, true);
  }

  private void post(Binary txn, String body, boolean settled) throws IOException {
    Transfer transfer = RawPeer.transfer(SENDER, nextDelivery++);
    transfer.setState(state(txn, null));
    transfer.setSettled(settled);
    peer.transfer(transfer, RawPeer.message(body));
  }

  private Transfer receive() throws IOException {
    peer.attachReceiver(RECEIVER, QUEUE).credit(RECEIVER, 0, 1, false, false);
    return peer.next(Transfer.class);
  }

  private void retire(Transfer transfer, Binary txn, Outcome outcome, boolean settled)
      throws IOException {
    Disposition disposition = new Disposition();
    disposition.setRole(Role.RECEIVER);
    disposition.setFirst(transfer.getDeliveryId());
    disposition.setSettled(settled);
    disposition.setState(state(txn, outcome));
    peer.send(0, disposition);
  }

  // ---- what it is told ----

  private DeliveryState state() throws IOException {
    Disposition disposition = peer.next(Disposition.class);
    assertThat(disposition.getSettled()).isTrue();
    return disposition.getState();
  }

  private String rejection() throws IOException {
    DeliveryState state = state();
    assertThat(state).isInstanceOf(Rejected.class);
    return String.valueOf(condition(((Rejected) state).getError()));
  }

  private static String text(RawPeer.Frame transfer) {
    return new String(transfer.payload(), java.nio.charset.StandardCharsets.US_ASCII);
  }

  private static Header headerOf(RawPeer.Frame transfer) {
    Message message = Message.Factory.create();
    message.decode(transfer.payload(), 0, transfer.payload().length);
    return message.getHeader();
  }
}
