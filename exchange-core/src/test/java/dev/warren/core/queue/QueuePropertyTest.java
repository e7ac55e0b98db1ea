package dev.warren.core.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Random commands against the model, with the invariant of design §6 after every one. A failure
 * names its seed and the shortest list of commands found that still fails; {@code -Dseed=} runs one
 * seed only.
 */
final class QueuePropertyTest {
  private static final int SEEDS = 400;
  private static final int COMMANDS = 120;

  @Test
  void queueBehavesAsItsModel() {
    Long only = Long.getLong("seed");
    long first = only == null ? 1 : only;
    long last = only == null ? SEEDS : only;
    Coverage coverage = new Coverage();
    for (long seed = first; seed <= last; seed++) {
      List<QueueSimulation.Command> commands = commands(seed);
      Throwable failure = run(seed, commands, coverage);
      if (failure != null) {
        throw new AssertionError(report(seed, commands), failure);
      }
    }
    if (only == null) {
      coverage.check();
    }
  }

  private static List<QueueSimulation.Command> commands(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    QueueSimulation.Kind[] kinds = QueueSimulation.Kind.values();
    List<QueueSimulation.Command> commands = new ArrayList<>();
    for (int i = 0; i < COMMANDS; i++) {
      QueueSimulation.Kind kind = kinds[random.nextInt(kinds.length)];
      commands.add(new QueueSimulation.Command(kind, random.nextInt(1 << 20)));
    }
    return commands;
  }

  private static @Nullable Throwable run(
      long seed, List<QueueSimulation.Command> commands, @Nullable Coverage coverage) {
    QueueSimulation simulation = new QueueSimulation(seed);
    try {
      commands.forEach(simulation::step);
      simulation.finish();
    } catch (RuntimeException | AssertionError e) {
      return e;
    }
    if (coverage != null) {
      coverage.add(simulation);
    }
    return null;
  }

  /** Deletes commands from the list as long as it still fails. */
  private static String report(long seed, List<QueueSimulation.Command> commands) {
    List<QueueSimulation.Command> shortest = new ArrayList<>(commands);
    for (int length = shortest.size() / 2; length > 0; length /= 2) {
      for (int from = shortest.size() - length; from >= 0; from -= length) {
        List<QueueSimulation.Command> shorter = new ArrayList<>(shortest);
        shorter.subList(from, Math.min(from + length, shorter.size())).clear();
        if (run(seed, shorter, null) != null) {
          shortest = shorter;
        }
      }
    }
    Throwable failure = run(seed, shortest, null);
    return "seed=" + seed + " commands=" + shortest + " failure=" + failure;
  }

  /** That the generator reaches what the test is for. */
  private static final class Coverage {
    private final long[] sums = new long[15];

    void add(QueueSimulation simulation) {
      QueueCounters counters = simulation.queue.counters();
      long[] values = {
        counters.acknowledged(),
        counters.requeued(),
        counters.deliveredPresettled(),
        counters.coldLoads(),
        counters.lost(),
        counters.purged(),
        counters.rejectedPublishes(),
        counters.changedBytes(),
        counters.died(DeathReason.REJECTED),
        counters.died(DeathReason.EXPIRED),
        counters.died(DeathReason.MAX_LENGTH),
        counters.died(DeathReason.DELIVERY_LIMIT),
        simulation.model.delays,
        simulation.takenBack,
        simulation.model.takeovers
      };
      for (int i = 0; i < values.length; i++) {
        sums[i] += values[i];
      }
    }

    void check() {
      assertThat(sums).doesNotContain(0);
    }
  }
}
