package dev.warren.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Prometheus reads (contract §13). */
class MetricsTest {
  private static final String PROTOCOL = "{protocol=\"amqp10\"}";

  @TempDir Path directory;

  @SuppressWarnings("NullAway.Init")
  private HttpBroker broker;

  private final HttpClient client = HttpClient.newHttpClient();

  @BeforeEach
  void start() throws Exception {
    broker =
        HttpBroker.start(
            directory, "listeners: {metrics: {port: 0}, amqp: {login-failure-delay: 0ms}}\n");
    broker.must("PUT", "/queues/%2F/mail", "");
    broker.must("PUT", "/queues/%2F/audit", "{\"arguments\":{\"x-queue-type\":\"quorum\"}}");
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  private HttpResponse<String> send(String method, String path, String... headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + broker.wiring().metricsPort() + path))
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private String read(String path) throws Exception {
    HttpResponse<String> response = send("GET", path);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return response.body();
  }

  /** The value of one sample, by its name with its labels. */
  private double value(String path, String sample) throws Exception {
    return read(path)
        .lines()
        .filter(line -> line.startsWith(sample + " "))
        .map(line -> Double.parseDouble(line.substring(sample.length() + 1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no sample " + sample));
  }

  private Set<String> names(String path) throws Exception {
    Set<String> names = new TreeSet<>();
    read(path)
        .lines()
        .filter(line -> !line.startsWith("#"))
        .forEach(line -> names.add(line.split("[{ ]", -1)[0]));
    return names;
  }

  private void publish(String queue) {
    broker.must(
        "POST",
        "/exchanges/%2F/amq.default/publish",
        "{\"routing_key\":\"%s\",\"payload\":\"hello\",\"payload_encoding\":\"string\",\"properties\":{\"delivery_mode\":2}}"
            .formatted(queue));
  }

  private void take(String queue) {
    broker.must(
        "POST",
        "/queues/%2F/" + queue + "/get",
        "{\"count\":1,\"ackmode\":\"ack_requeue_false\",\"encoding\":\"auto\"}");
  }

  @Test
  void hasTheNamesTheStockDashboardAsksFor() throws Exception {
    publish("mail");

    assertThat(names("/metrics"))
        .contains(
            "rabbitmq_build_info",
            "rabbitmq_identity_info",
            "rabbitmq_connections",
            "rabbitmq_channels",
            "rabbitmq_consumers",
            "rabbitmq_queues",
            "rabbitmq_connections_opened_total",
            "rabbitmq_connections_closed_total",
            "rabbitmq_channels_opened_total",
            "rabbitmq_channels_closed_total",
            "rabbitmq_queues_declared_total",
            "rabbitmq_queues_created_total",
            "rabbitmq_queues_deleted_total",
            "rabbitmq_process_open_fds",
            "rabbitmq_process_max_fds",
            "rabbitmq_process_resident_memory_bytes",
            "rabbitmq_resident_memory_limit_bytes",
            "rabbitmq_disk_space_available_bytes",
            "rabbitmq_disk_space_available_limit_bytes",
            "rabbitmq_erlang_uptime_seconds",
            "rabbitmq_io_write_bytes_total",
            "rabbitmq_io_sync_ops_total",
            "rabbitmq_queue_messages",
            "rabbitmq_queue_messages_ready",
            "rabbitmq_queue_messages_unacked",
            "rabbitmq_connection_incoming_bytes_total",
            "rabbitmq_connection_outgoing_bytes_total",
            "rabbitmq_auth_attempts_total",
            "rabbitmq_alarms_memory_used_watermark",
            "rabbitmq_alarms_free_disk_space_watermark",
            "rabbitmq_message_size_bytes_bucket",
            "rabbitmq_global_messages_received_total",
            "rabbitmq_global_messages_received_confirm_total",
            "rabbitmq_global_messages_routed_total",
            "rabbitmq_global_messages_unroutable_dropped_total",
            "rabbitmq_global_messages_unroutable_returned_total",
            "rabbitmq_global_messages_confirmed_total",
            "rabbitmq_global_publishers",
            "rabbitmq_global_consumers",
            "rabbitmq_global_messages_delivered_total",
            "rabbitmq_global_messages_delivered_consume_manual_ack_total",
            "rabbitmq_global_messages_delivered_consume_auto_ack_total",
            "rabbitmq_global_messages_delivered_get_manual_ack_total",
            "rabbitmq_global_messages_delivered_get_auto_ack_total",
            "rabbitmq_global_messages_get_empty_total",
            "rabbitmq_global_messages_redelivered_total",
            "rabbitmq_global_messages_acknowledged_total",
            "rabbitmq_global_messages_dead_lettered_maxlen_total",
            "rabbitmq_global_messages_dead_lettered_expired_total",
            "rabbitmq_global_messages_dead_lettered_rejected_total",
            "rabbitmq_global_messages_dead_lettered_delivery_limit_total");
    assertThat(read("/metrics"))
        .contains("rabbitmq_node=\"", "rabbitmq_cluster=\"", "product_name=\"Warren\"");
  }

  @Test
  void hasWarrensOwnFiguresToo() throws Exception {
    publish("mail");
    take("mail");

    assertThat(names("/metrics"))
        .contains(
            "warren_oldest_message_age_seconds",
            "warren_open_transactions",
            "warren_publishers_blocked",
            "warren_journal_segments",
            "warren_journal_pending_bytes");
    assertThat(value("/metrics", "warren_time_in_queue_seconds_count")).isEqualTo(1);
    assertThat(value("/metrics", "warren_journal_sync_seconds_count")).isPositive();
    assertThat(value("/metrics", "warren_journal_append_seconds_count")).isPositive();
    assertThat(value("/metrics", "rabbitmq_message_size_bytes_count" + PROTOCOL)).isEqualTo(1);
  }

  @Test
  void countsWhatGoesThrough() throws Exception {
    publish("mail");
    publish("mail");
    publish("audit");
    take("mail");

    assertThat(value("/metrics", "rabbitmq_queue_messages_ready")).isEqualTo(2);
    assertThat(value("/metrics", "rabbitmq_global_messages_received_total" + PROTOCOL))
        .isEqualTo(3);
    String mail = "{queue=\"mail\",vhost=\"/\"}";
    assertThat(value("/metrics/per-object", "rabbitmq_queue_messages_ready" + mail)).isEqualTo(1);
    assertThat(value("/metrics/per-object", "rabbitmq_queue_messages_acked_total" + mail))
        .isEqualTo(1);
    assertThat(
            value(
                "/metrics/per-object",
                "rabbitmq_exchange_messages_published_total{exchange=\"\",vhost=\"/\"}"))
        .isEqualTo(3);
    assertThat(value("/metrics/per-object", "warren_queue_oldest_message_age_seconds" + mail))
        .isNotNegative();
  }

  @Test
  void aCounterDoesNotGoBackWhenAQueueIsDeleted() throws Exception {
    publish("mail");
    take("mail");
    String sample =
        "rabbitmq_global_messages_acknowledged_total"
            + "{protocol=\"amqp10\",queue_type=\"rabbit_classic_queue\"}";
    await().until(() -> value("/metrics", sample) == 1);

    broker.must("DELETE", "/queues/%2F/mail", "");

    assertThat(value("/metrics", sample)).isEqualTo(1);
    assertThat(value("/metrics", "rabbitmq_queues_deleted_total")).isEqualTo(1);
  }

  @Test
  void detailedHasTheFamiliesAskedForOnly() throws Exception {
    String path = "/metrics/detailed?family=queue_coarse_metrics&family=vhost_status&queue=%5Ema";

    assertThat(names(path))
        .isEqualTo(
            new TreeSet<>(
                List.of(
                    "rabbitmq_build_info",
                    "rabbitmq_identity_info",
                    "rabbitmq_cluster_vhost_status",
                    "rabbitmq_detailed_queue_messages",
                    "rabbitmq_detailed_queue_messages_ready",
                    "rabbitmq_detailed_queue_messages_unacked")));
    assertThat(read(path)).contains("queue=\"mail\"").doesNotContain("queue=\"audit\"");
    assertThat(names("/metrics/memory-breakdown")).contains("rabbitmq_memory_heap_used_bytes");
  }

  @Test
  void saysWhatIsWrongWithARequest() throws Exception {
    HttpResponse<String> family = send("GET", "/metrics/detailed?family=nonsense");
    assertThat(family.statusCode()).isEqualTo(400);
    assertThat(family.body()).startsWith("family: 'nonsense' is not one of auth_attempt_metrics");
    HttpResponse<String> pattern = send("GET", "/metrics/detailed?family=queue_metrics&queue=%28");
    assertThat(pattern.statusCode()).isEqualTo(400);
    assertThat(pattern.body()).startsWith("queue: ");
    assertThat(send("POST", "/metrics").statusCode()).isEqualTo(405);
    assertThat(send("GET", "/nothing").statusCode()).isEqualTo(404);
  }

  @Test
  void speaksOpenMetricsToThoseWhoAskForIt() throws Exception {
    HttpResponse<String> response =
        send("GET", "/metrics", "accept", "application/openmetrics-text; version=1.0.0");

    assertThat(response.headers().firstValue("content-type").orElse(""))
        .startsWith("application/openmetrics-text");
    assertThat(response.body()).endsWith("# EOF\n");
  }
}
