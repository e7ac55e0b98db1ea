package dev.warren.core.journal;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.util.BitSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/**
 * Random work on a simulated disk whose power fails at random moments, again and again on the same
 * log, in segments so small that they are recycled and cleaned all the time. A failure names its
 * seed and the steps that matter; replay it with {@code -Djournal.seed=} and {@code
 * -Djournal.leaveOut=}.
 */
class JournalCrashTest {
  static final int LIVES = 12;

  private static final Logger LOGGER =
      (Logger) LoggerFactory.getLogger(JournalCrashTest.class.getPackageName());

  @BeforeAll
  static void hushTheExpectedFailures() {
    LOGGER.setLevel(Level.OFF);
  }

  @AfterAll
  static void speakAgain() {
    LOGGER.setLevel(null);
  }

  static LongStream seeds() {
    Long replay = Long.getLong("journal.seed");
    return replay == null ? LongStream.range(0, 150) : LongStream.of(replay);
  }

  static LongStream manySeeds() {
    return LongStream.range(10_000, 11_500);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void keepsWhatItConfirmedAndNothingElse(long seed) {
    run(JournalScenario.of(seed));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void keepsWhatItConfirmedWhenTheDiskRefusesWritesSyncsOrReads(long seed) {
    run(JournalScenario.of(seed).withFaults());
  }

  @Test
  void theSeedsMakeTheCleanerWork() {
    long copied = 0;
    for (long seed = 0; seed < 40; seed++) {
      copied += run(JournalScenario.of(seed));
    }
    assertThat(copied).isGreaterThan(300);
  }

  @Test
  void theSeedsMakeRecoveriesReadSummaries() {
    long summaries = 0;
    for (long seed = 0; seed < 40; seed++) {
      JournalSimulation simulation = new JournalSimulation(JournalScenario.of(seed));
      for (int life = 0; life < LIVES; life++) {
        simulation.live();
      }
      summaries += simulation.summaries();
    }
    assertThat(summaries).isGreaterThan(300);
  }

  @Tag("slow")
  @ParameterizedTest(name = "seed {0}")
  @MethodSource("manySeeds")
  void keepsWhatItConfirmedAndNothingElseForManySeeds(long seed) {
    run(JournalScenario.of(seed));
    run(JournalScenario.of(seed).withFaults());
  }

  private static long run(JournalScenario scenario) {
    BitSet leftOut = given();
    try {
      return scenario.without(leftOut).run(LIVES);
    } catch (AssertionError | RuntimeException e) {
      BitSet shrunk = new Shrinker(steps -> fails(scenario.without(steps))).shrink(steps(scenario));
      throw new AssertionError(
          "journal.seed=%d faults=%s journal.leaveOut=%s: %s"
              .formatted(scenario.seed(), scenario.faults(), ranges(shrunk), e.getMessage()),
          e);
    }
  }

  static boolean fails(JournalScenario scenario) {
    try {
      scenario.run(LIVES);
      return false;
    } catch (AssertionError | RuntimeException e) {
      return true;
    }
  }

  private static int steps(JournalScenario scenario) {
    JournalSimulation simulation = new JournalSimulation(scenario);
    try {
      for (int life = 0; life < LIVES; life++) {
        simulation.live();
      }
    } catch (AssertionError | RuntimeException e) {
      return simulation.steps() + 1;
    }
    return simulation.steps();
  }

  /** As "3-17,19-25". */
  private static String ranges(BitSet steps) {
    StringBuilder text = new StringBuilder();
    for (int from = steps.nextSetBit(0); from >= 0; ) {
      int to = steps.nextClearBit(from);
      text.append(text.length() == 0 ? "" : ",").append(from).append('-').append(to - 1);
      from = steps.nextSetBit(to);
    }
    return text.toString();
  }

  private static BitSet given() {
    BitSet steps = new BitSet();
    String text = System.getProperty("journal.leaveOut", "");
    for (String range : text.isEmpty() ? new String[0] : text.split(",")) {
      int dash = range.indexOf('-');
      steps.set(
          Integer.parseInt(range.substring(0, dash)),
          Integer.parseInt(range.substring(dash + 1)) + 1);
    }
    return steps;
  }
}
