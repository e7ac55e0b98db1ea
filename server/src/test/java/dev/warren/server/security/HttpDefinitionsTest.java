package dev.warren.server.security;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Export and import of definitions (contract §12). */
@Timeout(60)
class HttpDefinitionsTest {
  /** As RabbitMQ exports them; the hash is of the password {@code shop}. */
  private static final String DOCUMENT =
      """
      {"rabbit_version": "4.3.5", "rabbitmq_definition_format": "cluster",
       "users": [{"name": "shop", "password_hash": "HASH",
                  "hashing_algorithm": "rabbit_password_hashing_sha256",
                  "tags": ["management"], "limits": {"max-connections": 5}},
                 {"name": "clear", "password": "clear", "tags": ""}],
       "vhosts": [{"name": "shop", "limits": [],
                   "metadata": {"description": "the shop", "tags": ["a"],
                                "default_queue_type": "quorum"}}],
       "permissions": [{"user": "shop", "vhost": "shop",
                        "configure": ".*", "write": ".*", "read": ".*"}],
       "topic_permissions": [{"user": "shop", "vhost": "shop", "exchange": "events",
                              "write": "^a", "read": ".*"}],
       "parameters": [{"component": "vhost-limits", "vhost": "shop", "name": "limits",
                       "value": {"max-queues": 10}}],
       "policies": [],
       "queues": [{"name": "orders", "vhost": "shop", "type": "quorum", "durable": true,
                   "auto_delete": false, "arguments": {"x-queue-type": "quorum"}}],
       "exchanges": [{"name": "events", "vhost": "shop", "type": "topic", "durable": true,
                      "auto_delete": false, "internal": false, "arguments": {}}],
       "bindings": [{"source": "events", "vhost": "shop", "destination": "orders",
                     "destination_type": "queue", "routing_key": "a.#", "arguments": {}}]}
      """;

  @TempDir Path directory;
  private HttpBroker broker;
  private String document = "";

