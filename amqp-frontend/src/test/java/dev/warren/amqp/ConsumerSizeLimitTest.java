package dev.warren.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Header;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.TerminusExpiryPolicy;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Detach;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.amqp.transport.SenderSettleMode;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.apache.qpid.proton.codec.DecoderImpl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A consumer that says how large a message it takes (AMQP 1.0 §2.7.3, max-message-size). */
@SuppressWarnings("NullAway.Init")
class ConsumerSizeLimitTest {
  private static final String LARGE = "x".repeat(2000);

  @TempDir Path directory;
  private BrokerHarness harness;
  private RawPeer peer;
  private int published;

  @BeforeEach
  void start() throws IOException {
    harness = BrokerHarness.start(directory, BrokerHarness.options());
    peer = new RawPeer(harness.port());
    peer.begin().attachSender(0, "/queues/q");
    peer.next(Flow.class);
  }

  @AfterEach
  void stop() throws IOException {
    peer.close();
    harness.close();
  }

  private void publish(String body) throws IOException {
    peer.transfer(RawPeer.transfer(0, published++), RawPeer.message(body));
    assertThat(peer.next(Disposition.class).getState()).isInstanceOf(Accepted.class);
  }

  private Attach receiver(int handle, long limit, SenderSettleMode mode) {
    Source source = new Source();
    source.setAddress("/queues/q");
    Attach attach = RawPeer.attach(handle, Role.RECEIVER);
    attach.setSource(source);
    attach.setSndSettleMode(mode);
    attach.setMaxMessageSize(UnsignedLong.valueOf(limit));
    return attach;
  }

  private void attach(int handle, long limit) throws IOException {
    peer.send(0, receiver(handle, limit, SenderSettleMode.UNSETTLED));
    peer.next(Attach.class);
    peer.credit(handle, 0, 10, false, false);
  }

  private static void assertTooLarge(Detach detach) {
    ErrorCondition error = detach.getError();
    assertThat(detach.getClosed()).isTrue();
    assertThat(error.getCondition().toString()).isEqualTo("amqp:link:message-size-exceeded");
    assertThat(error.getDescription()).isEqualTo("message larger than 1000 octets");
  }

  private Header headerOf(byte[] payload) {
    DecoderImpl decoder = new DecoderImpl();
    org.apache.qpid.proton.codec.AMQPDefinedTypes.registerAllTypes(
        decoder, new org.apache.qpid.proton.codec.EncoderImpl(decoder));
    decoder.setByteBuffer(java.nio.ByteBuffer.wrap(payload));
    return (Header) decoder.readObject();
  }

  @Test
  void isDetachedInPlaceOfGettingALargerMessage() throws IOException {
    publish("small");
    publish(LARGE);
    attach(1, 1000);

    assertThat(peer.nextFrame(Transfer.class).payload()).hasSizeLessThan(1000);
    assertTooLarge(peer.next(Detach.class));
  }

  @Test
  void leavesTheMessageToOthersAsIfNobodyHadHadIt() throws IOException {
    publish(LARGE);
    attach(1, 1000);
    assertTooLarge(peer.next(Detach.class));

    attach(2, 100_000);

    RawPeer.Frame transfer = peer.nextFrame(Transfer.class);
    assertThat(headerOf(transfer.payload()).getFirstAcquirer()).isTrue();
    assertThat(headerOf(transfer.payload()).getDeliveryCount()).isEqualTo(UnsignedInteger.ZERO);
  }

  @Test
  void isDetachedWhenWhatCameLaterIsTooLarge() throws IOException {
    attach(1, 1000);
    publish(LARGE);

    assertTooLarge(peer.next(Detach.class));
    attach(2, 0);
    assertThat(peer.nextFrame(Transfer.class).payload()).hasSizeGreaterThan(2000);
  }

  @Test
  void losesNothingWhenDeliveriesAreSettled() throws IOException {
    publish(LARGE);
    peer.send(0, receiver(1, 1000, SenderSettleMode.SETTLED));
    peer.next(Attach.class);
    peer.credit(1, 0, 10, false, false);
    assertTooLarge(peer.next(Detach.class));

    attach(2, 0);

    assertThat(peer.nextFrame(Transfer.class).payload()).hasSizeGreaterThan(2000);
  }

  @Test
  void sendsWhatHasExactlyTheLargestSize() throws IOException {
    publish(LARGE);
    int size = receiveAndDetach(1, 0);
    publish(LARGE);
    assertThat(receiveAndDetach(2, size)).isEqualTo(size);
    publish(LARGE);
    peer.send(0, receiver(3, size - 1, SenderSettleMode.SETTLED));
    peer.next(Attach.class);
    peer.credit(3, 0, 1, false, false);

    assertThat(peer.next(Detach.class).getError().getDescription())
        .isEqualTo("message larger than " + (size - 1) + " octets");
  }

  private int receiveAndDetach(int handle, int limit) throws IOException {
    peer.send(0, receiver(handle, limit, SenderSettleMode.SETTLED));
    peer.next(Attach.class);
    peer.credit(handle, 0, 1, false, false);
    int size = peer.nextFrame(Transfer.class).payload().length;
    Detach detach = new Detach();
    detach.setHandle(UnsignedInteger.valueOf(handle));
    detach.setClosed(true);
    peer.send(0, detach);
    peer.next(Detach.class);
    return size;
  }

  @Test
  void dropsADirectReplyThatIsTooLarge() throws IOException {
    Source source = new Source();
    source.setDynamic(true);
    source.setExpiryPolicy(TerminusExpiryPolicy.LINK_DETACH);
    source.setCapabilities(Symbol.valueOf("rabbitmq:volatile-queue"));
    Attach attach = receiver(1, 1000, SenderSettleMode.SETTLED);
    attach.setSource(source);
    peer.send(0, attach);
    String address = ((Source) peer.next(Attach.class).getSource()).getAddress();
    peer.credit(1, 0, 10, false, false);
    peer.attachSender(2, address);
    peer.next(Flow.class);

    peer.transfer(RawPeer.transfer(2, 0), RawPeer.message(LARGE));
    peer.transfer(RawPeer.transfer(2, 1), RawPeer.message("small"));

    assertThat(peer.nextFrame(Transfer.class).payload()).hasSizeLessThan(1000);
  }
}
