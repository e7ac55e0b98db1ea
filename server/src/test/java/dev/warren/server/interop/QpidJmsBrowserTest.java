package dev.warren.server.interop;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.QueueBrowser;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import org.apache.qpid.jms.JmsConnection;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The queue browser and message groups of Qpid JMS against the running broker. */
@Timeout(60)
class QpidJmsBrowserTest {
  private static final long LIMIT_MS = 20_000;

  @RegisterExtension static final InteropBroker BROKER = new InteropBroker("interop.yaml");

  @SuppressWarnings("NullAway.Init")
  private JmsConnection connection;

  @SuppressWarnings("NullAway.Init")
  private Session session;

  @SuppressWarnings("NullAway.Init")
  private Queue queue;

  @BeforeEach
  void connect() throws JMSException {
    JmsConnectionFactory factory =
        new JmsConnectionFactory(
            "guest", "guest", "amqp://" + BROKER.host() + ":" + BROKER.amqpPort());
    connection = (JmsConnection) factory.createConnection();
    connection.start();
    session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
    queue = session.createQueue("/queues/interop.red");
    takeAll();
  }

  @AfterEach
  void disconnect() throws JMSException {
    connection.close();
  }

  @Test
  void browserShowsEverythingAndTakesNothing() throws JMSException {
    for (int i = 0; i < 50; i++) {
      send("m" + i, i, null);
    }
    assertThat(browse(null)).hasSize(50).startsWith("m0", "m1").endsWith("m49");
    assertThat(browse(null)).hasSize(50);
    List<Message> taken = takeAll();
    assertThat(taken).hasSize(50);
    for (Message message : taken) {
      assertThat(message.getJMSRedelivered()).isFalse();
      assertThat(message.getIntProperty("JMSXDeliveryCount")).isEqualTo(1);
    }
    assertThat(browse(null)).isEmpty();
  }

  @Test
  void browserShowsWhatItsSelectorMatches() throws JMSException {
    for (int i = 0; i < 10; i++) {
      send("m" + i, i, null);
    }
    assertThat(browse("number >= 7")).containsExactly("m7", "m8", "m9");
    assertThat(takeAll()).hasSize(10);
  }

  @Test
  void browsingInATransactedSessionDoesNotKeepItFromCommitting() throws JMSException {
    send("seen", 1, null);
    Session transacted = connection.createSession(Session.SESSION_TRANSACTED);
    try (QueueBrowser browser = transacted.createBrowser(queue)) {
      Enumeration<?> seen = browser.getEnumeration();
      assertThat(seen.hasMoreElements()).isTrue();
      assertThat(((TextMessage) seen.nextElement()).getText()).isEqualTo("seen");
      transacted.createProducer(queue).send(transacted.createTextMessage("sent"));
      transacted.commit();
    }
    transacted.close();
    assertThat(takeAll()).hasSize(2);
  }

  @Test
  void groupGoesToOneConsumer() throws JMSException {
    MessageConsumer first = session.createConsumer(queue);
    MessageConsumer second = session.createConsumer(queue);
    for (int i = 0; i < 20; i++) {
      send("m" + i, i, i % 2 == 0 ? "even" : "odd");
    }
    List<Integer> a = take(first, 10);
    List<Integer> b = take(second, 10);
    assertThat(a).isSorted();
    assertThat(b).isSorted();
    assertThat(a).extracting(number -> number % 2).containsOnly(a.get(0) % 2);
    assertThat(b).extracting(number -> number % 2).containsOnly(b.get(0) % 2);
  }

  private static List<Integer> take(MessageConsumer consumer, int count) throws JMSException {
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Message message = consumer.receive(LIMIT_MS);
      assertThat(message).as("message %s", i).isNotNull();
      numbers.add(message.getIntProperty("number"));
    }
    return numbers;
  }

  private void send(String text, int number, @Nullable String group) throws JMSException {
    try (MessageProducer producer = session.createProducer(queue)) {
      TextMessage message = session.createTextMessage(text);
      message.setIntProperty("number", number);
      if (group != null) {
        message.setStringProperty("JMSXGroupID", group);
      }
      producer.send(message);
    }
  }

  private List<String> browse(@Nullable String selector) throws JMSException {
    List<String> texts = new ArrayList<>();
    try (QueueBrowser browser = session.createBrowser(queue, selector)) {
      Enumeration<?> messages = browser.getEnumeration();
      while (messages.hasMoreElements()) {
        texts.add(((TextMessage) messages.nextElement()).getText());
      }
    }
    return texts;
  }

  private List<Message> takeAll() throws JMSException {
    List<Message> messages = new ArrayList<>();
    try (MessageConsumer consumer = session.createConsumer(queue)) {
      for (Message next = consumer.receiveNoWait(); next != null; ) {
        messages.add(next);
        next = consumer.receiveNoWait();
      }
    }
    return messages;
  }
}
