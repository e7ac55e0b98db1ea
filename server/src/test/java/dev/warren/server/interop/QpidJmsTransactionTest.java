package dev.warren.server.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import jakarta.jms.TransactionRolledBackException;
import java.util.ArrayList;
import java.util.List;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Transacted sessions of Qpid JMS: what a session sends and receives between two commits is one.
 */
@Timeout(60)
class QpidJmsTransactionTest {

  private static final long LIMIT_MS = 20_000;
  private static final List<String> QUEUES = List.of("tx.in", "tx.out", "tx.full");

  @RegisterExtension static final InteropBroker BROKER = new InteropBroker("transactions.yaml");

  @SuppressWarnings("NullAway.Init")
  private Connection connection;

  @SuppressWarnings("NullAway.Init")
  private Session session;

  @BeforeEach
  void connectAndEmptyTheQueues() throws JMSException {
    connection = connect();
    for (String queue : QUEUES) {
      takeAll(queue);
    }
    session = connection.createSession(true, Session.SESSION_TRANSACTED);
  }

  @AfterEach
  void disconnect() throws JMSException {
    connection.close();
  }

  @Test
  void sendsNothingBeforeTheCommit() throws JMSException {
    send(session, "tx.out", "a", "b");
    assertThat(takeAll("tx.out")).isEmpty();
    session.commit();
    assertThat(takeAll("tx.out")).containsExactly("a", "b");
  }

  @Test
  void forgetsWhatWasSentWhenItRollsBack() throws JMSException {
    send(session, "tx.out", "a");
    session.rollback();
    send(session, "tx.out", "b");
    session.commit();
    assertThat(takeAll("tx.out")).containsExactly("b");
  }

  @Test
  void removesWhatWasReceivedAtTheCommit() throws JMSException {
    fill("a", "b", "c");
    MessageConsumer consumer = session.createConsumer(queue("tx.in"));
    assertThat(text(next(consumer))).isEqualTo("a");
    assertThat(text(next(consumer))).isEqualTo("b");
    session.commit();
    session.close();
    assertThat(takeAll("tx.in")).containsExactly("c");
  }

  @Test
  void redeliversWhatWasReceivedAfterARollback() throws JMSException {
    fill("a", "b");
    MessageConsumer consumer = session.createConsumer(queue("tx.in"));
    next(consumer);
    next(consumer);
    session.rollback();
    for (String expected : List.of("a", "b")) {
      Message again = next(consumer);
      assertThat(text(again)).isEqualTo(expected);
      assertThat(again.getJMSRedelivered()).isTrue();
      assertThat(again.getIntProperty("JMSXDeliveryCount")).isEqualTo(2);
    }
    session.commit();
    session.close();
    assertThat(takeAll("tx.in")).isEmpty();
  }

  @Test
  void countsEachRollback() throws JMSException {
    fill("a");
    MessageConsumer consumer = session.createConsumer(queue("tx.in"));
    for (int attempt = 1; attempt <= 4; attempt++) {
      assertThat(next(consumer).getIntProperty("JMSXDeliveryCount")).isEqualTo(attempt);
      session.rollback();
    }
  }

  @Test
  void rollsBackWhenTheSessionIsClosedWithoutACommit() throws JMSException {
    fill("a");
    MessageConsumer consumer = session.createConsumer(queue("tx.in"));
    send(session, "tx.out", "from " + text(next(consumer)));
    session.close();
    assertThat(takeAll("tx.in")).containsExactly("a");
    assertThat(takeAll("tx.out")).isEmpty();
  }

  @Test
  void rollsBackWhenTheConnectionIsClosedWithoutACommit() throws JMSException {
    fill("a");
    try (Connection other = connect()) {
      Session transacted = other.createSession(true, Session.SESSION_TRANSACTED);
      MessageConsumer consumer = transacted.createConsumer(queue("tx.in"));
      send(transacted, "tx.out", "from " + text(next(consumer)));
    }
    assertThat(takeAll("tx.in")).containsExactly("a");
    assertThat(takeAll("tx.out")).isEmpty();
  }

  @Test
  void keepsWhatAConsumerReceivedThatWasClosedBeforeTheCommit() throws JMSException {
    fill("a", "b");
    MessageConsumer consumer = session.createConsumer(queue("tx.in"));
    next(consumer);
    consumer.close();
    session.commit();
    session.close();
    assertThat(takeAll("tx.in")).containsExactly("b");
  }

