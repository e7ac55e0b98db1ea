package dev.warren.core.journal;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import java.util.function.UnaryOperator;

/**
 * What a {@link JournalSimulation} does: everything follows from the seed, each step on its own, so
 * that steps can be left out and the others stay what they are.
 *
 * @param seed what decides
 * @param faults whether the disk refuses things, is slow and changes, besides losing power
 * @param steps which steps are taken, by number
 * @param mutation what is put between the journal and the disk
 * @param story is told what happens
 */
record JournalScenario(
    long seed,
    boolean faults,
    IntPredicate steps,
    UnaryOperator<Storage> mutation,
    Consumer<String> story) {
  static final int LIVES = 12;

  static JournalScenario of(long seed) {
    return new JournalScenario(seed, false, step -> true, UnaryOperator.identity(), happened -> {});
  }

  JournalScenario withFaults() {
    return new JournalScenario(seed, true, steps, mutation, story);
  }

  JournalScenario withMutation(UnaryOperator<Storage> between) {
    return new JournalScenario(seed, faults, steps, between, story);
  }

  JournalScenario onlyWith(IntPredicate these) {
    return new JournalScenario(seed, faults, these, mutation, story);
  }

  JournalScenario toldTo(List<String> listener) {
    return new JournalScenario(seed, faults, steps, mutation, listener::add);
  }

  SplittableRandom life(int number) {
    return new SplittableRandom(seed ^ (0x5DEE_CE66_D1CE_4E5BL * (number + 2)));
  }

  SplittableRandom step(int number) {
    return new SplittableRandom((seed + 1) * 0x9E37_79B9_7F4A_7C15L + number);
  }

  boolean takes(int step) {
    return steps.test(step);
  }

  /**
   * Runs all lives.
   *
   * @return how many messages the cleaner copied
   * @throws AssertionError if the journal broke a promise
   */
  long run() {
    JournalSimulation simulation = new JournalSimulation(this);
    run(simulation);
    return simulation.copied();
  }

  /** The same; what was done can be asked afterwards, even if it failed. */
  void run(JournalSimulation simulation) {
    for (int life = 0; life < LIVES; life++) {
      simulation.live();
    }
  }
}
