package dev.warren.server.security;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.core.time.BrokerClock;
import jakarta.jms.Connection;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import java.nio.file.Path;
import java.util.List;
import java.util.StringJoiner;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Fields that rabbitmqadmin cannot do without (contract §11.5): there, of the type it reads, and
 * telling what is.
 */
class MandatoryFieldsTest {
  @TempDir Path directory;

  @SuppressWarnings("NullAway.Init")
  private HttpBroker broker;

  @SuppressWarnings("NullAway.Init")
  private Connection jms;

  @SuppressWarnings("NullAway.Init")
  private MessageConsumer consumer;

  private long startedAtMs;

  @BeforeEach
  void start() throws Exception {
    startedAtMs = BrokerClock.system().epochMs();
    broker = HttpBroker.start(directory, "limits: {disk-free-limit: 7MB}");
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
        "/nodes | name:text uptime:number run_queue:number processors:number os_pid:text"
            + " fd_total:number proc_total:number mem_limit:number mem_alarm:flag"
            + " disk_free_limit:number disk_free_alarm:flag rates_mode:text enabled_plugins:array"
            + " being_drained:flag",
        "/queues | name:text vhost:text type:text durable:flag auto_delete:flag exclusive:flag"
            + " arguments:object",
        "/exchanges | name:text vhost:text type:text durable:flag auto_delete:flag"
            + " arguments:object",
        "/bindings | vhost:text source:text destination:text destination_type:text"
            + " routing_key:text arguments:object",
        "/connections | name:text node:text protocol:text user:text connected_at:number"
            + " client_properties:object",
        "/consumers | consumer_tag:text active:flag ack_required:flag prefetch_count:number"
            + " exclusive:flag arguments:object consumer_timeout:number queue:object"
            + " channel_details:object",
        "/users | name:text tags:array password_hash:text",
        "/permissions | user:text vhost:text configure:text read:text write:text",
        "/topic-permissions | user:text vhost:text exchange:text read:text write:text",
      })
  void everyObjectHasThem(String path, String fields) {
    JsonNode list = broker.get(path);
    assertThat(list).as(path).isNotEmpty();
    for (JsonNode one : list) {
      for (String field : fields.split(" ", -1)) {
        String[] parts = field.split(":", -1);
        assertThat(type(one.path(parts[0])))
            .as("%s of %s: %s", field, path, one)
            .isEqualTo(parts[1]);
      }
    }
  }

  private static String type(JsonNode value) {
    return switch (value.getNodeType()) {
      case STRING -> "text";
      case NUMBER -> value.isIntegralNumber() ? "number" : "fraction";
      case BOOLEAN -> "flag";
      case ARRAY -> "array";
      case OBJECT -> "object";
      default -> "nothing";
    };
  }

  @ParameterizedTest
  @CsvSource({"node", "protocol", "port", "ip_address"})
  void everyListenerHasThem(String field) {
    JsonNode listeners = broker.get("/overview").path("listeners");
    assertThat(listeners).hasSizeGreaterThan(1);
    listeners.forEach(one -> assertThat(one.hasNonNull(field)).as(one.toString()).isTrue());
    assertThat(listeners.findValuesAsText("port"))
        .contains(
            String.valueOf(broker.wiring().amqpPort()), String.valueOf(broker.wiring().httpPort()));
  }

  @Test
  void theNodeTellsOfThisProcess() {
    JsonNode node = broker.get("/nodes").get(0);
    assertThat(node.path("name").asText()).isEqualTo(broker.get("/overview").path("node").asText());
    assertThat(node.path("os_pid").asText())
        .isEqualTo(String.valueOf(ProcessHandle.current().pid()));
    assertThat(node.path("processors").asInt())
        .isEqualTo(Runtime.getRuntime().availableProcessors());
    // What is resident, and the heap that is left: of a process that may be larger than its heap.
    assertThat(node.path("mem_used").asLong()).isPositive();
    assertThat(node.path("mem_limit").asLong())
        .isBetween(
            node.path("mem_used").asLong(),
            node.path("mem_used").asLong() + Runtime.getRuntime().maxMemory());
    assertThat(node.path("disk_free_limit").asLong()).isEqualTo(7_000_000);
    assertThat(node.path("fd_total").asLong()).isPositive();
    assertThat(node.path("uptime").asLong()).isNotNegative();
    assertThat(node.at("/contexts/0/port").asInt()).isEqualTo(broker.wiring().httpPort());
    for (String unknown : List.of("auth_mechanisms", "log_files", "config_files")) {
      assertThat(node.has(unknown)).as(unknown).isFalse();
    }
  }

  @Test
  void queuesExchangesAndBindingsTellHowTheyWereDeclared() {
    broker.must("PUT", "/queues/%2F/plain", "{\"durable\":false,\"auto_delete\":true}");
    broker.must(
        "PUT",
        "/queues/%2F/typed",
        "{\"arguments\":{\"x-queue-type\":\"quorum\",\"x-expires\":5000000}}");
    broker.must(
        "PUT",
        "/exchanges/%2F/passing",
        "{\"type\":\"fanout\",\"durable\":false,\"arguments\":{\"alternate-exchange\":\"amq.topic\"}}");
    assertFields("/queues/%2F/plain", "plain / classic false true false");
    assertFields("/queues/%2F/typed", "typed / quorum true false false");
    assertThat(broker.get("/queues/%2F/typed").at("/arguments/x-expires").asInt())
        .isEqualTo(5_000_000);
    JsonNode exchange = broker.get("/exchanges/%2F/passing");
    assertThat(exchange.path("type").asText()).isEqualTo("fanout");
    assertThat(exchange.path("durable").asBoolean(true)).isFalse();
    assertThat(exchange.at("/arguments/alternate-exchange").asText()).isEqualTo("amq.topic");
    JsonNode binding = broker.get("/bindings/%2F/e/amq.topic/q/work").get(0);
    assertThat(binding.path("source").asText()).isEqualTo("amq.topic");
    assertThat(binding.path("destination").asText()).isEqualTo("work");
    assertThat(binding.path("destination_type").asText()).isEqualTo("queue");
    assertThat(binding.path("routing_key").asText()).isEqualTo("a.b");
  }

  private void assertFields(String path, String expected) {
    JsonNode queue = broker.get(path);
    StringJoiner found = new StringJoiner(" ");
    for (String field : List.of("name", "vhost", "type", "durable", "auto_delete", "exclusive")) {
      found.add(queue.path(field).asText());
    }
    assertThat(found).hasToString(expected);
  }

  @Test
  void connectionsAndConsumersTellWhoIsThere() {
    JsonNode connection = broker.get("/connections").get(0);
    assertThat(connection.path("user").asText()).isEqualTo("guest");
    assertThat(connection.path("protocol").asText()).isEqualTo("AMQP 1-0");
    assertThat(connection.path("name").asText())
        .endsWith("-> 127.0.0.1:" + broker.wiring().amqpPort());
    assertThat(connection.path("connected_at").asLong())
        .isBetween(startedAtMs, BrokerClock.system().epochMs());
    assertThat(connection.path("client_properties").isEmpty()).isFalse();
    JsonNode consumer = broker.get("/consumers").get(0);
    assertThat(consumer.path("queue")).hasToString("{\"name\":\"work\",\"vhost\":\"/\"}");
    assertThat(consumer.path("ack_required").asBoolean()).isTrue();
    assertThat(consumer.at("/channel_details/connection_name").asText())
        .isEqualTo(connection.path("name").asText());
    assertThat(consumer.at("/channel_details/user").asText()).isEqualTo("guest");
  }

  @Test
  void usersAndPermissionsTellWhatWasGranted() {
    broker.must("PUT", "/users/eve", "{\"password\":\"eve\",\"tags\":[\"monitoring\"]}");
    broker.must(
        "PUT", "/permissions/%2F/eve", "{\"configure\":\"^c\",\"write\":\"^w\",\"read\":\"^r\"}");
    assertThat(broker.get("/users/eve").path("tags")).hasToString("[\"monitoring\"]");
    JsonNode permission = broker.get("/permissions/%2F/eve");
    assertThat(permission.path("configure").asText()).isEqualTo("^c");
    assertThat(permission.path("write").asText()).isEqualTo("^w");
    assertThat(permission.path("read").asText()).isEqualTo("^r");
  }
}
