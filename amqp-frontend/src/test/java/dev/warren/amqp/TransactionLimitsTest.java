package dev.warren.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.core.broker.TransactionLimits;
import dev.warren.core.time.BrokerClock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.transaction.Coordinator;
import org.apache.qpid.proton.amqp.transaction.Declare;
import org.apache.qpid.proton.amqp.transaction.Declared;
import org.apache.qpid.proton.amqp.transaction.Discharge;
import org.apache.qpid.proton.amqp.transaction.TransactionalState;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.apache.qpid.proton.message.Message;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a client is told when a transaction takes too much or too long. */
@SuppressWarnings("NullAway.Init")
class TransactionLimitsTest {
  @TempDir Path directory;
  private BrokerHarness harness;
  private RawPeer peer;
  private int nextDelivery;

  @AfterEach
  void stop() throws IOException {
    peer.close();
    harness.close();
  }

  private void start(TransactionLimits limits) throws IOException {
    harness = BrokerHarness.start(directory, BrokerHarness.options(), BrokerClock.system(), limits);
    peer = new RawPeer(harness.server.port());
    Attach attach = RawPeer.attach(0, Role.SENDER);
    attach.setTarget(new Coordinator());
    attach.setInitialDeliveryCount(UnsignedInteger.ZERO);
    peer.begin().send(0, attach);
    peer.next(Flow.class);
    peer.attachSender(1, "/queues/q");
    peer.next(Flow.class);
  }

  @Test
  void refusesADeclareBeyondTheLimitOfTheConnection() throws IOException {
    start(new TransactionLimits(9, 9000, 2, 9, 9, 60_000));
    declare();
    Binary second = declare();
    request(new Declare());
    assertThat(error(state())).isEqualTo("amqp:resource-limit-exceeded");
    discharge(second);
    assertThat(state()).isInstanceOf(Accepted.class);
    declare();
  }

  @Test
  void rejectsAMessageTooManyAndTheCommit() throws IOException {
    start(new TransactionLimits(1, 9000, 9, 9, 9, 60_000));
    Binary txn = declare();
    assertThat(post(txn)).isInstanceOf(TransactionalState.class);
    assertThat(error(post(txn))).isEqualTo("amqp:resource-limit-exceeded");
    discharge(txn);
    assertThat(error(state())).isEqualTo("amqp:resource-limit-exceeded");
  }

  @Test
  void tellsOfATimeOutWhenThereIsMoreWorkAndAtTheDischarge() throws IOException {
    start(new TransactionLimits(1_000_000, 100_000_000, 9, 9, 9, 50));
    Binary txn = declare();
    Awaitility.await().until(() -> post(txn) instanceof Rejected);
    assertThat(error(post(txn))).isEqualTo("amqp:transaction:timeout");
    discharge(txn);
    assertThat(error(state())).isEqualTo("amqp:transaction:timeout");
    discharge(txn);
    assertThat(error(state())).isEqualTo("amqp:transaction:unknown-id");
  }

  private void request(Object body) throws IOException {
    Message message = Message.Factory.create();
    message.setBody(new AmqpValue(body));
    byte[] bytes = new byte[512];
    int length = message.encode(bytes, 0, bytes.length);
    peer.transfer(RawPeer.transfer(0, nextDelivery++), Arrays.copyOf(bytes, length));
  }

  private Binary declare() throws IOException {
    request(new Declare());
    return ((Declared) state()).getTxnId();
  }

  private void discharge(Binary txn) throws IOException {
    Discharge discharge = new Discharge();
    discharge.setTxnId(txn);
    request(discharge);
  }

  private DeliveryState post(Binary txn) throws IOException {
    Transfer transfer = RawPeer.transfer(1, nextDelivery++);
    TransactionalState state = new TransactionalState();
    state.setTxnId(txn);
    transfer.setState(state);
    peer.transfer(transfer, RawPeer.message("m"));
    return state();
  }

  private DeliveryState state() throws IOException {
    return peer.next(Disposition.class).getState();
  }

  private static String error(DeliveryState state) {
    assertThat(state).isInstanceOf(Rejected.class);
    return ((Rejected) state).getError().getCondition().toString();
  }
}
