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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Priorities and single active consumers as Qpid JMS sees them on the running broker. */
@Timeout(60)
class QpidJmsQueueFeatureTest {
  private static final long LIMIT_MS = 20_000;
  private static final long NOTHING_MS = 200;

  @RegisterExtension static final InteropBroker BROKER = new InteropBroker("features.yaml");

  private static JmsConnection connect() throws JMSException {
    JmsConnectionFactory factory =
        new JmsConnectionFactory(
            "guest", "guest", "amqp://" + BROKER.host() + ":" + BROKER.amqpPort());
    JmsConnection opened = (JmsConnection) factory.createConnection();
    opened.start();
    return opened;
  }

  private static MessageConsumer consumer(JmsConnection connection, String queue)
      throws JMSException {
    Session session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
    return session.createConsumer(session.createQueue("/queues/" + queue));
  }

  private static void send(JmsConnection connection, String queue, int... priorities)
      throws JMSException {
    Session session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
    MessageProducer producer = session.createProducer(session.createQueue("/queues/" + queue));
    for (int i = 0; i < priorities.length; i++) {
      producer.send(
          session.createTextMessage(i + ":" + priorities[i]),
          DeliveryMode.PERSISTENT,
          priorities[i],
          Message.DEFAULT_TIME_TO_LIVE);
    }
    session.close();
  }

  private static List<String> receive(MessageConsumer consumer, int count) throws JMSException {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Message message = consumer.receive(LIMIT_MS);
      assertThat(message).as("message %s", i).isNotNull();
      texts.add(((TextMessage) message).getText());
    }
    return texts;
  }

  @Test
  void aQueueWithPrioritiesDeliversHigherOnesFirst() throws JMSException {
    JmsConnection connection = connect();
    send(connection, "features.priority", 1, 9, 5, 9, 0, 5);
    assertThat(receive(consumer(connection, "features.priority"), 6))
        .containsExactly("1:9", "3:9", "2:5", "5:5", "0:1", "4:0");
    connection.close();
  }

  @Test
  void aQuorumQueueDeliversHigherOnesFirst() throws JMSException {
    JmsConnection connection = connect();
    send(connection, "features.quorum", 4, 3, 9, 4);
    assertThat(receive(consumer(connection, "features.quorum"), 4))
        .containsExactly("2:9", "0:4", "3:4", "1:3");
    connection.close();
  }

  @Test
  void theSecondReceiverGetsNothingUntilTheFirstHasGone() throws JMSException {
    JmsConnection first = connect();
    JmsConnection second = connect();
    MessageConsumer active = consumer(first, "features.one");
    MessageConsumer waiting = consumer(second, "features.one");
    send(second, "features.one", 4, 4, 4);
    assertThat(receive(active, 2)).containsExactly("0:4", "1:4");
    assertThat(waiting.receive(NOTHING_MS)).isNull();
    first.close();
    assertThat(receive(waiting, 1)).containsExactly("2:4");
    second.close();
  }
}
