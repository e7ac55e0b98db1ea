package dev.warren.server.security;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Messages of AMQP 0-9-1 as the API takes and shows them (contract §11.6), both ways. */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HttpMessageMappingTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private HttpBroker broker;

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    broker = HttpBroker.start(directory, "virtual-hosts: [{name: /}]");
    for (String queue : new String[] {"q", "copy", "blind"}) {
      broker.must("PUT", "/queues/%2F/" + queue, "");
    }
  }

  @AfterAll
  void stop() {
    broker.close();
  }

  @BeforeEach
  void empty() {
    for (String queue : new String[] {"q", "copy", "blind"}) {
      broker.must("DELETE", "/queues/%2F/" + queue + "/contents", "");
    }
  }

  private HttpResponse<String> publish(String properties, String payload, String encoding) {
    return broker.send(
        "guest",
        "POST",
        "/exchanges/%2F/amq.default/publish",
        """
        {"routing_key": "q", "payload": "%s", "payload_encoding": "%s", "properties": %s}
        """
            .formatted(payload, encoding, properties));
  }

  private void publish(String properties) {
    assertThat(publish(properties, "hi", "string").body()).isEqualTo("{\"routed\":true}");
  }

  private JsonNode get(String queue, int count, String mode) {
    HttpResponse<String> got =
        broker.send(
            "guest",
            "POST",
            "/queues/%2F/" + queue + "/get",
            "{\"count\":" + count + ",\"ackmode\":\"" + mode + "\",\"encoding\":\"auto\"}");
    assertThat(got.statusCode()).as(got.body()).isEqualTo(200);
    return HttpBroker.json(got);
  }

  private JsonNode properties(String queue) {
    return get(queue, 1, "ack_requeue_false").at("/0/properties");
  }

  @Test
  void givesBackEveryPropertyItTakes() throws Exception {
    String properties =
        """
        {"type": "order", "message_id": "m", "correlation_id": "c", "user_id": "guest",
         "reply_to": "an answer/1", "content_type": "text/plain", "content_encoding": "gzip",
         "timestamp": 4102444800, "app_id": "shop", "delivery_mode": 2, "priority": 7,
         "expiration": "60000",
         "headers": {"n": 1, "half": 0.5, "yes": true, "text": "a", "x-note": "b",
                     "list": [1, "two", {"three": [4]}], "map": {"a": {"b": 1}},
                     "x-list": [1]}}
        """;
    publish(properties);
    assertThat(properties("q")).isEqualTo(JSON.readTree(properties));
  }

  @Test
  void makesHeadersThatBeginWithAnXAnnotations() {
    publish("{\"headers\": {\"x-note\": \"b\", \"plain\": \"c\", \"x-exchange\": \"forged\"}}");
    String id = broker.get("/queues/%2F/q/messages").at("/items/0/id").asText();
    JsonNode seen = broker.get("/queues/%2F/q/messages/" + id);
    assertThat(seen.at("/message_annotations/x-note").asText()).isEqualTo("b");
    assertThat(seen.at("/message_annotations/x-exchange").asText()).isEmpty();
    assertThat(seen.at("/application_properties")).hasToString("{\"plain\":\"c\"}");
  }

  @Test
  void routesByFurtherKeysAndHidesTheBlindOnes() {
    publish("{\"headers\": {\"CC\": [\"copy\"], \"BCC\": [\"blind\"]}}");
    for (String queue : new String[] {"q", "copy", "blind"}) {
      assertThat(properties(queue).path("headers")).as(queue).hasToString("{\"CC\":[\"copy\"]}");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'headers': {'CC': 'copy'}} | properties.headers.CC: a list of texts",
        "{'headers': {'BCC': [1]}} | properties.headers.BCC: a list of texts",
        "{'headers': {'n': 99999999999999999999}} | properties.headers.n: a whole number of 64",
        "{'headers': {'é': [1]}} | properties.headers.é: a list or a map was found",
        "{'timestamp': -1} | properties.timestamp: -1: a whole number from 0",
        "{'content_type': 'é'} | properties.content_type: a text of US-ASCII",
        "{'message_id': 'x', 'headers': {'x-message-id-type': 'ulong'}} | properties.message_id: a ul",
        "{'type': 'amqp-1.0'} | payload: a body of AMQP 1.0",
      })
  void namesWhatAmqpCannotHold(String properties, String reason) {
    HttpResponse<String> refused = publish(properties.replace('\'', '"'), "hi", "string");
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(HttpBroker.json(refused).path("reason").asText()).startsWith(reason);
  }

  @Test
  void takesBodiesOfAmqpAsItShowsThem() {
    byte[] value = {0x00, 0x53, 0x77, (byte) 0xa1, 2, 'h', 'i'};
    String payload = Base64.getEncoder().encodeToString(value);
    assertThat(publish("{\"type\": \"amqp-1.0\"}", payload, "base64").body())
        .isEqualTo("{\"routed\":true}");
    JsonNode got = get("q", 1, "ack_requeue_false").path(0);
    assertThat(got.at("/properties/type").asText()).isEqualTo("amqp-1.0");
    assertThat(got.at("/amqp_body/value").asText()).isEqualTo("hi");
    assertThat(got.path("payload_bytes").asInt()).isEqualTo(value.length);
  }

  @Test
  void keepsTypesOfIds() {
    String uuid = "0f8fad5b-d9cb-469f-a165-70867728950e";
    publish(
        """
        {"message_id": "18446744073709551615", "correlation_id": "%s",
         "headers": {"x-message-id-type": "ulong", "x-correlation-id-type": "uuid"}}
        """
            .formatted(uuid));
    JsonNode properties = properties("q");
    assertThat(properties.path("message_id").asText()).isEqualTo("18446744073709551615");
    assertThat(properties.path("correlation_id").asText()).isEqualTo(uuid);
    assertThat(properties.at("/headers/x-message-id-type").asText()).isEqualTo("ulong");
    assertThat(properties.at("/headers/x-correlation-id-type").asText()).isEqualTo("uuid");
  }

  @ParameterizedTest
  @CsvSource({"ack_requeue_true", "reject_requeue_true", "ack_requeue_false"})
  void tellsWithEachMessageHowManyAreLeft(String mode) {
    for (int i = 0; i < 4; i++) {
      publish("{}");
    }
    assertThat(get("q", 3, mode).findValuesAsText("message_count")).containsExactly("3", "2", "1");
    int left = mode.equals("ack_requeue_false") ? 1 : 4;
    assertThat(get("q", 10, mode)).hasSize(left);
  }
}
