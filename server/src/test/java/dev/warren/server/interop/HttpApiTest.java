package dev.warren.server.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
import org.apache.qpid.protonj2.client.Delivery;
import org.apache.qpid.protonj2.client.Message;
import org.apache.qpid.protonj2.client.Receiver;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The HTTP API of the running broker, as a script with basic authentication sees it. */
@Timeout(60)
class HttpApiTest {

  private static final Duration STATISTICS_LIMIT = Duration.ofSeconds(15);

  @RegisterExtension static final InteropBroker BROKER = new InteropBroker("interop.yaml");

  private final HttpClient http = HttpClient.newHttpClient();
  private final ObjectMapper json = new ObjectMapper();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/overview",
        "/api/queues",
        "/api/exchanges",
        "/api/bindings",
        "/api/connections"
      })
  void asksForAPassword(String path) throws Exception {
    HttpResponse<String> nobody = get(path, null);
    assertThat(nobody.statusCode()).isEqualTo(401);
    assertThat(nobody.headers().firstValue("www-authenticate").orElse("")).startsWith("Basic");
    assertThat(get(path, "guest:wrong").statusCode()).isEqualTo(401);

    HttpResponse<String> guest = get(path, "guest:guest");
    assertThat(guest.statusCode()).isEqualTo(200);
    assertThat(guest.headers().firstValue("content-type").orElse(""))
        .startsWith("application/json");
  }

  @Test
  void answersUnknownPathsWithNotFound() throws Exception {
    assertThat(get("/api/nothing", "guest:guest").statusCode()).isEqualTo(404);
  }

  @Test
  void describesTheBroker() throws Exception {
    JsonNode overview = fetch("/api/overview");
    assertThat(names(overview))
        .contains(
            "management_version",
            "rabbitmq_version",
            "product_name",
            "product_version",
            "cluster_name",
            "node",
            "exchange_types",
            "message_stats",
            "queue_totals",
            "object_totals",
            "listeners");
    assertThat(overview.at("/object_totals/queues").asInt()).isEqualTo(4);
    assertThat(overview.at("/exchange_types").findValuesAsText("name"))
        .contains("direct", "fanout", "topic", "headers");
    assertThat(overview.at("/listeners").findValuesAsText("port"))
        .contains(Integer.toString(BROKER.amqpPort()));
  }

  @Test
  void showsQueuesWithTheirMessages() throws Exception {
    try (ProtonJ2Client client = ProtonJ2Client.connect(BROKER.host(), BROKER.amqpPort())) {
      client.publish("/queues/interop.work", Message.create("one"));
      client.publish("/queues/interop.work", Message.create("two"));
      Receiver receiver = client.receiver("interop.work");
      Delivery held = ProtonJ2Client.next(receiver);

      await().atMost(STATISTICS_LIMIT).untilAsserted(() -> assertDepth("interop.work", 1, 1, 1));
      JsonNode queue = find("/api/queues", "interop.work");
      assertThat(names(queue))
          .contains("vhost", "type", "durable", "auto_delete", "exclusive", "arguments", "node");
      assertThat(queue.path("vhost").asText()).isEqualTo("/");
      assertThat(queue.path("durable").asBoolean()).isTrue();
      assertThat(queue.at("/arguments/x-dead-letter-exchange").asText()).isEqualTo("interop.dead");
      await()
          .atMost(STATISTICS_LIMIT)
          .until(
              () -> find("/api/queues", "interop.work").at("/message_stats/publish").asLong() >= 2);

      held.accept();
      ProtonJ2Client.next(receiver).accept();
      await().atMost(STATISTICS_LIMIT).untilAsserted(() -> assertDepth("interop.work", 0, 0, 1));
    }
  }

  @Test
  void showsExchangesAndPredeclaredOnes() throws Exception {
    JsonNode topic = find("/api/exchanges", "interop.topic");
    assertThat(topic.path("type").asText()).isEqualTo("topic");
    assertThat(topic.path("durable").asBoolean()).isTrue();
    assertThat(names(topic)).contains("vhost", "auto_delete", "internal", "arguments");
    assertThat(find("/api/exchanges", "").path("type").asText()).isEqualTo("direct");
    assertThat(find("/api/exchanges", "amq.headers").path("type").asText()).isEqualTo("headers");
  }

  @Test
  void showsBindings() throws Exception {
    JsonNode found = MissingNode.getInstance();
    for (JsonNode binding : fetch("/api/bindings")) {
      if (binding.path("source").asText().equals("interop.topic")
          && binding.path("destination").asText().equals("interop.red")) {
        found = binding;
      }
    }
    assertThat(found.path("destination_type").asText()).isEqualTo("queue");
    assertThat(found.path("routing_key").asText()).isEqualTo("*.red.#");
    assertThat(names(found)).contains("vhost", "arguments", "properties_key");
  }

  @Test
  void showsConnectionsWhileTheyAreOpen() throws Exception {
    try (ProtonJ2Client client = ProtonJ2Client.connect(BROKER.host(), BROKER.amqpPort())) {
      client.publish("/queues/interop.red", Message.create("x"));
      await().atMost(STATISTICS_LIMIT).until(() -> fetch("/api/connections").size() == 1);
      JsonNode connection = fetch("/api/connections").get(0);
      assertThat(names(connection))
          .contains("name", "node", "user", "vhost", "state", "client_properties", "connected_at");
      assertThat(connection.path("user").asText()).isEqualTo("guest");
      assertThat(connection.path("protocol").asText()).isEqualTo("AMQP 1-0");
      assertThat(connection.path("container_id").asText()).isNotEmpty();
      assertThat(connection.path("recv_oct").asLong()).isPositive();
    }
    await().atMost(STATISTICS_LIMIT).until(() -> fetch("/api/connections").isEmpty());
  }

  @Test
  void servesTheConsole() throws Exception {
    HttpResponse<String> page = get("/", null);
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.headers().firstValue("content-type").orElse("")).startsWith("text/html");
    assertThat(page.body()).contains("Warren");
  }

  private void assertDepth(String name, int ready, int unsettled, int consumers) throws Exception {
    JsonNode queue = find("/api/queues", name);
    assertThat(queue.path("messages_ready").asInt()).as("ready").isEqualTo(ready);
    assertThat(queue.path("messages_unacknowledged").asInt()).as("unsettled").isEqualTo(unsettled);
    assertThat(queue.path("messages").asInt()).as("messages").isEqualTo(ready + unsettled);
    assertThat(queue.path("consumers").asInt()).as("consumers").isEqualTo(consumers);
  }

  private JsonNode find(String path, String name) throws IOException, InterruptedException {
    for (JsonNode node : fetch(path)) {
      if (node.path("name").asText().equals(name)) {
        return node;
      }
    }
    throw new AssertionError("no '" + name + "' in " + path);
  }

  private JsonNode fetch(String path) throws IOException, InterruptedException {
    HttpResponse<String> response = get(path, "guest:guest");
    assertThat(response.statusCode()).as("%s: %s", path, response.body()).isEqualTo(200);
    return json.readTree(response.body());
  }

  private HttpResponse<String> get(String path, @Nullable String login)
      throws IOException, InterruptedException {
    URI uri = URI.create("http://" + BROKER.host() + ":" + BROKER.httpPort() + path);
    HttpRequest.Builder request = HttpRequest.newBuilder(uri);
    if (login != null) {
      byte[] bytes = login.getBytes(StandardCharsets.UTF_8);
      request.header("authorization", "Basic " + Base64.getEncoder().encodeToString(bytes));
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static Set<String> names(JsonNode node) {
    Set<String> names = new TreeSet<>();
    node.fieldNames().forEachRemaining(names::add);
    return names;
  }
}
