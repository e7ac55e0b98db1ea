package dev.warren.server.interop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Set;
import java.util.TreeSet;

/** What an operator sees of a broker over HTTP. Thread-safe; every request is bounded in time. */
final class BrokerApi {

  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final String LOGIN =
      "Basic " + Base64.getEncoder().encodeToString("guest:guest".getBytes(StandardCharsets.UTF_8));

  private final HttpClient http = HttpClient.newBuilder().connectTimeout(LIMIT).build();
  private final ObjectMapper json = new ObjectMapper();
  private final int port;

  BrokerApi(int port) {
    this.port = port;
  }

  /** The one node. */
  JsonNode node() throws IOException, InterruptedException {
    return fetch("/api/nodes").path(0);
  }

  /** A queue of the virtual host "/"; a missing node if there is none. */
  JsonNode queue(String name) throws IOException, InterruptedException {
    for (JsonNode queue : fetch("/api/queues")) {
      if (queue.path("name").asText().equals(name)) {
        return queue;
      }
    }
    return MissingNode.getInstance();
  }

  /** The names of the connections, which hold the clients' ports. */
  Set<String> connections() throws IOException, InterruptedException {
    return new TreeSet<>(fetch("/api/connections").findValuesAsText("name"));
  }

  /** The states of the connections: "running" or "blocked". */
  Set<String> connectionStates() throws IOException, InterruptedException {
    return new TreeSet<>(fetch("/api/connections").findValuesAsText("state"));
  }

  /** The answer of the check for alarms, whatever its status. */
  HttpResponse<String> alarms() throws IOException, InterruptedException {
    return get("/api/health/checks/alarms");
  }

  /** Begins a mending of a queue of the virtual host "/"; the answer's status. */
  int mend(String queue, String order) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + port + "/api/queues/%2F/" + queue + "/mend"))
            .timeout(LIMIT)
            .header("authorization", LOGIN)
            .POST(HttpRequest.BodyPublishers.ofString(order))
            .build();
    return http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
  }

  private JsonNode fetch(String path) throws IOException, InterruptedException {
    return json.readTree(get(path).body());
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(LIMIT)
            .header("authorization", LOGIN)
            .build();
    return http.send(request, HttpResponse.BodyHandlers.ofString());
  }
}
