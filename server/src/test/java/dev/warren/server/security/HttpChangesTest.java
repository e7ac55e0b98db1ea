package dev.warren.server.security;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What changes over HTTP: status codes, bodies, and what is there afterwards (contract §11.3). */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HttpChangesTest {
  private static final String FILE_USER =
      """
      users:
        - {name: guest, password: guest, tags: [administrator]}
      """;

  private HttpBroker broker;

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    broker = HttpBroker.start(directory, "virtual-hosts: [{name: /}]");
  }

  @AfterAll
  void stop() {
    broker.close();
  }

  @Test
  void addsChangesAndDeletesAUser() {
    String user = "{\"password\":\"ann\",\"tags\":\"management,other\"}";
    HttpResponse<String> created = broker.send("guest", "PUT", "/users/ann", user);
    assertThat(created.statusCode()).isEqualTo(201);
    assertThat(created.body()).isEmpty();
    assertThat(broker.status("PUT", "/users/ann", user)).isEqualTo(204);
    JsonNode seen = broker.get("/users/ann");
    assertThat(seen.path("tags").toString()).isEqualTo("[\"management\",\"other\"]");
    assertThat(seen.path("password_hash").asText()).startsWith("SCRAM-SHA-256$");
    assertThat(broker.send("ann", "GET", "/whoami", "").statusCode()).isEqualTo(200);
    assertThat(broker.get("/users/without-permissions").findValuesAsText("name"))
        .contains("ann")
        .doesNotContain("guest");

    assertThat(broker.status("DELETE", "/users/ann", "")).isEqualTo(204);
    assertThat(broker.status("DELETE", "/users/ann", "")).isEqualTo(404);
    assertThat(broker.status("GET", "/users/ann", "")).isEqualTo(404);
    assertThat(broker.send("ann", "GET", "/whoami", "").statusCode()).isEqualTo(401);
  }

  @Test
  void takesHashesAsRabbitMqMakesThem() {
    String hash = broker.get("/auth/hash_password/bob").path("ok").asText();
    broker.must(
        "PUT", "/users/bob", "{\"password_hash\":\"" + hash + "\",\"tags\":[\"management\"]}");
    assertThat(broker.send("bob", "GET", "/whoami", "").statusCode()).isEqualTo(200);
    assertThat(broker.get("/users/bob").path("hashing_algorithm").asText())
        .isEqualTo("rabbit_password_hashing_sha256");

    broker.must("PUT", "/users/bob", "{\"password_hash\":\"\",\"tags\":[\"management\"]}");
    assertThat(broker.send("bob", "GET", "/whoami", "").statusCode()).isEqualTo(401);
    broker.must("DELETE", "/users/bob", "");
  }

  @Test
  void refusesMalformedUsersAndSaysWhatIsWrong() {
    assertThat(reason("PUT", "/users/x", "{\"password\":\"x\"}")).startsWith("tags: is missing");
    assertThat(reason("PUT", "/users/x", "{\"tags\":[1]}")).startsWith("tags: an array of texts");
    assertThat(reason("PUT", "/users/x", "{\"tags\":\"\",\"password\":5}"))
        .isEqualTo("password: text was expected");
    assertThat(
            reason("PUT", "/users/x", "{\"tags\":\"\",\"password\":\"a\",\"password_hash\":\"\"}"))
        .contains("both password and password_hash");
    assertThat(reason("PUT", "/users/x", "{\"tags\":\"\",\"password_hash\":\"AAAA\"}"))
        .startsWith("password_hash: a password hash of 3 bytes");
    assertThat(reason("PUT", "/users/a%0Db", "{\"tags\":\"\"}")).contains("control characters");
    assertThat(broker.status("GET", "/users/x", "")).isEqualTo(404);
  }

  @Test
  void deletesSeveralUsersAtOnce() {
    broker.must("PUT", "/users/d1", "{\"tags\":\"\"}");
    broker.must("PUT", "/users/d2", "{\"tags\":\"\"}");
    broker.must("PUT", "/users/d3", "{\"tags\":\"protected\"}");
    assertThat(broker.status("POST", "/users/bulk-delete", "{\"users\":[\"d1\",\"d3\"]}"))
        .isEqualTo(412);
    assertThat(broker.status("POST", "/users/bulk-delete", "{\"users\":[\"d1\",\"d2\",\"gone\"]}"))
        .isEqualTo(204);
    assertThat(broker.get("/users").findValuesAsText("name"))
        .doesNotContain("d1", "d2")
        .contains("d3");
  }

  @Test
  void managesVirtualHosts() {
    String body = "{\"description\":\"shop\",\"tags\":\"a,b\",\"default_queue_type\":\"quorum\"}";
    assertThat(broker.status("PUT", "/vhosts/shop", body)).isEqualTo(201);
    assertThat(broker.status("PUT", "/vhosts/shop", "")).isEqualTo(204);
    JsonNode seen = broker.get("/vhosts/shop");
    assertThat(seen.path("description").asText()).isEqualTo("shop");
    assertThat(seen.at("/metadata/tags").toString()).isEqualTo("[\"a\",\"b\"]");
    assertThat(seen.path("default_queue_type").asText()).isEqualTo("quorum");
    assertThat(reason("PUT", "/vhosts/shop", "{\"default_queue_type\":\"stream\"}"))
        .isEqualTo("default_queue_type: classic or quorum was expected");

    assertThat(broker.status("POST", "/vhosts/shop/deletion/protection", "")).isEqualTo(204);
    HttpResponse<String> kept = broker.send("guest", "DELETE", "/vhosts/shop", "");
    assertThat(kept.statusCode()).isEqualTo(412);
    assertThat(kept.body()).contains("protected from deletion");
    assertThat(broker.status("DELETE", "/vhosts/shop/deletion/protection", "")).isEqualTo(204);
    assertThat(broker.status("DELETE", "/vhosts/shop", "")).isEqualTo(204);
    assertThat(broker.status("DELETE", "/vhosts/shop", "")).isEqualTo(404);
  }

  @Test
  void grantsAndClearsPermissions() {
    broker.must("PUT", "/users/perm", "{\"tags\":\"\"}");
    String body = "{\"configure\":\"^a\",\"write\":\".*\",\"read\":\"\"}";
    assertThat(broker.status("GET", "/permissions/%2F/perm", "")).isEqualTo(404);
    assertThat(broker.status("PUT", "/permissions/%2F/perm", body)).isEqualTo(201);
    assertThat(broker.status("PUT", "/permissions/%2F/perm", body)).isEqualTo(204);
    assertThat(broker.get("/permissions/%2F/perm").toString())
        .isEqualTo(
            "{\"user\":\"perm\",\"vhost\":\"/\",\"configure\":\"^a\",\"write\":\".*\",\"read\":\"\"}");
    assertThat(broker.get("/users/perm/permissions")).hasSize(1);
    assertThat(broker.get("/vhosts/%2F/permissions").findValuesAsText("user")).contains("perm");
    assertThat(reason("PUT", "/permissions/%2F/perm", "{\"configure\":\"\",\"write\":\"\"}"))
        .isEqualTo("read: is missing");
    assertThat(
            reason(
                "PUT",
                "/permissions/%2F/perm",
                "{\"configure\":\"(\",\"write\":\"\",\"read\":\"\"}"))
        .startsWith("configure: '(' is not a regular expression");
    assertThat(reason("PUT", "/permissions/%2F/nobody", body))
        .isEqualTo("user 'nobody' does not exist");
    assertThat(reason("PUT", "/permissions/none/perm", body))
        .isEqualTo("vhost 'none' does not exist");
    assertThat(broker.status("DELETE", "/permissions/%2F/perm", "")).isEqualTo(204);
    assertThat(broker.status("DELETE", "/permissions/%2F/perm", "")).isEqualTo(404);
  }

  @Test
  void grantsAndClearsTopicPermissions() {
    broker.must("PUT", "/users/topic", "{\"tags\":\"\"}");
    String one = "{\"exchange\":\"amq.topic\",\"write\":\"^{username}\",\"read\":\".*\"}";
    String other = "{\"exchange\":\"news\",\"write\":\"^a\",\"read\":\"^b\"}";
    assertThat(broker.status("PUT", "/topic-permissions/%2F/topic", one)).isEqualTo(201);
    assertThat(broker.status("PUT", "/topic-permissions/%2F/topic", one)).isEqualTo(204);
    assertThat(broker.status("PUT", "/topic-permissions/%2F/topic", other)).isEqualTo(201);
    assertThat(broker.get("/topic-permissions/%2F/topic")).hasSize(2);
    assertThat(broker.get("/users/topic/topic-permissions")).hasSize(2);
    assertThat(broker.get("/vhosts/%2F/topic-permissions")).hasSize(2);
    assertThat(broker.get("/topic-permissions/%2F/topic/news").path("read").asText())
        .isEqualTo("^b");
    assertThat(broker.status("DELETE", "/topic-permissions/%2F/topic/news", "")).isEqualTo(204);
    assertThat(broker.status("DELETE", "/topic-permissions/%2F/topic/news", "")).isEqualTo(404);
    assertThat(broker.status("DELETE", "/topic-permissions/%2F/topic", "")).isEqualTo(204);
    assertThat(broker.get("/topic-permissions")).isEmpty();
  }

  @Test
  void setsLimits() {
    broker.must("PUT", "/users/lim", "{\"tags\":\"\"}");
    broker.must("PUT", "/vhosts/lim", "");
    assertThat(broker.status("PUT", "/user-limits/lim/max-channels", "{\"value\":7}"))
        .isEqualTo(204);
    assertThat(broker.status("PUT", "/vhost-limits/lim/max-queues", "{\"value\":1}"))
        .isEqualTo(204);
    assertThat(broker.get("/user-limits").toString())
        .isEqualTo("[{\"user\":\"lim\",\"value\":{\"max-channels\":7}}]");
    assertThat(broker.get("/vhost-limits/lim").toString())
        .isEqualTo("[{\"vhost\":\"lim\",\"value\":{\"max-queues\":1}}]");
    assertThat(reason("PUT", "/user-limits/lim/max-queues", "{\"value\":7}"))
        .contains("max-connections or max-channels was expected");
    assertThat(reason("PUT", "/vhost-limits/lim/max-queues", "{}")).isEqualTo("value: is missing");
    assertThat(broker.status("PUT", "/user-limits/none/max-channels", "{\"value\":7}"))
        .isEqualTo(404);

    broker.must(
        "PUT", "/permissions/lim/guest", "{\"configure\":\".*\",\"write\":\"\",\"read\":\"\"}");
    assertThat(broker.status("PUT", "/queues/lim/one", "")).isEqualTo(201);
    assertThat(reason("PUT", "/queues/lim/two", "")).contains("queue limit in vhost 'lim' (1)");

    assertThat(broker.status("DELETE", "/user-limits/lim/max-channels", "")).isEqualTo(204);
    assertThat(broker.status("DELETE", "/vhost-limits/lim/max-queues", "")).isEqualTo(204);
    assertThat(broker.get("/user-limits")).isEmpty();
    assertThat(broker.get("/vhost-limits")).isEmpty();
  }

  @Test
  void declaresPurgesAndDeletesQueues() {
    String queue = "{\"durable\":true,\"arguments\":{\"x-max-length\":3}}";
    assertThat(broker.status("PUT", "/queues/%2F/jobs", queue)).isEqualTo(201);
    assertThat(broker.status("PUT", "/queues/%2F/jobs", queue)).isEqualTo(204);
    assertThat(reason("PUT", "/queues/%2F/jobs", "{\"arguments\":{\"x-max-length\":4}}"))
        .startsWith("inequivalent arg 'x-max-length' for queue 'jobs' in vhost '/'");
    assertThat(reason("PUT", "/queues/%2F/bad", "{\"arguments\":{\"x-max-length\":\"x\"}}"))
        .contains("invalid arg 'x-max-length'");
    assertThat(publish("amq.default", "jobs")).isEqualTo("{\"routed\":true}");
    assertThat(reason("DELETE", "/queues/%2F/jobs?if-empty=true", ""))
        .isEqualTo("queue 'jobs' in vhost '/' not empty");
    assertThat(broker.status("DELETE", "/queues/%2F/jobs/contents", "")).isEqualTo(204);
    assertThat(broker.status("DELETE", "/queues/%2F/jobs?if-empty=true&if-unused=true", ""))
        .isEqualTo(204);
    assertThat(broker.status("DELETE", "/queues/%2F/jobs", "")).isEqualTo(404);
    assertThat(broker.status("DELETE", "/queues/%2F/jobs/contents", "")).isEqualTo(404);
    assertThat(broker.status("PUT", "/queues/none/jobs", "")).isEqualTo(404);
  }

  @Test
  void declaresBindsAndDeletesExchanges() {
    assertThat(broker.status("PUT", "/exchanges/%2F/ev", "{\"type\":\"topic\"}")).isEqualTo(201);
    assertThat(broker.status("PUT", "/exchanges/%2F/ev", "{\"type\":\"topic\"}")).isEqualTo(204);
    assertThat(reason("PUT", "/exchanges/%2F/ev", "{}")).isEqualTo("type: is missing");
    assertThat(reason("PUT", "/exchanges/%2F/ev", "{\"type\":\"fanout\"}"))
        .startsWith("inequivalent arg 'type' for exchange 'ev'");
    broker.must("PUT", "/queues/%2F/ev.q", "");

    HttpResponse<String> bound =
        broker.send(
            "guest",
            "POST",
            "/bindings/%2F/e/ev/q/ev.q",
            "{\"routing_key\":\"a ~\\r\\nset-cookie: x=y\",\"arguments\":{\"k\":1}}");
    assertThat(bound.statusCode()).isEqualTo(201);
    String location = bound.headers().firstValue("location").orElseThrow();
    assertThat(location).startsWith("/api/bindings/%2F/e/ev/q/ev.q/a%2B%257E%250D%250A");
    assertThat(bound.headers().firstValue("set-cookie")).isEmpty();
    String path = location.substring("/api".length());
    assertThat(broker.get(path).path("routing_key").asText()).endsWith("set-cookie: x=y");
    assertThat(broker.get("/bindings/%2F/e/ev/q/ev.q")).hasSize(1);
    assertThat(reason("DELETE", "/exchanges/%2F/ev?if-unused=true", ""))
        .isEqualTo("exchange 'ev' in vhost '/' in use");
    assertThat(broker.status("DELETE", path, "")).isEqualTo(204);
    assertThat(broker.status("DELETE", path, "")).isEqualTo(404);
    assertThat(broker.status("POST", "/bindings/%2F/e/ev/q/none", "{}")).isEqualTo(404);
    assertThat(broker.status("DELETE", "/exchanges/%2F/ev?if-unused=true", "")).isEqualTo(204);
    assertThat(broker.status("DELETE", "/exchanges/%2F/ev", "")).isEqualTo(404);
    assertThat(broker.status("DELETE", "/exchanges/%2F/amq.topic", "")).isEqualTo(401);
    assertThat(broker.status("DELETE", "/exchanges/%2F/amq.default", "")).isEqualTo(401);
  }

  @Test
  void publishesWithProperties() {
    broker.must(
        "PUT",
        "/queues/%2F/pub",
        "{\"arguments\":{\"x-max-length\":1," + "\"x-overflow\":\"reject-publish\"}}");
    String message =
        """
        {"routing_key": "pub", "payload": "aGk=", "payload_encoding": "base64",
         "properties": {"delivery_mode": 2, "message_id": "m", "content_type": "text/plain",
                        "user_id": "guest", "headers": {"n": 1}, "expiration": "60000"}}
        """;
    assertThat(broker.send("guest", "POST", "/exchanges/%2F/amq.default/publish", message).body())
        .isEqualTo("{\"routed\":true}");
    assertThat(reason("POST", "/exchanges/%2F/amq.default/publish", message))
        .isEqualTo("Unable to publish message. Check queue limits.");
    assertThat(publish("amq.default", "nowhere")).isEqualTo("{\"routed\":false}");
    assertThat(
            reason(
                "POST",
                "/exchanges/%2F/amq.default/publish",
                message.replace("\"guest\"", "\"ann\"")))
        .isEqualTo("user_id property set to 'ann' but authenticated user was 'guest'");
    assertThat(broker.status("POST", "/exchanges/%2F/none/publish", message)).isEqualTo(404);
    assertThat(reason("POST", "/exchanges/%2F/amq.rabbitmq.trace/publish", message))
        .startsWith("cannot publish to internal exchange");
    broker.must("DELETE", "/queues/%2F/pub", "");
  }

  @Test
  void refusesMessagesThatAreTooLongForAmqpToo(@TempDir Path directory) throws Exception {
    try (HttpBroker strict = HttpBroker.start(directory, "limits: {max-message-size: 64KiB}")) {
      String message =
          """
          {"routing_key": "nowhere", "payload": "%s", "payload_encoding": "string", "properties": {}}
          """
              .formatted("x".repeat(64 << 10));
      HttpResponse<String> refused =
          strict.send("guest", "POST", "/exchanges/%2F/amq.default/publish", message);

      assertThat(refused.statusCode()).isEqualTo(400);
      assertThat(HttpBroker.json(refused).path("reason").asText())
          .matches("the message has 65\\d{3} octets, at most 65536 were expected .*");
    }
  }

  @Test
  void tellsTheAuditTrailThatCertificatesAreReadAgain() {
    broker.must("POST", "/certificates/reload", "");
    JsonNode latest = broker.get("/audit?event=certificates.reloaded").path(0);
    assertThat(latest.path("user").asText()).isEqualTo("guest");
  }

  @Test
  void leavesUsersOfTheConfigurationFileToIt(@TempDir Path directory) throws Exception {
    try (HttpBroker strict = HttpBroker.start(directory, FILE_USER)) {
      HttpResponse<String> refused =
          strict.send("guest", "PUT", "/users/guest", "{\"password\":\"x\",\"tags\":\"\"}");
      assertThat(refused.statusCode()).isEqualTo(400);
      assertThat(HttpBroker.json(refused).path("reason").asText()).contains("guest");
      assertThat(strict.status("DELETE", "/users/guest", "")).isEqualTo(400);
      assertThat(strict.get("/users/guest").path("declared_in_file").asBoolean()).isTrue();
      assertThat(strict.get("/definitions").path("users").toString()).doesNotContain("declared");
    }
  }

  @Test
  void namesWhoDidItInTheAuditTrail() {
    broker.must("PUT", "/users/eve", "{\"password\":\"eve\",\"tags\":\"administrator\"}");
    assertThat(broker.send("eve", "PUT", "/vhosts/audited", "").statusCode()).isEqualTo(201);
    JsonNode latest = broker.get("/audit?user=eve&event=vhost.&vhost=audited").path(0);
    assertThat(latest.path("event").asText()).isEqualTo("vhost.created");
    assertThat(latest.path("name").asText()).isEqualTo("audited");
    assertThat(latest.path("address").asText()).isEqualTo("127.0.0.1");
    assertThat(latest.path("by").asText()).isEqualTo("http");
    assertThat(latest.path("timestamp").asLong()).isPositive();
    assertThat(latest.path("after").has("description")).isTrue();
    JsonNode page = broker.get("/audit?page=1&page_size=2&name=eve");
    assertThat(page.path("items")).hasSizeLessThanOrEqualTo(2);
    assertThat(page.at("/items/0/name").asText()).isEqualTo("eve");
    assertThat(page.toString()).doesNotContain("SCRAM-SHA-256$");
  }

  private String publish(String exchange, String key) {
    return broker
        .send(
            "guest",
            "POST",
            "/exchanges/%2F/" + exchange + "/publish",
            "{\"routing_key\":\""
                + key
                + "\",\"payload\":\"hi\",\"payload_encoding\":\"string\",\"properties\":{}}")
        .body();
  }

  private String reason(String method, String path, String body) {
    HttpResponse<String> response = broker.send("guest", method, path, body);
    assertThat(response.statusCode()).as("%s %s", method, path).isEqualTo(400);
    JsonNode error = HttpBroker.json(response);
    assertThat(error.path("error").asText()).isEqualTo("bad_request");
    return error.path("reason").asText();
  }
}
