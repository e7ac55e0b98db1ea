package dev.warren.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Detach;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.Open;
import org.apache.qpid.proton.amqp.transport.ReceiverSettleMode;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What one connection may hold, and what somebody may who has not said who he is. */
@SuppressWarnings("NullAway.Init")
@Timeout(30)
class ConnectionBoundsTest {
  private static final int UNSETTLED_MAX = 20;
  private static final int LINKS_MAX = 3;
  private static final int HANDSHAKES_MAX = 5;

  @TempDir Path directory;
  private BrokerHarness harness;
  private RawPeer peer;

  @BeforeEach
  void start() throws IOException {
    harness =
        BrokerHarness.start(
            directory,
            BrokerHarness.options()
                .withConnectionLimits(
                    new ConnectionLimits(
                        LINKS_MAX, UNSETTLED_MAX, 40_000, HANDSHAKES_MAX, HANDSHAKES_MAX)));
    peer = new RawPeer(harness.port());
  }

  @AfterEach
  void stop() throws IOException {
    peer.close();
    harness.close();
  }

  @Test
  void noMoreIsSentThanMayBeUnsettled() throws IOException {
    fill(50);
    peer.attachReceiver(1, "/queues/q");
    peer.credit(1, 0, 1000, false, false);
    transfers(UNSETTLED_MAX);
    expectNoTransfer(UNSETTLED_MAX);

    settle(0, 9);
    transfers(10);
    expectNoTransfer(UNSETTLED_MAX + 10);
    settle(10, 29);
    transfers(20);
  }

  @Test
  void theUnsettledOfAllLinksCountTogether() throws IOException {
    fill(50);
    peer.attachReceiver(1, "/queues/q");
    peer.credit(1, 0, 12, false, false);
    transfers(12);
    peer.attachReceiver(2, "/queues/q");
    peer.credit(2, 0, 100, false, false);
    transfers(UNSETTLED_MAX - 12);
    expectNoTransfer(0);
    Detach detach = new Detach();
    detach.setHandle(UnsignedInteger.ONE);
    detach.setClosed(true);
    peer.send(0, detach);

    transfers(12);
  }

  @Test
  void drainEndsThoughTheQueueHasMore() throws IOException {
    fill(50);
    peer.attachReceiver(1, "/queues/q");
    peer.credit(1, 0, 100, true, false);
    transfers(UNSETTLED_MAX);

    assertThat(peer.next(Flow.class).getDeliveryCount().intValue()).isEqualTo(100);
  }

  @Test
  void aPublisherThatNeverSettlesGetsNoMoreCredit() throws IOException {
    Attach attach = RawPeer.attach(0, Role.SENDER);
    attach.setRcvSettleMode(ReceiverSettleMode.SECOND);
    attach.setInitialDeliveryCount(UnsignedInteger.ZERO);
    ((Target) attach.getTarget()).setAddress("/queues/q");
    peer.begin().send(0, attach);
    int sent = 0;
    int credit = peer.next(Flow.class).getLinkCredit().intValue();
    while (credit > 0) {
      for (int i = 0; i < credit; i++) {
        peer.transfer(RawPeer.transfer(0, sent++), RawPeer.message("m"));
        peer.next(Disposition.class);
      }
      peer.credit(0, sent, 0, false, true);
      credit = peer.next(Flow.class).getLinkCredit().intValue();
      assertThat(sent).isLessThan(10 * UNSETTLED_MAX);
    }

    assertThat(sent).isBetween(UNSETTLED_MAX - 1, UNSETTLED_MAX + 10);
  }

  @Test
  void aLinkTooManyIsRefusedUntilAnotherHasGone() throws IOException {
    peer.begin();
    for (int i = 0; i < LINKS_MAX; i++) {
      peer.attachSender(i, "/queues/q");
      peer.next(Flow.class);
    }
    peer.attachSender(LINKS_MAX, "/queues/q");
    Detach refused = peer.next(Detach.class);
    assertThat(refused.getError().getCondition().toString())
        .isEqualTo("amqp:resource-limit-exceeded");
    detach(LINKS_MAX);
    detach(0);
    peer.next(Detach.class);

    peer.attachSender(0, "/queues/q");
    assertThat(peer.next(Flow.class).getLinkCredit().intValue()).isPositive();
  }

  @Test
  void aClientThatIsNotOpenYetHoldsOneOfAFewPlaces() throws IOException {
    List<RawPeer> silent = new ArrayList<>();
    peer.login();
    for (int i = 1; i < HANDSHAKES_MAX; i++) {
      silent.add(new RawPeer(harness.port()));
      silent.get(i - 1).send(RawPeer.SASL).read(RawPeer.SASL.length);
    }
    try (RawPeer tooMany = new RawPeer(harness.port())) {
      assertThat(tooMany.isAtEnd()).isTrue();
    }
    peer.open(new Open());
    peer.next(Open.class);
    try (RawPeer inItsPlace = new RawPeer(harness.port())) {
      inItsPlace.begin();
    }
    for (RawPeer one : silent) {
      assertThat(one.readAll()).as("closed for its time-out").isNotNull();
      one.close();
    }
    for (int i = 0; i < HANDSHAKES_MAX; i++) {
      try (RawPeer again = new RawPeer(harness.port())) {
        again.begin();
      }
    }
  }

  private void fill(int messages) throws IOException {
    peer.begin().attachSender(0, "/queues/q");
    peer.next(Flow.class);
    for (int i = 0; i < messages; i++) {
      peer.transfer(RawPeer.transfer(0, i), RawPeer.message("m" + i));
      peer.next(Disposition.class);
    }
  }

  private void transfers(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      peer.next(Transfer.class);
    }
  }

  /** The answer to a flow is the next frame. */
  private void expectNoTransfer(int deliveryCount) throws IOException {
    peer.credit(1, deliveryCount, 1000, false, true);
    Object body = peer.readFrame().body();
    assertThat(body).isInstanceOf(Flow.class);
  }

  private void settle(int first, int last) throws IOException {
    Disposition settled = new Disposition();
    settled.setRole(Role.RECEIVER);
    settled.setFirst(UnsignedInteger.valueOf(first));
    settled.setLast(UnsignedInteger.valueOf(last));
    settled.setSettled(true);
    settled.setState(Accepted.getInstance());
    peer.send(0, settled);
  }

  private void detach(int handle) throws IOException {
    Detach detach = new Detach();
    detach.setHandle(UnsignedInteger.valueOf(handle));
    detach.setClosed(true);
    peer.send(0, detach);
  }
}
