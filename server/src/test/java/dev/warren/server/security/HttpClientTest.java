package dev.warren.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.http.client.Client;
import com.rabbitmq.http.client.ClientParameters;
import com.rabbitmq.http.client.GetAckMode;
import com.rabbitmq.http.client.GetEncoding;
import com.rabbitmq.http.client.HttpClientException;
import com.rabbitmq.http.client.domain.BindingInfo;
import com.rabbitmq.http.client.domain.ConnectionInfo;
import com.rabbitmq.http.client.domain.ConsumerDetails;
import com.rabbitmq.http.client.domain.Definitions;
import com.rabbitmq.http.client.domain.DeleteQueueParameters;
import com.rabbitmq.http.client.domain.DestinationType;
import com.rabbitmq.http.client.domain.DetailsParameters;
import com.rabbitmq.http.client.domain.ExchangeInfo;
import com.rabbitmq.http.client.domain.InboundMessage;
import com.rabbitmq.http.client.domain.NodeInfo;
import com.rabbitmq.http.client.domain.OutboundMessage;
import com.rabbitmq.http.client.domain.OverviewResponse;
import com.rabbitmq.http.client.domain.Page;
import com.rabbitmq.http.client.domain.PolicyInfo;
import com.rabbitmq.http.client.domain.QueryParameters;
import com.rabbitmq.http.client.domain.QueueInfo;
import com.rabbitmq.http.client.domain.TopicPermissions;
import com.rabbitmq.http.client.domain.UserPermissions;
import jakarta.jms.Connection;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** RabbitMQ's own Java client of its HTTP API, over everything it can do with one node. */
class HttpClientTest {
  @TempDir Path directory;

  @SuppressWarnings("NullAway.Init")
  private HttpBroker broker;

  @SuppressWarnings("NullAway.Init")
  private Client client;

