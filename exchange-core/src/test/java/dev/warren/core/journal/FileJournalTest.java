package dev.warren.core.journal;

import static dev.warren.core.journal.JournalFixture.stored;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.core.message.StoredMessage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the journal promises, on a simulated disk and one thread. */
class FileJournalTest {
  private static final long QUEUE = 7;

  private final SimStorage storage = new SimStorage();
  private final JournalFixture fixture = new JournalFixture(storage);

  private JournalFixture reopened() {
    fixture.journal.close();
    return new JournalFixture(storage);
  }

  @Test
  void anEmptyDirectoryIsACleanEmptyLog() {
    assertThat(fixture.report.cleanShutdown()).isTrue();
    assertThat(fixture.report.liveMessages()).isZero();
    assertThat(fixture.journal.state()).isEqualTo(Journal.State.RUNNING);
  }

  @Test
  void confirmsAfterOneSyncForAllThatWaited() {
    fixture.store("opens the log", 10, QUEUE);
    int forces = storage.forces();
    for (int i = 0; i < 20; i++) {
      fixture.appender.append(stored("m" + i, 50, QUEUE));
      fixture.appender.flush();
    }
    fixture.work();
    assertThat(storage.forces()).isEqualTo(forces + 1);
    assertThat(fixture.confirmed).last().isEqualTo(21L);
  }

  @Test
  void aMessageIsReadBackBeforeAndAfterRestart() {
    StoredMessage stored = fixture.store("content", 500, QUEUE, 8);
    assertThat(fixture.read(stored.position())).isEqualTo(stored.message());
    JournalFixture again = reopened();
    assertThat(again.report.cleanShutdown()).isTrue();
    assertThat(again.target.messages).hasSize(2);
    RecoveryTarget.RecoveredMessage message = again.target.messages.get(0);
    assertThat(message)
        .isEqualTo(
            new RecoveryTarget.RecoveredMessage(
                QUEUE, stored.position(), stored.message().sizeBytes(), 77, 5000, 0, 0, 4));
    assertThat(again.read(message.position())).isEqualTo(stored.message());
  }

  @Test
  void aMessageSettledBeforeItsBatchIsNotWritten() {
    fixture.store("opens the log", 10, QUEUE);
    int writes = storage.writes();
    int forces = storage.forces();
    StoredMessage stored = stored("elided", 100, QUEUE, 8);
    long sequence = fixture.appender.append(stored);
    fixture.appender.flush();
    fixture.settle(QUEUE, stored);
    fixture.settle(8, stored);
    fixture.workAndSync();
    assertThat(fixture.confirmed).last().isEqualTo(sequence);
    assertThat(storage.writes()).isEqualTo(writes);
    assertThat(storage.forces()).isEqualTo(forces);
    assertThat(stored.position()).isEqualTo(StoredMessage.NO_POSITION);
    assertThat(fixture.journal.statistics().messagesElided()).isOne();
  }

  @Test
  void settlementsAloneAreWrittenAtOnceAndSyncedLater() {
    StoredMessage stored = fixture.store("m", 100, QUEUE);
    int forces = storage.forces();
    int writes = storage.writes();
    fixture.settle(QUEUE, stored);
    fixture.work();
    assertThat(storage.writes()).isEqualTo(writes + 1);
    assertThat(storage.forces()).isEqualTo(forces);
    fixture.clock.advanceMs(100);
    fixture.work();
    assertThat(storage.forces()).isEqualTo(forces + 1);
    assertThat(reopened().target.messages).isEmpty();
  }

