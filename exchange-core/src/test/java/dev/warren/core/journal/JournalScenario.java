package dev.warren.core.journal;

import java.util.BitSet;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/**
 * What a {@link JournalSimulation} does: everything follows from the seed, each step on its own, so
 * that steps can be left out and the others stay what they are.
 *
 * @param seed what decides
 * @param faults whether the disk refuses things besides losing power
 * @param leftOut steps that are not taken
 * @param mutation what is put between the journal and the disk
 */
record JournalScenario(long seed, boolean faults, BitSet leftOut, UnaryOperator<Storage> mutation) {

  static JournalScenario of(long seed) {
    return new JournalScenario(seed, false, new BitSet(), UnaryOperator.identity());
  }

  JournalScenario withFaults() {
    return new JournalScenario(seed, true, leftOut, mutation);
  }

  JournalScenario withMutation(UnaryOperator<Storage> between) {
    return new JournalScenario(seed, faults, leftOut, between);
  }

  JournalScenario without(BitSet steps) {
    return new JournalScenario(seed, faults, steps, mutation);
  }

  SplittableRandom life(int number) {
    return new SplittableRandom(seed ^ (0x5DEE_CE66_D1CE_4E5BL * (number + 2)));
  }

  SplittableRandom step(int number) {
    return new SplittableRandom((seed + 1) * 0x9E37_79B9_7F4A_7C15L + number);
  }

  boolean takes(int step) {
    return !leftOut.get(step);
  }

  /**
   * Runs so many lives.
   *
   * @return how many messages the cleaner copied
   * @throws AssertionError if the journal broke a promise
   */
  long run(int lives) {
    JournalSimulation simulation = new JournalSimulation(this);
    for (int life = 0; life < lives; life++) {
      simulation.live();
    }
    return simulation.copied();
  }
}
