package dev.warren.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.warren.amqp.sasl.LoginOptions;
import dev.warren.core.broker.ConnectionView;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;
import org.apache.qpid.proton.amqp.transport.Close;
import org.apache.qpid.proton.amqp.transport.Open;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A listener behind a proxy: the header says who the client is, and there must be one. */
@SuppressWarnings("NullAway.Init")
class ProxyProtocolTest {
  private static final HexFormat HEX = HexFormat.of();
  private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";

  @TempDir Path directory;
  private BrokerHarness harness;
  private int port;

  @BeforeEach
  void start() {
    harness =
        BrokerHarness.start(
            directory,
            BrokerHarness.options(),
            LoginOptions.DEFAULTS.withPlainText(LoginOptions.From.ALWAYS));
    port =
        BrokerHarness.await(
            harness.server.listen(new AmqpListener("127.0.0.1", 0, true, Optional.empty())));
  }

  @AfterEach
  void stop() {
    harness.close();
  }

  private RawPeer after(byte[] header) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.getOutputStream().write(header);
    return new RawPeer(socket);
  }

  private static byte[] line(String header) {
    return (header + "\r\n").getBytes(StandardCharsets.US_ASCII);
  }

  private ConnectionView.Details onlyConnection() {
    return harness.broker.connections().all().iterator().next().details();
  }

  private void opensAs(RawPeer peer, String user, String password) throws IOException {
    peer.sasl("PLAIN", RawPeer.plain(user, password));
    peer.readFrame();
    peer.send(RawPeer.AMQP).read(8);
    peer.open(new Open());
    peer.next(Open.class);
  }

  @Test
  void theFirstVersionNamesTheClient() throws IOException {
    try (RawPeer peer = after(line("PROXY TCP4 203.0.113.7 198.51.100.9 40001 5672"))) {
      opensAs(peer, "remote", "secret");

      assertThat(onlyConnection().peer()).hasToString("203.0.113.7:40001");
      assertThat(onlyConnection().name()).isEqualTo("203.0.113.7:40001 -> 198.51.100.9:5672");
    }
  }

  @Test
  void theSecondVersionNamesTheClientAndItsExtensionsArePassedOver() throws IOException {
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    header.writeBytes(HEX.parseHex(SIGNATURE + "2121" + "002b"));
    header.writeBytes(HEX.parseHex("20010db8000000000000000000000007"));
    header.writeBytes(HEX.parseHex("20010db8000000000000000000000009"));
    header.writeBytes(HEX.parseHex("9c41" + "1628"));
    header.writeBytes(HEX.parseHex("02" + "0004" + "61626364"));
    try (RawPeer peer = after(header.toByteArray())) {
      opensAs(peer, "remote", "secret");

      assertThat(onlyConnection().name()).isEqualTo("[2001:db8::7]:40001 -> [2001:db8::9]:5672");
    }
  }

  @Test
  void aHealthCheckOfTheProxyItselfKeepsItsOwnAddress() throws IOException {
    try (RawPeer peer = after(HEX.parseHex(SIGNATURE + "2000" + "0000"))) {
      opensAs(peer, "guest", "guest");

      assertThat(onlyConnection().peer().host()).isEqualTo("127.0.0.1");
    }
  }

  @Test
  void aGuestFromElsewhereIsNotLocalBecauseTheProxyIs() throws IOException {
    try (RawPeer peer = after(line("PROXY TCP4 203.0.113.7 198.51.100.9 40001 5672"))) {
      peer.login();
      peer.open(new Open());

      assertThat(peer.next(Close.class).getError().getCondition().toString())
          .isEqualTo("amqp:unauthorized-access");
    }
  }

  @Test
  void aConnectionWithoutAHeaderIsClosed() throws IOException {
    try (RawPeer peer = after(new byte[0])) {
      peer.send(RawPeer.SASL).send(new byte[200]);

      assertThat(endsWithoutAWord(peer)).isTrue();
    }
  }

  @Test
  void aMalformedHeaderIsClosed() throws IOException {
    for (byte[] malformed :
        new byte[][] {
          line("PROXY TCP4 203.0.113.7 198.51.100.9 40001"),
          line("PROXY TCP4 name 198.51.100.9 1 2"),
          line("PROXY UDP9 203.0.113.7 198.51.100.9 1 2"),
          line("PROXY TCP4 203.0.113.7 198.51.100.9 1 99999"),
          HEX.parseHex(SIGNATURE + "3121" + "0000"),
          HEX.parseHex(SIGNATURE + "2111" + "0002" + "0102"),
        }) {
      try (RawPeer peer = after(malformed)) {
        assertThat(endsWithoutAWord(peer)).as(HEX.formatHex(malformed)).isTrue();
      }
    }
  }

  @Test
  void aHeaderThatDoesNotComeInTimeIsNotAwaited() throws IOException {
    try (RawPeer peer = after("PROXY TCP".getBytes(StandardCharsets.US_ASCII))) {
      assertThat(endsWithoutAWord(peer)).isTrue();
    }
  }

  @Test
  void afterAllThatTheListenerStillServes() throws IOException {
    aMalformedHeaderIsClosed();
    theFirstVersionNamesTheClient();
    await().until(() -> harness.broker.connections().all().isEmpty());
  }

  private static boolean endsWithoutAWord(RawPeer peer) throws IOException {
    try {
      return peer.isAtEnd();
    } catch (java.net.SocketException reset) {
      return true;
    }
  }
}
