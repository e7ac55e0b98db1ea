package dev.warren.server.security;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Looking into queues and mending them over HTTP. */
class QueueMessagesTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String QUEUE = "/queues/%2F/q";

  @TempDir Path directory;

  @SuppressWarnings("NullAway.Init")
  private HttpBroker broker;

  @BeforeEach
  void start() throws Exception {
    broker = HttpBroker.start(directory, "");
    broker.must("PUT", QUEUE, "");
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  private void publish(String queue, String payload) {
    publish(queue, payload, "string", JSON.createObjectNode().put("delivery_mode", 2));
  }

  private void publish(String queue, String payload, String encoding, JsonNode properties) {
    ObjectNode body = JSON.createObjectNode();
    body.put("routing_key", queue).put("payload", payload).put("payload_encoding", encoding);
    body.set("properties", properties);
    broker.must("POST", "/exchanges/%2F/amq.default/publish", body.toString());
  }

  private static JsonNode properties(String json) throws Exception {
    return JSON.readTree(json);
  }

  private List<String> previews(String path) {
    List<String> previews = new ArrayList<>();
    broker.get(path).path("items").forEach(item -> previews.add(item.path("preview").asText()));
    return previews;
  }

  private JsonNode post(String path, String body) {
    HttpResponse<String> response = broker.send("guest", "POST", path, body);
    assertThat(response.statusCode()).as(response.body()).isLessThan(300);
    return HttpBroker.json(response);
  }

  private String refusal(String method, String path, String body) {
    HttpResponse<String> response = broker.send("guest", method, path, body);
    assertThat(response.statusCode()).as(response.body()).isBetween(400, 499);
    return HttpBroker.json(response).path("reason").asText();
  }

  /** Carries an order out and waits for its end. */
  private JsonNode mend(String queue, String order) throws Exception {
    HttpResponse<String> response = broker.send("guest", "POST", queue + "/mend", order);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(202);
    String location = response.headers().firstValue("location").orElseThrow();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    JsonNode job = broker.get(location.substring("/api".length()));
    while (job.path("state").asText().equals("running")) {
      assertThat(System.nanoTime()).as(job.toString()).isLessThan(deadline);
      job = broker.get(location.substring("/api".length()));
    }
    return job;
  }

  @Test
  void aQueueIsShownPageByPageAndStaysAsItWas() {
    for (int i = 0; i < 25; i++) {
      publish("q", "m" + i);
    }
    JsonNode first = broker.get(QUEUE + "/messages?limit=10");
    assertThat(first.path("items")).hasSize(10);
    JsonNode second = broker.get(QUEUE + "/messages?limit=10&after=" + first.path("next").asText());
    assertThat(second.path("items").get(0).path("preview").asText()).isEqualTo("m10");
    JsonNode last = broker.get(QUEUE + "/messages?limit=10&after=" + second.path("next").asText());
    assertThat(last.path("items")).hasSize(5);
    assertThat(last.path("next").isNull()).isTrue();
    JsonNode got = post(QUEUE + "/get", get(1, "ack_requeue_false"));
    assertThat(got.get(0).path("payload").asText()).isEqualTo("m0");
    assertThat(got.get(0).path("redelivered").asBoolean()).isFalse();
  }

  @Test
  void messagesAreFoundByFilterAndByText() throws Exception {
    publish("q", "one", "string", properties("{\"headers\":{\"kind\":\"video\",\"size\":7}}"));
    publish("q", "TWO and more", "string", properties("{\"headers\":{\"kind\":\"audio\"}}"));
    publish("q", "three", "string", properties("{\"headers\":{\"kind\":\"video\",\"size\":1}}"));
    assertThat(previews(QUEUE + "/messages?filter=kind+%3D+%27video%27+AND+size+%3E+5"))
        .containsExactly("one");
    assertThat(previews(QUEUE + "/messages?text=two+AND")).containsExactly("TWO and more");
    assertThat(previews(QUEUE + "/messages?text=audio")).containsExactly("TWO and more");
    JsonNode count = broker.get(QUEUE + "/messages/count?filter=kind+%3D+%27video%27");
    assertThat(count.path("matched").asInt()).isEqualTo(2);
    assertThat(count.path("scanned").asInt()).isEqualTo(3);
    assertThat(refusal("GET", QUEUE + "/messages?filter=kind+%3D", "")).startsWith("filter: ");
    assertThat(refusal("GET", QUEUE + "/messages?limit=501", ""))
        .isEqualTo("limit: 1 to 500 was expected, not '501'");
    assertThat(refusal("GET", QUEUE + "/messages?after=x", "")).startsWith("after: the id");
    assertThat(refusal("GET", QUEUE + "/messages?state=odd", "")).startsWith("state: ");
  }

  @Test
  void oneMessageIsShownWithAllItsSections() throws Exception {
    publish(
        "q",
        "{\"a\":[1,2]}",
        "string",
        properties(
            """
            {"message_id":"m-1","content_type":"application/json","priority":3,
             "headers":{"n":5,"t":"x"},"correlation_id":"c"}"""));
    String octets = Base64.getEncoder().encodeToString(new byte[] {0, 1, (byte) 0xff});
    publish("q", octets, "base64", properties("{}"));
    JsonNode page = broker.get(QUEUE + "/messages");
    JsonNode json =
        broker.get(QUEUE + "/messages/" + page.path("items").get(0).path("id").asText());
    assertThat(json.path("body").path("type").asText()).isEqualTo("json");
    assertThat(json.path("body").path("json").path("a").get(1).asInt()).isEqualTo(2);
    assertThat(json.path("properties").path("message_id").asText()).isEqualTo("m-1");
    assertThat(json.path("header").path("priority").asInt()).isEqualTo(3);
    assertThat(json.path("application_properties").path("n").asInt()).isEqualTo(5);
    assertThat(json.path("message_annotations").path("x-routing-key").asText()).isEqualTo("q");
    JsonNode binary =
        broker.get(QUEUE + "/messages/" + page.path("items").get(1).path("id").asText());
    assertThat(binary.path("body").path("hex").asText()).isEqualTo("0001ff");
    assertThat(refusal("GET", QUEUE + "/messages/999999999", "")).startsWith("no message");
  }

  @Test
  void deadLettersGoBackToTheQueueTheyDiedInFirst() throws Exception {
    broker.must(
        "PUT",
        "/queues/%2F/work",
        """
        {"arguments":{"x-message-ttl":1,"x-dead-letter-exchange":"",
        "x-dead-letter-routing-key":"q"}}"""
            .replace(
                "\"x-dead-letter-exchange\":\"\"", "\"x-dead-letter-exchange\":\"amq.fanout\""));
    broker.must("POST", "/bindings/%2F/e/amq.fanout/q/q", "{}");
    publish("work", "late");
    publish("q", "never died");
    await(() -> broker.get(QUEUE + "/messages").path("items").size() == 2);
    JsonNode dead = broker.get(QUEUE + "/messages?text=late").path("items").get(0);
    JsonNode whole = broker.get(QUEUE + "/messages/" + dead.path("id").asText());
    assertThat(whole.path("deaths").get(0).path("queue").asText()).isEqualTo("work");
    assertThat(whole.path("deaths").get(0).path("reason").asText()).isEqualTo("expired");
    broker.must("PUT", "/queues/%2F/work/pause", "");
    JsonNode job = mend(QUEUE, "{\"action\":\"retry\",\"all\":true}");
    assertThat(job.path("state").asText()).isEqualTo("done");
    assertThat(job.path("mended").asInt()).isEqualTo(1);
    assertThat(job.path("skipped").asInt()).isEqualTo(1);
    assertThat(job.path("skipped_because").asText()).contains("never dead-lettered");
  }

  @Test
  void whatMatchesIsMovedCopiedOrDeletedAfterACount() throws Exception {
    broker.must("PUT", "/queues/%2F/other", "");
    for (int i = 0; i < 30; i++) {
      publish("q", (i % 3 == 0 ? "fizz " : "plain ") + i);
    }
    String order = "{\"action\":\"move\",\"text\":\"fizz\",\"to\":{\"queue\":\"other\"}";
    assertThat(post(QUEUE + "/mend", order + ",\"dry_run\":true}").path("matched").asInt())
        .isEqualTo(10);
    JsonNode job = mend(QUEUE, order + "}");
    assertThat(job.path("mended").asInt()).isEqualTo(10);
    assertThat(broker.get(QUEUE + "/messages/count").path("matched").asInt()).isEqualTo(20);
    assertThat(previews("/queues/%2F/other/messages")).hasSize(10).startsWith("fizz 0", "fizz 3");

    String id =
        broker
            .get("/queues/%2F/other/messages?text=fizz+27")
            .path("items")
            .get(0)
            .path("id")
            .asText();
    mend(
        "/queues/%2F/other",
        "{\"action\":\"copy\",\"ids\":[\""
            + id
            + "\"],"
            + "\"to\":{\"exchange\":\"amq.default\",\"routing_key\":\"q\"}}");
    assertThat(previews(QUEUE + "/messages?text=fizz")).containsExactly("fizz 27");
    mend("/queues/%2F/other", "{\"action\":\"delete\",\"all\":true,\"limit\":4}");
    assertThat(previews("/queues/%2F/other/messages")).hasSize(6).startsWith("fizz 12");
    assertThat(broker.get("/mendings")).hasSize(3);
    List<String> audited = new ArrayList<>();
    broker.get("/audit").forEach(entry -> audited.add(entry.path("event").asText()));
    assertThat(audited).contains("queue.mended");
  }

  @Test
  void anOrderThatMakesNoSenseIsRefusedByTheFieldThatIsWrong() {
    assertThat(refusal("POST", QUEUE + "/mend", "{\"action\":\"burn\",\"all\":true}"))
        .isEqualTo("action: move, copy, retry or delete was expected, not 'burn'");
    assertThat(refusal("POST", QUEUE + "/mend", "{\"action\":\"delete\"}")).contains("all: true");
    assertThat(refusal("POST", QUEUE + "/mend", "{\"action\":\"move\",\"all\":true}"))
        .isEqualTo("to: is missing");
    assertThat(
            refusal(
                "POST",
                QUEUE + "/mend",
                "{\"action\":\"move\",\"all\":true,\"to\":{\"queue\":\"none\"}}"))
        .isEqualTo("to.queue: no queue 'none' in vhost '/'");
    assertThat(refusal("POST", QUEUE + "/mend", "{\"action\":\"delete\",\"all\":true,\"rate\":0}"))
        .startsWith("rate: ");
    assertThat(refusal("POST", QUEUE + "/mend", "{\"action\":\"delete\",\"ids\":[\"x\"]}"))
        .isEqualTo("ids: the id of a message was expected, not 'x'");
    assertThat(refusal("DELETE", "/mendings/77", "")).isEqualTo("no mending '77'");
  }

  @Test
  void aSlowMendingIsStopped() {
    for (int i = 0; i < 50; i++) {
      publish("q", "m" + i);
    }
    JsonNode job = post(QUEUE + "/mend", "{\"action\":\"delete\",\"all\":true,\"rate\":1}");
    String path = "/mendings/" + job.path("id").asText();
    broker.must("DELETE", path, "");
    await(() -> broker.get(path).path("state").asText().equals("stopped"));
    assertThat(broker.get(path).path("mended").asInt()).isLessThan(50);
  }

  @Test
  void aPausedQueueKeepsItsMessagesFromConsumers() {
    publish("q", "m");
    broker.must("PUT", QUEUE + "/pause", "");
    assertThat(broker.get(QUEUE).path("state").asText()).isEqualTo("paused");
    assertThat(post(QUEUE + "/get", get(1, "ack_requeue_false"))).isEmpty();
    assertThat(previews(QUEUE + "/messages")).containsExactly("m");
    broker.must("PUT", QUEUE + "/resume", "");
    assertThat(post(QUEUE + "/get", get(1, "ack_requeue_false"))).hasSize(1);
  }

  @Test
  void rabbitMqsToolsSendNumbersAndFlagsAsText() {
    broker.must("PUT", "/queues/%2F/text", "{\"durable\":\"true\",\"auto_delete\":\"false\"}");
    publish("text", "m");
    assertThat(
            post(
                "/queues/%2F/text/get",
                "{\"count\":\"1\",\"ackmode\":\"ack_requeue_true\",\"encoding\":\"auto\"}"))
        .hasSize(1);
    assertThat(
            refusal(
                "POST",
                "/queues/%2F/text/get",
                "{\"count\":\"one\",\"ackmode\":\"ack_requeue_true\",\"encoding\":\"auto\"}"))
        .isEqualTo("count: a whole number of 32 bits was expected");
  }

  private static String get(int count, String mode) {
    return "{\"count\":%d,\"ackmode\":\"%s\",\"encoding\":\"auto\"}".formatted(count, mode);
  }

  @Test
  void gettingPutsBackOrRemovesAsTheModeSays() throws Exception {
    broker.must(
        "PUT", "/queues/%2F/l", "{\"arguments\":{\"x-dead-letter-exchange\":\"amq.fanout\"}}");
    broker.must("POST", "/bindings/%2F/e/amq.fanout/q/q", "{}");
    publish("l", "a", "string", properties("{\"headers\":{\"h\":1},\"app_id\":\"app\"}"));
    publish("l", "b");
    String path = "/queues/%2F/l/get";
    JsonNode first = post(path, get(5, "ack_requeue_true"));
    assertThat(first).hasSize(2);
    assertThat(first.get(0).path("payload").asText()).isEqualTo("a");
    assertThat(first.get(0).path("payload_bytes").asInt()).isEqualTo(1);
    assertThat(first.get(0).path("payload_encoding").asText()).isEqualTo("string");
    assertThat(first.get(0).path("properties").path("headers").path("h").asInt()).isEqualTo(1);
    assertThat(first.get(0).path("properties").path("app_id").asText()).isEqualTo("app");
    assertThat(first.get(1).path("properties").path("delivery_mode").asInt()).isEqualTo(2);
    JsonNode again = post(path, get(1, "reject_requeue_true"));
    assertThat(again.get(0).path("redelivered").asBoolean()).isTrue();
    assertThat(post(path, get(1, "reject_requeue_false"))).hasSize(1);
    await(() -> previews(QUEUE + "/messages").equals(List.of("a")));
    assertThat(post(path, get(9, "ack_requeue_false"))).hasSize(1);
    assertThat(post(path, get(9, "ack_requeue_false"))).isEmpty();
    assertThat(refusal("POST", path, get(1, "odd"))).startsWith("ackmode: ");
    assertThat(refusal("POST", path, "{\"count\":1}")).isEqualTo("encoding: is missing");
  }

  private static void await(java.util.function.BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.onSpinWait();
    }
  }
}
