package dev.warren.server.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.qpid.protonj2.client.Delivery;
import org.apache.qpid.protonj2.client.Receiver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} under a mix that is hard on the disk: four queues, three of them fed by a fanout
 * exchange, consumers that send messages back and never settle one in a thousand, transactions, and
 * segments so small that they are recycled and cleaned all the time. Some kills come while the
 * broker reads its journal.
 *
 * <p>In the end everything confirmed was seen, what was never settled is there and nothing else,
 * and the directory is no larger than what is left in it justifies. {@code -Dseed=} repeats the
 * moments of the kills (the threads keep their own mind).
 */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class HostileKillTest {

  private static final int SEGMENT_BYTES = 256 << 10;
  private static final int MESSAGES_PER_LIFE = 5_000;
  private static final int LIFE_MS_MAX = 900;
  private static final int START_MS_MAX = 700;
  private static final int MOVED_MESSAGES = 150;
  private static final int PAYLOAD_BYTES_MAX = 3_000;

  /** What the bound on the disk allows beside the messages: four are not worth cleaning. */
  private static final int SEGMENTS_FIXED = 4 + 4 + 4;

  private static final double LIVE_FACTOR = 2.5;
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final SplittableRandom random = new SplittableRandom(seed);
  private final SurvivorLedger direct = new SurvivorLedger("hostile.direct", 4);
  private final SurvivorLedger one = new SurvivorLedger("hostile.one", 4);
  private final SurvivorLedger two = new SurvivorLedger("hostile.two", 4);
  private final SurvivorLedger three = new SurvivorLedger("hostile.three", 4);
  private final List<SurvivorLedger> ledgers = List.of(direct, one, two, three);
  private final List<NumberedPublisher> publishers = new ArrayList<>();
  private final List<HostileConsumer> consumers = new ArrayList<>();
  private final List<TransactionMover> movers = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicInteger commits = new AtomicInteger();

  @TempDir Path directory;

  @SuppressWarnings("NullAway.Init")
  private DataDirectory data;

  @SuppressWarnings("NullAway.Init")
  private RunningBroker broker;

  private int kills;

  @BeforeEach
  void startBroker() throws Exception {
    System.out.println("seed=" + seed);
    data = new DataDirectory(directory.resolve("data"));
    broker =
        RunningBroker.start(InteropBroker.copyTopology("hostile.yaml", directory), data.path());
  }

  @AfterEach
  void stopEverything() {
    askToStop();
    threads.forEach(Thread::interrupt);
    broker.close();
    System.out.println("kills survived: " + kills + " commits=" + commits + ", seed=" + seed);
    ledgers.forEach(System.out::println);
  }

  @Test
  void keepsWhatIsOwedAndNothingElseThroughAFewKills() throws Exception {
    survive(4, 60);
  }

  @Test
  @Tag("slow")
  void keepsWhatIsOwedAndNothingElseThroughManyKills() throws Exception {
    survive(Integer.getInteger("kills", 8), 200);
  }

  private void survive(int times, int segments) throws Exception {
    TransactionMover.fill(broker.amqpPort(), "hostile.in", MOVED_MESSAGES);
    startLoad();
    for (int life = 1; life <= times; life++) {
      publishers.forEach(publisher -> publisher.allow(MESSAGES_PER_LIFE));
      livesFor(random.nextInt(LIFE_MS_MAX));
      kill();
      while (random.nextInt(3) == 0) {
        broker.launch();
        livesFor(random.nextInt(START_MS_MAX));
        kill();
      }
      broker.restart();
      checkRules("after kill " + life);
    }
    writeOnUntil(segments);
    endLoad();
    checkDisk();
    assertThat(broker.stop()).as(broker.output()).isZero();
    broker.restart();
    for (SurvivorLedger ledger : ledgers) {
      checkLeft(ledger);
    }
    checkMoved();
    assertThat(commits.get()).as("there were transactions").isPositive();
  }

  private void startLoad() {
    int port = broker.amqpPort();
    List<SurvivorLedger> fanned = List.of(one, two, three);
    publishers.add(
        new NumberedPublisher(port, 0, "/queues/hostile.direct", 100, 1_000, List.of(direct)));
    publishers.add(new NumberedPublisher(port, 1, "/exchanges/hostile.fanout", 50, 200, fanned));
    publishers.add(
        new NumberedPublisher(
            port, 2, "/exchanges/hostile.fanout", 200, PAYLOAD_BYTES_MAX, fanned));
    publishers.add(
        new NumberedPublisher(port, 3, "/queues/hostile.direct", 300, 2_000, List.of(direct)));
    for (SurvivorLedger ledger : ledgers) {
      consumers.add(new HostileConsumer(port, ledger, random.split()));
    }
    movers.add(new TransactionMover(port, "hostile.in", "hostile.out", random.split(), commits));
    movers.add(new TransactionMover(port, "hostile.out", "hostile.in", random.split(), commits));
    publishers.forEach(this::start);
    consumers.forEach(this::start);
    movers.forEach(this::start);
  }

  private void livesFor(int lifeMs) throws InterruptedException {
    assertThat(broker.endsWithin(lifeMs))
        .as("the broker ended by itself; seed=%s; it said:\n%s", seed, broker.output())
        .isFalse();
  }

  private void kill() {
    broker.kill();
    kills++;
  }

  /** Goes on until the log has gone through so many segments, whatever the kills left time for. */
  private void writeOnUntil(int segments) {
    await()
        .atMost(LIMIT)
        .until(
            () -> {
              publishers.forEach(publisher -> publisher.allow(MESSAGES_PER_LIFE));
              return data.lastSegment() >= segments;
            });
  }

  private void endLoad() throws InterruptedException {
    publishers.forEach(NumberedPublisher::stop);
    for (Thread publisher : threads.subList(0, publishers.size())) {
      end(publisher);
    }
    await()
        .atMost(LIMIT)
        .untilAsserted(
            () -> {
              for (SurvivorLedger ledger : ledgers) {
                assertThat(ledger.missing()).as("%s; seed=%s", ledger, seed).isZero();
              }
            });
    askToStop();
    for (Thread thread : threads) {
      end(thread);
    }
    checkRules("in the end");
  }

  private void end(Thread thread) throws InterruptedException {
    thread.join(LIMIT.toMillis());
    assertThat(thread.isAlive()).as("%s hangs; seed=%s", thread.getName(), seed).isFalse();
  }

  private void checkRules(String when) {
    for (SurvivorLedger ledger : ledgers) {
      assertThat(ledger.violations()).as("%s; seed=%s", when, seed).isEmpty();
    }
  }

  /** The cleaner may need a moment, and works without being asked. */
  private void checkDisk() {
    long left = MOVED_MESSAGES;
    for (SurvivorLedger ledger : ledgers) {
      for (int publisher = 0; publisher < publishers.size(); publisher++) {
        left += ledger.left(publisher).size();
      }
    }
    long live = left * (PAYLOAD_BYTES_MAX + 200);
    long bound = (long) (LIVE_FACTOR * live) + SEGMENTS_FIXED * (long) SEGMENT_BYTES;
    long written = data.lastSegment() * SEGMENT_BYTES;
    System.out.println(
        "written=" + written + " left=" + left + " disk=" + data.bytes() + " bound=" + bound);
    assertThat(written).as("the bound means something").isGreaterThan(2 * bound);
    await()
        .atMost(LIMIT)
        .untilAsserted(
            () -> assertThat(data.bytes()).as(data.listing()).isLessThanOrEqualTo(bound));
  }

  /** Exactly what was never settled is in the queue, in each publisher's order. */
  private void checkLeft(SurvivorLedger ledger) throws Exception {
    Map<Integer, List<Integer>> found = new TreeMap<>();
    try (ProtonJ2Client client = ProtonJ2Client.connect("127.0.0.1", broker.amqpPort())) {
      Receiver receiver = client.receiver(ledger.queue());
      receiver.addCredit(100_000);
      receiver.drain().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
      for (Delivery next = receiver.tryReceive(); next != null; next = receiver.tryReceive()) {
        SurvivorLedger.Seen seen = HostileConsumer.seen(next);
        assertThat(seen.redelivered()).as("%s is marked; seed=%s", seen, seed).isTrue();
        found.computeIfAbsent(seen.publisher(), p -> new ArrayList<>()).add(seen.number());
      }
    }
    for (int publisher = 0; publisher < publishers.size(); publisher++) {
      assertThat(found.getOrDefault(publisher, List.of()))
          .as("left in %s of publisher %s; seed=%s", ledger, publisher, seed)
          .isEqualTo(ledger.left(publisher));
    }
  }

  private void checkMoved() throws Exception {
    List<Integer> moved =
        new ArrayList<>(TransactionMover.takeAll(broker.amqpPort(), "hostile.in"));
    moved.addAll(TransactionMover.takeAll(broker.amqpPort(), "hostile.out"));
    assertThat(moved)
        .as("seed=%s", seed)
        .containsExactlyInAnyOrderElementsOf(IntStream.range(0, MOVED_MESSAGES).boxed().toList());
  }

  private void askToStop() {
    publishers.forEach(NumberedPublisher::stop);
    consumers.forEach(HostileConsumer::stop);
    movers.forEach(TransactionMover::stop);
  }

  private void start(Runnable work) {
    Thread thread = new Thread(work, "load-" + threads.size());
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
  }
}
