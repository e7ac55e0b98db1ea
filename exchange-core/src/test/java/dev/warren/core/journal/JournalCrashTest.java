package dev.warren.core.journal;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
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
 * log, in segments so small that they are recycled all the time. A failure names its seed; replay
 * one with {@code -Djournal.seed=}.
 */
class JournalCrashTest {
  private static final int LIVES = 12;

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
    return LongStream.range(10_000, 14_000);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void keepsWhatItConfirmedAndNothingElse(long seed) {
    run(seed);
  }

  @Test
  void theSeedsMakeTheCleanerWork() {
    long copied = 0;
    for (long seed = 0; seed < 20; seed++) {
      copied += run(seed);
    }
    assertThat(copied).isGreaterThan(300);
  }

  @Tag("slow")
  @ParameterizedTest(name = "seed {0}")
  @MethodSource("manySeeds")
  void keepsWhatItConfirmedAndNothingElseForManySeeds(long seed) {
    run(seed);
  }

  private static long run(long seed) {
    JournalSimulation simulation = new JournalSimulation(seed);
    try {
      for (int life = 0; life < LIVES; life++) {
        simulation.live();
      }
      assertThat(simulation.recoveries()).isGreaterThanOrEqualTo(LIVES);
      return simulation.copied();
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError("journal.seed=" + seed + ": " + e.getMessage(), e);
    }
  }
}