  @Test
  void settlementsOfOneQueueShareARecord() {
    List<StoredMessage> all = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      all.add(fixture.store("m" + i, 10, QUEUE));
    }
    long before = fixture.journal.statistics().bytesWritten();
    for (int i = 49; i >= 0; i--) {
      fixture.settle(QUEUE, all.get(i));
      fixture.appender.flush();
    }
    fixture.work();
    assertThat(fixture.journal.statistics().bytesWritten() - before).isLessThan(200);
    assertThat(reopened().target.messages).isEmpty();
  }

  @Test
  void aSettlementFindsItsMessageInTheSameBatch() {
    StoredMessage stored = stored("fanout", 100, QUEUE, 8);
    fixture.appender.append(stored);
    fixture.settle(QUEUE, stored);
    fixture.work();
    assertThat(reopened().target.messages)
        .singleElement()
        .satisfies(message -> assertThat(message.queueId()).isEqualTo(8));
  }

  @Test
  void countsComeBackWithTheMessage() {
    StoredMessage stored = fixture.store("m", 10, QUEUE);
    fixture.appender.counted(QUEUE, stored, 1, 2);
    fixture.appender.counted(QUEUE, stored.position(), 3, 5);
    fixture.work();
    RecoveryTarget.RecoveredMessage message = reopened().target.messages.get(0);
    assertThat(message.deliveryCount()).isEqualTo(3);
    assertThat(message.acquiredCount()).isEqualTo(5);
  }

  @Test
  void freedSegmentsAreUsedAgainAndTheirOldRecordsForgotten() {
    StoredMessage first = fixture.store("first", 2000, QUEUE);
    StoredMessage last = first;
    for (int i = 0; i < 200; i++) {
      StoredMessage next = fixture.store("m" + i, 2000, QUEUE);
      fixture.settle(QUEUE, last);
      fixture.workAndSync();
      last = next;
    }
    assertThat(storage.usedBytes()).isLessThanOrEqualTo(6L * (16 << 10));
    assertThat(fixture.read(first.position())).as("recycled").isNull();
    assertThat(reopened().target.positions(QUEUE)).containsExactly(last.position());
  }

  @Test
  void theTopologyOutlivesTheSegmentsItWasWrittenTo() {
    fixture.journal.topologySource(() -> List.of(bytes("+a"), bytes("+b")));
    fixture.appender.topology(bytes("+a"));
    fixture.appender.topology(bytes("+b"));
    for (int i = 0; i < 40; i++) {
      fixture.settle(QUEUE, fixture.store("m" + i, 2000, QUEUE));
      fixture.workAndSync();
    }
    assertThat(fixture.journal.statistics().segments()).isLessThan(4);
    JournalFixture again = reopened();
    assertThat(again.target.resets).isOne();
    assertThat(again.target.topology).containsExactly("a", "b");
  }

  @Test
  void withoutASourceTheTopologyIsNotFreed() {
    fixture.appender.topology(bytes("+a"));
    for (int i = 0; i < 40; i++) {
      fixture.settle(QUEUE, fixture.store("m" + i, 2000, QUEUE));
      fixture.workAndSync();
    }
    assertThat(reopened().target.topology).containsExactly("a");
  }

  @Test
  void referencesOfUnknownQueuesDoNotHoldSegments() {
    for (int i = 0; i < 20; i++) {
      fixture.store("m" + i, 2000, QUEUE);
    }
    assertThat(fixture.journal.statistics().segments()).isGreaterThan(3);
    fixture.journal.close();
    JournalFixture again =
        new JournalFixture(storage, new RecordingTarget(queue -> queue != QUEUE));
    assertThat(again.report.liveMessages()).isZero();
    again.workAndSync();
    assertThat(again.journal.statistics().segments()).isOne();
  }

  @Test
  void refusesMessagesWhenTooMuchWaits() {
    int taken = 0;
    while (fixture.appender.append(stored("m", 1000, QUEUE)) != JournalAppender.NO_ROOM) {
      fixture.appender.flush();
      taken++;
    }
    assertThat(taken).isBetween(30, 48);
    assertThat(fixture.journal.statistics().pendingBytes()).isLessThanOrEqualTo(48 << 10);
    fixture.work();
    assertThat(fixture.journal.statistics().pendingBytes()).isZero();
    assertThat(fixture.appender.append(stored("m", 1000, QUEUE))).isEqualTo(taken + 1L);
  }

  @Test
  void refusesARecordLongerThanItsBound() {
    int max = JournalSimulation.OPTIONS.recordBytesMax();
    assertThatThrownBy(() -> fixture.appender.append(stored("m", max, QUEUE)))
        .isInstanceOf(IllegalArgumentException.class);
    StoredMessage longest = fixture.store("longest", max - 200, QUEUE);
    assertThat(reopened().read(longest.position())).isEqualTo(longest.message());
  }

  @Test
  void whenTheDiskIsFullMessagesWaitAndSettlementsGoOn() {
    List<StoredMessage> written = new ArrayList<>();
    written.add(fixture.store("m", 2000, QUEUE));
    storage.capacityBytes(storage.usedBytes());
    while (fixture.journal.state() == Journal.State.RUNNING) {
      StoredMessage next = fixture.store("m", 2000, QUEUE);
      if (next.position() != StoredMessage.NO_POSITION) {
        written.add(next);
      }
    }
    int confirmed = fixture.confirmed.size();
    StoredMessage waiting = fixture.store("waits", 100, QUEUE);
    assertThat(waiting.position()).isEqualTo(StoredMessage.NO_POSITION);
    assertThat(fixture.confirmed).hasSize(confirmed);

    written.forEach(each -> fixture.settle(QUEUE, each));
    fixture.workAndSync();
    fixture.work();
    assertThat(fixture.journal.state()).isEqualTo(Journal.State.RUNNING);
    assertThat(waiting.position()).isNotEqualTo(StoredMessage.NO_POSITION);
    assertThat(fixture.states).containsExactly(Journal.State.FULL, Journal.State.RUNNING);
    assertThat(reopened().target.positions(QUEUE)).contains(waiting.position()).hasSize(2);
  }

  @Test
  void asksForRoomEverySecond() {
    fixture.store("m", 2000, QUEUE);
    storage.capacityBytes(storage.usedBytes());
    while (fixture.journal.state() == Journal.State.RUNNING) {
      fixture.store("m", 2000, QUEUE);
    }
    storage.capacityBytes(Long.MAX_VALUE);
    fixture.work();
    assertThat(fixture.journal.state()).isEqualTo(Journal.State.FULL);
    fixture.clock.advanceMs(1000);
    fixture.work();
    fixture.work();
    assertThat(fixture.journal.state()).isEqualTo(Journal.State.RUNNING);
  }

  @Test
  void aFailedSyncConfirmsNothingAndIsNotTriedAgain() {
    fixture.store("m", 100, QUEUE);
    int confirmed = fixture.confirmed.size();
    storage.fail(SimStorage.Fault.FORCES);
    fixture.store("lost?", 100, QUEUE);
    storage.heal();
    int forces = storage.forces();
    fixture.workAndSync();
    assertThat(fixture.journal.state()).isEqualTo(Journal.State.FAILED);
    assertThat(fixture.states).containsExactly(Journal.State.FAILED);
    assertThat(fixture.confirmed).hasSize(confirmed);
    assertThat(fixture.appender.append(stored("m", 10, QUEUE))).isEqualTo(JournalAppender.NO_ROOM);
    fixture.journal.close();
    assertThat(storage.forces()).isEqualTo(forces);
    assertThat(new JournalFixture(storage).report.cleanShutdown()).isFalse();
  }

  @Test
  void aFailedWriteConfirmsNothing() {
    fixture.store("m", 100, QUEUE);
    int confirmed = fixture.confirmed.size();
    storage.fail(SimStorage.Fault.WRITES);
    fixture.store("lost", 100, QUEUE);
    assertThat(fixture.journal.state()).isEqualTo(Journal.State.FAILED);
    assertThat(fixture.confirmed).hasSize(confirmed);
  }

  @Test
  void damageInTheMiddleIsRefusedWithFileAndOffset() {
    StoredMessage damaged = fixture.store("first", 300, QUEUE);
    fixture.store("second", 300, QUEUE);
    fixture.journal.close();
    int offset = (int) (damaged.position() % (16 << 10));
    String file = SegmentFile.name(1);
    storage.damage(file, offset + 200);
    byte[] before = storage.bytes(file);
    List<String> names = storage.list();
    assertThatThrownBy(() -> new JournalFixture(storage))
        .isInstanceOf(CorruptJournalException.class)
        .hasMessageContaining("file=sim/" + file)
        .hasMessageContaining("offset=" + offset);
    assertThat(storage.bytes(file)).isEqualTo(before);
    assertThat(storage.list()).containsExactlyInAnyOrderElementsOf(names);
  }

  @Test
  void damageIsFoundFromALaterSegmentToo() {
    StoredMessage last = fixture.store("m", 2000, QUEUE);
    while (last.position() < 2L * (16 << 10)) {
      last = fixture.store("m", 2000, QUEUE);
    }
    fixture.journal.close();
    storage.damage(SegmentFile.name(1), (16 << 10) - 3000);
    assertThatThrownBy(() -> new JournalFixture(storage))
        .isInstanceOf(CorruptJournalException.class)
        .hasMessageContaining(SegmentFile.name(1));
  }

  @Test
  void aDamagedHeaderIsRefused() {
    fixture.store("m", 300, QUEUE);
    fixture.journal.close();
    storage.damage(SegmentFile.name(1), 9);
    assertThatThrownBy(() -> new JournalFixture(storage))
        .isInstanceOf(CorruptJournalException.class)
        .hasMessageContaining("offset=0");
  }

  @Test
  void aMissingSegmentIsRefused() throws Exception {
    StoredMessage last = fixture.store("m", 2000, QUEUE);
    while (last.position() < 3L * (16 << 10)) {
      last = fixture.store("m", 2000, QUEUE);
    }
    fixture.journal.close();
    storage.delete(SegmentFile.name(2));
    assertThatThrownBy(() -> new JournalFixture(storage))
        .isInstanceOf(CorruptJournalException.class)
        .hasMessageContaining(SegmentFile.name(2));
  }

  @Test
  void aDamagedRecordIsReportedWhenItIsRead() {
    StoredMessage damaged = fixture.store("m", 300, QUEUE);
    storage.damage(SegmentFile.name(1), (int) (damaged.position() % (16 << 10)) + 200);
    assertThatThrownBy(() -> fixture.read(damaged.position()))
        .isInstanceOf(CorruptJournalException.class)
        .hasMessageContaining(SegmentFile.name(1));
  }

  @Test
  void aLogKeepsItsSegmentLength() {
    StoredMessage stored = fixture.store("m", 300, QUEUE);
    fixture.journal.close();
    RecordingTarget target = new RecordingTarget();
    FileJournal other =
        new FileJournal(
            storage, JournalOptions.DEFAULTS, fixture.clock, FileJournal.Threads.callers(), null);
    other.recover(target);
    assertThat(target.positions(QUEUE)).containsExactly(stored.position());
    other.close();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
