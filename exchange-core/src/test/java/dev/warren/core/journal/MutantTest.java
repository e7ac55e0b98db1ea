package dev.warren.core.journal;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** A simulation is worth something only if it finds faults: each of these, within its own seeds. */
class MutantTest {
  private static final Logger LOGGER =
      (Logger) LoggerFactory.getLogger(MutantTest.class.getPackageName());

  @BeforeAll
  static void hushTheExpectedFailures() {
    LOGGER.setLevel(Level.OFF);
  }

  @AfterAll
  static void speakAgain() {
    LOGGER.setLevel(null);
  }

  private enum Defect {
    SYNC_SKIPPED,
    DIRECTORY_SYNC_SKIPPED,
    CHECKSUM_IGNORED,
    CLEANER_OFF_BY_ONE,
    COPY_LOST,
    TRANSACTIONS_NOT_FLAGGED,
    FREED_TOO_EARLY,
    SUMMARY_FORGETS;

    Storage put(Storage on) {
      return switch (this) {
        case SYNC_SKIPPED -> new Mutant.SyncSkipped(on);
        case DIRECTORY_SYNC_SKIPPED -> new Mutant.DirectorySyncSkipped(on);
        case CHECKSUM_IGNORED -> new Mutant.ChecksumIgnored(on);
        case CLEANER_OFF_BY_ONE -> new Mutant.CleanerOffByOne(on);
        case COPY_LOST -> new Mutant.CopyLost(on);
        case TRANSACTIONS_NOT_FLAGGED -> new Mutant.TransactionsNotFlagged(on);
        case FREED_TOO_EARLY -> new Mutant.FreedTooEarly(on);
        case SUMMARY_FORGETS -> new Mutant.SummaryForgets(on);
      };
    }
  }

  @Test
  void aSoundJournalIsNotBlamed() {
    assertThat(LongStream.range(0, 30))
        .noneMatch(
            seed ->
                JournalCrashTest.fails(JournalScenario.of(seed).withMutation(Mutant.Sound::new)));
  }

  @ParameterizedTest
  @EnumSource(Defect.class)
  void isFoundWithinTheSeedsOfTheGate(Defect defect) {
    LongStream seeds = LongStream.range(0, 150);
    assertThat(
            seeds.anyMatch(
                seed -> JournalCrashTest.fails(JournalScenario.of(seed).withMutation(defect::put))))
        .as("%s is found", defect)
        .isTrue();
  }
}
