package dev.warren.server.security;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Lists of a broker with many bindings, and without statistics (contract §11.1). */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HttpListsTest {
  private static final int BINDINGS = 2_000;

  private HttpBroker broker;

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    broker = HttpBroker.start(directory, "virtual-hosts: [{name: /}, {name: many}]");
    StringBuilder bindings = new StringBuilder();
    for (int i = 0; i < BINDINGS; i++) {
      bindings
          .append(i == 0 ? "" : ",")
          .append("{\"source\":\"amq.topic\",\"destination_type\":\"queue\",")
          .append("\"destination\":\"")
          .append(i % 3 == 0 ? "few" : "most")
          .append("\",\"routing_key\":\"")
          .append(key(i))
          .append("\"}");
    }
    broker.must(
        "POST",
        "/definitions/many",
        "{\"queues\":[{\"name\":\"few\"},{\"name\":\"most\"},{\"name\":\"none\"}],\"bindings\":["
            + bindings
            + "]}");
    broker.must("POST", "/bindings/many/e/amq.direct/e/amq.fanout", "{\"routing_key\":\"x\"}");
    broker.must("POST", "/bindings/many/e/amq.direct/q/few", "{\"routing_key\":\"y\"}");
  }

  @AfterAll
  void stop() {
    broker.close();
  }

  /** No two alike, in another order than they are made in. */
  private static String key(int i) {
    return "k" + (i * 7919) % BINDINGS;
  }

  private static List<String> sortedKeys() {
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < BINDINGS; i++) {
      keys.add(key(i));
    }
    Collections.sort(keys);
    return keys;
  }

  @Test
  void givesEveryPageOfASortedListAsTheWholeListWouldBe() {
    List<String> seen = new ArrayList<>();
    for (int page = 1; page <= 4; page++) {
      JsonNode answer =
          broker.get(
              "/exchanges/many/amq.topic/bindings/source?sort=routing_key&page_size=500&page="
                  + page);
      assertThat(answer.path("total_count").asInt()).isEqualTo(BINDINGS);
      seen.addAll(answer.path("items").findValuesAsText("routing_key"));
    }
    assertThat(seen).isEqualTo(sortedKeys());

    List<String> last = sortedKeys();
    Collections.reverse(last);
    assertThat(
            broker
                .get("/bindings/many?sort=routing_key&sort_reverse=true&page=1&page_size=5")
                .path("items")
                .findValuesAsText("routing_key"))
        .containsExactly("y", "x", "none", "most", last.get(0));
  }

  /** In the order of their names, whether or not the whole list was asked for before. */
  @Test
  void findsTheBindingsOfOneEnd() {
    for (int round = 0; round < 2; round++) {
      assertThat(broker.get("/queues/many/few/bindings")).hasSize(2 + (BINDINGS + 2) / 3);
      assertThat(broker.get("/queues/many/most/bindings")).hasSize(1 + BINDINGS * 2 / 3);
      assertThat(broker.get("/queues/many/none/bindings").findValuesAsText("source"))
          .containsExactly("");
      assertThat(broker.get("/bindings/many/e/amq.direct/q/few").findValuesAsText("routing_key"))
          .containsExactly("y");
      assertThat(
              broker
                  .get("/exchanges/many/amq.fanout/bindings/destination")
                  .findValuesAsText("routing_key"))
          .containsExactly("x");
      assertThat(
              broker
                  .get("/exchanges/many/amq.direct/bindings/source")
                  .findValuesAsText("destination"))
          .containsExactly("amq.fanout", "few");
      assertThat(
              broker
                  .get("/exchanges/many/amq.default/bindings/source")
                  .findValuesAsText("destination"))
          .containsExactly("few", "most", "none");
      assertThat(broker.get("/bindings/many")).hasSize(BINDINGS + 5);
    }
  }

  @Test
  void leavesStatisticsOutIfTheClientWantsNone() {
    JsonNode queue = broker.get("/queues/many?disable_stats=true").get(0);
    assertThat(queue.has("name")).isTrue();
    assertThat(queue.has("arguments")).isTrue();
    assertThat(queue.has("messages")).isFalse();
    assertThat(queue.has("message_stats")).isFalse();
    JsonNode withTotals =
        broker.get("/queues/many?disable_stats=true&enable_queue_totals=true").get(0);
    assertThat(withTotals.path("messages").asInt(-1)).isZero();
    assertThat(withTotals.path("messages_ready").asInt(-1)).isZero();
    assertThat(withTotals.path("messages_unacknowledged").asInt(-1)).isZero();
    assertThat(withTotals.has("message_stats")).isFalse();
    assertThat(withTotals.has("messages_details")).isFalse();
    assertThat(broker.get("/exchanges/many?disable_stats=true").get(0).has("message_stats"))
        .isFalse();
    assertThat(broker.get("/exchanges/many").get(0).has("message_stats")).isTrue();
  }
}
