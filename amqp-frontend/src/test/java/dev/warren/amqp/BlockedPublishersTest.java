package dev.warren.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.core.journal.Journal;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.transaction.Coordinator;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Begin;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What publishers and others are told while an alarm lasts (contract §15, AMQP 1.0 §2.5.6). */
@SuppressWarnings("NullAway.Init")
class BlockedPublishersTest {
  @TempDir Path directory;
  private FullableJournal journal;
  private BrokerHarness harness;
  private RawPeer peer;

  @BeforeEach
  void start() throws IOException {
    harness = BrokerHarness.start(directory, BrokerHarness.options(), this::around);
    peer = new RawPeer(harness.server.port()).begin();
  }

  private Journal around(Journal real) {
    journal = new FullableJournal(real);
    return journal;
  }

  @AfterEach
  void stop() throws IOException {
    peer.close();
    harness.close();
  }

  @Test
  void shutsTheWindowOfASessionThatPublishesAndOpensItAgain() throws IOException {
    peer.attachSender(0, "/queues/q");
    assertThat(peer.next(Flow.class).getLinkCredit().intValue()).isPositive();

    journal.say(Journal.State.FULL);
    Flow shut = peer.next(Flow.class);
    assertThat(shut.getHandle()).isNull();
    assertThat(shut.getIncomingWindow()).isEqualTo(UnsignedInteger.ZERO);

    journal.say(Journal.State.RUNNING);
    assertThat(peer.next(Flow.class).getIncomingWindow().longValue()).isPositive();
  }

  @Test
  void takesWhatWasUnderWay() throws IOException {
    peer.attachSender(0, "/queues/q");
    peer.next(Flow.class);
    journal.say(Journal.State.FULL);
    peer.next(Flow.class);

    peer.transfer(RawPeer.transfer(0, 0), RawPeer.message("under way"));

    assertThat(peer.next(Disposition.class).getFirst().intValue()).isZero();
  }

  @Test
  void everyFlowMeanwhileTellsTheShutWindow() throws IOException {
    peer.attachSender(0, "/queues/q");
    peer.next(Flow.class);
    journal.say(Journal.State.FULL);
    peer.next(Flow.class);

    Flow asks = new Flow();
    asks.setNextIncomingId(UnsignedInteger.ZERO);
    asks.setIncomingWindow(UnsignedInteger.valueOf(100));
    asks.setNextOutgoingId(UnsignedInteger.ZERO);
    asks.setOutgoingWindow(UnsignedInteger.valueOf(100));
    asks.setEcho(true);
    peer.send(0, asks);

    assertThat(peer.next(Flow.class).getIncomingWindow()).isEqualTo(UnsignedInteger.ZERO);
  }

  @Test
  void aPublisherThatComesMeanwhileFindsTheWindowShut() throws IOException {
    journal.say(Journal.State.FULL);
    peer.attachSender(0, "/queues/q");

    Flow flow = peer.next(Flow.class);

    assertThat(flow.getIncomingWindow()).isEqualTo(UnsignedInteger.ZERO);
  }

  @Test
  void consumersGoOn() throws IOException {
    peer.attachSender(0, "/queues/q");
    peer.next(Flow.class);
    peer.transfer(RawPeer.transfer(0, 0), RawPeer.message("before"));
    peer.next(Disposition.class);
    journal.say(Journal.State.FULL);
    peer.next(Flow.class);

    peer.attachReceiver(1, "/queues/q").credit(1, 0, 1, false, false);

    assertThat(peer.nextFrame(Transfer.class).payload()).endsWith(RawPeer.message("before"));
  }

  @Test
  void aSessionWithATransactionControllerKeepsItsWindow() throws IOException {
    peer.attachSender(0, "/queues/q");
    peer.next(Flow.class);
    journal.say(Journal.State.FULL);
    assertThat(peer.next(Flow.class).getIncomingWindow()).isEqualTo(UnsignedInteger.ZERO);

    Attach coordinator = RawPeer.attach(1, Role.SENDER);
    Coordinator target = new Coordinator();
    target.setCapabilities(Symbol.valueOf("amqp:local-transactions"));
    coordinator.setTarget(target);
    coordinator.setInitialDeliveryCount(UnsignedInteger.ZERO);
    peer.send(0, coordinator);

    assertThat(peer.next(Flow.class).getIncomingWindow().longValue()).isPositive();
  }

  @Test
  void aSessionThatOnlyConsumesKeepsItsWindow() throws IOException {
    Begin second = new Begin();
    second.setNextOutgoingId(UnsignedInteger.ZERO);
    second.setIncomingWindow(UnsignedInteger.valueOf(10));
    second.setOutgoingWindow(UnsignedInteger.valueOf(10));
    peer.send(1, second);
    peer.next(Begin.class);
    peer.attachSender(0, "/queues/q");
    peer.next(Flow.class);
    journal.say(Journal.State.FULL);
    assertThat(peer.nextFrame(Flow.class).channel()).isZero();

    Flow asks = new Flow();
    asks.setNextIncomingId(UnsignedInteger.ZERO);
    asks.setIncomingWindow(UnsignedInteger.valueOf(100));
    asks.setNextOutgoingId(UnsignedInteger.ZERO);
    asks.setOutgoingWindow(UnsignedInteger.valueOf(100));
    asks.setEcho(true);
    peer.send(1, asks);

    assertThat(peer.next(Flow.class).getIncomingWindow().longValue()).isPositive();
  }
}