  @Test
  void consumesAndProducesInOneTransaction() throws JMSException {
    fill("1", "2", "3", "4", "5", "6", "7", "8", "9", "10");
    MessageConsumer consumer = session.createConsumer(queue("tx.in"));
    for (int i = 1; i <= 10; i++) {
      send(session, "tx.out", "from " + text(next(consumer)));
      if (i % 5 == 0) {
        session.commit();
      }
    }
    session.close();
    assertThat(takeAll("tx.in")).isEmpty();
    assertThat(takeAll("tx.out")).hasSize(10).startsWith("from 1").endsWith("from 10");
  }

  @Test
  void keepsSessionsApart() throws JMSException {
    Session other = connection.createSession(true, Session.SESSION_TRANSACTED);
    send(session, "tx.out", "mine");
    send(other, "tx.out", "theirs");
    other.commit();
    assertThat(takeAll("tx.out")).containsExactly("theirs");
    session.rollback();
    other.rollback();
    assertThat(takeAll("tx.out")).isEmpty();
  }

  @Test
  void doesNotHideWhatOtherSessionsReceive() throws JMSException {
    fill("a", "b");
    MessageConsumer consumer = session.createConsumer(queue("tx.in"));
    next(consumer);
    assertThat(text(next(consumer))).isEqualTo("b");
    // Both are held by the transaction: nobody else gets them, and they are not gone.
    assertThat(takeAll("tx.in")).isEmpty();
    session.rollback();
    session.close();
    assertThat(takeAll("tx.in")).containsExactlyInAnyOrder("a", "b");
  }

  @Test
  void commitsManyMessagesAtOnce() throws JMSException {
    List<String> sent = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      sent.add("m" + i);
    }
    send(session, "tx.out", sent.toArray(String[]::new));
    session.commit();
    assertThat(takeAll("tx.out")).isEqualTo(sent);
  }

  @Test
  void commitsNothingWhenOneQueueIsFull() throws JMSException {
    fill("a");
    MessageConsumer consumer = session.createConsumer(queue("tx.in"));
    send(session, "tx.out", text(next(consumer)));
    send(session, "tx.full", "1", "2", "3");
    assertThatThrownBy(session::commit)
        .isInstanceOf(TransactionRolledBackException.class)
        .hasMessageContaining("queue 'tx.full' exceeded maximum length");
    session.close();
    assertThat(takeAll("tx.full")).isEmpty();
    assertThat(takeAll("tx.out")).isEmpty();
    assertThat(takeAll("tx.in")).containsExactly("a");
  }

  @Test
  void goesOnAfterACommitThatFailed() throws JMSException {
    send(session, "tx.full", "1", "2", "3");
    assertThatThrownBy(session::commit).isInstanceOf(TransactionRolledBackException.class);
    send(session, "tx.full", "1", "2");
    session.commit();
    assertThat(takeAll("tx.full")).containsExactly("1", "2");
  }

  private static Connection connect() throws JMSException {
    JmsConnectionFactory factory =
        new JmsConnectionFactory(
            "guest", "guest", "amqp://" + BROKER.host() + ":" + BROKER.amqpPort());
    Connection opened = factory.createConnection();
    opened.start();
    return opened;
  }

  private Queue queue(String name) throws JMSException {
    return session.createQueue("/queues/" + name);
  }

  private static void send(Session by, String queue, String... texts) throws JMSException {
    MessageProducer producer = by.createProducer(by.createQueue("/queues/" + queue));
    for (String text : texts) {
      producer.send(by.createTextMessage(text));
    }
    producer.close();
  }

  private void fill(String... texts) throws JMSException {
    Session plain = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
    send(plain, "tx.in", texts);
    plain.close();
  }

  private static Message next(MessageConsumer consumer) throws JMSException {
    Message message = consumer.receive(LIMIT_MS);
    assertThat(message).as("a message").isNotNull();
    return message;
  }

  private static String text(Message message) throws JMSException {
    return ((TextMessage) message).getText();
  }

  /** What is in the queue for others; an empty queue is asked to the end, not for a time. */
  private List<String> takeAll(String name) throws JMSException {
    Session plain = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
    MessageConsumer consumer = plain.createConsumer(plain.createQueue("/queues/" + name));
    List<String> texts = new ArrayList<>();
    for (Message message = consumer.receiveNoWait();
        message != null;
        message = consumer.receiveNoWait()) {
      texts.add(text(message));
    }
    plain.close();
    return texts;
  }
}
