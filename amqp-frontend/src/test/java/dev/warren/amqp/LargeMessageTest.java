package dev.warren.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A message far larger than any buffer, in small frames, both ways (AMQP 1.0 §2.6.14). */
@SuppressWarnings("NullAway.Init")
class LargeMessageTest {
  private static final int SIZE = 16 << 20;
  private static final int PART = 4000;

  @TempDir Path directory;

  private static AmqpServerOptions options() {
    AmqpServerOptions o = BrokerHarness.options();
    return new AmqpServerOptions(
        o.host(),
        0,
        o.idleTimeoutMs(),
        o.maxFrameSize(),
        o.channelMax(),
        o.handleMax(),
        SIZE + 1024,
        o.linkCredit(),
        o.handshakeTimeoutMs(),
        o.loginFailureDelayMs(),
        o.outboundBytesMax(),
        true,
        o.identity());
  }

  @Test
  void comesAndGoesInSmallFramesUnchanged() throws IOException {
    byte[] message = RawPeer.message("x".repeat(SIZE));
    for (int i = 8; i < message.length; i += 997) {
      message[i] = (byte) i;
    }
    try (BrokerHarness harness = BrokerHarness.start(directory, options());
        RawPeer peer = new RawPeer(harness.port())) {
      peer.begin().attachSender(0, "/queues/q").next(Flow.class);
      for (int at = 0; at < message.length; at += PART) {
        int end = Math.min(at + PART, message.length);
        Transfer transfer = RawPeer.transfer(0, 0);
        transfer.setMore(end < message.length);
        peer.transfer(transfer, Arrays.copyOfRange(message, at, end));
      }
      assertThat(peer.next(Disposition.class).getState()).hasToString("Accepted{}");

      peer.attachReceiver(1, "/queues/q").credit(1, 0, 1, false, false);
      assertThat(receive(peer)).endsWith(message);
    }
  }

  @Test
  void mayBeSettledBeforeAllOfItIsThere() throws IOException {
    byte[] message = annotated(RawPeer.message("x".repeat(300 * 1024)));
    try (BrokerHarness harness = BrokerHarness.start(directory, options());
        RawPeer peer = new RawPeer(harness.port())) {
      peer.begin().attachSender(0, "/queues/q").next(Flow.class);
      for (int at = 0; at < message.length; at += PART) {
        int end = Math.min(at + PART, message.length);
        Transfer transfer = RawPeer.transfer(0, 0);
        transfer.setMore(end < message.length);
        peer.transfer(transfer, Arrays.copyOfRange(message, at, end));
      }
      peer.next(Disposition.class);
      peer.attachReceiver(1, "/queues/q");
      Flow credit = window(0);
      credit.setHandle(UnsignedInteger.ONE);
      credit.setDeliveryCount(UnsignedInteger.ZERO);
      credit.setLinkCredit(UnsignedInteger.ONE);
      credit.setIncomingWindow(UnsignedInteger.ONE);
      peer.send(0, credit);
      Transfer first = peer.next(Transfer.class);
      assertThat(first.getMore()).isTrue();
      Disposition early = new Disposition();
      early.setRole(Role.RECEIVER);
      early.setFirst(first.getDeliveryId());
      early.setSettled(true);
      early.setState(Accepted.getInstance());
      peer.send(0, early).send(0, window(1));
      peer.attachSender(2, "/queues/q");

      assertThat(peer.next(Attach.class).getName()).contains("link-2");
    }
  }

  /** With annotations that alone are larger than a frame. */
  private static byte[] annotated(byte[] message) {
    int text = 6000;
    ByteBuffer bytes = ByteBuffer.allocate(3 + 9 + 5 + 5 + text + message.length);
    bytes.put(new byte[] {0, 0x53, 0x72, (byte) 0xd1}).putInt(4 + 5 + 5 + text).putInt(2);
    bytes.put(new byte[] {(byte) 0xa3, 3, 'x', '-', 'a', (byte) 0xb1}).putInt(text);
    return bytes.put("y".repeat(text).getBytes(StandardCharsets.US_ASCII)).put(message).array();
  }

  private static byte[] receive(RawPeer peer) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream(SIZE + 1024);
    int frames = 0;
    while (true) {
      RawPeer.Frame frame = peer.nextFrame(Transfer.class);
      all.writeBytes(frame.payload());
      if (++frames % 2000 == 0) {
        // The window of this peer is 10,000 frames from what it has acknowledged.
        peer.send(0, window(frames));
      }
      if (!((Transfer) Objects.requireNonNull(frame.body())).getMore()) {
        return all.toByteArray();
      }
    }
  }

  private static Flow window(int received) {
    Flow flow = new Flow();
    flow.setNextIncomingId(UnsignedInteger.valueOf(1 + received));
    flow.setIncomingWindow(UnsignedInteger.valueOf(10_000));
    flow.setNextOutgoingId(UnsignedInteger.ZERO);
    flow.setOutgoingWindow(UnsignedInteger.valueOf(10_000));
    return flow;
  }
}
