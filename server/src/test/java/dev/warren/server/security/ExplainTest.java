package dev.warren.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Explained routes, unroutable messages and bindings that never matched, over HTTP. */
class ExplainTest {
  private static final String EXPLAIN = "/exchanges/%2F/uploads/explain";

  @TempDir Path directory;

  @SuppressWarnings("NullAway.Init")
  private HttpBroker broker;

  @BeforeEach
  void start() throws Exception {
    broker = HttpBroker.start(directory, "");
    broker.must("PUT", "/exchanges/%2F/rest", "{\"type\":\"fanout\"}");
    broker.must(
        "PUT",
        "/exchanges/%2F/uploads",
        "{\"type\":\"topic\",\"arguments\":{\"alternate-exchange\":\"rest\"}}");
    broker.must("PUT", "/exchanges/%2F/dead", "{\"type\":\"fanout\"}");
    broker.must(
        "PUT", "/queues/%2F/videos", "{\"arguments\":{\"x-dead-letter-exchange\":\"dead\"}}");
    broker.must("PUT", "/queues/%2F/graveyard", "");
    broker.must("POST", "/bindings/%2F/e/uploads/q/videos", "{\"routing_key\":\"video.#\"}");
    broker.must("POST", "/bindings/%2F/e/dead/q/graveyard", "{}");
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  private JsonNode explain(String body) {
    return explain(EXPLAIN, body);
  }

  private JsonNode explain(String path, String body) {
    HttpResponse<String> response = broker.send("guest", "POST", path, body);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return HttpBroker.json(response);
  }

  private boolean publish(String exchange, String key) {
    HttpResponse<String> response =
        broker.send(
            "guest",
            "POST",
            "/exchanges/%2F/" + exchange + "/publish",
            "{\"routing_key\":\"%s\",\"payload\":\"\",\"payload_encoding\":\"string\",\"properties\":{}}"
                .formatted(key));
    return HttpBroker.json(response).path("routed").asBoolean();
  }

  private List<String> neverMatched() {
    List<String> found = new ArrayList<>();
    broker
        .get("/bindings?never_matched=true")
        .forEach(
            one -> found.add(one.path("source").asText() + ">" + one.path("destination").asText()));
    return found;
  }

  @Test
  void tellsEveryBindingTheDeadLetterPathAndTheOutcome() {
    JsonNode answer = explain("{\"routing_key\":\"video.new\"}");

    assertThat(answer.path("outcome").asText()).isEqualTo("accepted");
    assertThat(answer.path("reason").asText())
        .isEqualTo("it goes to 1 queue; told when it is on disk");
    assertThat(answer.path("queues").toString()).isEqualTo("[\"videos\"]");
    JsonNode binding = answer.path("tree").path("bindings").path(0);
    assertThat(binding.path("why").asText())
        .isEqualTo("the pattern matches the routing key 'video.new'");
    JsonNode queue = binding.path("target");
    assertThat(queue.path("why").asText()).isEqualTo("it is kept, on disk");
    assertThat(queue.path("dead_letter").path("name").asText()).isEqualTo("dead");
    assertThat(queue.at("/dead_letter/bindings/0/target/name").asText()).isEqualTo("graveyard");
    assertThat(answer.at("/tree/permission/write").asText()).isEqualTo("allowed");
    assertThat(broker.get("/queues/%2F/videos").path("messages").asInt()).isZero();
  }

  @Test
  void tellsWhatNoBindingMatchedAndTheAlternateExchange() {
    JsonNode answer = explain("{\"routing_key\":\"audio.new\"}");

    assertThat(answer.path("outcome").asText()).isEqualTo("released");
    assertThat(answer.at("/tree/bindings/0/matched").asBoolean()).isFalse();
    assertThat(answer.at("/tree/bindings/0/why").asText())
        .isEqualTo("word 1 of the key is 'audio', not 'video'");
    assertThat(answer.at("/tree/alternate/name").asText()).isEqualTo("rest");
  }

  @Test
  void tellsThatAFullQueueWouldRefuse() {
    broker.must(
        "PUT",
        "/queues/%2F/small",
        "{\"arguments\":{\"x-max-length\":1,\"x-overflow\":\"reject-publish\"}}");
    assertThat(publish("amq.default", "small")).isTrue();

    JsonNode answer = explain("/exchanges/%2F/amq.default/explain", "{\"routing_key\":\"small\"}");

    assertThat(answer.path("outcome").asText()).isEqualTo("rejected");
    assertThat(answer.path("reason").asText())
        .isEqualTo(
            "queue 'small': it holds 1 ready messages of 1 (x-max-length): it is refused unless a"
                + " consumer takes it at once");
  }

  @Test
  void tellsWhatAnotherUserMayNot() {
    broker.must("PUT", "/users/reader", "{\"password\":\"reader\",\"tags\":\"management\"}");
    broker.must(
        "PUT", "/permissions/%2F/reader", "{\"configure\":\"\",\"write\":\"\",\"read\":\".*\"}");

    JsonNode answer = explain("{\"routing_key\":\"video.new\",\"user\":\"reader\"}");

    assertThat(answer.path("outcome").asText()).isEqualTo("refused");
    assertThat(answer.path("condition").asText()).isEqualTo("amqp:unauthorized-access");
    assertThat(answer.at("/tree/permission/reason").asText())
        .isEqualTo("write access to exchange 'uploads' in vhost '/' refused for user 'reader'");
    HttpResponse<String> other = broker.send("reader", "POST", EXPLAIN, "{\"user\":\"guest\"}");
    assertThat(other.statusCode()).isEqualTo(401);
  }

  @Test
  void refusesWhatCannotBeAsked() {
    HttpResponse<String> user = broker.send("guest", "POST", EXPLAIN, "{\"user\":\"nobody\"}");
    assertThat(HttpBroker.json(user).path("reason").asText())
        .isEqualTo("user: there is no user 'nobody'");
    HttpResponse<String> exchange =
        broker.send("guest", "POST", "/exchanges/%2F/none/explain", "{}");
    assertThat(exchange.statusCode()).isEqualTo(404);
    String long256 = "x".repeat(256);
    HttpResponse<String> key =
        broker.send("guest", "POST", EXPLAIN, "{\"routing_key\":\"" + long256 + "\"}");
    assertThat(HttpBroker.json(key).path("reason").asText()).contains("at most 255 octets");
  }

  @Test
  void keepsTheLastUnroutableMessagesWithTheirReasons() {
    assertThat(publish("uploads", "audio.new")).isFalse();
    assertThat(publish("amq.default", "missing")).isFalse();
    broker.must(
        "PUT",
        "/queues/%2F/brief",
        "{\"arguments\":{\"x-max-length\":0,\"x-dead-letter-exchange\":\"gone\"}}");
    assertThat(publish("amq.default", "brief")).isTrue();

    // The queue drops the message after its publisher is told.
    await().until(() -> broker.get("/unroutable/%2F").size() == 3);

    JsonNode list = broker.get("/unroutable/%2F");
    assertThat(list.at("/0/queue").asText()).isEqualTo("brief");
    assertThat(list.at("/0/reason").asText())
        .isEqualTo(
            "there is no exchange of this name; it was a dead letter of queue 'brief', and is"
                + " dropped");
    assertThat(list.at("/1/reason").asText()).isEqualTo("there is no queue of this name");
    assertThat(list.at("/2/exchange").asText()).isEqualTo("uploads");
    assertThat(list.at("/2/user").asText()).isEqualTo("guest");
    assertThat(list.at("/2/reason").asText()).isEqualTo("its only binding leads to no queue");
  }

  @Test
  void listsTheBindingsThatNeverMatched() {
    assertThat(neverMatched()).containsExactly("dead>graveyard", "uploads>videos");

    explain("{\"routing_key\":\"video.new\"}");
    assertThat(neverMatched()).hasSize(2);
    assertThat(publish("uploads", "video.new")).isTrue();

    assertThat(neverMatched()).containsExactly("dead>graveyard");
  }
}
