package dev.warren.server.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.qpid.jms.JmsConnection;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Qpid JMS against the running broker. Addresses are JMS queues named as Warren names them. The
 * client says an outcome through the property {@code JMS_AMQP_ACK_TYPE} and {@code acknowledge()}.
 */
@Timeout(60)
class QpidJmsInteropTest {

  private static final int INDIVIDUAL_ACKNOWLEDGE = 101;
  private static final int REJECTED = 2;
  private static final int RELEASED = 3;
  private static final int MODIFIED_FAILED = 4;
  private static final int MODIFIED_FAILED_UNDELIVERABLE = 5;

  private static final long LIMIT_MS = 20_000;
  private static final List<String> QUEUES =
      List.of("interop.red", "interop.blue", "interop.work", "interop.rejected");

  @RegisterExtension static final InteropBroker BROKER = new InteropBroker("interop.yaml");

  @SuppressWarnings("NullAway.Init")
  private JmsConnection connection;

  @SuppressWarnings("NullAway.Init")
  private Session session;

  @BeforeEach
  void connectAndEmptyTheQueues() throws JMSException {
    connection = connect();
    session = connection.createSession(INDIVIDUAL_ACKNOWLEDGE);
    for (String queue : QUEUES) {
      takeAll(queue);
    }
  }

  @AfterEach
  void disconnect() throws JMSException {
    connection.close();
  }

  @ParameterizedTest
  @CsvSource({
    "/exchanges/interop.direct/red, true, false",
    "/exchanges/interop.direct/blue, false, true",
    "/exchanges/interop.topic/a.red.b, true, false",
    "/exchanges/interop.topic/a.red.blue, true, true",
    "/exchanges/interop.fanout, true, true",
    "/queues/interop.blue, false, true",
  })
  void routesByKey(String address, boolean red, boolean blue) throws JMSException {
    send(address, Map.of());
    assertThat(takeAll("interop.red")).hasSize(red ? 1 : 0);
    assertThat(takeAll("interop.blue")).hasSize(blue ? 1 : 0);
  }

