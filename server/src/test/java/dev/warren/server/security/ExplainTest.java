package dev.warren.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.qpid.protonj2.client.Message;
import org.apache.qpid.protonj2.client.ReceiverOptions;
import org.apache.qpid.protonj2.client.Tracker;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
        .isEqualTo("queue 'small': it holds 1 ready messages of 1 (x-max-length): it is refused");
    assertThat(answer.path("condition").asText()).isEqualTo("amqp:resource-limit-exceeded");
    assertThat(answer.path("description").asText())
        .isEqualTo("queue 'small' exceeded maximum length");
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
    assertThat(answer.path("ends").asText()).isEqualTo("session");
    assertThat(answer.at("/permissions/vhost").asText()).isEqualTo("allowed");
    assertThat(answer.at("/permissions/write").asText()).isEqualTo("refused");
    HttpResponse<String> other = broker.send("reader", "POST", EXPLAIN, "{\"user\":\"guest\"}");
    assertThat(other.statusCode()).isEqualTo(401);
    broker.must("PUT", "/users/reader", "{\"password\":\"reader\",\"tags\":\"monitoring\"}");
    HttpResponse<String> now = broker.send("reader", "POST", EXPLAIN, "{\"user\":\"guest\"}");
    assertThat(now.statusCode()).isEqualTo(200);
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
  void keysOfAnAnnotationCountLikeThoseOfThePublisher() {
    JsonNode answer =
        explain("{\"routing_key\":\"audio\",\"annotations\":{\"x-cc\":[\"video.9\"]}}");
    assertThat(answer.path("queues").toString()).isEqualTo("[\"videos\"]");

    JsonNode bad = explain("{\"routing_key\":\"video.9\",\"annotations\":{\"x-cc\":\"k\"}}");
    assertThat(bad.path("outcome").asText()).isEqualTo("rejected");
    assertThat(bad.path("condition").asText()).isEqualTo("amqp:invalid-field");
    assertThat(refusal("{\"cc\":[\"a\"],\"annotations\":{\"x-cc\":[\"b\"]}}")).startsWith("cc: ");
  }

  @Test
  void theSizeOfTheBodyCounts() {
    broker.must(
        "PUT",
        "/queues/%2F/tight",
        "{\"arguments\":{\"x-max-length-bytes\":200,\"x-overflow\":\"reject-publish\"}}");
    String path = "/exchanges/%2F/amq.default/explain";

    assertThat(explain(path, "{\"routing_key\":\"tight\"}").path("outcome").asText())
        .isEqualTo("accepted");
    assertThat(
            explain(path, "{\"routing_key\":\"tight\",\"body_bytes\":200}")
                .path("outcome")
                .asText())
        .isEqualTo("rejected");
    String text = "x".repeat(200);
    assertThat(
            explain(path, "{\"routing_key\":\"tight\",\"payload\":\"" + text + "\"}")
                .path("outcome")
                .asText())
        .isEqualTo("rejected");
    JsonNode large = explain(path, "{\"routing_key\":\"tight\",\"body_bytes\":2000000000}");
    assertThat(large.path("condition").asText()).isEqualTo("amqp:link:message-size-exceeded");
  }

  @Test
  void aMessageThatLivesForNoTimeIsFollowedToWhereItGoes() {
    JsonNode answer = explain("{\"routing_key\":\"video.new\",\"ttl\":0}");

    assertThat(answer.path("outcome").asText()).isEqualTo("accepted");
    assertThat(answer.path("ends_in").toString()).isEqualTo("[\"graveyard\"]");
    JsonNode queue = answer.at("/tree/bindings/0/target");
    assertThat(queue.path("fate").asText()).isEqualTo("expired");
    assertThat(queue.at("/dead_letter/when").asText()).isEqualTo("at once");

    JsonNode later =
        explain("{\"routing_key\":\"video.new\",\"ttl\":5000}").at("/tree/bindings/0/target");
    assertThat(later.path("why").asText())
        .isEqualTo("it is kept, on disk; it expires after 5000 ms");
    assertThat(later.at("/dead_letter/when").asText())
        .isEqualTo("after 5000 ms, unless a consumer takes it before");
  }

  @Test
  void aConsumerThatWaitsTakesWhatAFullQueueWouldRefuse() throws Exception {
    broker.must(
        "PUT",
        "/queues/%2F/none",
        "{\"arguments\":{\"x-max-length\":0,\"x-overflow\":\"reject-publish\"}}");
    String path = "/exchanges/%2F/amq.default/explain";
    String question = "{\"routing_key\":\"none\"}";
    assertThat(explain(path, question).path("outcome").asText()).isEqualTo("rejected");

    try (AmqpUser user =
        AmqpUser.connect(broker.wiring().amqpPort(), "guest", "guest", "vhost:/")) {
      user.receiver("/queues/none", new ReceiverOptions().creditWindow(10));
      await()
          .until(
              () ->
                  explain(path, question)
                      .at("/tree/bindings/0/target/fate")
                      .asText()
                      .equals("taken"));
      assertThat(explain(path, question).path("outcome").asText()).isEqualTo("accepted");
      Tracker told = user.sender("/queues/none").send(Message.create("text").durable(true));
      told.settlementFuture().get(AmqpUser.LIMIT_S, TimeUnit.SECONDS);
      assertThat(told.remoteState().isAccepted()).isTrue();
    }
  }

  @Test
  void anAlternateExchangeThatIsMissingIsTold() {
    broker.must(
        "PUT",
        "/exchanges/%2F/lonely",
        "{\"type\":\"direct\",\"arguments\":{\"alternate-exchange\":\"nowhere\"}}");

    JsonNode alternate =
        explain("/exchanges/%2F/lonely/explain", "{\"routing_key\":\"k\"}").at("/tree/alternate");

    assertThat(alternate.path("name").asText()).isEqualTo("nowhere");
    assertThat(alternate.path("why").asText()).startsWith("there is no exchange of this name");
  }

  @Test
  void tellsSizeAlarmsAndTopicPermission() {
    broker.must(
        "PUT",
        "/topic-permissions/%2F/guest",
        "{\"exchange\":\"uploads\",\"write\":\"^video\",\"read\":\".*\"}");

    JsonNode answer = explain("{\"routing_key\":\"video.new\"}");
    assertThat(answer.at("/limits/message_bytes_max").asInt()).isPositive();
    assertThat(answer.at("/limits/alarms").isArray()).isTrue();
    assertThat(answer.at("/limits").has("publish_rate")).isFalse();
    assertThat(answer.at("/permissions/topic").asText()).isEqualTo("allowed");

    JsonNode refused = explain("{\"routing_key\":\"audio\"}");
    assertThat(refused.at("/permissions/topic").asText()).isEqualTo("refused");
    assertThat(refused.path("description").asText())
        .isEqualTo(
            "write access to topic 'audio' in exchange 'uploads' in vhost '/' refused for user"
                + " 'guest'");
  }

  @Test
  void tellsThatThePublishRateIsUsedUp(@TempDir Path other) throws Exception {
    try (HttpBroker paced = HttpBroker.start(other, "limits: {user-publish-octets: 1KiB}\n")) {
      paced.must("PUT", "/queues/%2F/work", "");
      String path = "/exchanges/%2F/amq.default/";
      String question = "{\"routing_key\":\"work\"}";

      JsonNode before = HttpBroker.json(paced.send("guest", "POST", path + "explain", question));
      assertThat(before.at("/limits/publish_rate/octets_per_second").asInt()).isEqualTo(1024);
      assertThat(before.at("/limits/publish_rate/used_up").asBoolean()).isFalse();
      assertThat(before.has("waits")).isFalse();
      // It may be sent, and whoever comes next waits for minutes.
      paced.must(
          "POST",
          path + "publish",
          "{\"routing_key\":\"work\",\"payload\":\"%s\",\"payload_encoding\":\"string\",\"properties\":{}}"
              .formatted("x".repeat(1_000_000)));
      JsonNode after = HttpBroker.json(paced.send("guest", "POST", path + "explain", question));

      assertThat(after.at("/limits/publish_rate/used_up").asBoolean()).isTrue();
      assertThat(after.path("reason").asText())
          .startsWith("once the publish rate of user 'guest' allows it: it goes to 1 queue");
    }
  }

  private String refusal(String body) {
    HttpResponse<String> response = broker.send("guest", "POST", EXPLAIN, body);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
    return HttpBroker.json(response).path("reason").asText();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '!',
      value = {
        "{'key':'k'} | key: is not known; expected one of annotations, body_bytes, cc,",
        "{'body_bytes':-1} | body_bytes: -1: a whole number from 0 to 2147483647 was expected",
        "{'body_bytes':'x'} | body_bytes: ",
        "{'body_bytes':1,'payload':'x'} | body_bytes: the size is that of payload",
        "{'payload':'x','payload_encoding':'hex'} | payload_encoding: 'hex': string or base64",
        "{'payload':'?','payload_encoding':'base64'} | payload: it is not base64",
        "{'ttl':4294967296} | ttl: 4294967296: a whole number from 0 to 4294967295 was expected",
        "{'priority':256} | priority: 256: a whole number from 0 to 255 was expected",
        "{'durable':'perhaps'} | durable: true or false was expected",
        "{'annotations':{'é':1}} | annotations.é: a name of ASCII characters was expected",
      })
  void aFieldThatIsWrongIsNamed(String body, String told) {
    assertThat(refusal(body.replace('\'', '"'))).startsWith(told);
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
