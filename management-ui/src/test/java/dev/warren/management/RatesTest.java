package dev.warren.management;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.management.FakeManagement.FakeQueue;
import org.junit.jupiter.api.Test;

/** Rates and samples on a stepped clock. */
final class RatesTest {

  @Test
  void givesTheChangeASecond() {
    try (RunningServer server = new RunningServer(1_000_000)) {
      FakeQueue queue = server.management.queue("orders");
      server.second();
      queue.moves(500, 300, 200);
      server.clock.advanceMs(1_000);
      server.second();

      JsonNode stats = server.get("/api/queues/%2F/orders").get("message_stats");

      assertThat(stats.at("/publish_details/rate").asDouble()).isEqualTo(250.0);
      assertThat(stats.at("/deliver_get_details/rate").asDouble()).isEqualTo(150.0);
      assertThat(stats.at("/ack_details/rate").asDouble()).isEqualTo(100.0);
      assertThat(stats.get("publish").asLong()).isEqualTo(500);
      JsonNode overview = server.get("/api/overview");
      assertThat(overview.at("/message_stats/publish_details/rate").asDouble()).isEqualTo(250.0);
      assertThat(overview.at("/queue_totals/messages_ready_details/rate").asDouble())
          .isEqualTo(100.0);
    }
  }

  @Test
  void reachesAnHourBackMinuteByMinute() {
    try (RunningServer server = new RunningServer(1_000_000)) {
      FakeQueue queue = server.management.queue("orders");
      for (int second = 0; second < 3 * 3_600; second++) {
        queue.moves(2, 0, 0);
        server.second();
      }

      JsonNode samples =
          server
              .get("/api/queues/%2F/orders?msg_rates_age=3600&msg_rates_incr=60")
              .at("/message_stats/publish_details/samples");

      assertThat(samples.size()).isBetween(59, 63);
      long newest = samples.get(0).path("timestamp").asLong();
      long oldest = samples.get(samples.size() - 1).path("timestamp").asLong();
      assertThat(newest - oldest).isBetween(3_480_000L, 3_600_000L);
      assertThat(samples.get(0).path("sample").asLong()).isEqualTo(3 * 3_600 * 2);
      for (int i = 1; i < samples.size(); i++) {
        long seconds =
            (samples.get(i - 1).path("timestamp").asLong()
                    - samples.get(i).path("timestamp").asLong())
                / 1_000;
        long messages =
            samples.get(i - 1).path("sample").asLong() - samples.get(i).path("sample").asLong();
        assertThat(messages).as("sample %s", i).isEqualTo(2 * seconds).isPositive();
      }
      assertThat(
              server
                  .get("/api/queues/%2F/orders?msg_rates_age=60&msg_rates_incr=1")
                  .at("/message_stats/publish_details/samples"))
          .hasSize(61);
    }
  }

  @Test
  void aQueueMadeAgainBeginsANewHistory() {
    try (RunningServer server = new RunningServer(1_000_000)) {
      FakeQueue queue = server.management.queue("orders").moves(500, 300, 200);
      server.second();
      queue.madeAgain().moves(600, 0, 0);
      server.second();

      JsonNode first =
          server.get(
              "/api/queues/%2F/orders?msg_rates_age=60&msg_rates_incr=1&columns=message_stats");
      assertThat(first.at("/message_stats/publish").asLong()).isEqualTo(600);
      assertThat(first.at("/message_stats/publish_details/rate").asDouble()).isZero();
      assertThat(first.at("/message_stats/publish_details/samples")).hasSize(1);

      queue.moves(10, 0, 0);
      server.second();
      assertThat(
              server
                  .get("/api/queues/%2F/orders")
                  .at("/message_stats/publish_details/rate")
                  .asDouble())
          .isEqualTo(10.0);
    }
  }

