package dev.warren.core.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the simulation has found once, without the rest of its work. */
@ExtendWith(QuietLog.class)
class DiskFailureTest {
  private static final long QUEUE = 1;

  private final SimStorage storage = new SimStorage();

  private static List<String> texts(JournalFixture journal) {
    return journal.target.messages.stream()
        .map(
            told -> {
              var message = journal.read(told.position());
              return new String(
                      message == null ? new byte[0] : message.bareArray(), StandardCharsets.UTF_8)
                  .trim();
            })
        .toList();
  }

  /** A process dies between writing and syncing; what it showed gets lost with the power later. */
  @Test
  void aProcessKilledAtAnyMomentIsNoDamageWhenThePowerFailsLater() {
    for (int operations = 1; operations < 60; operations++) {
      for (long seed = 0; seed < 4; seed++) {
        SplittableRandom random = new SplittableRandom(seed * 1000 + operations);
        SimStorage disk = new SimStorage();
        JournalFixture journal = new JournalFixture(disk);
        disk.powerOffAfter(operations);
        int stored = 0;
        while (!disk.isOff()) {
          journal.store("m" + stored++, 700, QUEUE);
        }
        int confirmed =
            journal.confirmed.isEmpty()
                ? 0
                : (int) (long) journal.confirmed.get(journal.confirmed.size() - 1);
        disk.kill(random);
        JournalFixture next = new JournalFixture(disk);
        int held = next.target.messages.size();
        assertThat(held).isBetween(confirmed, stored);
        next.store("next", 700, QUEUE);
        assertThat(next.confirmed).isNotEmpty();
        disk.crash(random);
        JournalFixture last = new JournalFixture(disk);
        assertThat(last.target.messages).hasSizeGreaterThan(confirmed);
        assertThat(texts(last)).contains("next");
      }
    }
  }

  /**
   * It dies between giving a segment its name and syncing the name; the next one writes into it.
   */
  @Test
  void aSegmentWhoseNameWasNotSyncedIsNotLostWithWhatIsConfirmedInIt() {
    for (int operations = 1; operations < 60; operations++) {
      for (long seed = 0; seed < 4; seed++) {
        SplittableRandom random = new SplittableRandom(seed * 1000 + operations);
        SimStorage disk = new SimStorage();
        JournalFixture journal = new JournalFixture(disk);
        disk.powerOffAfter(operations);
        while (!disk.isOff()) {
          journal.store("m", 700, QUEUE);
        }
        disk.kill(random);
        FileJournal.Threads noFileIsMade = FileJournal.Threads.callers(work -> {}, Runnable::run);
        JournalFixture next = new JournalFixture(disk, new RecordingTarget(), noFileIsMade);
        for (int i = 0; i < 20; i++) {
          next.store("next", 700, QUEUE);
        }
        long confirmed = next.confirmed.stream().mapToLong(c -> c).max().orElse(0);
        disk.crash(random);
        assertThat(texts(new JournalFixture(disk)))
            .filteredOn("next"::equals)
            .as("operations=%d seed=%d", operations, seed)
            .hasSizeGreaterThanOrEqualTo((int) confirmed);
      }
    }
  }

  /** After a failed sync the system may show what it will never store. */
  @Test
  void whatAFailedSyncLostIsNotTakenForStoredByTheNextStart() {
    for (long seed = 0; seed < 60; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      SimStorage disk = new SimStorage();
      disk.random(random.split());
      JournalFixture journal = new JournalFixture(disk);
      journal.store("confirmed", 3000, QUEUE);
      disk.failOnce(SimStorage.Fault.FORCES, 0);
      journal.store("unconfirmed", 3000, QUEUE);
      assertThat(journal.confirmed).containsExactly(1L);
      disk.kill(random);
      JournalFixture next = new JournalFixture(disk);
      next.store("next", 300, QUEUE);
      assertThat(next.confirmed).containsExactly(1L);
      List<String> shown = texts(next);
      disk.crash(random);
      assertThat(texts(new JournalFixture(disk)))
          .as("seed=%d", seed)
          .containsAll(shown)
          .contains("confirmed", "next");
    }
  }

  @Test
  void aSegmentIsMadeAnewWhenItsNameCouldNotBeSynced() {
    storage.failOnce(SimStorage.Fault.FORCES, 1);
    JournalFixture journal = new JournalFixture(storage);
    journal.store("m", 100, QUEUE);
    assertThat(journal.confirmed).isEmpty();
    journal.clock.advanceMs(1000);
    journal.work();
    journal.work();
    assertThat(journal.confirmed).containsExactly(1L);
    assertThat(journal.journal.state()).isEqualTo(Journal.State.RUNNING);
    storage.crash(new SplittableRandom(1));
    assertThat(texts(new JournalFixture(storage))).containsExactly("m");
  }

  @Test
  void nothingTimesOutOnASlowDisk() {
    JournalFixture journal = new JournalFixture(storage);
    storage.slow(journal.clock, 60_000);
    for (int i = 0; i < 200; i++) {
      journal.settle(QUEUE, journal.store("m" + i, 500, QUEUE));
    }
    journal.workAndSync();
    assertThat(journal.confirmed).endsWith(200L);
    assertThat(journal.states).isEmpty();
    journal.journal.close();
    assertThat(new JournalFixture(storage).target.messages).isEmpty();
  }
}
