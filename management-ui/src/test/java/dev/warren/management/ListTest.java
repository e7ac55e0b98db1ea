package dev.warren.management;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Paging, filtering, sorting and columns (contract §11.1), over HTTP. */
final class ListTest {
  private final RunningServer server = new RunningServer(1_000_000);

  @BeforeEach
  void fill() {
    for (int i = 0; i < 25; i++) {
      server.management.queue(String.format("jobs-%02d", i)).moves(i * 7 % 25, 0, 0);
    }
    server.management.queue("video", "Other", "quorum", java.util.Map.of());
  }

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void givesABareArrayWithoutPage() {
    JsonNode list = server.get("/api/queues");
    assertThat(list.isArray()).isTrue();
    assertThat(list).hasSize(26);
  }

  @Test
  void givesAnEnvelopeWithPage() {
    JsonNode list = server.get("/api/queues?page=3&page_size=10&name=jobs");
    assertThat(list.get("total_count").asInt()).isEqualTo(26);
    assertThat(list.get("filtered_count").asInt()).isEqualTo(25);
    assertThat(list.get("item_count").asInt()).isEqualTo(5);
    assertThat(list.get("page").asInt()).isEqualTo(3);
    assertThat(list.get("page_size").asInt()).isEqualTo(10);
    assertThat(list.get("page_count").asInt()).isEqualTo(3);
    assertThat(names(list.get("items"))).first().isEqualTo("jobs-20");
  }

  @Test
  void refusesNumbersOutOfRangeByName() {
    for (String bad :
        List.of("page=0", "page=x", "page=1&page_size=501", "page=1&page_size=0", "page=-1")) {
      HttpResponse<String> response = server.send("GET", "/api/queues?" + bad, "guest");
      assertThat(response.statusCode()).as(bad).isEqualTo(400);
      assertThat(RunningServer.json(response).get("reason").asText())
          .as(bad)
          .startsWith(bad.contains("page_size") ? "page_size:" : "page:");
    }
  }

  @Test
  void refusesAPageThatIsNotThere() {
    HttpResponse<String> response = server.send("GET", "/api/queues?page=9", "guest");
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(RunningServer.json(response).get("error").asText()).isEqualTo("page_out_of_range");
  }

  @Test
  void filtersByPartOfTheNameWithoutCase() {
    assertThat(names(server.get("/api/queues?name=OTH"))).containsExactly("Other");
    assertThat(names(server.get("/api/queues?name=jobs-0%5B12%5D"))).isEmpty();
  }

  @Test
  void filtersByRegularExpression() {
    assertThat(names(server.get("/api/queues?use_regex=true&name=jobs-0%5B12%5D%24")))
        .containsExactly("jobs-01", "jobs-02");
  }

  @Test
  void refusesRegularExpressionsThatAreBrokenOrEndless() {
    for (String expression :
        List.of("%5B", "((a%7B99%7D)%7B99%7D)%7B99%7D", "(%7C)(%7C)(?!)", "a".repeat(257))) {
      HttpResponse<String> response =
          server.send("GET", "/api/queues?use_regex=true&name=" + expression, "guest");
      assertThat(response.statusCode()).as(expression).isEqualTo(400);
      assertThat(RunningServer.json(response).get("reason").asText()).startsWith("name:");
    }
  }

  @Test
  void sortsByANumberWithAndWithoutACheapKey() {
    assertThat(names(server.get("/api/queues?sort=messages_ready&sort_reverse=true")))
        .startsWith("jobs-07");
    assertThat(names(server.get("/api/queues?sort=message_bytes_ready&sort_reverse=true")))
        .startsWith("jobs-07");
  }

  @Test
  void keepsTheOrderOfWhatIsEqual() {
    assertThat(names(server.get("/api/queues?sort=type")).subList(0, 3))
        .containsExactly("jobs-00", "jobs-01", "jobs-02");
  }

  @Test
  void sortsByAFieldNobodyHas() {
    assertThat(names(server.get("/api/queues?sort=no.such.field"))).hasSize(26);
  }

  @Test
  void givesOnlyTheColumnsAskedFor() {
    server.second();
    JsonNode queue =
        server.get("/api/queues?name=other&columns=name,message_stats.publish_details.rate").get(0);
    assertThat(queue.toString())
        .isEqualTo("{\"name\":\"Other\",\"message_stats\":{\"publish_details\":{\"rate\":0.0}}}");
  }

  @Test
  void limitsAListToAVirtualHostByPathOrHeader() {
    assertThat(names(server.get("/api/queues/video"))).containsExactly("Other");
    assertThat(server.get("/api/queues/%2F/")).hasSize(25);
    HttpResponse<String> response = server.send("GET", "/api/queues", "guest", "x-vhost", "video");
    assertThat(names(RunningServer.json(response))).containsExactly("Other");
  }

  private static List<String> names(JsonNode items) {
    List<String> names = new ArrayList<>();
    items.forEach(item -> names.add(item.get("name").asText()));
    return names;
  }
}
