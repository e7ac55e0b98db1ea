package dev.warren.core.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.core.message.StoredMessage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * For random logs, written in several lives with crashes between them: what is recovered from
 * summaries, whatever has become of these, is what the segments say.
 */
class SummaryPropertyTest {
  private static final int SEEDS = 60;

  @Test
  void aRecoveryFromSummariesEqualsOneFromSegments() {
    int summaries = 0;
    int ignored = 0;
    for (long seed = 0; seed < SEEDS; seed++) {
      try {
        SplittableRandom random = new SplittableRandom(seed);
        SimStorage storage = new SimStorage();
        int lives = random.nextInt(1, 4);
        for (int life = 0; life < lives; life++) {
          live(storage, random);
        }
        JournalFixture whole = recover(storage);
        int there = summaries(storage).size();
        summaries(storage).forEach(name -> mangle(storage, name, random));
        JournalFixture mangled = recover(storage);
        summaries(storage).forEach(storage::remove);
        JournalFixture without = recover(storage);
        assertThat(whole.target.messages).isEqualTo(without.target.messages);
        assertThat(whole.target.topology).isEqualTo(without.target.topology);
        assertThat(mangled.target.messages).isEqualTo(without.target.messages);
        assertThat(mangled.target.topology).isEqualTo(without.target.topology);
        assertThat(without.report.summaries()).isZero();
        summaries += whole.report.summaries();
        ignored += there - mangled.report.summaries();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed=" + seed, e);
      }
    }
    assertThat(summaries).as("segments replayed from summaries").isGreaterThan(500);
    assertThat(ignored).as("summaries that were not believed").isGreaterThan(300);
  }

  private static List<String> summaries(SimStorage storage) {
    return storage.list().stream()
        .filter(name -> SegmentSummary.numberOf(name) >= 0)
        .sorted()
        .toList();
  }

  private static JournalFixture recover(SimStorage storage) {
    JournalFixture journal = new JournalFixture(storage);
    journal.journal.close();
    return journal;
  }

  /** Does something to a summary, or not. */
  private static void mangle(SimStorage storage, String name, SplittableRandom random) {
    byte[] bytes = storage.bytes(name);
    switch (random.nextInt(5)) {
      case 0 -> storage.damage(name, random.nextInt(bytes.length));
      case 1 -> storage.replace(name, Arrays.copyOf(bytes, random.nextInt(bytes.length)));
      case 2 -> storage.replace(name, new byte[random.nextInt(2000)]);
      case 3 -> {
        List<String> all = summaries(storage);
        storage.replace(name, storage.bytes(all.get(random.nextInt(all.size()))));
      }
      default -> {
        // left as it is
      }
    }
  }

  private static void live(SimStorage storage, SplittableRandom random) {
    JournalFixture journal = new JournalFixture(storage);
    journal.journal.topologySource(() -> List.of("+told".getBytes(StandardCharsets.UTF_8)));
    List<StoredMessage> held = new ArrayList<>();
    int steps = random.nextInt(50, 400);
    int settledOneIn = random.nextInt(2, 10);
    for (int i = 0; i < steps; i++) {
      long[] queues = random.ints(random.nextInt(1, 4), 1, 5).distinct().asLongStream().toArray();
      held.add(journal.store("m" + i, random.nextInt(20, 1200), queues));
      StoredMessage one = held.get(random.nextInt(held.size()));
      if (random.nextInt(settledOneIn) == 0) {
        Arrays.stream(one.queueIds()).forEach(queue -> journal.appender.settled(queue, one));
        held.remove(one);
      } else if (random.nextInt(8) == 0) {
        journal.appender.counted(one.queueIds()[0], one, i + 1, 2 * i);
      } else if (random.nextInt(20) == 0) {
        String change = (random.nextBoolean() ? "+" : "-") + "node" + random.nextInt(10);
        journal.appender.topology(change.getBytes(StandardCharsets.UTF_8));
      } else if (random.nextInt(20) == 0) {
        transact(journal, random);
      }
      if (random.nextInt(3) == 0) {
        journal.workAndSync();
      } else {
        journal.work();
      }
    }
    if (random.nextBoolean()) {
      journal.journal.close();
    } else {
      storage.powerOffAfter(random.nextInt(3));
      journal.appender.append(JournalFixture.stored("last", 300, 1));
      journal.work();
      storage.crash(random);
    }
  }

  private static void transact(JournalFixture journal, SplittableRandom random) {
    JournalTransaction transaction = new JournalTransaction();
    int messages = random.nextInt(1, 5);
    for (int i = 0; i < messages; i++) {
      transaction.store(JournalFixture.stored("t" + i, random.nextInt(20, 1500), 1 + i));
    }
    journal.appender.transaction(transaction);
  }
}
