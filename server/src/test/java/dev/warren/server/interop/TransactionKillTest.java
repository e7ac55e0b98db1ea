package dev.warren.server.interop;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} while numbered messages are moved between two queues, several in a transaction,
 * in both directions and by several clients. However often the broker dies, each number is in
 * exactly one of the queues in the end. {@code -Dseed=} repeats the moments of the kills, {@code
 * -Dkills=} changes their number.
 */
@Tag("slow")
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class TransactionKillTest {
  private static final int KILLS = Integer.getInteger("kills", 20);
  private static final int MESSAGES = 400;
  private static final int LIFE_MS_MAX = 700;
  private static final int GROUP_MAX = 12;
  private static final long RECEIVE_MS = 50;
  private static final long LIMIT_MS = 20_000;

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final SplittableRandom random = new SplittableRandom(seed);
  private final AtomicInteger commits = new AtomicInteger();
  private final List<Thread> movers = new ArrayList<>();
  private volatile boolean stopping;

  @TempDir Path directory;

  @SuppressWarnings("NullAway.Init")
  private RunningBroker broker;

  @BeforeEach
  void startBroker() throws Exception {
    System.out.println("seed=" + seed + " kills=" + KILLS);
    broker =
        RunningBroker.start(
            InteropBroker.copyTopology("transactions.yaml", directory), directory.resolve("data"));
  }

  @AfterEach
  void stopEverything() {
    stopping = true;
    broker.close();
    System.out.println("commits=" + commits.get());
  }

  @Test
  void losesNothingAndDoublesNothing() throws Exception {
    fill();
    start("tx.in", "tx.out");
    start("tx.in", "tx.out");
    start("tx.out", "tx.in");
    for (int life = 1; life <= KILLS; life++) {
      assertThat(broker.endsWithin(random.nextInt(LIFE_MS_MAX)))
          .as("the broker ended by itself in life %s; seed=%s: %s", life, seed, broker.output())
          .isFalse();
      broker.kill();
      broker.restart();
    }
    stopping = true;
    for (Thread mover : movers) {
      mover.join(LIMIT_MS);
      assertThat(mover.isAlive()).as("a client hangs; seed=%s", seed).isFalse();
    }
    List<Integer> left = new ArrayList<>(takeAll("tx.in"));
    left.addAll(takeAll("tx.out"));
    assertThat(left)
        .as("seed=%s", seed)
        .containsExactlyInAnyOrderElementsOf(IntStream.range(0, MESSAGES).boxed().toList());
    assertThat(commits.get()).as("there was load").isGreaterThan(KILLS);
  }

  private void fill() throws JMSException {
    try (Connection connection = connect()) {
      Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
      MessageProducer producer = session.createProducer(session.createQueue("/queues/tx.in"));
      for (int i = 0; i < MESSAGES; i++) {
        producer.send(session.createTextMessage(Integer.toString(i)));
      }
      session.commit();
    }
  }

  private void start(String from, String to) {
    SplittableRandom own = random.split();
    Thread mover = new Thread(() -> move(from, to, own), "mover-" + movers.size());
    mover.setDaemon(true);
    movers.add(mover);
    mover.start();
  }

  private void move(String from, String to, SplittableRandom own) {
    while (!stopping) {
      try (Connection connection = connect()) {
        Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
        MessageConsumer consumer = session.createConsumer(session.createQueue("/queues/" + from));
        MessageProducer producer = session.createProducer(session.createQueue("/queues/" + to));
        while (!stopping) {
          moveGroup(session, consumer, producer, own);
        }
      } catch (JMSException e) {
        // The broker was killed, perhaps in the middle of a commit; it will be back.
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      }
    }
  }

  private void moveGroup(
      Session session, MessageConsumer consumer, MessageProducer producer, SplittableRandom own)
      throws JMSException {
    int group = 1 + own.nextInt(GROUP_MAX);
    for (int i = 0; i < group; i++) {
      Message message = consumer.receive(RECEIVE_MS);
      if (message == null) {
        break;
      }
      producer.send(session.createTextMessage(((TextMessage) message).getText()));
    }
    if (own.nextInt(8) == 0) {
      session.rollback();
    } else {
      session.commit();
      commits.incrementAndGet();
    }
  }

  private List<Integer> takeAll(String queue) throws JMSException {
    List<Integer> numbers = new ArrayList<>();
    try (Connection connection = connect()) {
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

  private Connection connect() throws JMSException {
    JmsConnectionFactory factory =
        new JmsConnectionFactory("guest", "guest", "amqp://127.0.0.1:" + broker.amqpPort());
    Connection opened = factory.createConnection();
    opened.start();
    return opened;
  }
}
