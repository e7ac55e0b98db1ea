package dev.warren.amqp.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.amqp.RawPeer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Begin;
import org.apache.qpid.proton.amqp.transport.Close;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.Open;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 2.3: how octets become frames. */
class FramingTest extends Conformance {
  private static final String FRAMING_ERROR = "amqp:connection:framing-error";
  private static final int SMALL_FRAME = 512;

  @Spec(section = "2.3.1", says = "a size below the eight octets of the header is an error")
  void sizeBelowTheHeader() throws IOException {
    peer.begin().send(new byte[] {0, 0, 0, 7, 2, 0, 0, 0});

    assertFramingError();
  }

  @Spec(section = "2.3.1", says = "a size beyond the announced max-frame-size is an error")
  void sizeBeyondTheMaximum() throws IOException {
    peer.begin().send(ByteBuffer.allocate(8).putInt(4097).putInt(0x02000000).array());

    assertFramingError();
  }

  @Spec(section = "2.3.1", says = "a frame of exactly max-frame-size is taken")
  void sizeOfTheMaximum() throws IOException {
    peer.begin().attachSender(0, "/queues/q");
    peer.next(Flow.class);
    int overhead = peer.frame(0, 0, RawPeer.transfer(0, 0), RawPeer.message("")).length;
    peer.transfer(RawPeer.transfer(0, 0), RawPeer.message("x".repeat(4096 - overhead)));

    assertThat(peer.next(Disposition.class).getState()).hasToString("Accepted{}");
  }

  @Spec(section = "2.3.1", says = "a data offset inside the header is an error")
  void dataOffsetTooSmall() throws IOException {
    peer.begin().send(new byte[] {0, 0, 0, 8, 1, 0, 0, 0});

    assertFramingError();
  }

  @Spec(section = "2.3.1", says = "a data offset beyond the frame is an error")
  void dataOffsetBeyondTheFrame() throws IOException {
    peer.begin().send(new byte[] {0, 0, 0, 12, 4, 0, 0, 0, 0, 0, 0, 0});

    assertFramingError();
  }

  @Spec(section = "2.3.1", says = "an extended header is passed over")
  void extendedHeader() throws IOException {
    peer.begin();
    byte[] frame = peer.frame(0, 0, senderTo("/queues/q"), new byte[0]);
    ByteBuffer extended = ByteBuffer.allocate(frame.length + 8);
    extended.putInt(frame.length + 8).put((byte) 4).put(frame, 5, 3).putLong(-1L);
    extended.put(frame, 8, frame.length - 8);
    peer.send(extended.array());

    assertThat(peer.next(Attach.class).getTarget()).isNotNull();
  }

  @Spec(section = "2.3.1", says = "a frame of an unknown type is an error")
  void unknownType() throws IOException {
    peer.begin().send(new byte[] {0, 0, 0, 8, 2, 2, 0, 0});

    assertFramingError();
  }

  @Spec(section = "2.3.1", says = "a frame may come octet by octet")
  void frameInPieces() throws IOException {
    peer.begin();
    for (byte octet : peer.frame(0, 0, senderTo("/queues/q"), new byte[0])) {
      peer.send(new byte[] {octet});
    }

    assertThat(peer.next(Attach.class).getTarget()).isNotNull();
  }

  @Spec(section = "2.3.1", says = "frames that come together are taken in their order")
  void framesTogether() throws IOException {
    peer.begin().attachSender(0, "/queues/q");
    peer.next(Flow.class);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int i = 0; i < 5; i++) {
      all.writeBytes(peer.frame(0, 0, RawPeer.transfer(0, i), RawPeer.message("m" + i)));
    }
    peer.send(all.toByteArray());

    int next = 0;
    while (next < 5) {
      Disposition told = peer.next(Disposition.class);
      assertThat(told.getFirst()).isEqualTo(UnsignedInteger.valueOf(next));
      next = 1 + (told.getLast() == null ? told.getFirst() : told.getLast()).intValue();
    }
  }

  @Spec(section = "2.3.2", says = "a frame without a body says only that the peer is there")
  void emptyFrame() throws IOException {
    peer.begin().send(new byte[] {0, 0, 0, 8, 2, 0, 0, 0}).send(0, senderTo("/queues/q"));

    assertThat(peer.readFrame().body()).isInstanceOf(Attach.class);
  }

  @ParameterizedTest(name = "[2.3.2] a body that is no performative is an error: {0}")
  @ValueSource(strings = {"45", "a10161", "00536f45", "005314c07f", "0040c00100"})
  void bodyThatIsNoPerformative(String hex) throws IOException {
    byte[] body = java.util.HexFormat.of().parseHex(hex);
    peer.begin()
        .send(
            ByteBuffer.allocate(8 + body.length)
                .putInt(8 + body.length)
                .putInt(0x02000000)
                .put(body)
                .array());

    assertFramingError();
  }

  @Spec(section = "2.3.1", says = "no frame is larger than the peer's max-frame-size")
  void ourFramesKeepToThePeersLimit() throws IOException {
    publish("/queues/q2", "y".repeat(3000));
    Open open = new Open();
    open.setMaxFrameSize(UnsignedInteger.valueOf(SMALL_FRAME));
    peer.login().open(open);
    peer.next(Open.class);
    peer.send(0, SessionsTest.begin(1000));
    peer.next(Begin.class);
    peer.attachReceiver(0, "/queues/q2").credit(0, 0, 1, false, false);

    int octets = 0;
    boolean more = true;
    while (more) {
      RawPeer.Frame frame = peer.nextFrame(Transfer.class);
      more = Transfer.class.cast(Objects.requireNonNull(frame.body())).getMore();
      assertThat(frame.payload().length).isLessThan(SMALL_FRAME);
      octets += frame.payload().length;
    }
    assertThat(octets).isGreaterThan(3000);
  }

  static Attach senderTo(String address) {
    return LinksAttach.sender("sender", 0, address);
  }

  private void assertFramingError() throws IOException {
    assertThat(condition(peer.next(Close.class).getError())).isEqualTo(FRAMING_ERROR);
    assertThat(peer.isAtEnd()).isTrue();
  }
}
