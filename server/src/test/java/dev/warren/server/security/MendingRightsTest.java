package dev.warren.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.jms.Connection;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a mending may do is what its user may do at that moment, and what publishers may. */
class MendingRightsTest {
  private static final String QUEUE = "/queues/%2F/q";
  private static final String SLOWLY = "{\"action\":\"delete\",\"all\":true,\"rate\":1}";
  private static final String COPY_ALL =
      "{\"action\":\"copy\",\"all\":true,\"to\":{\"queue\":\"other\"}}";

  @TempDir Path directory;

  private static void fill(HttpBroker broker, int messages) {
    broker.must("PUT", QUEUE, "");
    broker.must("PUT", "/queues/%2F/other", "");
    for (int i = 0; i < messages; i++) {
      broker.must(
          "POST",
          "/exchanges/%2F/amq.default/publish",
          """
          {"routing_key":"q","payload":"m","payload_encoding":"string",
           "properties":{"delivery_mode":2}}""");
    }
  }

  private static void makeOperator(HttpBroker broker, String user) {
    broker.must(
        "PUT", "/users/" + user, "{\"password\":\"%s\",\"tags\":\"management\"}".formatted(user));
    permit(broker, user, ".*");
  }

  private static void permit(HttpBroker broker, String user, String read) {
    broker.must(
        "PUT",
        "/permissions/%2F/" + user,
        "{\"configure\":\"\",\"write\":\".*\",\"read\":\"%s\"}".formatted(read));
  }

  /** Begins a mending and says where it is. */
  private static String begin(HttpBroker broker, String user, String order) {
    HttpResponse<String> response = broker.send(user, "POST", QUEUE + "/mend", order);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(202);
    return "/mendings/" + HttpBroker.json(response).path("id").asText();
  }

  private static JsonNode atItsEnd(HttpBroker broker, String mending) {
    await().until(() -> !broker.get(mending).path("state").asText().equals("running"));
    return broker.get(mending);
  }

  private static List<String> audited(HttpBroker broker) {
    List<String> events = new ArrayList<>();
    broker.get("/audit").forEach(entry -> events.add(entry.path("event").asText()));
    return events;
  }

  @Test
  void endsWhenItsUserIsDeleted() throws Exception {
    try (HttpBroker broker = HttpBroker.start(directory, "")) {
      fill(broker, 20);
      makeOperator(broker, "temp");
      String mending = begin(broker, "temp", SLOWLY);
      assertThat(audited(broker)).contains("queue.mending.begun");

      broker.must("DELETE", "/users/temp", "");

      JsonNode over = atItsEnd(broker, mending);
      assertThat(over.path("state").asText()).isEqualTo("failed");
      assertThat(over.path("failed").asText()).isEqualTo("user 'temp' does not exist any more");
      assertThat(over.path("mended").asInt()).isLessThan(20);
    }
  }

  @Test
  void endsWhenItsUserMayNotReadTheQueueAnyMore() throws Exception {
    try (HttpBroker broker = HttpBroker.start(directory, "")) {
      fill(broker, 20);
      makeOperator(broker, "temp");
      String mending = begin(broker, "temp", SLOWLY);

      permit(broker, "temp", "^other$");

      JsonNode over = atItsEnd(broker, mending);
      assertThat(over.path("state").asText()).isEqualTo("failed");
      assertThat(over.path("failed").asText())
          .isEqualTo("read access to queue 'q' in vhost '/' refused for user 'temp'");
    }
  }

  @Test
  void publishesNothingDuringAnAlarmButDeletes() throws Exception {
    try (HttpBroker broker = HttpBroker.start(directory, "")) {
      fill(broker, 4);
    }
    try (HttpBroker broker = HttpBroker.start(directory, "limits: {disk-free-limit: 900TB}\n")) {
      await().until(() -> broker.status("GET", "/health/checks/alarms", "") == 503);
      String copying = begin(broker, "guest", COPY_ALL);
      await().until(() -> broker.get(copying).has("waits_because"));

      JsonNode deleted =
          atItsEnd(
              broker, begin(broker, "guest", "{\"action\":\"delete\",\"all\":true,\"limit\":1}"));

      assertThat(deleted.path("mended").asInt()).isEqualTo(1);
      assertThat(broker.get(copying).path("state").asText()).isEqualTo("running");
      assertThat(broker.get(copying).path("mended").asInt()).isZero();
      broker.must("DELETE", copying, "");
      assertThat(atItsEnd(broker, copying).path("state").asText()).isEqualTo("stopped");
      assertThat(audited(broker)).contains("queue.mending.stopped");
    }
  }

  @Test
  void keepsToThePublishRateOfItsUser() throws Exception {
    try (HttpBroker broker = HttpBroker.start(directory, "")) {
      fill(broker, 100);
    }
    try (HttpBroker broker = HttpBroker.start(directory, "limits: {user-publish-rate: 1}\n")) {
      String copying = begin(broker, "guest", COPY_ALL);

      await().until(() -> broker.get(copying).has("waits_because"));

      assertThat(broker.get(copying).path("mended").asInt()).isLessThan(100);
      broker.must("DELETE", copying, "");
    }
  }

  @Test
  void oneUserHasAFewAtATime() throws Exception {
    try (HttpBroker broker = HttpBroker.start(directory, "")) {
      fill(broker, 40);
      makeOperator(broker, "temp");
      for (int i = 0; i < 4; i++) {
        begin(broker, "temp", SLOWLY);
      }

      HttpResponse<String> fifth = broker.send("temp", "POST", QUEUE + "/mend", SLOWLY);

      assertThat(fifth.statusCode()).isEqualTo(503);
      assertThat(HttpBroker.json(fifth).path("reason").asText())
          .startsWith("4 mendings are under way, 4 of them user 'temp's");
      begin(broker, "guest", SLOWLY);
    }
  }

  @Test
  void aDryRunCountsWhatWouldBeSkipped() throws Exception {
    try (HttpBroker broker = HttpBroker.start(directory, "")) {
      fill(broker, 3);

      HttpResponse<String> counted =
          broker.send(
              "guest",
              "POST",
              QUEUE + "/mend",
              "{\"action\":\"retry\",\"all\":true,\"dry_run\":true}");

      assertThat(HttpBroker.json(counted).path("matched").asInt()).isZero();
      assertThat(HttpBroker.json(counted).path("skipped").asInt()).isEqualTo(3);
    }
  }

  @Test
  void theQueueOfOneConnectionIsNotLookedInto() throws Exception {
    try (HttpBroker broker = HttpBroker.start(directory, "")) {
      String url = "amqp://127.0.0.1:" + broker.wiring().amqpPort();
      try (Connection jms = JmsClient.connect(url, JmsClient.Login.inClear("guest", "guest"));
          Session session = jms.createSession(Session.CLIENT_ACKNOWLEDGE)) {
        TemporaryQueue queue = session.createTemporaryQueue();
        session.createProducer(queue).send(session.createTextMessage("private"));
        String name = broker.get("/queues").at("/0/name").asText();
        String path = "/queues/%2F/" + HttpBroker.encoded(name);

        HttpResponse<String> look = broker.send("guest", "GET", path + "/messages", "");
        HttpResponse<String> mend = broker.send("guest", "POST", path + "/mend", SLOWLY);

        assertThat(look.statusCode()).isEqualTo(400);
        assertThat(look.body())
            .contains("cannot obtain exclusive access to locked queue '" + name + "'");
        assertThat(mend.statusCode()).isEqualTo(400);
        assertThat(broker.get(path).path("messages").asInt()).isEqualTo(1);
      }
    }
  }
}
