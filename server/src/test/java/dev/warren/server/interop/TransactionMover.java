package dev.warren.server.interop;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.qpid.jms.JmsConnectionFactory;

/**
 * Moves numbered messages from one queue to another, several in a transaction, and rolls some of
 * them back. When the broker goes away it begins anew. A thread of its own runs it.
 */
final class TransactionMover implements Runnable {

  private static final int GROUP_MAX = 12;
  private static final long RECEIVE_MS = 50;

  private final int port;
  private final String from;
  private final String to;
  private final SplittableRandom random;
  private final AtomicInteger commits;
  private volatile boolean stopping;

  /** A mover that counts its commits together with others. */
  TransactionMover(
      int port, String from, String to, SplittableRandom random, AtomicInteger commits) {
    this.port = port;
    this.from = from;
    this.to = to;
    this.random = random;
    this.commits = commits;
  }

  /** Ends the thread after the transaction it is in. */
  void stop() {
    stopping = true;
  }

  /** Puts messages with the numbers from 0 on into a queue, in one transaction. */
  static void fill(int port, String queue, int messages) throws JMSException {
    try (Connection connection = connect(port)) {
      Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
      MessageProducer producer = session.createProducer(session.createQueue("/queues/" + queue));
      for (int i = 0; i < messages; i++) {
        producer.send(session.createTextMessage(Integer.toString(i)));
      }
      session.commit();
    }
  }

  /** Takes all numbers out of a queue. */
  static List<Integer> takeAll(int port, String queue) throws JMSException {
    List<Integer> numbers = new ArrayList<>();
    try (Connection connection = connect(port)) {
      Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
      MessageConsumer consumer = session.createConsumer(session.createQueue("/queues/" + queue));
      for (Message message = consumer.receiveNoWait();
          message != null;
          message = consumer.receiveNoWait()) {
        numbers.add(Integer.valueOf(((TextMessage) message).getText()));
      }
    }
    return numbers;
  }

  @Override
  public void run() {
    while (!stopping) {
      try (Connection connection = connect(port)) {
        Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
        MessageConsumer consumer = session.createConsumer(session.createQueue("/queues/" + from));
        MessageProducer producer = session.createProducer(session.createQueue("/queues/" + to));
        while (!stopping) {
          moveGroup(session, consumer, producer);
        }
      } catch (JMSException e) {
        // The broker was killed, perhaps in the middle of a commit; it will be back.
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      }
    }
  }

  private void moveGroup(Session session, MessageConsumer consumer, MessageProducer producer)
      throws JMSException {
    int group = 1 + random.nextInt(GROUP_MAX);
    for (int i = 0; i < group; i++) {
      Message message = consumer.receive(RECEIVE_MS);
      if (message == null) {
        break;
      }
      producer.send(session.createTextMessage(((TextMessage) message).getText()));
    }
    if (random.nextInt(8) == 0) {
      session.rollback();
    } else {
      session.commit();
      commits.incrementAndGet();
    }
  }

  private static Connection connect(int port) throws JMSException {
    JmsConnectionFactory factory =
        new JmsConnectionFactory("guest", "guest", "amqp://127.0.0.1:" + port);
    Connection opened = factory.createConnection();
    opened.start();
    return opened;
  }
}