  @BeforeEach
  void start() throws Exception {
    broker = HttpBroker.start(directory, "virtual-hosts: [{name: /}]");
    String hash = broker.get("/auth/hash_password/shop").path("ok").asText();
    document = DOCUMENT.replace("HASH", hash);
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  private HttpResponse<String> load(String path, String body) {
    return broker.send("guest", "POST", path, body);
  }

  @Test
  void takesADocumentOver() {
    HttpResponse<String> response = load("/definitions", document);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(204);
    assertThat(response.body()).isEmpty();

    assertThat(broker.send("shop", "GET", "/whoami", "").statusCode()).isEqualTo(200);
    assertThat(broker.get("/users/clear").path("password_hash").asText()).contains("SCRAM");
    assertThat(broker.get("/users/shop").at("/limits/max-connections").asInt()).isEqualTo(5);
    assertThat(broker.get("/vhosts/shop").path("description").asText()).isEqualTo("the shop");
    assertThat(broker.get("/vhost-limits/shop").at("/0/value/max-queues").asInt()).isEqualTo(10);
    assertThat(broker.get("/queues/shop/orders").path("type").asText()).isEqualTo("quorum");
    assertThat(broker.get("/bindings/shop/e/events/q/orders/a.%23").path("routing_key").asText())
        .isEqualTo("a.#");
    assertThat(broker.get("/topic-permissions/shop/shop")).hasSize(1);
    // Again: everything is there already.
    assertThat(load("/definitions", document).statusCode()).isEqualTo(204);
  }

  @Test
  void exportsWhatItTakes(@TempDir Path other) throws Exception {
    load("/definitions", document);
    broker.must("PUT", "/queues/%2F/passing", "{\"durable\":false}");
    broker.must("POST", "/bindings/%2F/e/amq.topic/q/passing", "{\"routing_key\":\"x\"}");
    JsonNode exported = broker.get("/definitions");
    assertThat(exported.path("queues").findValuesAsText("name")).containsExactly("orders");
    assertThat(exported.path("exchanges").findValuesAsText("name")).containsExactly("events");
    assertThat(exported.path("bindings")).hasSize(1);
    assertThat(exported.path("rabbitmq_definition_format").asText()).isEqualTo("cluster");
    for (String field : List.of("parameters", "policies", "global_parameters", "permissions")) {
      assertThat(exported.path(field).isArray()).as(field).isTrue();
    }
    HttpResponse<String> raw = broker.send("guest", "GET", "/definitions", "");
    assertThat(raw.headers().firstValue("cache-control")).contains("no-cache, no-store");

    try (HttpBroker second = HttpBroker.start(other, "virtual-hosts: [{name: /}]")) {
      HttpResponse<String> loaded =
          second.send("guest", "POST", "/definitions", exported.toString());
      assertThat(loaded.statusCode()).as(loaded.body()).isEqualTo(200);
      assertThat(HttpBroker.json(loaded).path("conflicts")).isEmpty();
      assertThat(HttpBroker.json(loaded).at("/skipped/0/where").asText())
          .isEqualTo("global_parameters[0]");
      JsonNode again = second.get("/definitions");
      for (String section :
          List.of(
              "users",
              "vhosts",
              "permissions",
              "topic_permissions",
              "queues",
              "exchanges",
              "bindings")) {
        assertThat(again.path(section)).as(section).isEqualTo(exported.path(section));
      }
      assertThat(second.send("shop", "GET", "/whoami", "").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void movesOneVirtualHostToAnother() {
    load("/definitions", document);
    JsonNode one = broker.get("/definitions/shop");
    assertThat(one.path("rabbitmq_definition_format").asText()).isEqualTo("single_virtual_host");
    assertThat(one.path("original_vhost_name").asText()).isEqualTo("shop");
    assertThat(one.has("users")).isFalse();
    assertThat(one.toString()).doesNotContain("\"vhost\"");

    broker.must("PUT", "/vhosts/copy", "");
    assertThat(load("/definitions/copy", one.toString()).statusCode()).isEqualTo(204);
    assertThat(broker.get("/queues/copy/orders").path("type").asText()).isEqualTo("quorum");
    assertThat(broker.get("/vhosts/copy").path("description").asText()).isEqualTo("the shop");
    assertThat(broker.get("/bindings/copy/e/events/q/orders")).hasSize(1);
    assertThat(load("/definitions/none", "{}").statusCode()).isEqualTo(404);
  }

  @Test
  void reportsWhatItDoesNotTakeOver() {
    load("/definitions", document);
    String other =
        """
        {"queues": [{"name": "orders", "vhost": "shop", "type": "classic", "arguments": {}},
                    {"name": "amq.gen-1", "vhost": "shop"}],
         "exchanges": [{"name": "events", "vhost": "shop", "type": "fanout"},
                       {"name": "amq.direct", "vhost": "shop", "type": "direct"}],
         "policies": [{"name": "p", "vhost": "shop"}],
         "parameters": [{"component": "operator_policy", "name": "o", "vhost": "/"}]}
        """;
    HttpResponse<String> response = load("/definitions", other);
    assertThat(response.statusCode()).isEqualTo(200);
    JsonNode report = HttpBroker.json(response);
    assertThat(report.path("conflicts").findValuesAsText("where"))
        .containsExactlyInAnyOrder("queues[0]", "exchanges[0]");
    assertThat(report.path("skipped").findValuesAsText("where"))
        .containsExactlyInAnyOrder("queues[1]", "exchanges[1]", "policies[0]", "parameters[0]");
    assertThat(broker.get("/exchanges/shop/events").path("type").asText()).isEqualTo("topic");
  }

  @Test
  void appliesNothingIfOneItemIsBad() throws Exception {
    for (String[] bad :
        new String[][] {
          {"\"routing_key\": \"a.#\"", "\"routing_key\": 5", "bindings[0].routing_key: text"},
          {"\"destination\": \"orders\"", "\"destination\": \"none\"", "bindings[0]: no queue"},
          {"\"type\": \"topic\"", "\"type\": \"odd\"", "exchanges[0]: unknown exchange type"},
          {"\"x-queue-type\": \"quorum\"", "\"x-max-length\": \"x\"", "queues[0]: invalid arg"},
          {"\"type\": \"quorum\"", "\"type\": \"stream\"", "queues[0].type: classic or quorum"},
          {"\"write\": \"^a\"", "\"write\": \"(\"", "topic_permissions[0]: write: '('"},
          {"\"configure\": \".*\"", "\"configure\": null", "permissions[0].configure: is missing"},
          {
            "\"user\": \"shop\", \"vhost\": \"shop\",",
            "\"user\": \"x\", \"vhost\": \"shop\",",
            "permissions[0]: user 'x' does not exist"
          },
          {"\"tags\": \"\"", "\"other\": \"\"", "users[1].tags: is missing"},
          {"_sha256", "_rot13", "users[0].password_hash: unknown hashing_algorithm"},
          {"\"max-queues\": 10", "\"max-queues\": 0", "queues: queue limit in vhost 'shop' (0)"},
          {"\"bindings\": [", "\"bindings\": [7,", "bindings[0]: an object was expected"},
        }) {
      assertThat(document).contains(bad[0]);
      HttpResponse<String> response =
          load(
              "/definitions",
              document.replaceFirst(
                  java.util.regex.Pattern.quote(bad[0]),
                  java.util.regex.Matcher.quoteReplacement(bad[1])));
      assertThat(response.statusCode()).as(bad[2]).isEqualTo(400);
      assertThat(HttpBroker.json(response).path("reason").asText()).startsWith(bad[2]);
    }
    assertThat(broker.get("/vhosts")).hasSize(1);
    assertThat(broker.get("/users")).hasSize(1);
  }

  @Test
  void triesWithoutApplying() {
    HttpResponse<String> response = load("/definitions?dry_run=true", document);
    assertThat(response.statusCode()).isEqualTo(200);
    ObjectNode report = (ObjectNode) HttpBroker.json(response);
    assertThat(report.at("/applied/users").asInt()).isEqualTo(2);
    assertThat(report.at("/applied/queues").asInt()).isEqualTo(1);
    assertThat(broker.get("/vhosts")).hasSize(1);
  }

  @Test
  void namesADownloadOnlyAsAFileMayBeCalled() {
    HttpResponse<String> named =
        broker.send("guest", "GET", "/definitions?download=warren-1.json", "");
    assertThat(named.headers().firstValue("content-disposition"))
        .contains("attachment; filename=\"warren-1.json\"");
    for (String name : List.of("a%0D%0Aset-cookie:x", "..%2F..%2Fx", "a%22b", "a%20b")) {
      assertThat(broker.send("guest", "GET", "/definitions?download=" + name, "").statusCode())
          .as(name)
          .isEqualTo(400);
    }
  }

  @Test
  void survivesARestart() throws Exception {
    load("/definitions", document);
    JsonNode before = broker.get("/definitions");
    broker.close();
    broker = HttpBroker.start(directory, "virtual-hosts: [{name: /}]");
    assertThat(broker.get("/definitions")).isEqualTo(before);
  }
}
