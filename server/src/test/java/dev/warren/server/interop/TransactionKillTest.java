package dev.warren.server.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
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
  private static final int KILLS = Integer.getInteger("kills", 8);
  private static final int MESSAGES = 400;
  private static final int LIFE_MS_MAX = 700;
  private static final long LIMIT_MS = 20_000;

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final SplittableRandom random = new SplittableRandom(seed);
  private final AtomicInteger commits = new AtomicInteger();
  private final List<TransactionMover> movers = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();

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
    movers.forEach(TransactionMover::stop);
    broker.close();
    System.out.println("commits=" + commits.get());
  }

  @Test
  void losesNothingAndDoublesNothing() throws Exception {
    TransactionMover.fill(broker.amqpPort(), "tx.in", MESSAGES);
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
    movers.forEach(TransactionMover::stop);
    for (Thread mover : threads) {
      mover.join(LIMIT_MS);
      assertThat(mover.isAlive()).as("a client hangs; seed=%s", seed).isFalse();
    }
    List<Integer> left = new ArrayList<>(TransactionMover.takeAll(broker.amqpPort(), "tx.in"));
    left.addAll(TransactionMover.takeAll(broker.amqpPort(), "tx.out"));
    assertThat(left)
        .as("seed=%s", seed)
        .containsExactlyInAnyOrderElementsOf(IntStream.range(0, MESSAGES).boxed().toList());
    assertThat(commits.get()).as("there was load").isGreaterThan(KILLS);
  }

  private void start(String from, String to) {
    TransactionMover work =
        new TransactionMover(broker.amqpPort(), from, to, random.split(), commits);
    Thread mover = new Thread(work, "mover-" + threads.size());
    mover.setDaemon(true);
    movers.add(work);
    threads.add(mover);
    mover.start();
  }
}
