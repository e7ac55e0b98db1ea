package dev.warren.amqp.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.amqp.RawPeer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.security.SaslInit;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Begin;
import org.apache.qpid.proton.amqp.transport.Close;
import org.apache.qpid.proton.amqp.transport.Open;

/** Section 2.4: opening, keeping and closing a connection. */
class ConnectionsTest extends Conformance {

  @Spec(section = "2.4.1", says = "an open is answered by an open which names the container")
  void openIsAnswered() throws IOException {
    assertThat(opened(new Open()).getContainerId()).isNotEmpty();
  }

  @Spec(section = "2.4.1", says = "the open announces the largest frame that is taken")
  void openAnnouncesTheFrameSize() throws IOException {
    assertThat(opened(new Open()).getMaxFrameSize()).isEqualTo(UnsignedInteger.valueOf(4096));
  }

  @Spec(section = "2.4.1", says = "the open announces the highest channel")
  void openAnnouncesTheHighestChannel() throws IOException {
    assertThat(opened(new Open()).getChannelMax().intValue()).isEqualTo(7);
  }

  @Spec(section = "2.4.1", says = "a second open is an error")
  void secondOpen() throws IOException {
    opened(new Open());
    peer.open(new Open());

    assertThat(condition(peer.next(Close.class).getError())).isNotNull();
    assertThat(peer.isAtEnd()).isTrue();
  }

  @Spec(section = "2.4.1", says = "a performative before the open is an error")
  void performativeBeforeOpen() throws IOException {
    peer.login().send(0, SessionsTest.begin(10));

    assertThat(condition(peer.next(Close.class).getError()))
        .isEqualTo("amqp:connection:framing-error");
  }

  @Spec(section = "2.4.1", says = "an open without a container-id is an error")
  void openWithoutContainer() throws IOException {
    // The open performative as a list with no fields at all.
    peer.login().send(new byte[] {0, 0, 0, 12, 2, 0, 0, 0, 0, 0x53, 0x10, 0x45});

    assertThat(condition(peer.next(Close.class).getError())).isNotNull();
  }

  @Spec(section = "2.4.2", says = "everything up to the first attach may be sent without waiting")
  void pipelinedOpen() throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(RawPeer.header(3));
    SaslInit init = new SaslInit();
    init.setMechanism(Symbol.valueOf("PLAIN"));
    init.setInitialResponse(new Binary(RawPeer.plain("guest", "guest")));
    all.writeBytes(peer.frame(1, 0, init, new byte[0]));
    all.writeBytes(RawPeer.header(0));
    Open open = new Open();
    open.setContainerId("eager");
    all.writeBytes(peer.frame(0, 0, open, new byte[0]));
    all.writeBytes(peer.frame(0, 0, SessionsTest.begin(10), new byte[0]));
    all.writeBytes(peer.frame(0, 0, FramingTest.senderTo("/queues/q"), new byte[0]));
    peer.send(all.toByteArray());

    peer.read(8);
    peer.readFrame();
    peer.readFrame();
    peer.read(8);
    assertThat(peer.next(Attach.class).getTarget()).isNotNull();
  }

  @Spec(section = "2.4.2", says = "an open followed by a close at once is answered by both")
  void openAndCloseTogether() throws IOException {
    peer.login().open(new Open()).send(0, new Close());

    assertThat(peer.next(Open.class)).isNotNull();
    assertThat(peer.next(Close.class).getError()).isNull();
  }

  @Spec(section = "2.4.3", says = "a close is answered by a close, then the socket is closed")
  void closeIsAnswered() throws IOException {
    peer.begin().send(0, new Close());

    assertThat(peer.next(Close.class).getError()).isNull();
    assertThat(peer.isAtEnd()).isTrue();
  }

  @Spec(section = "2.4.3", says = "what follows a close is not looked at")
  void nothingAfterClose() throws IOException {
    peer.begin();
    sendAtOnce(
        peer.frame(0, 0, new Close(), new byte[0]),
        peer.frame(0, 0, FramingTest.senderTo("/queues/q"), new byte[0]));

    assertThat(peer.readFrame().body()).isInstanceOf(Close.class);
    assertThat(peer.isAtEnd()).isTrue();
  }

  @Spec(section = "2.4.3", says = "an error closes the connection with a close that names it")
  void closeNamesTheError() throws IOException {
    peer.begin().send(8, SessionsTest.begin(10));

    Close close = peer.next(Close.class);
    assertThat(condition(close.getError())).isEqualTo("amqp:connection:framing-error");
    assertThat(close.getError().getDescription()).contains("8");
  }

  @Spec(section = "2.4.4", says = "a socket closed without a close takes nothing down with it")
  void socketClosedAtOnce() throws IOException {
    peer.begin().attachSender(0, "/queues/q");
    peer.close();

    assertThat(opened(connected(), new Open())).isNotNull();
  }

  @Spec(section = "2.4.5", says = "the open announces an idle-time-out")
  void idleTimeoutIsAnnounced() throws IOException {
    assertThat(opened(new Open()).getIdleTimeOut()).isNotNull();
  }

  @Spec(section = "2.4.5", says = "a peer with an idle-time-out gets a frame within it")
  void emptyFramesAreSent() throws IOException {
    Open open = new Open();
    open.setIdleTimeOut(UnsignedInteger.valueOf(1000));
    opened(open);

    assertThat(peer.readFrame().body()).isNull();
  }

  @Spec(section = "2.4.5", says = "an idle-time-out too short to keep is refused")
  void idleTimeoutTooShort() throws IOException {
    Open open = new Open();
    open.setIdleTimeOut(UnsignedInteger.valueOf(999));
    peer.login().open(open);

    assertThat(condition(peer.next(Close.class).getError())).isEqualTo("amqp:not-allowed");
  }

  @Spec(section = "2.4.5", says = "an idle-time-out of zero is none")
  void idleTimeoutOfZero() throws IOException {
    Open open = new Open();
    open.setIdleTimeOut(UnsignedInteger.ZERO);

    assertThat(opened(open)).isNotNull();
  }

  @Spec(section = "2.4.6", says = "the first state of a connection allows an open only once")
  void sessionsNeedAnOpenConnection() throws IOException {
    opened(new Open());
    peer.send(0, SessionsTest.begin(10));

    assertThat(peer.next(Begin.class).getRemoteChannel().intValue()).isZero();
  }

  @Spec(
      section = "2.4.6",
      says = "after its close the server discards frames until the peer's close")
  void discardingUntilClose() throws IOException {
    peer.begin();
    sendAtOnce(
        peer.frame(0, 8, SessionsTest.begin(10), new byte[0]),
        peer.frame(0, 0, FramingTest.senderTo("/queues/q"), new byte[0]),
        peer.frame(0, 0, new Close(), new byte[0]));

    assertThat(peer.readFrame().body()).isInstanceOf(Close.class);
    assertThat(peer.isAtEnd()).isTrue();
  }

  private Open opened(Open open) throws IOException {
    return opened(peer, open);
  }

  private static Open opened(RawPeer on, Open open) throws IOException {
    on.login().open(open);
    return on.next(Open.class);
  }
}
