package dev.warren.core.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random work on a simulated disk whose power fails at random moments, again and again on the same
 * log, in segments so small that they are recycled and cleaned all the time. A failure names its
 * seed and the steps that matter; replay it with {@code -Djournal.seed=} and {@code
 * -Djournal.steps=}.
 */
@ExtendWith(QuietLog.class)
class JournalCrashTest {
  /** So many seeds are tried in the gate, each on a good disk and on a bad one. */
  static final int SEEDS = 80;

  /** Those of the gate; {@link MutantTest} uses no others. */
  static LongStream seeds() {
    Long replay = Long.getLong("journal.seed");
    return replay == null ? LongStream.range(0, SEEDS) : LongStream.of(replay);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void keepsWhatItConfirmedAndNothingElse(long seed) {
    run(JournalScenario.of(seed));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void keepsWhatItConfirmedOnADiskThatRefusesIsSlowAndChanges(long seed) {
    run(JournalScenario.of(seed).withFaults());
  }

  @Test
  void theSeedsMakeTheCleanerWork() {
    long copied = 0;
    for (long seed = 0; seed < 20; seed++) {
      copied += run(JournalScenario.of(seed));
    }
    assertThat(copied).isGreaterThan(150);
  }

  @Test
  void theSeedsMakeRecoveriesReadSummaries() {
    long summaries = 0;
    for (long seed = 0; seed < 40; seed++) {
      JournalScenario scenario = JournalScenario.of(seed);
      JournalSimulation simulation = new JournalSimulation(scenario);
      scenario.run(simulation);
      summaries += simulation.summaries();
    }
    assertThat(summaries).isGreaterThan(200);
  }

  @Tag("slow")
  @Test
  void keepsWhatItConfirmedAndNothingElseForManySeeds() {
    for (long seed = 10_000; seed < 11_500; seed++) {
      run(JournalScenario.of(seed));
      run(JournalScenario.of(seed).withFaults());
    }
  }

  private static long run(JournalScenario scenario) {
    String steps = System.getProperty("journal.steps");
    Verdict verdict =
        Verdict.of(steps == null ? scenario : scenario.onlyWith(Verdict.parse(steps)::contains));
    verdict.orFail();
    return verdict.copied();
  }
}
