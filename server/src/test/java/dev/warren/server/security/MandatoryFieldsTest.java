package dev.warren.server.security;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.jms.Connection;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Fields that rabbitmqadmin cannot do without (contract §11.5): there, and not null. */
class MandatoryFieldsTest {
  @TempDir Path directory;

  @SuppressWarnings("NullAway.Init")
  private HttpBroker broker;

  @SuppressWarnings("NullAway.Init")
  private Connection jms;

  @SuppressWarnings("NullAway.Init")
  private MessageConsumer consumer;

  @BeforeEach
  void start() throws Exception {
    broker = HttpBroker.start(directory, "");
    broker.must("PUT", "/queues/%2F/work", "");
    broker.must("POST", "/bindings/%2F/e/amq.topic/q/work", "{\"routing_key\":\"a.b\"}");
    broker.must(
        "PUT",
        "/topic-permissions/%2F/guest",
        "{\"exchange\":\"amq.topic\",\"write\":\".*\",\"read\":\".*\"}");
    jms =
        JmsClient.connect(
            "amqp://127.0.0.1:" + broker.wiring().amqpPort(),
            JmsClient.Login.inClear("guest", "guest"));
    Session session = jms.createSession(Session.AUTO_ACKNOWLEDGE);
    consumer = session.createConsumer(session.createQueue("/queues/work"));
  }

  @AfterEach
  void stop() throws Exception {
    consumer.close();
    jms.close();
    broker.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/nodes | name uptime run_queue processors os_pid fd_total proc_total mem_limit mem_alarm"
            + " disk_free_limit disk_free_alarm rates_mode enabled_plugins being_drained",
        "/queues | name vhost type durable auto_delete exclusive arguments",
        "/exchanges | name vhost type durable auto_delete arguments",
        "/bindings | vhost source destination destination_type routing_key arguments",
        "/connections | name node protocol user connected_at client_properties",
        "/consumers | consumer_tag active ack_required prefetch_count exclusive arguments"
            + " consumer_timeout queue channel_details",
        "/users | name tags password_hash",
        "/permissions | user vhost configure read write",
        "/topic-permissions | user vhost exchange read write",
      })
  void everyObjectHasThem(String path, String fields) {
    JsonNode list = broker.get(path);
    assertThat(list).as(path).isNotEmpty();
    for (JsonNode one : list) {
      for (String field : List.of(fields.split(" ", -1))) {
        assertThat(one.hasNonNull(field)).as("%s of %s: %s", field, path, one).isTrue();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"node", "protocol", "port", "ip_address"})
  void everyListenerHasThem(String field) {
    JsonNode listeners = broker.get("/overview").path("listeners");
    assertThat(listeners).hasSizeGreaterThan(1);
    listeners.forEach(one -> assertThat(one.hasNonNull(field)).as(one.toString()).isTrue());
  }
}