  @Test
  void routesByHeaders() throws JMSException {
    send("/exchanges/interop.headers", Map.of("colour", "red", "size", 1));
    assertThat(takeAll("interop.red")).hasSize(1);
    assertThat(takeAll("interop.blue")).isEmpty();
    send("/exchanges/interop.headers", Map.of("sky", true));
    assertThat(takeAll("interop.red")).isEmpty();
    assertThat(takeAll("interop.blue")).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "/exchanges/interop.direct/green",
    "/exchanges/interop.topic/red",
    "/exchanges/interop.headers",
  })
  void tellsTheSenderWhatIsUnroutable(String address) {
    assertThatThrownBy(() -> send(address, Map.of()))
        .isInstanceOf(JMSException.class)
        .hasMessageContaining("released");
  }

  @Test
  void removesWhatIsAcknowledged() throws JMSException {
    MessageConsumer consumer = work();
    Message message = next(consumer);
    assertAttempt(message, 1);
    message.acknowledge();
    consumer.close();
    assertThat(takeAll("interop.work")).isEmpty();
  }

  @Test
  void requeuesWhatIsReleasedWithoutCountingIt() throws JMSException {
    MessageConsumer consumer = work();
    settle(next(consumer), RELEASED);
    Message again = next(consumer);
    assertAttempt(again, 1);
    again.acknowledge();
  }

  @Test
  void countsWhatIsModifiedAsFailed() throws JMSException {
    MessageConsumer consumer = work();
    settle(next(consumer), MODIFIED_FAILED);
    Message again = next(consumer);
    assertAttempt(again, 2);
    again.acknowledge();
  }

  @ParameterizedTest
  @CsvSource({"" + REJECTED, "" + MODIFIED_FAILED_UNDELIVERABLE})
  void deadLettersWhatIsRejectedOrUndeliverable(int outcome) throws JMSException {
    MessageConsumer consumer = work();
    settle(next(consumer), outcome);
    consumer.close();
    assertThat(takeAll("interop.work")).isEmpty();
    Message dead = next(session.createConsumer(queue("/queues/interop.rejected")));
    assertThat(((TextMessage) dead).getText()).isEqualTo("/queues/interop.work");
    assertAttempt(dead, 2);
    dead.acknowledge();
  }

  @Test
  void recoversASessionThatDidNotAcknowledge() throws JMSException {
    send("/queues/interop.work", Map.of());
    Session own = connection.createSession(Session.CLIENT_ACKNOWLEDGE);
    MessageConsumer consumer = own.createConsumer(queue("/queues/interop.work"));
    assertAttempt(next(consumer), 1);
    own.recover();
    Message again = next(consumer);
    assertAttempt(again, 2);
    again.acknowledge();
    own.close();
    assertThat(takeAll("interop.work")).isEmpty();
  }

  @Test
  void keepsPropertiesAndKindsOfMessages() throws JMSException {
    try (MessageProducer producer = producer("/queues/interop.red")) {
      var map = session.createMapMessage();
      map.setLong("long", 1L << 40);
      map.setStringProperty("text", "grüße");
      map.setDoubleProperty("double", 0.5);
      map.setJMSCorrelationID("c-1");
      producer.send(map);
    }
    MessageConsumer consumer = session.createConsumer(queue("/queues/interop.red"));
    Message received = next(consumer);
    assertThat(((jakarta.jms.MapMessage) received).getLong("long")).isEqualTo(1L << 40);
    assertThat(received.getStringProperty("text")).isEqualTo("grüße");
    assertThat(received.getDoubleProperty("double")).isEqualTo(0.5);
    assertThat(received.getJMSCorrelationID()).isEqualTo("c-1");
    assertThat(received.getJMSDeliveryMode()).isEqualTo(DeliveryMode.PERSISTENT);
    received.acknowledge();
  }

  private static JmsConnection connect() throws JMSException {
    JmsConnectionFactory factory =
        new JmsConnectionFactory(
            "guest", "guest", "amqp://" + BROKER.host() + ":" + BROKER.amqpPort());
    JmsConnection opened = (JmsConnection) factory.createConnection();
    opened.start();
    return opened;
  }

  private Queue queue(String address) throws JMSException {
    return session.createQueue(address);
  }

  private MessageProducer producer(String address) throws JMSException {
    MessageProducer producer = session.createProducer(queue(address));
    producer.setDeliveryMode(DeliveryMode.PERSISTENT);
    return producer;
  }

  /** Sends one durable message and waits for the broker's outcome. */
  private void send(String address, Map<String, Object> properties) throws JMSException {
    try (MessageProducer producer = producer(address)) {
      TextMessage message = session.createTextMessage(address);
      for (Map.Entry<String, Object> property : properties.entrySet()) {
        message.setObjectProperty(property.getKey(), property.getValue());
      }
      producer.send(message);
    }
  }

  /** Puts one job into the work queue and consumes from it. */
  private MessageConsumer work() throws JMSException {
    send("/queues/interop.work", Map.of());
    return session.createConsumer(queue("/queues/interop.work"));
  }

  private static Message next(MessageConsumer consumer) throws JMSException {
    Message message = consumer.receive(LIMIT_MS);
    assertThat(message).as("a message").isNotNull();
    return message;
  }

  /** Acknowledges everything that is ready; the client drains the link to know that it is all. */
  private List<String> takeAll(String name) throws JMSException {
    List<String> bodies = new ArrayList<>();
    try (MessageConsumer consumer = session.createConsumer(queue("/queues/" + name))) {
      Message message = consumer.receiveNoWait();
      while (message != null) {
        bodies.add(message instanceof TextMessage text ? text.getText() : message.toString());
        message.acknowledge();
        message = consumer.receiveNoWait();
      }
    }
    return bodies;
  }

  private static void settle(Message message, int outcome) throws JMSException {
    message.setIntProperty("JMS_AMQP_ACK_TYPE", outcome);
    message.acknowledge();
  }

  /** JMS counts attempts: the delivery-count of AMQP plus one. */
  private static void assertAttempt(Message message, int attempt) throws JMSException {
    assertThat(message.getIntProperty("JMSXDeliveryCount")).isEqualTo(attempt);
    assertThat(message.getJMSRedelivered()).isEqualTo(attempt > 1);
  }
}
