package dev.warren.core.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.core.message.StoredMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A summary is a shorter way to the same records, never a different one. */
class SegmentSummaryTest {
  private final SimStorage storage = new SimStorage();
  private final SplittableRandom random = new SplittableRandom(11);
  private JournalFixture journal = new JournalFixture(storage);

  /** A backlog of many segments with settlements, counts, fan-out, transactions and topology. */
  @BeforeEach
  void fill() {
    List<StoredMessage> held = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      long[] queues = i % 5 == 0 ? new long[] {1, 2, 3} : new long[] {1 + i % 3};
      held.add(journal.store("m" + i, random.nextInt(20, 900), queues));
      if (i % 3 == 0) {
        StoredMessage settled = held.get(random.nextInt(held.size()));
        if (settled.queueIds().length == 1 && held.remove(settled)) {
          journal.settle(settled.queueIds()[0], settled);
        }
      }
      if (i % 7 == 0) {
        StoredMessage counted = held.get(random.nextInt(held.size()));
        journal.appender.counted(counted.queueIds()[0], counted, i, 2 * i);
      }
      if (i % 40 == 0) {
        journal.appender.topology(("+node" + i).getBytes(java.nio.charset.StandardCharsets.UTF_8));
        JournalTransaction transaction = new JournalTransaction();
        transaction.store(JournalFixture.stored("t" + i, 300, 2));
        journal.appender.transaction(transaction);
      }
      journal.workAndSync();
    }
    journal.journal.close();
  }

  private List<String> summaries() {
    return storage.list().stream().filter(name -> SegmentSummary.numberOf(name) >= 0).toList();
  }

  private RecordingTarget recover() {
    journal = new JournalFixture(storage);
    RecordingTarget target = journal.target;
    for (RecoveryTarget.RecoveredMessage message : target.messages) {
      assertThat(journal.read(message.position())).isNotNull();
    }
    journal.journal.close();
    return target;
  }

  /** How many are held; they are not read. */
  private int countHeld() {
    journal = new JournalFixture(storage);
    int held = journal.target.messages.size();
    journal.journal.close();
    return held;
  }

  /** What the segments themselves say. */
  private RecordingTarget recoverWithout() {
    for (String name : summaries()) {
      storage.remove(name);
    }
    return recover();
  }

  private void assertSame(RecordingTarget with, RecordingTarget without) {
    assertThat(with.messages).isNotEmpty().isEqualTo(without.messages);
    assertThat(with.topology).isNotEmpty().isEqualTo(without.topology);
  }

  @Test
  void allButTheNewestSegmentsHaveOne() {
    assertThat(summaries()).hasSizeGreaterThan(4);
    assertThat(summaries()).allMatch(name -> storage.bytes(name).length < 16 << 10);
  }

  @Test
  void aRecoveryFromSummariesEqualsOneFromSegments() {
    assertSame(recover(), recoverWithout());
  }

  @Test
  void messagesAreNotReadWhereThereIsASummary() {
    String oldest = summaries().stream().sorted().toList().get(0);
    storage.damage(SegmentFile.name(SegmentSummary.numberOf(oldest)), 9000);
    journal = new JournalFixture(storage);
    assertThat(journal.target.messages).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 9, 20, 26, 28, 33, 40, 100, 500, 1500})
  void aDamagedSummaryIsNotBelieved(int offset) {
    for (String name : summaries()) {
      storage.damage(name, offset);
    }
    assertSame(recover(), recoverWithout());
  }

  @Test
  void theSummaryOfAnotherSegmentIsNotBelieved() {
    List<String> names = summaries().stream().sorted().toList();
    byte[] other = storage.bytes(names.get(1));
    storage.replace(names.get(0), other);
    assertSame(recover(), recoverWithout());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 10, 28, 36, 700, 2000})
  void aSummaryCutShortIsReadOnFromTheSegment(int length) {
    for (String name : summaries()) {
      byte[] bytes = storage.bytes(name);
      storage.replace(name, java.util.Arrays.copyOf(bytes, Math.min(length, bytes.length)));
    }
    assertSame(recover(), recoverWithout());
  }

  @Test
  void aSummaryThatCannotBeReadIsNotNeeded() {
    String bad = summaries().get(0);
    RecordingTarget target = new RecordingTarget();
    FileJournal recovering =
        new FileJournal(
            new BadPageStorage(storage, bad, 0),
            JournalSimulation.OPTIONS,
            journal.clock,
            FileJournal.Threads.callers(),
            null);
    recovering.recover(target);
    recovering.close();
    assertSame(target, recoverWithout());
  }

  @Test
  void aSummaryThatWasNotBelievedIsMadeAgain() {
    int before = summaries().size();
    summaries().forEach(name -> storage.damage(name, 50));
    recover();
    assertThat(journal.report.summaries()).isZero();
    recover();
    assertThat(journal.report.summaries()).isEqualTo(before);
  }

  @Test
  void theSummaryOfAnotherLogIsNotBelieved() {
    String oldest = summaries().stream().sorted().toList().get(0);
    byte[] theirs = storage.bytes(oldest);
    SimStorage ours = new SimStorage();
    JournalFixture other = new JournalFixture(ours);
    while (!ours.list().contains(oldest)) {
      other.store("ours", 500, 1);
      other.workAndSync();
    }
    int held = other.journal.statistics().segments();
    other.journal.close();
    ours.replace(oldest, theirs);
    JournalFixture again = new JournalFixture(ours);
    assertThat(again.report.segments()).isEqualTo(held);
    assertThat(again.target.messages)
        .isNotEmpty()
        .allMatch(
            message -> JournalFixture.message("ours", 500).equals(again.read(message.position())));
  }

  @Test
  void damageUnderASummaryIsFoundWhenItIsToBeGivenUp() {
    String oldest = summaries().stream().sorted().toList().get(0);
    storage.damage(SegmentFile.name(SegmentSummary.numberOf(oldest)), 9000);
    int before = countHeld();
    FileJournal accepting =
        new FileJournal(
            storage, JournalSimulation.OPTIONS, journal.clock, FileJournal.Threads.callers(), null);
    accepting.acceptDamage();
    RecordingTarget target = new RecordingTarget();
    accepting.recover(target);
    accepting.close();
    assertThat(storage.list()).anyMatch(name -> name.startsWith("damaged-"));
    assertThat(target.messages.size()).isBetween(before - 4, before + 4);
    assertThat(recover()).satisfies(later -> assertSame(later, target));
  }

  @Test
  void aSummarySomebodyRemovedIsNoHarm() {
    journal = new JournalFixture(storage);
    summaries().forEach(storage::remove);
    journal.journal.topologySource(() -> List.of(new byte[] {'+', 'n'}));
    journal.target.messages.forEach(message -> journal.settle(message));
    journal.workAndSync();
    assertThat(journal.journal.state()).isEqualTo(Journal.State.RUNNING);
    assertThat(journal.journal.statistics().segments()).isLessThan(5);
  }

  @Test
  void aSummaryGoesWithItsSegment() {
    journal = new JournalFixture(storage);
    journal.journal.topologySource(() -> List.of(new byte[] {'+', 'n'}));
    journal.target.messages.forEach(message -> journal.settle(message));
    journal.workAndSync();
    for (int i = 0; i < 100; i++) {
      journal.settle(1, journal.store("passing", 800, 1));
      journal.workAndSync();
    }
    assertThat(summaries()).isEmpty();
  }

  @Test
  void aSummaryWithoutASegmentIsRemoved() {
    storage.replace(SegmentSummary.name(99_999), new byte[10]);
    recover();
    assertThat(summaries()).doesNotContain(SegmentSummary.name(99_999));
  }
}
