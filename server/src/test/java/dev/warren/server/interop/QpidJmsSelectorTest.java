package dev.warren.server.interop;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.util.ArrayList;
import java.util.List;
import org.apache.qpid.jms.JmsConnection;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Selectors and no-local of Qpid JMS on a queue (contract §6). */
@Timeout(60)
class QpidJmsSelectorTest {
  private static final long LIMIT_MS = 20_000;
  private static final String QUEUE = "/queues/interop.red";

  @RegisterExtension static final InteropBroker BROKER = new InteropBroker("interop.yaml");

  @SuppressWarnings("NullAway.Init")
  private JmsConnection connection;

  @SuppressWarnings("NullAway.Init")
  private Session session;

  @BeforeEach
  void connectAndEmptyTheQueue() throws JMSException {
    connection = connect();
    session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
    takeAll(null);
  }

  @AfterEach
  void disconnect() throws JMSException {
    connection.close();
  }

  private static JmsConnection connect() throws JMSException {
    JmsConnectionFactory factory =
        new JmsConnectionFactory(
            "guest", "guest", "amqp://" + BROKER.host() + ":" + BROKER.amqpPort());
    JmsConnection opened = (JmsConnection) factory.createConnection();
    opened.start();
    return opened;
  }

  private MessageConsumer consumer(@Nullable String selector) throws JMSException {
    return session.createConsumer(session.createQueue(QUEUE), selector);
  }

  private TextMessage message(String text) throws JMSException {
    return session.createTextMessage(text);
  }

  private void send(Message message) throws JMSException {
    try (MessageProducer producer = session.createProducer(session.createQueue(QUEUE))) {
      producer.send(message);
    }
  }

  private void sendColours(String... colours) throws JMSException {
    for (String colour : colours) {
      TextMessage message = message(colour);
      message.setStringProperty("colour", colour);
      send(message);
    }
  }

  private static String next(MessageConsumer consumer) throws JMSException {
    Message message = consumer.receive(LIMIT_MS);
    assertThat(message).as("a message").isInstanceOf(TextMessage.class);
    return ((TextMessage) message).getText();
  }

  private List<String> takeAll(@Nullable String selector) throws JMSException {
    List<String> texts = new ArrayList<>();
    try (MessageConsumer consumer = consumer(selector)) {
      for (Message message = consumer.receiveNoWait();
          message != null;
          message = consumer.receiveNoWait()) {
        texts.add(((TextMessage) message).getText());
      }
    }
    return texts;
  }

  @Test
  void givesEachOfTwoConsumersWhatItSelects() throws JMSException {
    MessageConsumer reds = consumer("colour = 'red'");
    MessageConsumer blues = consumer("colour IN ('blue', 'navy')");
    sendColours("red", "blue", "green", "navy", "red");

    assertThat(next(reds)).isEqualTo("red");
    assertThat(next(reds)).isEqualTo("red");
    assertThat(next(blues)).isEqualTo("blue");
    assertThat(next(blues)).isEqualTo("navy");
    assertThat(reds.receiveNoWait()).isNull();
    assertThat(blues.receiveNoWait()).isNull();
    reds.close();
    blues.close();
    assertThat(takeAll(null)).containsExactly("green");
  }

  @Test
  void selectsFromABacklogAndLeavesTheRestInOrder() throws JMSException {
    sendColours("red", "blue", "red", "green", "blue");
    assertThat(takeAll("colour = 'blue'")).containsExactly("blue", "blue");
    assertThat(takeAll(null)).containsExactly("red", "red", "green");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "JMSType = 'car'",
        "JMSCorrelationID = 'c-1'",
        "JMSPriority > 4",
        "JMSDeliveryMode = 'PERSISTENT'",
        "JMSTimestamp > 0",
        "JMSXGroupID = 'g'",
        "weight BETWEEN 2000 AND 3000",
        "ratio = 0.5 and flag and not (weight <= 2000)",
        "name LIKE 'w%rr_n'",
        "missing IS NULL",
      })
  void seesHeaderFieldsAndProperties(String selector) throws JMSException {
    TextMessage wanted = message("wanted");
    wanted.setJMSType("car");
    wanted.setJMSCorrelationID("c-1");
    wanted.setStringProperty("JMSXGroupID", "g");
    wanted.setIntProperty("weight", 2500);
    wanted.setDoubleProperty("ratio", 0.5);
    wanted.setBooleanProperty("flag", true);
    wanted.setStringProperty("name", "warren");
    TextMessage unwanted = message("unwanted");
    unwanted.setStringProperty("missing", "not so");
    try (MessageProducer producer = session.createProducer(session.createQueue(QUEUE))) {
      producer.setDisableMessageTimestamp(true);
      producer.send(unwanted, DeliveryMode.NON_PERSISTENT, 1, 0);
      producer.setDisableMessageTimestamp(false);
      producer.send(wanted, DeliveryMode.PERSISTENT, 7, 0);
    }

    assertThat(takeAll(selector)).containsExactly("wanted");
    assertThat(takeAll(null)).containsExactly("unwanted");
  }

  @Test
  void selectsByTheMessageIdTheApplicationSees() throws JMSException {
    TextMessage first = message("first");
    TextMessage second = message("second");
    send(first);
    send(second);
    assertThat(takeAll("JMSMessageID = '" + second.getJMSMessageID() + "'"))
        .containsExactly("second");
    assertThat(takeAll(null)).containsExactly("first");
  }

  @Test
  void leavesOutWhatTheConnectionItselfPublished() throws JMSException {
    sendColours("own");
    JmsConnection other = connect();
    try {
      Session theirs = other.createSession(Session.AUTO_ACKNOWLEDGE);
      theirs
          .createProducer(theirs.createQueue(QUEUE))
          .send(theirs.createTextMessage("from another"));
    } finally {
      other.close();
    }
    try (MessageConsumer consumer =
        session.createConsumer(session.createQueue(QUEUE), null, true)) {
      assertThat(next(consumer)).isEqualTo("from another");
      assertThat(consumer.receiveNoWait()).isNull();
    }
    assertThat(takeAll(null)).containsExactly("own");
  }
}
