package dev.warren.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The topology as a graph over HTTP, with a client of AMQP at work. */
class TopologyTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  @TempDir Path directory;

  @SuppressWarnings("NullAway.Init")
  private HttpBroker broker;

  @BeforeEach
  void start() throws Exception {
    broker = HttpBroker.start(directory, "");
    broker.must("PUT", "/exchanges/%2F/uploads", "{\"type\":\"topic\"}");
    broker.must("PUT", "/exchanges/%2F/inner", "{\"type\":\"fanout\"}");
    broker.must("PUT", "/queues/%2F/videos", "");
    broker.must("PUT", "/queues/%2F/idle", "");
    broker.must("POST", "/bindings/%2F/e/uploads/q/videos", "{\"routing_key\":\"video.#\"}");
    broker.must("POST", "/bindings/%2F/e/uploads/e/inner", "{\"routing_key\":\"#\"}");
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  private static Optional<JsonNode> node(JsonNode graph, String id) {
    for (JsonNode node : graph.path("nodes")) {
      if (node.path("id").asText().equals(id)) {
        return Optional.of(node);
      }
    }
    return Optional.empty();
  }

  private static List<String> edges(JsonNode graph, String kind) {
    List<String> found = new ArrayList<>();
    for (JsonNode edge : graph.path("edges")) {
      if (edge.path("kind").asText().equals(kind)) {
        found.add(edge.path("from").asText() + " > " + edge.path("to").asText());
      }
    }
    return found;
  }

  private double rate(String id, String field) {
    return node(broker.get("/topology/%2F"), id)
        .map(node -> node.path(field).asDouble())
        .orElse(0.0);
  }

  private static void publish(Session session, MessageProducer producer) {
    try {
      producer.send(session.createTextMessage("a video"));
    } catch (JMSException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void hasTheConsumersAndTheRatesOfClients() throws Exception {
    String address = "amqp://127.0.0.1:" + broker.wiring().amqpPort();
    try (Connection connection =
        JmsClient.connect(address, JmsClient.Login.inClear("guest", "guest"))) {
      Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
      MessageProducer producer =
          session.createProducer(session.createQueue("/exchanges/uploads/video.new"));
      publish(session, producer);
      assertThat(node(broker.get("/topology/%2F"), "consumers/videos")).isEmpty();

      Session consuming = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
      for (int i = 0; i < 2; i++) {
        consuming
            .createConsumer(consuming.createQueue("/queues/videos"))
            .setMessageListener((Message message) -> {});
      }
      await()
          .atMost(LIMIT)
          .until(
              () -> {
                publish(session, producer);
                return rate("exchange/uploads", "in_rate") > 0
                    && rate("queue/videos", "publish_rate") > 0
                    && rate("consumers/videos", "deliver_rate") > 0;
              });

      JsonNode graph = broker.get("/topology/%2F");
      assertThat(node(graph, "consumers/videos").orElseThrow().path("consumers").asInt())
          .isEqualTo(2);
      assertThat(node(graph, "consumers/idle")).isEmpty();
      assertThat(edges(graph, "consumers")).containsExactly("queue/videos > consumers/videos");
    }
  }

  @Test
  void hasExchangesBoundToExchanges() {
    JsonNode graph = broker.get("/topology/%2F");
    assertThat(edges(graph, "binding"))
        .containsExactlyInAnyOrder(
            "exchange/uploads > queue/videos", "exchange/uploads > exchange/inner");
    assertThat(node(graph, "exchange/")).isEmpty();
  }

  @Test
  void hasTheNeighboursOfWhatMatches() {
    JsonNode graph = broker.get("/topology/%2F?name=VID");
    assertThat(node(graph, "exchange/uploads")).isPresent();
    assertThat(node(graph, "exchange/inner")).isEmpty();
    assertThat(graph.path("matched").asInt()).isEqualTo(1);
    assertThat(graph.path("truncated").asBoolean()).isFalse();
  }

  @Test
  void hasWhatIsToBeShownAndTheDefaultExchangeBetweenThatOnly() {
    JsonNode graph =
        broker.get("/topology/%2F?name=inner&show=exchange%2F%0Aqueue%2Fidle%0Aqueue%2Fgone");
    assertThat(edges(graph, "binding"))
        .containsExactlyInAnyOrder("exchange/uploads > exchange/inner", "exchange/ > queue/idle");
    assertThat(node(graph, "queue/gone")).isEmpty();
  }

  @Test
  void changesWithTheTopology() {
    assertThat(edges(broker.get("/topology/%2F"), "dead-letter")).isEmpty();
    broker.must(
        "PUT",
        "/queues/%2F/late",
        "{\"arguments\":{\"x-dead-letter-exchange\":\"\",\"x-dead-letter-routing-key\":\"idle\"}}");
    assertThat(edges(broker.get("/topology/%2F"), "dead-letter"))
        .containsExactly("queue/late > queue/idle");
    broker.must("DELETE", "/queues/%2F/idle", "");
    JsonNode graph = broker.get("/topology/%2F");
    assertThat(edges(graph, "dead-letter")).isEmpty();
    assertThat(node(graph, "queue/idle")).isEmpty();
  }

  @Test
  void refusesToShowWhatHasNoKindAndTooMuch() {
    var wrong = broker.send("guest", "GET", "/topology/%2F?show=videos", "");
    assertThat(wrong.statusCode()).isEqualTo(400);
    assertThat(wrong.body()).contains("show: 'videos': exchange/NAME or queue/NAME was expected");
    StringBuilder many = new StringBuilder("queue/0");
    for (int i = 1; i <= 100; i++) {
      many.append("%0Aqueue/").append(i);
    }
    var tooMany = broker.send("guest", "GET", "/topology/%2F?show=" + many, "");
    assertThat(tooMany.statusCode()).isEqualTo(400);
    assertThat(tooMany.body()).contains("show: at most 100 were expected, not 101");
  }
}
