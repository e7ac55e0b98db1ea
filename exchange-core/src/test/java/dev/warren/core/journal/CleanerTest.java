package dev.warren.core.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.core.message.Message;
import dev.warren.core.message.StoredMessage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;

/** What old messages cost: they move on, and the disk does not fill up behind them. */
class CleanerTest {
  private static final long QUEUE = 1;
  private static final long OTHER = 2;

  private final SimStorage storage = new SimStorage();
  private JournalFixture journal = new JournalFixture(storage);
  private long keptBytes;

  /** Messages that come and go, worth so many segments. */
  private void traffic(int segments) {
    int bytes = segments * JournalSimulation.OPTIONS.segmentBytes();
    for (int put = 0; put < bytes; put += 1000) {
      journal.settle(QUEUE, journal.store("passing", 900, QUEUE));
      journal.workAndSync();
    }
  }

  private void restart() {
    journal.journal.close();
    journal = new JournalFixture(storage);
  }

  private int segments() {
    return journal.journal.statistics().segments();
  }

  private List<Long> recoveredNames() {
    return journal.target.messages.stream().map(RecoveryTarget.RecoveredMessage::position).toList();
  }

  @Test
  void anOldMessageDoesNotPinTheLog() {
    StoredMessage old = journal.store("old", 500, QUEUE);
    traffic(20);
    assertThat(segments()).isLessThanOrEqualTo(JournalSimulation.OPTIONS.spareSegmentsMax() + 2);
    assertThat(journal.journal.statistics().messagesCopied()).isPositive();
    assertThat(journal.read(old.position())).isEqualTo(old.message());
  }

