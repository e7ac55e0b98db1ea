package dev.warren.server.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} while an operator moves numbered messages from one queue to another and back.
 * However often the broker dies, each number is in exactly one of the queues in the end. {@code
 * -Dseed=} repeats the moments of the kills, {@code -Dkills=} changes their number.
 */
@Tag("slow")
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class MendingKillTest {
  private static final int KILLS = Integer.getInteger("kills", 5);
  private static final int MESSAGES = 1_000;
  private static final int LIFE_MS_MAX = 500;

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final SplittableRandom random = new SplittableRandom(seed);

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
  void stopBroker() {
    broker.close();
  }

  @Test
  void eachMessageIsWhereItWasOrWhereItGoes() throws Exception {
    TransactionMover.fill(broker.amqpPort(), "tx.in", MESSAGES);
    BrokerApi api = new BrokerApi(broker.httpPort());
    int cutShort = 0;
    for (int life = 1; life <= KILLS; life++) {
      boolean back = life % 2 == 0;
      String from = back ? "tx.out" : "tx.in";
      String to = back ? "tx.in" : "tx.out";
      int rate = 500 + random.nextInt(2_000);
      String order =
          "{\"action\":\"move\",\"all\":true,\"rate\":%d,\"to\":{\"queue\":\"%s\"}}"
              .formatted(rate, to);
      assertThat(api.mend(from, order)).isEqualTo(202);
      assertThat(broker.endsWithin(random.nextInt(LIFE_MS_MAX)))
          .as("the broker ended by itself in life %s; seed=%s: %s", life, seed, broker.output())
          .isFalse();
      broker.kill();
      broker.restart();
      int left = api.queue(from).path("messages").asInt();
      int moved = api.queue(to).path("messages").asInt();
      assertThat(left + moved).as("life %s; seed=%s", life, seed).isEqualTo(MESSAGES);
      cutShort += left > 0 && moved > 0 ? 1 : 0;
    }
    List<Integer> all = new ArrayList<>(TransactionMover.takeAll(broker.amqpPort(), "tx.in"));
    all.addAll(TransactionMover.takeAll(broker.amqpPort(), "tx.out"));
    assertThat(all)
        .as("seed=%s", seed)
        .containsExactlyInAnyOrderElementsOf(IntStream.range(0, MESSAGES).boxed().toList());
    assertThat(cutShort).as("kills in the middle; seed=%s", seed).isPositive();
  }
}
