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
  void aSummaryThatCannotBeReadIsReplacedByTheSegment() {
    RecordingTarget told = new RecordingTarget();
    Storage bad = new BadPageStorage(storage, summaries().get(0), 0);
    new FileJournal(
            bad,
            JournalSimulation.OPTIONS,
            journal.clock,
            FileJournal.Threads.callers(Runnable::run),
            null)
        .recover(told);
    assertSame(told, recoverWithout());
  }

  @Test
  void aSummaryGoesWithItsSegment() {
    journal = new JournalFixture(storage);
    journal.journal.topologySource(() -> List.of(new byte[] {'+', 'n'}));
    journal.target.messages.forEach(
        message -> journal.appender.settled(message.queueId(), message.position()));
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
