package dev.warren.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.jms.Connection;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sessions and links of a connection over HTTP (contract §11.7), with Qpid JMS as the client. */
class SessionsTest {
  @TempDir Path directory;

  @Test
  void showsSessionsWithTheirLinksAndFilters() throws Exception {
    try (HttpBroker broker = HttpBroker.start(directory, "")) {
      broker.must("PUT", "/queues/%2F/work", "");
      String url = "amqp://127.0.0.1:" + broker.wiring().amqpPort();
      try (Connection jms =
              JmsClient.connect(
                  url, JmsClient.Login.inClear("guest", "guest"), "jms.prefetchPolicy.all=7");
          Session session = jms.createSession(Session.CLIENT_ACKNOWLEDGE);
          MessageProducer producer = session.createProducer(session.createQueue("/queues/work"));
          MessageConsumer consumer =
              session.createConsumer(session.createQueue("/queues/work"), "n > 1")) {
        var message = session.createTextMessage("x");
        message.setIntProperty("n", 2);
        producer.send(message);
        Message received = consumer.receive(10_000);
        assertThat(received).isNotNull();

        String connection = broker.get("/connections").at("/0/name").asText();
        String path = "/connections/" + HttpBroker.encoded(connection);
        JsonNode found = working(broker.get(path + "/sessions"));

        assertThat(found.path("channel_number").isInt()).isTrue();
        assertThat(found.path("next_incoming_id").isNumber()).isTrue();
        assertThat(found.path("remote_incoming_window").asLong()).isPositive();
        JsonNode in = found.at("/incoming_links/0");
        assertThat(in.path("target_address").asText()).isEqualTo("/queues/work");
        assertThat(in.path("credit").asInt()).isPositive();
        assertThat(in.path("delivery_count").asInt()).isEqualTo(1);
        assertThat(in.path("handle").asInt()).isNotNegative();
        JsonNode out = found.at("/outgoing_links/0");
        assertThat(out.path("queue_name").asText()).isEqualTo("work");
        assertThat(out.path("send_settled").asBoolean()).isFalse();
        assertThat(out.at("/filter/0/descriptor").asText()).isEqualTo("77567109365764");
        assertThat(out.at("/filter/0/value").asText()).isEqualTo("n > 1");
        assertThat(out.path("unsettled").asInt()).isEqualTo(1);
        await().until(() -> credit(broker, path) == 7 || credit(broker, path) == 6);
        assertThat(broker.get(path + "/channels")).isEmpty();

        received.acknowledge();
        await().until(() -> statistic(broker, path, "/outgoing_links/0", "ack") == 1);
        assertThat(statistic(broker, path, "/outgoing_links/0", "deliver")).isEqualTo(1);
        assertThat(statistic(broker, path, "/outgoing_links/0", "deliver_get")).isEqualTo(1);
        assertThat(statistic(broker, path, "/outgoing_links/0", "publish")).isZero();
        assertThat(statistic(broker, path, "/incoming_links/0", "publish")).isEqualTo(1);
        assertThat(statistic(broker, path, "/incoming_links/0", "confirm")).isEqualTo(1);
        assertThat(statistic(broker, path, "", "publish")).isEqualTo(1);
        assertThat(statistic(broker, path, "", "ack")).isEqualTo(1);
        await().until(() -> broker.get(path).at("/message_stats/ack").asLong() == 1);
        JsonNode whole = broker.get(path).path("message_stats");
        assertThat(whole.path("publish").asLong()).isEqualTo(1);
        assertThat(whole.path("publish_details").has("rate")).isTrue();
      }
    }
  }

  private static int credit(HttpBroker broker, String path) {
    return working(broker.get(path + "/sessions")).at("/outgoing_links/0/credit").asInt();
  }

  private static long statistic(HttpBroker broker, String path, String part, String counter) {
    return working(broker.get(path + "/sessions"))
        .at(part + "/message_stats/" + counter)
        .asLong(-1);
  }

  /** JMS has one more session, for temporary destinations. */
  private static JsonNode working(JsonNode sessions) {
    for (JsonNode session : sessions) {
      if (!session.path("outgoing_links").isEmpty()) {
        return session;
      }
    }
    throw new AssertionError("no session consumes: " + sessions);
  }
}
