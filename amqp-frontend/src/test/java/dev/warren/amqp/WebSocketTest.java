package dev.warren.amqp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** AMQP over WebSocket on a port of its own: RFC 6455 and the WebSocket binding of AMQP 1.0. */
@SuppressWarnings("NullAway.Init")
class WebSocketTest {
  private static final int BINARY = 0x82;

  @TempDir Path directory;
  private BrokerHarness harness;
  private int port;

  @BeforeEach
  void start() {
    harness = BrokerHarness.start(directory, BrokerHarness.options());
    WebSocketOrigins origins = new WebSocketOrigins(Set.of("https://shop.example"));
    port =
        BrokerHarness.await(
            harness.server.listen(new AmqpListener("127.0.0.1", 0, false, Optional.of(origins))));
  }

  @AfterEach
  void stop() {
    harness.close();
  }

  /** Collects what comes. */
  private static final class Received implements WebSocket.Listener {
    final LinkedBlockingQueue<Byte> octets = new LinkedBlockingQueue<>();
    final CompletableFuture<Integer> closed = new CompletableFuture<>();

    @Override
    public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
      while (data.hasRemaining()) {
        octets.add(data.get());
      }
      socket.request(1);
      return CompletableFuture.completedStage(null);
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
      closed.complete(status);
      return CompletableFuture.completedStage(null);
    }

