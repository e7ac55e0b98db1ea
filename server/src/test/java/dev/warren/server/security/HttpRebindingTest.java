package dev.warren.server.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A page whose name points to this machine cannot be somebody who may log in from here only. Over a
 * socket, as no client lets one choose the header.
 */
class HttpRebindingTest {
  private static final int TIMEOUT_MS = 10_000;

  @TempDir Path directory;

  private static int status(HttpBroker broker, String user, String host) throws IOException {
    return status(broker.wiring().httpPort(), "/api/whoami", user, host);
  }

  private static int status(int port, String path, String user, String host) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(TIMEOUT_MS);
      String request =
          "GET %s HTTP/1.1\r\nhost: %s\r\nauthorization: %s\r\nconnection: close\r\n\r\n"
              .formatted(path, host, HttpBroker.basic(user));
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return Integer.parseInt(answer.split(" ", -1)[1]);
    }
  }

  @Test
  void figuresAreGivenToWhomeverNamesThisMachine() throws Exception {
    String metrics = "listeners: {metrics: {port: 0}, amqp: {login-failure-delay: 0ms}}\n";
    try (HttpBroker broker = HttpBroker.start(directory, metrics)) {
      int port = broker.wiring().metricsPort();

      assertThat(status(port, "/metrics", "guest", "localhost:15692")).isEqualTo(200);
      assertThat(status(port, "/metrics", "guest", "[::1]:15692")).isEqualTo(200);
      assertThat(status(port, "/metrics/per-object", "guest", "evil.example")).isEqualTo(403);
    }
  }

  @Test
  void whoMayLogInFromHereOnlyHasToNameThisMachine() throws Exception {
    try (HttpBroker broker = HttpBroker.start(directory, "")) {
      broker.must("PUT", "/users/anna", "{\"password\":\"anna\",\"tags\":\"management\"}");

      assertThat(status(broker, "guest", "localhost:15672")).isEqualTo(200);
      assertThat(status(broker, "guest", "127.0.0.1")).isEqualTo(200);
      assertThat(status(broker, "guest", "evil.example:15672")).isEqualTo(401);
      assertThat(status(broker, "guest", "127.0.0.1.evil.example")).isEqualTo(401);
      // She may come from anywhere, through a proxy for instance.
      assertThat(status(broker, "anna", "broker.example")).isEqualTo(200);
    }
  }
}
