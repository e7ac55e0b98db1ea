package dev.warren.core.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.core.queue.SelectionSimulation.Command;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Random commands to a queue with consumers that choose, browsers and message groups; the rules of
 * {@link SelectionSimulation} are checked after every one. A failure names its seed and the
 * shortest list of commands found that still fails; {@code -Dseed=} runs one seed only.
 */
final class SelectionPropertyTest {
  private static final int SEEDS = 400;
  private static final int COMMANDS = 150;

  @Test
  void everyMessageGoesWhereItMayAndNoneIsForgotten() {
    Long only = Long.getLong("seed");
    long first = only == null ? 1 : only;
    long last = only == null ? SEEDS : only;
    long[] sums = new long[SelectionSimulation.FIGURES];
    for (long seed = first; seed <= last; seed++) {
      List<Command> commands = commands(seed);
      Throwable failure = run(seed, commands, sums);
      if (failure != null) {
        throw new AssertionError(report(seed, commands), failure);
      }
    }
    if (only == null) {
      assertThat(sums).doesNotContain(0);
    }
  }

  private static List<Command> commands(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    SelectionSimulation.Kind[] kinds = SelectionSimulation.Kind.values();
    List<Command> commands = new ArrayList<>();
    for (int i = 0; i < COMMANDS; i++) {
      SelectionSimulation.Kind kind = kinds[random.nextInt(kinds.length)];
      commands.add(new Command(kind, random.nextInt(1 << 20)));
    }
    return commands;
  }

  private static @Nullable Throwable run(
      long seed, List<Command> commands, long @Nullable [] sums) {
    SelectionSimulation simulation = new SelectionSimulation(seed);
    try {
      commands.forEach(simulation::step);
      simulation.finish();
    } catch (RuntimeException | AssertionError e) {
      return e;
    }
    if (sums != null) {
      simulation.addFigures(sums);
    }
    return null;
  }

  /** Deletes commands from the list as long as it still fails. */
  private static String report(long seed, List<Command> commands) {
    List<Command> shortest = new ArrayList<>(commands);
    for (int length = shortest.size() / 2; length > 0; length /= 2) {
      for (int from = shortest.size() - length; from >= 0; from -= length) {
        List<Command> shorter = new ArrayList<>(shortest);
        shorter.subList(from, Math.min(from + length, shorter.size())).clear();
        if (run(seed, shorter, null) != null) {
          shortest = shorter;
        }
      }
    }
    Throwable failure = run(seed, shortest, null);
    return "seed=" + seed + " commands=" + shortest + " failure=" + failure;
  }
}
