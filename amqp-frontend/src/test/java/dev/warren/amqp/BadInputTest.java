package dev.warren.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.security.SaslCode;
import org.apache.qpid.proton.amqp.security.SaslOutcome;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Begin;
import org.apache.qpid.proton.amqp.transport.Close;
import org.apache.qpid.proton.amqp.transport.Detach;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.End;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.Open;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever comes in over the socket ends in the right error, and a neighbour notices nothing. */
@SuppressWarnings("NullAway.Init")
class BadInputTest {
  @TempDir static Path directory;
  private static BrokerHarness harness;
  private RawPeer peer;
  private RawPeer neighbour;

  @BeforeAll
  static void start() {
    harness = BrokerHarness.start(directory, BrokerHarness.options());
  }

  @AfterAll
  static void stop() {
    harness.close();
  }

  @BeforeEach
  void connect() throws IOException {
    neighbour = new RawPeer(harness.server.port()).begin().attachSender(0, "/queues/q");
    neighbour.next(Flow.class);
    peer = new RawPeer(harness.server.port());
  }

  @AfterEach
  void neighbourStillWorks() throws IOException {
    neighbour.transfer(RawPeer.transfer(0, 0), RawPeer.message("still here"));
    assertThat(neighbour.next(Disposition.class).getState()).hasToString("Accepted{}");
    neighbour.close();
    peer.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "AMQP\0\0\t\1",
        "AMQP\1\1\0\t",
        "AMQP\0\1\0\0",
        "AMQP\2\1\0\0",
        "GET / HTTP/1.1\r\n\r\n",
        "\u0016\3\1\2\0\1\0\1\u00fc\3\3",
        "garbage garbage garbage"
      })
  void anotherProtocolIsToldWhichOneIsSpoken(String hello) throws IOException {
    peer.send(hello.getBytes(StandardCharsets.ISO_8859_1));

    assertThat(peer.readAll()).isEqualTo(RawPeer.SASL);
  }

  @Test
  void aPeerThatSaysNothingIsClosed() throws IOException {
    assertThat(peer.readAll()).isEmpty();
  }

  @Test
  void aHalfOpenedConnectionIsClosedWithAnError() throws IOException {
    peer.login();

    assertThat(condition(peer.next(Close.class))).isEqualTo("amqp:resource-limit-exceeded");
    assertThat(peer.isAtEnd()).isTrue();
  }

  @Test
  void aWrongPasswordFailsTheLogin() throws IOException {
    peer.sasl("PLAIN", RawPeer.plain("guest", "wrong"));

    assertThat(peer.next(SaslOutcome.class).getCode()).isEqualTo(SaslCode.AUTH);
    assertThat(peer.isAtEnd()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "no nul at all", "\0only one"})
  void aMalformedSaslResponseFailsTheLogin(String response) throws IOException {
    peer.sasl("PLAIN", response.getBytes(StandardCharsets.UTF_8));

    assertThat(peer.next(SaslOutcome.class).getCode()).isEqualTo(SaslCode.AUTH);
    assertThat(peer.isAtEnd()).isTrue();
  }

  @Test
  void anUnknownMechanismFailsTheLogin() throws IOException {
    peer.sasl("SCRAM-SHA-512", new byte[0]);

    assertThat(peer.next(SaslOutcome.class).getCode()).isEqualTo(SaslCode.AUTH);
    assertThat(peer.isAtEnd()).isTrue();
  }

  @Test
  void garbageInTheSaslLayerClosesTheConnection() throws IOException {
    peer.send(RawPeer.SASL).send(new byte[] {0, 0, 0, 9, 2, 1, 0, 0, 7});

    assertThat(peer.readAll()).startsWith(RawPeer.SASL);
  }

  @Test
  void aFrameBeforeOpenIsAFramingError() throws IOException {
    peer.login().send(0, begin());

    assertThat(condition(peer.next(Close.class))).isEqualTo("amqp:connection:framing-error");
    assertThat(peer.isAtEnd()).isTrue();
  }

  @Test
  void anUnknownVirtualHostIsRefused() throws IOException {
    Open open = new Open();
    open.setHostname("vhost:none");
    peer.login().open(open);

    assertThat(condition(peer.next(Close.class))).isEqualTo("amqp:unauthorized-access");
  }

  @Test
  void aTooSmallFrameSizeIsRefused() throws IOException {
    Open open = new Open();
    open.setMaxFrameSize(UnsignedInteger.valueOf(511));
    peer.login().open(open);

    assertThat(condition(peer.next(Close.class))).isEqualTo("amqp:frame-size-too-small");
  }

  @Test
  void aTooShortIdleTimeoutIsRefused() throws IOException {
    Open open = new Open();
    open.setIdleTimeOut(UnsignedInteger.valueOf(999));
    peer.login().open(open);

    assertThat(condition(peer.next(Close.class))).isEqualTo("amqp:not-allowed");
  }

  @Test
  void anOversizedFrameIsAFramingError() throws IOException {
    peer.begin().send(new byte[] {0, 1, 0, 0, 2, 0, 0, 0});

    assertThat(condition(peer.next(Close.class))).isEqualTo("amqp:connection:framing-error");
    assertThat(peer.isAtEnd()).isTrue();
  }

  @Test
  void anUnknownPerformativeIsAFramingError() throws IOException {
    peer.begin().send(new byte[] {0, 0, 0, 12, 2, 0, 0, 0, 0, 0x53, 0x6f, 0x45});

    assertThat(condition(peer.next(Close.class))).isEqualTo("amqp:connection:framing-error");
  }

  @Test
  void aMalformedPerformativeIsAFramingError() throws IOException {
    peer.begin().send(new byte[] {0, 0, 0, 13, 2, 0, 0, 0, 0, 0x53, 0x14, (byte) 0xc0, 0x7f});

    assertThat(condition(peer.next(Close.class))).isEqualTo("amqp:connection:framing-error");
  }

  @Test
  void aChannelBeyondTheMaximumIsAFramingError() throws IOException {
    peer.begin().send(8, begin());

    assertThat(condition(peer.next(Close.class))).isEqualTo("amqp:connection:framing-error");
  }

  @Test
  void aFrameOnAChannelWithoutSessionIsIgnored() throws IOException {
    peer.begin().send(3, RawPeer.attach(0, Role.SENDER)).attachSender(0, "/queues/q");

    assertThat(peer.next(Attach.class).getTarget()).isNotNull();
  }

  @Test
  void anUnattachedHandleEndsTheSession() throws IOException {
    peer.begin().transfer(RawPeer.transfer(5, 0), RawPeer.message("lost"));

    assertThat(condition(peer.next(End.class))).isEqualTo("amqp:session:unattached-handle");
  }

  @Test
  void aHandleInUseEndsTheSession() throws IOException {
    peer.begin().attachSender(0, "/queues/q");
    Attach again = RawPeer.attach(0, Role.SENDER);
    again.setName("other");
    peer.send(0, again);

    assertThat(condition(peer.next(End.class))).isEqualTo("amqp:session:handle-in-use");
  }

  @Test
  void aHandleBeyondTheMaximumEndsTheSession() throws IOException {
    peer.begin().attachSender(16, "/queues/q");

    assertThat(condition(peer.next(End.class))).isEqualTo("amqp:connection:framing-error");
  }

  @Test
  void anOverlongLinkNameEndsTheSession() throws IOException {
    Attach attach = RawPeer.attach(0, Role.SENDER);
    attach.setName("n".repeat(1025));
    peer.begin().send(0, attach);

    assertThat(condition(peer.next(End.class))).isEqualTo("amqp:invalid-field");
  }

  @Test
  void acknowledgingWhatWasNeverSentEndsTheSession() throws IOException {
    Flow flow = new Flow();
    flow.setNextIncomingId(UnsignedInteger.valueOf(100));
    flow.setIncomingWindow(UnsignedInteger.ONE);
    flow.setNextOutgoingId(UnsignedInteger.ZERO);
    flow.setOutgoingWindow(UnsignedInteger.ONE);
    peer.begin().send(0, flow);

    assertThat(condition(peer.next(End.class))).isEqualTo("amqp:session:window-violation");
  }

  @Test
  void transfersBeyondTheCreditDetachTheLink() throws IOException {
    peer.begin().attachSender(0, "/queues/q");
    peer.next(Flow.class);
    peer.flood(200);

    assertThat(condition(peer.next(Detach.class))).isEqualTo("amqp:link:transfer-limit-exceeded");
  }

  @Test
  void aMessageLargerThanAllowedEndsTheSession() throws IOException {
    peer.begin().attachSender(0, "/queues/q");
    peer.next(Flow.class);
    byte[] part = new byte[4000];
    for (int i = 0; i < 3; i++) {
      Transfer transfer = RawPeer.transfer(0, 0);
      transfer.setMore(true);
      peer.transfer(transfer, part);
    }

    assertThat(condition(peer.next(End.class))).isEqualTo("amqp:link:message-size-exceeded");
  }

  @Test
  void aMessageThatIsNoneDetachesTheLink() throws IOException {
    peer.begin().attachSender(0, "/queues/q");
    peer.next(Flow.class);
    peer.transfer(RawPeer.transfer(0, 0), new byte[] {1, 2, 3});

    assertThat(condition(peer.next(Detach.class))).isEqualTo("amqp:decode-error");
  }

  @Test
  void aGapInDeliveryIdsClosesTheConnection() throws IOException {
    peer.begin().attachSender(0, "/queues/q");
    peer.next(Flow.class);
    peer.transfer(RawPeer.transfer(0, 0), RawPeer.message("one"))
        .transfer(RawPeer.transfer(0, 7), RawPeer.message("eight"));

    assertThat(condition(peer.next(Close.class))).isEqualTo("amqp:connection:framing-error");
  }

  @Test
  void randomBytesAfterOpenCloseTheConnection() throws IOException {
    byte[] noise = new byte[64];
    Arrays.fill(noise, (byte) 0xee);
    peer.begin().send(noise);

    assertThat(condition(peer.next(Close.class))).isEqualTo("amqp:connection:framing-error");
  }

  private static Begin begin() {
    Begin begin = new Begin();
    begin.setNextOutgoingId(UnsignedInteger.ZERO);
    begin.setIncomingWindow(UnsignedInteger.ONE);
    begin.setOutgoingWindow(UnsignedInteger.ONE);
    return begin;
  }

  private static String condition(Close close) {
    return close.getError().getCondition().toString();
  }

  private static String condition(End end) {
    return end.getError().getCondition().toString();
  }

  private static String condition(Detach detach) {
    return detach.getError().getCondition().toString();
  }
}
