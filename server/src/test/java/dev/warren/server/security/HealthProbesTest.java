package dev.warren.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an orchestrator asks without a login. */
@Timeout(60)
class HealthProbesTest {
  private static final String METRICS = "listeners: {metrics: {port: 0}}\n";

  @TempDir Path directory;

  private static HttpResponse<String> send(int port, String method, String path) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(30))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build(),
            HttpResponse.BodyHandlers.ofString());
  }

  private static void assertAnswer(int port, String path, int status, String text)
      throws Exception {
    HttpResponse<String> response = send(port, "GET", path);
    assertThat(response.body()).as(path).isEqualTo(text + "\n");
    assertThat(response.statusCode()).as(path).isEqualTo(status);
    assertThat(send(port, "HEAD", path).statusCode()).as(path).isEqualTo(status);
  }

  @Test
  void saysThatAllIsWellOnBothPorts() throws Exception {
    try (HttpBroker broker = HttpBroker.start(directory, METRICS)) {
      for (int port : new int[] {broker.wiring().metricsPort(), broker.wiring().httpPort()}) {
        assertAnswer(port, "/health/live", 200, "ok");
        assertAnswer(port, "/health/ready", 200, "ok");
        assertThat(send(port, "POST", "/health/ready").statusCode()).isEqualTo(405);
        assertThat(send(port, "GET", "/health/other").statusCode()).isEqualTo(404);
      }
    }
  }

  @Test
  void isAliveButNotReadyWhenNoFurtherClientMayCome() throws Exception {
    try (HttpBroker broker = HttpBroker.start(directory, METRICS + "limits: {connections: 1}\n")) {
      try (var client =
          JmsClient.connect(
              "amqp://127.0.0.1:" + broker.wiring().amqpPort(),
              JmsClient.Login.inClear("guest", "guest"))) {
        assertThat(client).isNotNull();
        int port = broker.wiring().metricsPort();
        assertAnswer(port, "/health/live", 200, "ok");
        assertAnswer(port, "/health/ready", 503, "not ready: the limit of connections is reached");
      }
    }
  }

  /** To start again frees no disk, and consumers have to come to take what fills it. */
  @Test
  void mindsNoAlarms() throws Exception {
    try (HttpBroker broker =
        HttpBroker.start(directory, METRICS + "limits: {disk-free-limit: 1000TiB}\n")) {
      await().until(() -> broker.status("GET", "/health/checks/alarms", "") == 503);
      int port = broker.wiring().metricsPort();
      assertAnswer(port, "/health/live", 200, "ok");
      assertAnswer(port, "/health/ready", 200, "ok");
    }
  }

  @Test
  void namesListenersThatAreMissingAsTheyWouldBeListed() throws Exception {
    try (HttpBroker broker = HttpBroker.start(directory, "")) {
      HttpResponse<String> response =
          broker.send("guest", "GET", "/health/checks/protocol-listener/amqps,amqp1.0", "");
      assertThat(response.statusCode()).isEqualTo(503);
      assertThat(HttpBroker.json(response).path("missing")).hasToString("[\"amqp/ssl\"]");
    }
  }
}