  @BeforeEach
  void start() throws Exception {
    broker = HttpBroker.start(directory, "");
    client =
        new Client(
            new ClientParameters().url(broker.url() + "/api/").username("guest").password("guest"));
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  private Connection connect() throws Exception {
    return JmsClient.connect(
        "amqp://127.0.0.1:" + broker.wiring().amqpPort(),
        JmsClient.Login.inClear("guest", "guest"));
  }

  private void declareQueue(String name) {
    client.declareQueue("/", name, new QueueInfo(true, false, false));
  }

  private static OutboundMessage message(String text) {
    Map<String, Object> properties = new HashMap<>();
    properties.put("delivery_mode", 2);
    properties.put("headers", Map.of("kind", "video"));
    return new OutboundMessage().payload(text).properties(properties).utf8Encoded();
  }

  @Test
  void looksAtTheNode() {
    OverviewResponse overview = client.getOverview();
    assertThat(overview.getNode()).startsWith("warren@");
    assertThat(overview.getServerVersion()).isNotEmpty();
    assertThat(overview.getExchangeTypes()).extracting(type -> type.getName()).contains("topic");
    assertThat(overview.getListeners()).extracting(one -> one.getProtocol()).contains("amqp");
    assertThat(overview.getQueueTotals().getMessages()).isZero();
    assertThat(overview.getObjectTotals().getExchanges()).isPositive();
    assertThat(client.whoAmI().getName()).isEqualTo("guest");
    assertThat(client.whoAmI().getTags()).contains("administrator");
    List<NodeInfo> nodes = client.getNodes();
    assertThat(nodes).hasSize(1);
    NodeInfo node = client.getNode(nodes.get(0).getName());
    assertThat(node.isRunning()).isTrue();
    assertThat(node.getMemoryLimit()).isPositive();
    assertThat(node.getFileDescriptorsTotal()).isPositive();
    assertThat(client.alivenessTest("/")).isTrue();
    assertThat(client.getExtensions()).isEmpty();
    assertThat(client.getClusterName().getName()).isEqualTo(overview.getClusterName());
    // The name is the node's: it can be set to what it is.
    client.setClusterName(overview.getClusterName());
    assertThatThrownBy(() -> client.setClusterName("other"))
        .isInstanceOfSatisfying(
            HttpClientException.class, refused -> assertThat(refused.status()).isEqualTo(400));
    assertThat(client.getClusterName().getName()).isEqualTo(overview.getNode());
    assertThat(client.getMqttPortToVhostMapping()).isNull();
  }

  @Test
  void looksAtConnectionsConsumersAndChannels() throws Exception {
    declareQueue("work");
    try (Connection jms = connect();
        Session session = jms.createSession(Session.AUTO_ACKNOWLEDGE);
        MessageConsumer consumer = session.createConsumer(session.createQueue("/queues/work"))) {
      assertThat(consumer).isNotNull();
      List<ConnectionInfo> connections = client.getConnections();
      assertThat(connections).hasSize(1);
      ConnectionInfo connection = client.getConnection(connections.get(0).getName());
      assertThat(connection.getUser()).isEqualTo("guest");
      assertThat(connection.getVhost()).isEqualTo("/");
      assertThat(connection.getProtocol()).isEqualTo("AMQP 1-0");
      assertThat(connection.getClientProperties()).isNotNull();
      assertThat(client.getConnectionsOfUser("guest")).hasSize(1);
      Page<ConnectionInfo> page =
          client.getConnections(new QueryParameters().pagination().pageSize(10).query());
      assertThat(page.getItemCount()).isEqualTo(1);
      ConsumerDetails details = client.getConsumers("/").get(0);
      assertThat(details.getQueueDetails().getName()).isEqualTo("work");
      assertThat(details.isAckRequired()).isTrue();
      assertThat(details.isActive()).isTrue();
      assertThat(client.getConsumers()).hasSize(1);
      assertThat(client.getChannels()).isEmpty();
      assertThat(client.getChannels(connection.getName())).isEmpty();
      assertThat(
              client
                  .getChannels(new QueryParameters().pagination().pageSize(10).query())
                  .getItemsAsList())
          .isEmpty();
      assertThat(client.getChannel("none")).isNull();

      client.closeConnection(connection.getName(), "closed by a test");

      await().until(() -> client.getConnections().isEmpty());
    }
    try (Connection jms = connect()) {
      assertThat(jms).isNotNull();
      client.closeAllConnectionsOfUser("guest");
      await().until(() -> client.getConnections().isEmpty());
    }
    assertThat(client.getConnection("none")).isNull();
  }

  @Test
  void makesVirtualHostsAndTheirLimits() {
    client.createVhost("shop", true, "a shop", "prod");
    assertThat(client.getVhost("shop").getDescription()).isEqualTo("a shop");
    assertThat(client.getVhosts()).extracting(host -> host.getName()).contains("/", "shop");
    client.createVhost("plain");
    client.limitMaxNumberOfConnections("shop", 5);
    client.limitMaxNumberOfQueues("shop", 7);
    assertThat(client.getVhostLimits("shop").getMaxConnections()).isEqualTo(5);
    assertThat(client.getVhostLimits("shop").getMaxQueues()).isEqualTo(7);
    assertThat(client.getVhostLimits()).isNotEmpty();
    client.clearMaxConnectionsLimit("shop");
    client.clearMaxQueuesLimit("shop");
    assertThat(client.getVhostLimits("shop").getMaxQueues()).isEqualTo(-1);
    client.deleteVhost("shop");
    assertThat(client.getVhost("shop")).isNull();
  }

  @Test
  void makesUsersAndPermissions() {
    client.createUser("mailer", "secret".toCharArray(), List.of("management", "monitoring"));
    assertThat(client.getUser("mailer").getTags()).containsExactly("management", "monitoring");
    client.updateUser("mailer", "other".toCharArray(), List.of("management"));
    String hash = client.getUser("guest").getPasswordHash();
    assertThat(client.getUsers()).hasSize(2);
    client.createUserWithPasswordHash(
        "copy", "kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR".toCharArray(), List.of());
    assertThat(hash).isNotNull();

    client.updatePermissions("/", "mailer", new UserPermissions("^mail", "^mail", ".*"));
    assertThat(client.getPermissions("/", "mailer").getRead()).isNotEmpty();
    assertThat(client.getPermissions()).hasSize(2);
    assertThat(client.getPermissionsIn("/")).hasSize(2);
    assertThat(client.getPermissionsOf("mailer")).hasSize(1);
    client.updateTopicPermissions("/", "mailer", new TopicPermissions("amq.topic", "^a", "^b"));
    assertThat(client.getTopicPermissions("/", "mailer")).hasSize(1);
    assertThat(client.getTopicPermissions()).hasSize(1);
    assertThat(client.getTopicPermissionsIn("/")).hasSize(1);
    assertThat(client.getTopicPermissionsOf("mailer")).hasSize(1);
    client.clearTopicPermissions("/", "mailer");
    client.clearPermissions("/", "mailer");
    assertThat(client.getPermissions("/", "mailer")).isNull();
    client.deleteUser("mailer");
    assertThat(client.getUser("mailer")).isNull();
  }

  @Test
  void makesExchangesQueuesAndBindings() {
    client.declareExchange("/", "events", new ExchangeInfo("topic", true, false));
    client.declareExchange(
        "/", "more", new ExchangeInfo("fanout", true, false, false, new HashMap<>()));
    assertThat(client.getExchange("/", "events").getType()).isEqualTo("topic");
    assertThat(client.getExchanges()).hasSizeGreaterThan(7);
    assertThat(client.getExchanges("/")).hasSizeGreaterThan(7);
    QueryParameters small = new QueryParameters().pagination().pageSize(2).query();
    assertThat(client.getExchanges(small).getItemsAsList()).hasSize(2);
    assertThat(client.getExchanges("/", small).getTotalCount()).isGreaterThan(7);
    declareQueue("q");
    declareQueue("r");
    assertThat(client.getQueue("/", "q").isDurable()).isTrue();
    assertThat(client.getQueue("/", "q", new DetailsParameters().messageRates(60, 5))).isNotNull();
    assertThat(client.getQueues()).hasSize(2);
    assertThat(client.getQueues("/")).hasSize(2);
    assertThat(client.getQueues(new DetailsParameters().lengths(60, 5))).hasSize(2);
    assertThat(client.getQueues("/", new DetailsParameters().lengths(60, 5))).hasSize(2);
    QueryParameters named = new QueryParameters().name("^q", true).pagination().pageSize(5).query();
    assertThat(client.getQueues(named).getFilteredCount()).isEqualTo(1);
    assertThat(client.getQueues("/", named).getItemCount()).isEqualTo(1);

    client.bindQueue("/", "q", "events", "a.*");
    client.bindQueue("/", "q", "events", "b.#", Map.of("note", "second"));
    client.bindExchange("/", "more", "events", "c");
    client.bindExchange("/", "more", "events", "d", Map.of("n", 1));
    assertThat(client.getBindingsBySource("/", "events")).hasSize(4);
    assertThat(client.getExchangeBindingsByDestination("/", "more")).hasSize(2);
    assertThat(client.getQueueBindings("/", "q")).hasSize(3);
    List<BindingInfo> between = client.getQueueBindingsBetween("/", "events", "q");
    assertThat(between)
        .extracting(BindingInfo::getDestinationType)
        .containsOnly(DestinationType.QUEUE);
    assertThat(client.getExchangeBindingsBetween("/", "events", "more")).hasSize(2);
    assertThat(client.getBindings()).hasSize(6);
    assertThat(client.getBindings("/")).hasSize(6);
    client.unbindQueue("/", "q", "events", "a.*");
    client.unbindExchange("/", "more", "events", "c");
    assertThat(client.getBindingsBySource("/", "events")).hasSize(2);

    client.deleteExchange("/", "events");
    client.deleteQueue("/", "r", new DeleteQueueParameters(true, true));
    client.deleteQueue("/", "q");
    assertThat(client.getQueue("/", "q")).isNull();
    assertThat(client.getExchange("/", "events")).isNull();
  }

  @Test
  void publishesGetsAndPurges() {
    declareQueue("q");
    assertThat(client.publish("/", "amq.default", "q", message("hello"))).isTrue();
    assertThat(client.publish("/", "amq.default", "q", message("again"))).isTrue();
    assertThat(client.publish("/", "amq.default", "missing", message("lost"))).isFalse();
    InboundMessage looked = client.get("/", "q");
    assertThat(looked.getPayload()).isEqualTo("hello");
    assertThat(looked.getProperties()).containsKey("headers");
    List<InboundMessage> taken =
        client.get("/", "q", 1, GetAckMode.ACK_REQUEUE_FALSE, GetEncoding.BASE64);
    assertThat(taken.get(0).getPayload()).isEqualTo("aGVsbG8=");
    assertThat(client.get("/", "q", 5, GetAckMode.NACK_REQUEUE_TRUE, GetEncoding.AUTO, 2))
        .extracting(InboundMessage::getPayload)
        .containsExactly("ag");
    client.purgeQueue("/", "q");
    assertThat(client.get("/", "q")).isNull();
  }

  @Test
  void exportsDefinitions() {
    declareQueue("q");
    Definitions definitions = client.getDefinitions();
    assertThat(definitions.getQueues()).extracting(QueueInfo::getName).containsExactly("q");
    assertThat(definitions.getUsers()).isNotEmpty();
    assertThat(definitions.getVhosts()).isNotEmpty();
    assertThat(definitions.getPermissions()).isNotEmpty();
  }

  /** Policies come with their own issue; plugins are not there. */
  @Test
  void isToldWhatIsNotThere() {
    assertThat(client.getPolicies()).isEmpty();
    assertThat(client.getPolicies("/")).isEmpty();
    assertThat(client.getOperatorPolicies()).isEmpty();
    assertThat(client.getOperatorPolicies("/")).isEmpty();
    PolicyInfo policy = new PolicyInfo(".*", 0, "all", Map.of("max-length", 1));
    assertThatThrownBy(() -> client.declarePolicy("/", "p", policy))
        .isInstanceOf(HttpClientException.class);
    assertThatThrownBy(() -> client.declareOperatorPolicy("/", "p", policy))
        .isInstanceOfSatisfying(
            HttpClientException.class, refused -> assertThat(refused.status()).isEqualTo(400));
    client.deletePolicy("/", "p");
    client.deleteOperatorPolicy("/", "p");
    assertThat(client.getShovels()).isEmpty();
    assertThat(client.getUpstreams()).isEmpty();
  }
}
