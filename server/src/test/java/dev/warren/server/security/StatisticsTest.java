package dev.warren.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.jms.Connection;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That statistics are true: over HTTP and for Prometheus, with real clients. */
class StatisticsTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String LISTENERS =
      "listeners: {metrics: {port: 0}, amqp: {login-failure-delay: 0ms}}\n";

  @TempDir Path directory;

  private HttpBroker start() throws Exception {
    return HttpBroker.start(directory, LISTENERS);
  }

  private static Connection connect(HttpBroker broker) throws Exception {
    return JmsClient.connect(
        "amqp://127.0.0.1:" + broker.wiring().amqpPort(),
        JmsClient.Login.inClear("guest", "guest"),
        "jms.prefetchPolicy.all=7");
  }

  private static void publish(HttpBroker broker, String queue) {
    broker.must(
        "POST",
        "/exchanges/%2F/amq.default/publish",
        "{\"routing_key\":\"%s\",\"payload\":\"hello\",\"payload_encoding\":\"string\",\"properties\":{\"delivery_mode\":2}}"
            .formatted(queue));
  }

  private static void take(HttpBroker broker, String queue, int count) {
    broker.must(
        "POST",
        "/queues/%2F/" + queue + "/get",
        "{\"count\":%d,\"ackmode\":\"ack_requeue_false\",\"encoding\":\"auto\"}".formatted(count));
  }

  private static String metrics(HttpBroker broker, String path) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + broker.wiring().metricsPort() + path))
            .build();
    return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
  }

  /** The value of a sample, by its name with its labels. */
  private static Optional<Double> sample(HttpBroker broker, String path, String name)
      throws Exception {
    return metrics(broker, path)
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .map(line -> Double.valueOf(line.substring(name.length() + 1)))
        .findFirst();
  }

  private static void until(java.util.concurrent.Callable<Boolean> condition) {
    await().atMost(LIMIT).until(condition);
  }

  @Test
  void countersOfTheOverviewDoNotGoBackWhenAQueueIsDeleted() throws Exception {
    try (HttpBroker broker = start()) {
      broker.must("PUT", "/queues/%2F/mail", "");
      broker.must("PUT", "/queues/%2F/other", "");
      publish(broker, "mail");
      publish(broker, "other");
      take(broker, "mail", 1);
      until(() -> broker.get("/overview").at("/message_stats/ack").asLong() == 1);
      until(() -> broker.get("/vhosts/%2F").at("/message_stats/ack").asLong() == 1);

      broker.must("DELETE", "/queues/%2F/mail", "");
      take(broker, "other", 1);

      // Another acknowledgement, so a sample after the deletion.
      until(() -> broker.get("/overview").at("/message_stats/ack").asLong() == 2);
      until(() -> broker.get("/vhosts/%2F").at("/message_stats/ack").asLong() == 2);
      JsonNode stats = broker.get("/overview").path("message_stats");
      assertThat(stats.path("publish").asLong()).isEqualTo(2);
      assertThat(stats.path("publish_in").asLong()).isEqualTo(2);
      assertThat(stats.path("publish_out").asLong()).isEqualTo(2);
      assertThat(stats.at("/ack_details/rate").asDouble()).isNotNegative();
      assertThat(broker.get("/vhosts/%2F").at("/message_stats").has("confirm")).isFalse();
    }
  }

  @Test
  void whatIsGotOverHttpIsNotDelivered() throws Exception {
    try (HttpBroker broker = start()) {
      broker.must("PUT", "/queues/%2F/mail", "");
      publish(broker, "mail");
      publish(broker, "mail");
      take(broker, "mail", 5);

      until(() -> broker.get("/queues/%2F/mail").at("/message_stats/get_empty").asLong() == 1);
      JsonNode stats = broker.get("/queues/%2F/mail").path("message_stats");
      assertThat(stats.path("get").asLong()).isEqualTo(2);
      assertThat(stats.path("get_no_ack").asLong(-1)).isZero();
      assertThat(stats.path("deliver").asLong()).isZero();
      assertThat(stats.path("deliver_get").asLong()).isEqualTo(2);
      assertThat(stats.path("ack").asLong()).isEqualTo(2);
      until(() -> broker.get("/overview").at("/message_stats/get").asLong() == 2);
      String labels = "{protocol=\"amqp10\",queue_type=\"rabbit_classic_queue\"}";
      String global = "rabbitmq_global_messages_";
      assertThat(sample(broker, "/metrics", global + "delivered_get_manual_ack_total" + labels))
          .hasValue(2.0);
      assertThat(sample(broker, "/metrics", global + "get_empty_total" + labels)).hasValue(1.0);
      assertThat(sample(broker, "/metrics", global + "delivered_consume_manual_ack_total" + labels))
          .hasValue(0.0);
      String queue = "{queue=\"mail\",vhost=\"/\"}";
      assertThat(sample(broker, "/metrics/per-object", "rabbitmq_queue_get_ack_total" + queue))
          .hasValue(2.0);
    }
  }

  @Test
  void showsTheConsumerThatIsActiveAndThoseThatWait() throws Exception {
    try (HttpBroker broker = start()) {
      broker.must("PUT", "/queues/%2F/one", "{\"arguments\":{\"x-single-active-consumer\":true}}");
      broker.must("PUT", "/queues/%2F/many", "{\"arguments\":{\"x-consumer-timeout\":90000}}");
      try (Connection jms = connect(broker);
          Session first = jms.createSession(Session.CLIENT_ACKNOWLEDGE);
          Session second = jms.createSession(Session.CLIENT_ACKNOWLEDGE);
          MessageConsumer active = first.createConsumer(first.createQueue("/queues/one"));
          MessageConsumer waiting = second.createConsumer(second.createQueue("/queues/one"));
          MessageConsumer plain = second.createConsumer(second.createQueue("/queues/many"))) {
        assertThat(java.util.List.of(active, waiting, plain)).doesNotContainNull();

        JsonNode one = broker.get("/queues/%2F/one");
        JsonNode details = one.path("consumer_details");
        assertThat(details).hasSize(2);
        assertThat(details.at("/0/active").asBoolean()).isTrue();
        assertThat(details.at("/0/activity_status").asText()).isEqualTo("single_active");
        assertThat(details.at("/1/active").asBoolean(true)).isFalse();
        assertThat(details.at("/1/activity_status").asText()).isEqualTo("waiting");
        assertThat(one.path("single_active_consumer_tag")).isEqualTo(details.at("/0/consumer_tag"));
        int channel = details.at("/0/channel_details/number").asInt(-1);
        assertThat(channel).isNotEqualTo(details.at("/1/channel_details/number").asInt(-1));
        assertThat(details.at("/0/channel_details/name").asText())
            .isEqualTo(
                details.at("/0/channel_details/connection_name").asText() + " (" + channel + ")");

        until(() -> many(broker).path("prefetch_count").asInt() == 7);
        assertThat(many(broker).path("activity_status").asText()).isEqualTo("up");
        assertThat(many(broker).path("consumer_timeout").asLong()).isEqualTo(90_000);
        assertThat(broker.get("/queues/%2F/many").has("single_active_consumer_tag")).isFalse();
        until(() -> broker.get("/queues/%2F/many").path("consumer_capacity").asDouble() > 0);
        int sessions = broker.get("/connections").at("/0/channels").asInt();
        assertThat(broker.get("/overview").at("/object_totals/channels").asInt())
            .isEqualTo(sessions);
        assertThat(broker.get("/connections").at("/0/recv_cnt").asLong()).isPositive();
        assertThat(broker.get("/connections").at("/0/send_cnt").asLong()).isPositive();
      }
    }
  }

  private static JsonNode many(HttpBroker broker) {
    return broker.get("/queues/%2F/many").at("/consumer_details/0");
  }

  @Test
  void tellsTheAgeOfAMessageThatIsOnDisk() throws Exception {
    try (HttpBroker broker = start()) {
      broker.must("PUT", "/queues/%2F/mail", "{\"arguments\":{\"x-max-priority\":5}}");
      publish(broker, "mail");
      publish(broker, "mail");
    }
    try (HttpBroker broker = start()) {
      String name = "warren_oldest_message_age_seconds";
      assertThat(sample(broker, "/metrics", name)).as("it is not known yet").isEmpty();
      until(() -> sample(broker, "/metrics", name).isPresent());
      assertThat(
              sample(
                  broker,
                  "/metrics/per-object",
                  "warren_queue_oldest_message_age_seconds{queue=\"mail\",vhost=\"/\"}"))
          .isPresent();
      until(
          () -> broker.get("/queues/%2F/mail").path("head_message_timestamp").asLong() > 1_000_000);
      assertThat(broker.get("/queues/%2F/mail").path("messages_ram").asInt(-1)).isZero();
    }
  }

  @Test
  void countsMessagesThatWaitForTheirTimeEverywhere() throws Exception {
    try (HttpBroker broker = start()) {
      broker.must(
          "PUT",
          "/queues/%2F/slow",
          "{\"arguments\":{\"x-queue-type\":\"quorum\",\"x-delayed-retry-type\":\"all\",\"x-delayed-retry-min\":600000}}");
      publish(broker, "slow");
      broker.must(
          "POST",
          "/queues/%2F/slow/get",
          "{\"count\":1,\"ackmode\":\"reject_requeue_true\",\"encoding\":\"auto\"}");

      until(() -> broker.get("/queues/%2F/slow").path("messages_scheduled").asInt() == 1);
      assertThat(broker.get("/queues/%2F/slow").path("messages").asInt()).isEqualTo(1);
      assertThat(broker.get("/queues/%2F/slow").path("message_bytes").asInt()).isPositive();
      assertThat(broker.get("/overview").at("/queue_totals/messages").asInt()).isEqualTo(1);
      assertThat(broker.get("/vhosts/%2F").path("messages").asInt()).isEqualTo(1);
      assertThat(sample(broker, "/metrics", "rabbitmq_queue_messages")).hasValue(1.0);
      assertThat(sample(broker, "/metrics", "warren_queue_messages_scheduled")).hasValue(1.0);
    }
  }

  @Test
  void residentMemoryIsMoreThanTheHeap() throws Exception {
    try (HttpBroker broker = start()) {
      JsonNode node = broker.get("/nodes").get(0);
      assertThat(node.path("mem_calculation_strategy").asText()).isEqualTo("rss");
      assertThat(node.path("mem_limit").asLong() - node.path("mem_used").asLong())
          .isEqualTo(node.path("heap_limit").asLong() - node.path("heap_used").asLong());
      double resident =
          sample(broker, "/metrics", "rabbitmq_process_resident_memory_bytes").orElseThrow();
      assertThat(resident).isPositive();
      assertThat(sample(broker, "/metrics", "warren_heap_used_bytes").orElseThrow())
          .isPositive()
          .isNotEqualTo(resident);
    }
  }

  @Test
  void countsMessagesInMemoryAndThoseReadBack() throws Exception {
    try (HttpBroker broker = start()) {
      broker.must("PUT", "/queues/%2F/mail", "");
      try (Connection jms = connect(broker);
          Session session = jms.createSession(Session.CLIENT_ACKNOWLEDGE);
          MessageProducer producer = session.createProducer(session.createQueue("/queues/mail"))) {
        producer.send(session.createTextMessage("x"));
        producer.send(session.createTextMessage("y"));
        JsonNode queue = broker.get("/queues/%2F/mail");
        assertThat(queue.path("messages_ram").asInt()).isEqualTo(2);
        assertThat(queue.path("messages_ready_ram").asInt()).isEqualTo(2);
      }
    }
    try (HttpBroker broker = start();
        Connection jms = connect(broker);
        Session session = jms.createSession(Session.CLIENT_ACKNOWLEDGE);
        MessageConsumer consumer = session.createConsumer(session.createQueue("/queues/mail"))) {
      Message received = consumer.receive(LIMIT.toMillis());
      assertThat(received).isNotNull();

      until(() -> broker.get("/queues/%2F/mail").path("messages_ram").asInt() == 2);
      assertThat(broker.get("/queues/%2F/mail").path("disk_reads").asInt()).isEqualTo(2);
      until(() -> broker.get("/nodes").at("/0/msg_store_read_count").asLong() == 2);
      JsonNode node = broker.get("/nodes").get(0);
      assertThat(node.path("io_read_count").asLong()).isPositive();
      assertThat(node.path("io_read_bytes").asLong()).isPositive();
      assertThat(node.at("/io_write_count_details/rate").asDouble(-1)).isNotNegative();
      assertThat(sample(broker, "/metrics", "rabbitmq_io_read_ops_total").orElseThrow())
          .isPositive();
      assertThat(
              sample(
                  broker,
                  "/metrics/per-object",
                  "rabbitmq_queue_disk_reads_total{queue=\"mail\",vhost=\"/\"}"))
          .hasValue(2.0);
    }
  }
}
