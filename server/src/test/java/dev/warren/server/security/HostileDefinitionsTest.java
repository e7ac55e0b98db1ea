package dev.warren.server.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Definitions which are to cost the broker its memory are refused, and change nothing. */
@Timeout(60)
@SuppressWarnings("NullAway.Init")
class HostileDefinitionsTest {
  private static final String YAML =
      """
      users:
        - {name: guest, password: guest, tags: [administrator]}
      """;
  private static final int SECONDS_MAX = 10;

  @TempDir static Path directory;
  private static HttpBroker broker;

  private record Bomb(String name, String json, String reason) {
    @Override
    public String toString() {
      return name;
    }
  }

  @BeforeAll
  static void start() throws Exception {
    broker = HttpBroker.start(directory, YAML);
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  static Stream<Bomb> bombs() {
    String queue = "{\"name\":\"q\",\"vhost\":\"/\",\"durable\":true,\"arguments\":";
    return Stream.of(
        new Bomb("nested arrays", "{\"queues\":" + "[".repeat(1_000_000), "nesting depth"),
        new Bomb("nested objects", "{\"queues\":" + "{\"a\":".repeat(1_000_000), "nesting depth"),
        new Bomb("nested arguments", queues(queue + "{\"x\":" + "[".repeat(40)), "nesting depth"),
        new Bomb("a number of megabytes", queues("9".repeat(5 << 20)), "Number value length"),
        new Bomb("a fraction of megabytes", queues("0." + "9".repeat(5 << 20)), "Number value"),
        new Bomb("a huge exponent", queues(queue + "{\"x-max-length\":1e999999999}}"), ""),
        new Bomb(
            "a number beyond 64 bits",
            queues(queue + "{\"x-max-length\":" + "9".repeat(30) + "}}"),
            "x-max-length"),
        new Bomb("a key of megabytes", "{\"" + "k".repeat(5 << 20) + "\":1}", "Name length"),
        new Bomb("a key twice", "{\"queues\":[],\"queues\":[]}", "Duplicate field 'queues'"),
        new Bomb("a key twice deeper", queues("{\"name\":\"a\",\"name\":\"b\"}"), "Duplicate"),
        new Bomb(
            "empty arrays by the million", queues("[],".repeat(6_000_000) + "0"), "Token count"),
        new Bomb("zeros by the million", queues("0,".repeat(9_000_000) + "0"), "Token count"),
        new Bomb("keys by the million", keys(), "Token count"),
        new Bomb(
            "a name of megabytes",
            queues("{\"name\":\"" + "n".repeat(5 << 20) + "\",\"vhost\":\"/\"}"),
            ""),
        new Bomb("octets that are no text", queues("\"\ud800\""), ""),
        new Bomb("more than a body may have", " ".repeat(20_000_001), "longer than 20000000"));
  }

  private static String queues(String items) {
    return "{\"queues\":[" + items + "]}";
  }

  private static String keys() {
    StringBuilder json = new StringBuilder("{\"first\":0");
    for (int i = 0; i < 1_200_000; i++) {
      json.append(",\"").append(Integer.toString(i, Character.MAX_RADIX)).append("\":0");
    }
    return json.append('}').toString();
  }

  @ParameterizedTest
  @MethodSource("bombs")
  @Timeout(SECONDS_MAX)
  void areRefusedWithAReasonAndChangeNothing(Bomb bomb) {
    HttpResponse<String> response = broker.send("guest", "POST", "/definitions", bomb.json());

    assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
    assertThat(response.body()).contains(bomb.reason()).hasSizeLessThan(2_000);
    assertThat(broker.get("/queues")).isEmpty();
  }

  @Test
  void areTakenWhenTheyAreOnlyLarge(@TempDir Path other) throws Exception {
    int count = 2_000;
    StringBuilder json = new StringBuilder("{\"queues\":[");
    for (int i = 0; i < count; i++) {
      json.append(i == 0 ? "" : ",")
          .append("{\"name\":\"q")
          .append(i)
          .append("\",\"vhost\":\"/\",\"durable\":true,\"arguments\":{\"x-max-length\":5}}");
    }
    try (HttpBroker fresh = HttpBroker.start(other, YAML)) {
      fresh.must("POST", "/definitions", json.append("]}").toString());
      assertThat(fresh.get("/overview").path("object_totals").path("queues").asInt())
          .isEqualTo(count);
    }
  }
}
