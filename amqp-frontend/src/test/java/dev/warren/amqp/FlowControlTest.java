package dev.warren.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Objects;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** More messages than any buffer on the way holds: nothing is lost, doubled or out of order. */
@SuppressWarnings("NullAway.Init")
class FlowControlTest {
  /** Beyond {@link OutgoingLink#GRANT_MAX} and, at 2 KiB each, beyond every socket buffer. */
  private static final int MESSAGES = 6000;

  @TempDir Path directory;
  private BrokerHarness harness;
  private RawPeer peer;

  @BeforeEach
  void start() throws IOException {
    AmqpServerOptions o = BrokerHarness.options();
    harness =
        BrokerHarness.start(
            directory,
            new AmqpServerOptions(
                o.host(),
                0,
                o.idleTimeoutMs(),
                o.maxFrameSize(),
                o.channelMax(),
                o.handleMax(),
                o.maxMessageBytes(),
                500,
                o.handshakeTimeoutMs(),
                o.loginFailureDelayMs(),
                64 * 1024,
                true,
                o.identity()));
    peer = new RawPeer(harness.server.port()).begin();
    fill();
  }

  @AfterEach
  void stop() throws IOException {
    peer.close();
    harness.close();
  }

  private void fill() throws IOException {
    peer.attachSender(0, "/queues/q");
    int limit = 0;
    for (int i = 0; i < MESSAGES; i++) {
      while (i >= limit) {
        Flow flow = peer.next(Flow.class);
        limit = flow.getDeliveryCount().intValue() + flow.getLinkCredit().intValue();
      }
      byte[] message = RawPeer.message("x".repeat(2048));
      ByteBuffer.wrap(message).putInt(message.length - 4, i);
      Transfer transfer = RawPeer.transfer(0, i);
      transfer.setSettled(true);
      peer.transfer(transfer, message);
    }
  }

  private void receive(int from, int to) throws IOException {
    for (int i = from; i < to; i++) {
      RawPeer.Frame frame = peer.nextFrame(Transfer.class);
      byte[] payload = frame.payload();
      assertThat(ByteBuffer.wrap(payload).getInt(payload.length - 4)).isEqualTo(i);
      assertThat(((Transfer) Objects.requireNonNull(frame.body())).getMore()).isFalse();
    }
  }

  @Test
  void aLargeCreditIsServedInFullAndInOrder() throws IOException {
    peer.attachReceiver(1, "/queues/q").credit(1, 0, MESSAGES + 10, false, false);

    receive(0, MESSAGES);
  }

  @Test
  void aDrainOfALargeCreditDeliversEverythingFirst() throws IOException {
    peer.attachReceiver(1, "/queues/q").credit(1, 0, MESSAGES + 10, true, false);
    receive(0, MESSAGES);

    Flow drained = peer.next(Flow.class);
    assertThat(drained.getDeliveryCount().intValue()).isEqualTo(MESSAGES + 10);
    assertThat(drained.getLinkCredit().intValue()).isZero();
  }

  @Test
  void creditTakenBackIsNotExceeded() throws IOException {
    peer.attachReceiver(1, "/queues/q").credit(1, 0, 100, false, false);
    receive(0, 100);
    peer.credit(1, 100, 50, false, false);
    receive(100, 150);
    peer.credit(1, 150, 0, false, true);
    Flow echo = peer.next(Flow.class);

    assertThat(echo.getDeliveryCount().intValue()).isEqualTo(150);
    assertThat(echo.getLinkCredit().intValue()).isZero();
    peer.credit(1, 150, 1, false, false);
    receive(150, 151);
  }
}
