package dev.warren.server.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A misspelt field must not make a small deed a large one, where RabbitMQ's tools do not come. */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UnknownFieldsTest {
  private HttpBroker broker;

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    broker = HttpBroker.start(directory, "");
    broker.must("PUT", "/queues/%2F/q", "");
    broker.must("PUT", "/queues/%2F/p", "");
    broker.must(
        "POST",
        "/exchanges/%2F/amq.default/publish",
        "{\"routing_key\":\"q\",\"payload\":\"\",\"payload_encoding\":\"string\","
            + "\"properties\":{}}");
  }

  @AfterAll
  void stop() {
    broker.close();
  }

  private String refusal(String body) {
    HttpResponse<String> refused = broker.send("guest", "POST", "/queues/%2F/q/mend", body);
    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(400);
    return HttpBroker.json(refused).path("reason").asText();
  }

  @Test
  void areRefusedByNameInAMending() {
    assertThat(refusal("{\"action\":\"delete\",\"all\":true,\"filtr\":\"n=1\"}"))
        .startsWith("filtr: is not known; expected one of action, ids, filter, text, all");
    assertThat(
            refusal(
                "{\"action\":\"move\",\"all\":true,"
                    + "\"to\":{\"queue\":\"p\",\"routing-key\":\"x\"}}"))
        .startsWith("to.routing-key: is not known; expected one of queue, exchange, routing_key");
    assertThat(broker.get("/queues/%2F/q").path("messages").asInt()).isEqualTo(1);
  }

  @Test
  void areIgnoredWhereRabbitMqIgnoresThem() {
    broker.must("PUT", "/queues/%2F/other", "{\"durable\":true,\"node\":\"rabbit@a\"}");
  }
}
