package dev.warren.core.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import org.junit.jupiter.api.Test;

class ShrinkerTest {
  @Test
  void onlyTheStepsThatMatterAreLeft() {
    BitSet leftOut = new Shrinker(without -> !without.get(17) && !without.get(60)).shrink(100);
    BitSet kept = new BitSet();
    kept.set(0, 100);
    kept.andNot(leftOut);
    assertThat(kept.stream()).containsExactly(17, 60);
  }

  @Test
  void aDefectIsShownWithFewerSteps() {
    JournalScenario scenario = firstFailing();
    JournalSimulation whole = new JournalSimulation(scenario);
    int steps = 0;
    try {
      for (int life = 0; life < JournalCrashTest.LIVES; life++) {
        whole.live();
      }
    } catch (AssertionError | RuntimeException e) {
      steps = whole.steps();
    }
    BitSet leftOut =
        new Shrinker(without -> JournalCrashTest.fails(scenario.without(without))).shrink(steps);
    assertThat(JournalCrashTest.fails(scenario.without(leftOut))).isTrue();
    assertThat(steps - leftOut.cardinality()).isLessThan(steps);
  }

  private static JournalScenario firstFailing() {
    for (long seed = 0; ; seed++) {
      JournalScenario scenario = JournalScenario.of(seed).withMutation(Mutant.CopyLost::new);
      if (JournalCrashTest.fails(scenario)) {
        return scenario;
      }
    }
  }
}