  @Test
  void saysSinceWhenNothingHasHappened() {
    try (RunningServer server = new RunningServer(1_000_000)) {
      server.management.queue("orders").moves(500, 300, 200);
      server.second();
      long changedAtMs = server.clock.epochMs();
      assertThat(server.get("/api/queues/%2F/orders").has("idle_since")).isFalse();
      server.second();
      server.second();

      assertThat(server.get("/api/queues/%2F/orders").path("idle_since").asText())
          .isEqualTo(
              java.time.format.DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSxxx")
                  .format(
                      java.time.Instant.ofEpochMilli(changedAtMs)
                          .atOffset(java.time.ZoneOffset.UTC)));
    }
  }

  @Test
  void givesNoRateFromOneSample() {
    try (RunningServer server = new RunningServer(1_000_000)) {
      server.management.queue("orders").moves(500, 0, 0);
      server.second();
      assertThat(
              server
                  .get("/api/queues/%2F/orders")
                  .at("/message_stats/publish_details/rate")
                  .asDouble())
          .isZero();
    }
  }

  @Test
  void givesSamplesNewestFirst() {
    try (RunningServer server = new RunningServer(1_000_000)) {
      FakeQueue queue = server.management.queue("orders");
      for (int second = 0; second < 10; second++) {
        queue.moves(10, 0, 0);
        server.second();
      }

      JsonNode queueView =
          server.get(
              "/api/queues/%2F/orders?msg_rates_age=4&msg_rates_incr=2&lengths_age=60&lengths_incr=1");

      JsonNode samples = queueView.at("/message_stats/publish_details/samples");
      assertThat(samples.toString())
          .isEqualTo(
              "[{\"sample\":100,\"timestamp\":1010000},{\"sample\":80,\"timestamp\":1008000},"
                  + "{\"sample\":60,\"timestamp\":1006000}]");
      assertThat(queueView.at("/message_stats/publish_details/avg_rate").asDouble())
          .isEqualTo(10.0);
      assertThat(queueView.at("/messages_ready_details/samples")).hasSize(10);
    }
  }

  @Test
  void keepsTheLastMinuteInFullAndOlderSamplesMinuteByMinute() {
    try (RunningServer server = new RunningServer(1_000_000)) {
      FakeQueue queue = server.management.queue("orders");
      for (int second = 0; second < 130; second++) {
        queue.moves(1, 0, 0);
        server.second();
      }
      JsonNode samples =
          server
              .get("/api/queues/%2F/orders?msg_rates_age=3600")
              .at("/message_stats/publish_details/samples");
      assertThat(samples).hasSize(63);
      assertThat(samples.get(0).get("sample").asLong()).isEqualTo(130);
      assertThat(samples.get(60).get("sample").asLong()).isEqualTo(70);
      assertThat(samples.get(61).get("sample").asLong()).isEqualTo(61);
      assertThat(samples.get(62).get("sample").asLong()).isEqualTo(1);
    }
  }

  @Test
  void forgetsAQueueThatIsGone() {
    try (RunningServer server = new RunningServer(1_000_000)) {
      server.management.queue("orders").moves(100, 0, 0);
      server.second();
      server.management.queues.clear();
      server.second();
      server.management.queue("orders").moves(7, 0, 0);
      server.second();
      server.second();
      JsonNode stats = server.get("/api/queues/%2F/orders?msg_rates_age=60").get("message_stats");
      assertThat(stats.at("/publish_details/samples")).hasSize(2);
    }
  }

  @Test
  void givesARateWithoutSamplesBeyondTheBound() {
    ManagementOptions defaults = ManagementOptions.defaults();
    ManagementOptions noHistories =
        new ManagementOptions("127.0.0.1", 0, defaults.bodyBytesMax(), 1000, 16, 0, 61, 0);
    try (RunningServer server = new RunningServer(1_000_000, noHistories)) {
      FakeQueue queue = server.management.queue("orders");
      for (int second = 0; second < 5; second++) {
        queue.moves(10, 0, 0);
        server.second();
      }
      JsonNode stats = server.get("/api/queues/%2F/orders?msg_rates_age=60").get("message_stats");
      assertThat(stats.at("/publish_details/rate").asDouble()).isEqualTo(10.0);
      assertThat(stats.at("/publish_details/samples")).hasSize(2);
    }
  }
}
