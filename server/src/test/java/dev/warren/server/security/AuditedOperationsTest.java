package dev.warren.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the audit trail tells of what clients do and are refused. */
@SuppressWarnings("NullAway.Init")
class AuditedOperationsTest {
  @TempDir Path directory;
  private HttpBroker broker;

  @BeforeEach
  void start() throws Exception {
    broker = HttpBroker.start(directory, "");
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  private Connection connect(String user) throws JMSException {
    return JmsClient.connect(
        "amqp://127.0.0.1:" + broker.wiring().amqpPort(), JmsClient.Login.inClear(user, user));
  }

  private JsonNode latest(String event) {
    return broker.get("/audit?event=" + event).path(0);
  }

  @Test
  void aBindingThatBringsMessagesToTheQueueOfOneConnectionIsTold() throws Exception {
    try (Connection connection = connect("guest");
        Session session = connection.createSession()) {
      MessageConsumer tap =
          session.createConsumer(session.createTopic("/exchanges/amq.topic/orders.%23"));

      JsonNode bound = latest("binding.created");
      assertThat(bound.path("name").asText()).isEqualTo("amq.topic");
      assertThat(bound.path("user").asText()).isEqualTo("guest");
      assertThat(bound.at("/after/routing_key").asText()).isEqualTo("orders.#");
      tap.close();
      await().until(() -> latest("binding.deleted").path("name").asText().equals("amq.topic"));
    }
  }

  @Test
  void refusalsOfOneConnectionThatComeTooFastAreCounted() throws Exception {
    broker.must("PUT", "/users/eve", "{\"password\":\"eve\",\"tags\":\"\"}");
    broker.must("PUT", "/permissions/%2F/eve", "{\"configure\":\"\",\"write\":\"\",\"read\":\"\"}");
    broker.must("PUT", "/queues/%2F/q", "");
    try (AmqpUser eve = AmqpUser.connect(broker.wiring().amqpPort(), "eve", "eve", "vhost:/")) {
      for (int i = 0; i < 5; i++) {
        assertThatThrownBy(() -> publish(eve)).hasStackTraceContaining("refused");
      }
    }
    await()
        .until(
            () ->
                latest("permission.refused")
                    .path("refusal")
                    .asText()
                    .contains("more of this connection before this one)"));
  }

  /** In a session of its own, since the refusal ends it. */
  private static void publish(AmqpUser user) throws Exception {
    user.connection()
        .openSession()
        .openSender("/queues/q")
        .openFuture()
        .get(AmqpUser.LIMIT_S, TimeUnit.SECONDS);
  }

  @Test
  void loginsAreCountedFromNothingOnceTheyAreSetBack() {
    String attempts = "/auth/attempts/" + broker.get("/overview").path("node").asText();
    assertThat(broker.send("nobody", "GET", "/whoami", "").statusCode()).isEqualTo(401);
    assertThat(broker.get(attempts).at("/0/auth_attempts_failed").asLong()).isEqualTo(1);

    broker.must("DELETE", attempts, "");

    JsonNode counted = broker.get(attempts).get(0);
    assertThat(counted.path("auth_attempts_failed").asLong()).isZero();
    assertThat(counted.path("auth_attempts").asLong())
        .isEqualTo(counted.path("auth_attempts_succeeded").asLong())
        .isLessThan(3);
  }

  @Test
  void whatPagesOfOtherSitesWantIsTold() {
    assertThat(
            broker
                .send("guest", "PUT", "/queues/%2F/q", "", "sec-fetch-site", "cross-site")
                .statusCode())
        .isEqualTo(403);

    JsonNode refused = latest("request.refused");
    assertThat(refused.path("name").asText()).isEqualTo("PUT /api/queues/%2F/q");
    assertThat(refused.path("address").asText()).isEqualTo("127.0.0.1");
  }
}