    byte[] read(int length) throws InterruptedException {
      ByteArrayOutputStream read = new ByteArrayOutputStream();
      for (int i = 0; i < length; i++) {
        Byte next = octets.poll(5, TimeUnit.SECONDS);
        assertThat(next).as("octet %s of %s", i, length).isNotNull();
        read.write(next);
      }
      return read.toByteArray();
    }
  }

  private WebSocket open(Received received, String protocol, String... headers) {
    WebSocket.Builder builder =
        HttpClient.newHttpClient().newWebSocketBuilder().subprotocols(protocol);
    for (int i = 0; i < headers.length; i += 2) {
      builder.header(headers[i], headers[i + 1]);
    }
    return builder.buildAsync(URI.create("ws://127.0.0.1:" + port + "/ws"), received).join();
  }

  @Test
  void whoHasNotAskedYetCountsAsAHandshake() throws Exception {
    try (Socket silent = new Socket(InetAddress.getLoopbackAddress(), port)) {
      await().until(() -> harness.server.handshakes() == 1);
      assertThat(silent.isConnected()).isTrue();
    }
    await().until(() -> harness.server.handshakes() == 0);
  }

  @Test
  void whoAsksForSomethingElseIsToldAndClosed() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(10_000);
      byte[] request = "GET /other HTTP/1.1\r\nhost: x\r\n\r\n".getBytes(US_ASCII);
      socket.getOutputStream().write(request);
      String answer = new String(socket.getInputStream().readAllBytes(), US_ASCII);
      assertThat(answer).startsWith("HTTP/1.1 404 ");
    }
    await().until(() -> harness.server.handshakes() == 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"amqp", "AMQPWSB10"})
  void bothNamesOfTheSubProtocolAreTaken(String protocol) throws Exception {
    Received received = new Received();
    WebSocket socket = open(received, protocol);

    assertThat(socket.getSubprotocol()).isEqualTo(protocol);
    socket.sendBinary(ByteBuffer.wrap(RawPeer.SASL), true).join();
    assertThat(received.read(8)).isEqualTo(RawPeer.SASL);
    socket.abort();
  }

  @Test
  void theBordersOfMessagesAndFragmentsMeanNothing() throws Exception {
    Received received = new Received();
    WebSocket socket = open(received, "amqp");
    for (int i = 0; i < 8; i++) {
      boolean endsMessage = i % 3 == 2 || i == 7;
      socket.sendBinary(ByteBuffer.wrap(RawPeer.SASL, i, 1), endsMessage).join();
    }

    assertThat(received.read(8)).isEqualTo(RawPeer.SASL);
    socket.abort();
  }

  @Test
  void aConnectionIsNamedAndCountedLikeAnyOther() throws Exception {
    try (RawSocket socket = new RawSocket(port)) {
      socket.handshake("");
      try (RawPeer peer = new RawPeer(socket)) {
        peer.begin();
        assertThat(harness.broker.connections().all()).hasSize(1);
        peer.attachSender(0, "/queues/q");
        peer.next(org.apache.qpid.proton.amqp.transport.Flow.class);
        peer.transfer(RawPeer.transfer(0, 0), RawPeer.message("over a websocket"));
        assertThat(peer.next(org.apache.qpid.proton.amqp.transport.Disposition.class).getState())
            .hasToString("Accepted{}");
      }
    }
  }

  @Test
  void aSubProtocolOfSomebodyElseIsRefused() {
    assertThat(refusal("mqtt")).isEqualTo(400);
  }

  @Test
  void aPageOfAnotherSiteIsRefused() {
    assertThat(refusal("amqp", "Origin", "https://evil.example")).isEqualTo(403);
    assertThat(refusal("amqp", "Origin", "null")).isEqualTo(403);
  }

  @Test
  void aPageOfTheSameHostAndPortAndOneThatIsListedMayConnect() {
    open(new Received(), "amqp", "Origin", "http://127.0.0.1:" + port).abort();
    open(new Received(), "amqp", "Origin", "https://shop.example").abort();
  }

  private int refusal(String protocol, String... headers) {
    try {
      open(new Received(), protocol, headers).abort();
      return 101;
    } catch (CompletionException e) {
      return ((WebSocketHandshakeException) Objects.requireNonNull(e.getCause()))
          .getResponse()
          .statusCode();
    }
  }

  @Test
  void textIsRefusedWithItsCode() throws Exception {
    Received received = new Received();
    WebSocket socket = open(received, "amqp");
    socket.sendText("hello", true).join();

    assertThat(received.closed.get(5, TimeUnit.SECONDS)).isEqualTo(1003);
  }

  @Test
  void aCloseIsAnsweredByOne() throws Exception {
    Received received = new Received();
    WebSocket socket = open(received, "amqp");
    socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();

    assertThat(received.closed.get(5, TimeUnit.SECONDS)).isEqualTo(1000);
  }

  @Test
  void aFrameThatIsTooLongIsRefusedBeforeItHasCome() throws Exception {
    try (RawSocket socket = new RawSocket(port)) {
      socket.handshake("");
      socket.write(new byte[] {(byte) BINARY, (byte) 0xff, 0, 0, 0, 0, 0x40, 0, 0, 0, 1, 2, 3, 4});

      assertThat(socket.closeCode()).isEqualTo(1009);
    }
  }

  @Test
  void aFrameThatIsNotMaskedIsAFaultOfTheProtocol() throws Exception {
    try (RawSocket socket = new RawSocket(port)) {
      socket.handshake("");
      socket.write(new byte[] {(byte) BINARY, 1, 'A'});

      assertThat(socket.closeCode()).isEqualTo(1002);
    }
  }

  @Test
  void plainHttpIsToldToUpgrade() throws IOException {
    try (RawSocket socket = new RawSocket(port)) {
      socket.write("GET /ws HTTP/1.1\r\nhost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(socket.head()).startsWith("HTTP/1.1 426 ");
    }
    try (RawSocket socket = new RawSocket(port)) {
      socket.write("GET / HTTP/1.1\r\nhost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(socket.head()).startsWith("HTTP/1.1 404 ");
    }
  }

  /** A WebSocket by hand, which may break the rules; as a socket it carries unmasked octets. */
  private static final class RawSocket extends Socket {
    private byte[] waiting = new byte[0];
    private int taken;

    RawSocket(int port) throws IOException {
      super("127.0.0.1", port);
      setSoTimeout(10_000);
    }

    void write(byte[] bytes) throws IOException {
      super.getOutputStream().write(bytes);
    }

    void handshake(String headers) throws IOException {
      String request =
          "GET /ws HTTP/1.1\r\nhost: a\r\nupgrade: websocket\r\nconnection: keep-alive, Upgrade\r\n"
              + "sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
              + "sec-websocket-protocol: mqtt, amqp\r\n"
              + headers
              + "\r\n";
      write(request.getBytes(StandardCharsets.US_ASCII));
      assertThat(head())
          .startsWith("HTTP/1.1 101 ")
          .containsIgnoringCase("sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
          .containsIgnoringCase("sec-websocket-protocol: amqp");
    }

    String head() throws IOException {
      StringBuilder head = new StringBuilder();
      while (!head.toString().endsWith("\r\n\r\n")) {
        int next = super.getInputStream().read();
        assertThat(next).as("end of stream after: %s", head).isNotNegative();
        head.append((char) next);
      }
      return head.toString();
    }

    int closeCode() throws IOException {
      byte[] frame = super.getInputStream().readNBytes(4);
      assertThat(frame[0]).isEqualTo((byte) 0x88);
      return (frame[2] & 0xff) << 8 | (frame[3] & 0xff);
    }

    @Override
    public java.io.OutputStream getOutputStream() {
      return new java.io.OutputStream() {
        @Override
        public void write(int octet) throws IOException {
          write(new byte[] {(byte) octet}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
          ByteBuffer frame = ByteBuffer.allocate(length + 8).put((byte) BINARY);
          if (length < 126) {
            frame.put((byte) (0x80 | length));
          } else {
            frame.put((byte) 0xfe).putShort((short) length);
          }
          // A mask of zeros changes nothing.
          frame.putInt(0).put(bytes, from, length).flip();
          byte[] masked = new byte[frame.remaining()];
          frame.get(masked);
          RawSocket.this.write(masked);
        }
      };
    }

    @Override
    public java.io.InputStream getInputStream() throws IOException {
      java.io.InputStream in = super.getInputStream();
      return new java.io.InputStream() {
        @Override
        public int read() throws IOException {
          while (taken == waiting.length) {
            byte[] head = in.readNBytes(2);
            if (head.length < 2 || (head[0] & 0x0f) == 8) {
              return -1;
            }
            int length = head[1];
            if (length == 126) {
              length = ByteBuffer.wrap(in.readNBytes(2)).getShort() & 0xffff;
            }
            waiting = in.readNBytes(length);
            taken = 0;
          }
          return waiting[taken++] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
          int next = length == 0 ? 0 : read();
          if (next >= 0 && length > 0) {
            bytes[from] = (byte) next;
          }
          return next < 0 ? -1 : Math.min(length, 1);
        }
      };
    }
  }
}
