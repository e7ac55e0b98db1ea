package dev.warren.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.transaction.Coordinator;
import org.apache.qpid.proton.amqp.transaction.Declare;
import org.apache.qpid.proton.amqp.transaction.Declared;
import org.apache.qpid.proton.amqp.transaction.TransactionalState;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Detach;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.End;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.apache.qpid.proton.message.Message;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that go at a bad moment: nothing of what they had stays behind. */
@SuppressWarnings("NullAway.Init")
class DeadClientTest {
  private static final int CONSUMER = 1;

  @TempDir Path directory;
  private BrokerHarness harness;
  private RawPeer peer;

  @BeforeEach
  void start() throws IOException {
    harness = BrokerHarness.start(directory, BrokerHarness.options());
    peer = new RawPeer(harness.port()).begin();
  }

  @AfterEach
  void stop() throws IOException {
    peer.close();
    harness.close();
  }

  @Test
  void aConsumerMayDetachWithADeliveryInATransaction() throws IOException {
    takeIntoATransaction();
    Detach detach = new Detach();
    detach.setHandle(UnsignedInteger.valueOf(CONSUMER));
    detach.setClosed(true);
    peer.send(0, detach);

    assertThat(peer.next(Detach.class).getError()).isNull();
    peer.send(0, new End()).next(End.class);
    assertMessageIsBack();
  }

  @Test
  void aSessionMayEndWithADeliveryInATransaction() throws IOException {
    takeIntoATransaction();
    peer.send(0, new End());

    assertThat(peer.next(End.class).getError()).isNull();
    assertMessageIsBack();
  }

  @Test
  void aConnectionMayBreakWithADeliveryInATransaction() throws IOException {
    takeIntoATransaction();
    peer.close();

    assertMessageIsBack();
    Awaitility.await().until(() -> harness.broker.connections().all().isEmpty());
  }

  @Test
  void aRefusedSharedSubscriptionLeavesNoQueue() throws IOException {
    int before = harness.broker.virtualHost("/").orElseThrow().topology().queues().size();
    Source source = new Source();
    source.setAddress("/exchanges/x/k");
    source.setCapabilities(
        Symbol.valueOf("topic"), Symbol.valueOf("shared"), Symbol.valueOf("global"));
    source.setOutcomes(Symbol.valueOf("nobody:knows:it"));
    Attach attach = RawPeer.attach(CONSUMER, Role.RECEIVER);
    attach.setSource(source);
    peer.send(0, attach);
    assertThat(peer.next(Detach.class).getError()).isNotNull();
    peer.close();

    Awaitility.await()
        .untilAsserted(
            () ->
                assertThat(harness.broker.virtualHost("/").orElseThrow().topology().queues())
                    .hasSize(before));
  }

  /** The consumer is there before the coordinator, and its delivery is not settled. */
  private void takeIntoATransaction() throws IOException {
    peer.attachSender(3, "/queues/q").next(Attach.class);
    peer.transfer(RawPeer.transfer(3, 0), RawPeer.message("one")).next(Disposition.class);
    peer.attachReceiver(CONSUMER, "/queues/q").credit(CONSUMER, 0, 1, false, false);
    Transfer transfer = peer.next(Transfer.class);
    Attach coordinator = RawPeer.attach(0, Role.SENDER);
    coordinator.setTarget(new Coordinator());
    coordinator.setInitialDeliveryCount(UnsignedInteger.ZERO);
    peer.send(0, coordinator).next(Attach.class);
    Message declare = Message.Factory.create();
    declare.setBody(new AmqpValue(new Declare()));
    byte[] bytes = new byte[512];
    peer.transfer(
        RawPeer.transfer(0, 1), Arrays.copyOf(bytes, declare.encode(bytes, 0, bytes.length)));
    Binary txn = ((Declared) peer.next(Disposition.class).getState()).getTxnId();
    TransactionalState state = new TransactionalState();
    state.setTxnId(txn);
    state.setOutcome(Accepted.getInstance());
    Disposition disposition = new Disposition();
    disposition.setRole(Role.RECEIVER);
    disposition.setFirst(transfer.getDeliveryId());
    disposition.setState(state);
    peer.send(0, disposition);
  }

  private void assertMessageIsBack() throws IOException {
    try (RawPeer other = new RawPeer(harness.port())) {
      other.begin().attachReceiver(0, "/queues/q").credit(0, 0, 1, false, false);
      assertThat(other.nextFrame(Transfer.class).payload()).endsWith(RawPeer.message("one"));
    }
  }
}
