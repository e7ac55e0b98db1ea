package dev.warren.core.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A simulation is worth something only if it finds faults: each of these, within its own seeds. */
@ExtendWith(QuietLog.class)
class MutantTest {
  private static final int SEEDS = JournalCrashTest.SEEDS;

  private enum Defect {
    SYNC_SKIPPED,
    SYNC_ONE_LATE,
    FAILED_SYNC_TAKEN_FOR_DONE,
    FAILED_SYNC_TRIED_AGAIN,
    DIRECTORY_SYNC_SKIPPED,
    CHECKSUM_IGNORED,
    UNREADABLE_TAKEN_FOR_ZEROS,
    CLEANER_OFF_BY_ONE,
    COPY_LOST,
    SETTLEMENTS_LOST_ON_ROLL,
    COUNTS_LOST,
    TRANSACTIONS_NOT_FLAGGED,
    COMMITS_IGNORED,
    FREED_TOO_EARLY,
    SUMMARY_FORGETS;

    Storage put(Storage on) {
      return switch (this) {
        case SYNC_SKIPPED -> new Mutant.SyncSkipped(on);
        case SYNC_ONE_LATE -> new Mutant.SyncOneLate(on);
        case FAILED_SYNC_TAKEN_FOR_DONE -> new Mutant.FailedSyncIgnored(on, 0);
        case FAILED_SYNC_TRIED_AGAIN -> new Mutant.FailedSyncIgnored(on, 3);
        case DIRECTORY_SYNC_SKIPPED -> new Mutant.DirectorySyncSkipped(on);
        case CHECKSUM_IGNORED -> new Mutant.ChecksumIgnored(on);
        case UNREADABLE_TAKEN_FOR_ZEROS -> new Mutant.UnreadableTakenForZeros(on);
        case CLEANER_OFF_BY_ONE -> new Mutant.CleanerOffByOne(on);
        case COPY_LOST -> new Mutant.Erased(on, RecordCodec.MESSAGE_COPIED);
        case SETTLEMENTS_LOST_ON_ROLL -> new Mutant.SettlementsLostOnRoll(on);
        case COUNTS_LOST -> new Mutant.Erased(on, RecordCodec.COUNTED);
        case TRANSACTIONS_NOT_FLAGGED -> new Mutant.TransactionsNotFlagged(on);
        case COMMITS_IGNORED -> new Mutant.Erased(on, RecordCodec.TRANSACTION_COMMITTED);
        case FREED_TOO_EARLY -> new Mutant.FreedTooEarly(on);
        case SUMMARY_FORGETS -> new Mutant.SummaryForgets(on);
      };
    }
  }

  @Test
  void aSoundJournalIsNotBlamed() {
    for (long seed = 0; seed < 15; seed++) {
      assertThat(Verdict.of(JournalScenario.of(seed).withMutation(Mutant.Sound::new)).kind())
          .isEmpty();
      assertThat(
              Verdict.of(JournalScenario.of(seed).withFaults().withMutation(Mutant.Sound::new))
                  .kind())
          .isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(Defect.class)
  void isFoundWithinTheSeedsOfTheGate(Defect defect) {
    assertThat(firstFound(defect).isFailure()).as("%s is found", defect).isTrue();
  }

  /** What the gate would say of it; of its own doing, not because the defect throws something. */
  private static Verdict firstFound(Defect defect) {
    for (long seed = 0; ; seed++) {
      JournalScenario scenario = JournalScenario.of(seed).withMutation(defect::put);
      for (JournalScenario each : List.of(scenario, scenario.withFaults())) {
        Verdict verdict = Verdict.of(each);
        if (verdict.isBrokenPromise() || seed == SEEDS) {
          return verdict;
        }
      }
    }
  }
}
