package dev.warren.server.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} under load, at random moments. After every restart each confirmed message is
 * there or was consumed, in its publisher's order, and none comes twice without being marked.
 *
 * <p>Three publishers with windows: one to a queue, two to a fanout exchange over two queues. Two
 * queues have a consumer all the time, the third only now and then, so that it carries a backlog
 * through several restarts. {@code -Dseed=} repeats the moments of the kills (the threads keep
 * their own mind), {@code -Dkills=} changes their number.
 */
@Tag("slow")
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class KillTest {

  private static final int KILLS = Integer.getInteger("kills", 15);
  private static final int MESSAGES_PER_LIFE = 8_000;
  private static final int LIFE_MS_MAX = 500;
  private static final int START_MS_MAX = 900;
  private static final int BACKLOG_READ_EVERY = 10;
  private static final long SETTLED_LIMIT_S = 60;
  private static final long QUIET_LIMIT_S = 10;

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final SplittableRandom random = new SplittableRandom(seed);
  private final DeliveryLedger direct = new DeliveryLedger("kill.direct", 3);
  private final DeliveryLedger read = new DeliveryLedger("kill.read", 3);
  private final DeliveryLedger kept = new DeliveryLedger("kill.kept", 3);
  private final List<DeliveryLedger> ledgers = List.of(direct, read, kept);
  private final List<NumberedPublisher> publishers = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();

  private int lives;

  @TempDir Path directory;

  @SuppressWarnings("NullAway.Init")
  private RunningBroker broker;

  @BeforeEach
  void startBroker() throws Exception {
    System.out.println("seed=" + seed + " kills=" + KILLS);
    broker =
        RunningBroker.start(
            InteropBroker.copyTopology("kill.yaml", directory), directory.resolve("data"));
  }

  @AfterEach
  void stopEverything() {
    System.out.println("kills survived: " + lives + " of " + KILLS + ", seed=" + seed);
    publishers.forEach(NumberedPublisher::stop);
    threads.forEach(Thread::interrupt);
    broker.close();
  }

  @Test
  void losesNothingAndRepeatsNothingUnmarked() throws Exception {
    int port = broker.amqpPort();
    publishers.add(new NumberedPublisher(port, 0, "/queues/kill.direct", 100, List.of(direct)));
    publishers.add(
        new NumberedPublisher(port, 1, "/exchanges/kill.fanout", 50, List.of(read, kept)));
    publishers.add(
        new NumberedPublisher(port, 2, "/exchanges/kill.fanout", 300, List.of(read, kept)));
    NumberedConsumer directConsumer = new NumberedConsumer(port, direct, random.split());
    NumberedConsumer readConsumer = new NumberedConsumer(port, read, random.split());
    publishers.forEach(this::start);
    start(directConsumer);
    start(readConsumer);

    for (int life = 1; life <= KILLS; life++) {
      liveAndDie(life, port);
      checkRules("after kill " + life);
    }
    publishers.forEach(NumberedPublisher::stop);
    for (Thread publisher : threads.subList(0, publishers.size())) {
      publisher.join(TimeUnit.SECONDS.toMillis(SETTLED_LIMIT_S));
      assertThat(publisher.isAlive()).as("a publisher waits for confirms; seed=%s", seed).isFalse();
    }
    NumberedConsumer keptConsumer = new NumberedConsumer(port, kept, random.split());
    Thread keptThread = start(keptConsumer);
    ledgers.forEach(this::awaitComplete);
    for (NumberedConsumer consumer : List.of(directConsumer, readConsumer, keptConsumer)) {
      consumer.stop();
    }
    keptThread.join(TimeUnit.SECONDS.toMillis(QUIET_LIMIT_S));
    checkRules("in the end");
    for (DeliveryLedger ledger : ledgers) {
      System.out.println(ledger);
      assertThat(ledger.missing()).as("%s lost messages; seed=%s", ledger, seed).isZero();
      assertThat(ledger.deliveries()).as("there was load: %s", ledger).isGreaterThan(KILLS);
    }
  }

  /** One life of the broker under load, its end, and the start of the next. */
  private void liveAndDie(int life, int port) throws InterruptedException {
    publishers.forEach(publisher -> publisher.allow(MESSAGES_PER_LIFE));
    boolean readsBacklog = life % BACKLOG_READ_EVERY == 0;
    NumberedConsumer backlogReader = new NumberedConsumer(port, kept, random.split());
    Thread reader = readsBacklog ? start(backlogReader) : Thread.currentThread();
    livesFor(random.nextInt(LIFE_MS_MAX), life);
    broker.kill();
    if (readsBacklog) {
      backlogReader.stop();
      reader.join(TimeUnit.SECONDS.toMillis(SETTLED_LIMIT_S));
    }
    if (random.nextInt(6) == 0) {
      // Recovery is a moment like any other.
      broker.launch();
      livesFor(random.nextInt(START_MS_MAX), life);
      broker.kill();
    }
    broker.restart();
    lives = life;
  }

  private void livesFor(int lifeMs, int life) throws InterruptedException {
    assertThat(broker.endsWithin(lifeMs))
        .as(
            "the broker ended by itself in life %s; seed=%s; it said:\n%s",
            life, seed, broker.output())
        .isFalse();
  }

  private void checkRules(String when) {
    for (DeliveryLedger ledger : ledgers) {
      ledger.checkNothingSkipped();
      assertThat(ledger.violations()).as("%s; seed=%s", when, seed).isEmpty();
    }
  }

  /** Waits until everything confirmed was seen, or nothing has come for a while. */
  private void awaitComplete(DeliveryLedger ledger) {
    try {
      long seen = -1;
      while (ledger.missing() > 0 && ledger.deliveries() != seen) {
        seen = ledger.deliveries();
        long quietDeadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(QUIET_LIMIT_S);
        while (ledger.missing() > 0
            && ledger.deliveries() == seen
            && System.nanoTime() - quietDeadlineNs < 0) {
          assertThat(broker.endsWithin(20)).as("the broker ended by itself").isFalse();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Thread start(Runnable work) {
    Thread thread = new Thread(work, "load-" + threads.size());
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
    return thread;
  }
}