  @Test
  void aMovedMessageKeepsItsNameContentAndPlaceAcrossARestart() {
    List<StoredMessage> old = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      old.add(journal.store("old " + i, 100 + i, QUEUE));
      traffic(3);
    }
    traffic(20);
    for (int life = 0; life < 3; life++) {
      restart();
      assertThat(recoveredNames())
          .containsExactlyElementsOf(old.stream().map(StoredMessage::position).toList());
      for (StoredMessage message : old) {
        assertThat(journal.read(message.position())).isEqualTo(message.message());
      }
      traffic(10);
    }
  }

  @Test
  void aMovedMessageCanBeSettled() {
    StoredMessage old = journal.store("old", 500, QUEUE);
    traffic(20);
    journal.settle(QUEUE, old);
    journal.workAndSync();
    restart();
    assertThat(recoveredNames()).isEmpty();
    traffic(20);
    assertThat(journal.read(old.position())).isNull();
    assertThat(journal.journal.statistics().messagesCopied()).isZero();
  }

  @Test
  void aMessageMovesForThoseQueuesOnlyThatStillHoldIt() {
    StoredMessage old = journal.store("old", 500, QUEUE, OTHER);
    journal.settle(OTHER, old);
    journal.workAndSync();
    traffic(20);
    restart();
    assertThat(journal.target.messages).hasSize(1);
    assertThat(journal.target.messages.get(0).queueId()).isEqualTo(QUEUE);
  }

  @Test
  void theCountsOfAMovedMessageMoveToo() {
    StoredMessage old = journal.store("old", 500, QUEUE, OTHER);
    StoredMessage single = journal.store("single", 500, QUEUE);
    traffic(2);
    journal.appender.counted(QUEUE, old, 3, 4);
    journal.appender.counted(QUEUE, single, 5, 6);
    journal.workAndSync();
    traffic(30);
    restart();
    traffic(30);
    restart();
    assertThat(journal.target.messages)
        .extracting(m -> m.queueId() + ":" + m.deliveryCount() + ":" + m.acquiredCount())
        .containsExactly("1:3:4", "2:0:0", "1:5:6");
  }

  @Test
  void theLogStaysWithinABoundUnderAHostileMix() {
    SplittableRandom random = new SplittableRandom(7);
    List<Long> kept = keepsWithinBound(i -> random.nextInt(100, 900));
    restart();
    assertThat(recoveredNames()).containsExactlyElementsOf(kept);
  }

  @Test
  void theLogStaysWithinABoundWhenSmallMessagesStayAndLargeOnesGo() {
    keepsWithinBound(i -> isKept(i) ? 10 : 3000);
    restart();
    keepsWithinBound(i -> isKept(i) ? 10 : 3000);
  }

  @Test
  void theLogStaysWithinABoundWhenLargeMessagesStayAndSmallOnesGo() {
    keepsWithinBound(i -> isKept(i) ? 3000 : 10);
  }

  private static boolean isKept(int i) {
    return i % 50 == 0;
  }

  /** Stores and settles, but one in fifty; the names of those. */
  private List<Long> keepsWithinBound(IntUnaryOperator bytesOf) {
    List<Long> names = new ArrayList<>();
    for (int i = 0; i < 4000; i++) {
      StoredMessage message = journal.store("m" + i, bytesOf.applyAsInt(i), QUEUE);
      if (isKept(i)) {
        names.add(message.position());
        keptBytes += RecordCodec.messageBytes(message.message(), 1);
      } else {
        journal.settle(QUEUE, message);
      }
      journal.workAndSync();
      long bound =
          (long) (2.5 * keptBytes)
              + (JournalSimulation.OPTIONS.spareSegmentsMax() + 2L)
                  * JournalSimulation.OPTIONS.segmentBytes();
      assertThat((long) segments() * JournalSimulation.OPTIONS.segmentBytes())
          .isLessThanOrEqualTo(bound);
    }
    return names;
  }

  @Test
  void cleaningCopiesNoMoreThanABoundedShareOfWhatIsWritten() {
    long before = journal.journal.statistics().bytesWritten();
    for (int i = 0; i < 30; i++) {
      journal.store("kept " + i, 500, QUEUE, OTHER);
      traffic(2);
    }
    JournalStatistics after = journal.journal.statistics();
    assertThat(after.bytesCopied()).isPositive();
    assertThat(after.bytesCopied()).isLessThan((after.bytesWritten() - before) / 2);
  }

  @Test
  void aReadThatFailsOnceIsTriedAgain() {
    journal.store("old", 500, QUEUE);
    traffic(2);
    storage.failOnce(SimStorage.Fault.READS, 0);
    traffic(5);
    assertThat(storage.refusals()).isOne();
    traffic(20);
    assertThat(segments()).isLessThanOrEqualTo(JournalSimulation.OPTIONS.spareSegmentsMax() + 2);
  }

  @Test
  void readsThatAlwaysFailEndTheCleaningAndFreeNothing() {
    StoredMessage old = journal.store("old", 500, QUEUE);
    traffic(2);
    storage.fail(SimStorage.Fault.READS);
    traffic(20);
    assertThat(storage.refusals()).isGreaterThanOrEqualTo(Cleaner.READS_MAX);
    storage.heal();
    traffic(5);
    assertThat(segments()).isGreaterThan(20);
    assertThat(journal.read(old.position())).isEqualTo(old.message());
  }

  @Test
  void manyCountsOfOneSegmentMoveWithTheirMessages() {
    List<StoredMessage> old = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      old.add(journal.store("old " + i, 10, QUEUE));
    }
    for (StoredMessage message : old) {
      journal.appender.counted(QUEUE, message, 1, 2);
    }
    traffic(40);
    restart();
    assertThat(journal.target.messages)
        .hasSize(20)
        .allSatisfy(message -> assertThat(message.acquiredCount()).isEqualTo(2));
  }

  @Test
  void aCopyCountsWhereItsOriginalIsGivenUpAsDamaged() {
    ArrayDeque<Runnable> files = new ArrayDeque<>();
    FileJournal.Threads threads = FileJournal.Threads.callers(files::add, Runnable::run);
    journal = new JournalFixture(storage, new RecordingTarget(), threads);
    files.remove().run();
    journal.work();
    StoredMessage old = journal.store("old", 500, QUEUE);
    while (journal.journal.statistics().messagesCopied() == 0) {
      if (!files.isEmpty()) {
        files.remove().run();
      }
      journal.settle(QUEUE, journal.store("passing", 900, QUEUE));
      journal.workAndSync();
    }
    storage.kill(new SplittableRandom(1));
    int offset = (int) (old.position() % JournalSimulation.OPTIONS.segmentBytes());
    storage.damage(SegmentFile.name(1), offset + 200);

    JournalDamageTest.accepted(storage, new RecordingTarget());

    journal = new JournalFixture(storage);
    assertThat(recoveredNames()).contains(old.position());
    assertThat(journal.read(old.position())).isEqualTo(old.message());
  }

  @Test
  void nothingIsFreedBehindADamagedRecord() {
    StoredMessage old = journal.store("old", 500, QUEUE);
    StoredMessage second = journal.store("second", 500, QUEUE);
    traffic(1);
    int offset = (int) (second.position() % JournalSimulation.OPTIONS.segmentBytes());
    storage.damage(SegmentFile.name(1), offset + 200);
    traffic(10);
    assertThat(segments()).isGreaterThan(10);
    assertThat(journal.read(old.position())).isEqualTo(old.message());
  }

  @Test
  void whatIsReadWhileItMovesIsFound() {
    StoredMessage old = journal.store("old", 500, QUEUE);
    for (int i = 0; i < 40; i++) {
      traffic(1);
      Message read = journal.read(old.position());
      assertThat(read).isEqualTo(old.message());
    }
  }
}
