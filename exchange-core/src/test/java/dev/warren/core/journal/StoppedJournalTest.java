package dev.warren.core.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.core.journal.JournalRecord.MessageContent;
import dev.warren.core.message.Message;
import dev.warren.core.message.MessageCodec;
import dev.warren.core.message.StoredMessage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What the tools see of a journal, and what they add to it. */
class StoppedJournalTest {
  private static final long QUEUE = 7;
  private static final int SEGMENT = 16 << 10;

  private static StoppedJournal open(SimStorage storage) {
    try {
      return new StoppedJournal(storage, null);
    } catch (java.io.IOException e) {
      throw new AssertionError(e);
    }
  }

  private static List<JournalRecord> records(StoppedJournal journal, long fromSegment) {
    List<JournalRecord> records = new ArrayList<>();
    journal.records(
        fromSegment,
        new StoppedJournal.Visitor() {
          @Override
          public boolean onRecord(JournalRecord record) {
            records.add(record);
            return true;
          }

          @Override
          public void onDamage(DamagedPlace place) {
            throw new AssertionError(place.text());
          }
        });
    return records;
  }

  @Test
  void tellsEveryRecordWithWhatIsInIt() {
    SimStorage storage = new SimStorage();
    JournalFixture fixture = new JournalFixture(storage);
    fixture.appender.topology(new byte[] {'+', 'q'});
    StoredMessage message = fixture.store("m", 300, QUEUE, 8);
    fixture.appender.counted(QUEUE, message, 2, 3);
    fixture.workAndSync();
    fixture.settle(QUEUE, message);
    fixture.workAndSync();
    fixture.journal.close();

    try (StoppedJournal journal = open(storage)) {
      List<JournalRecord> records = records(journal, 0);
      assertThat(records)
          .extracting(JournalRecord::type)
          .containsExactly(
              JournalRecord.Type.OPENED,
              JournalRecord.Type.TOPOLOGY_CHANGED,
              JournalRecord.Type.MESSAGE_STORED,
              JournalRecord.Type.COUNTED,
              JournalRecord.Type.SETTLED,
              JournalRecord.Type.CLEAN_SHUTDOWN);
      MessageContent content = (MessageContent) records.get(2).content();
      assertThat(content.name()).isEqualTo(message.position());
      assertThat(content.queueIds()).containsExactly(QUEUE, 8L);
      assertThat(content.priority()).isEqualTo(4);
      assertThat(content.ttlMs()).isEqualTo(5000);
      assertThat(records.get(3).content())
          .isEqualTo(new JournalRecord.CountedContent(QUEUE, message.position(), 2, 3));
      assertThat(records.get(4).content())
          .isEqualTo(new JournalRecord.SettledContent(QUEUE, List.of(message.position())));
      assertThat(journal.check().isIntact()).isTrue();
      assertThat(journal.check().records()).isEqualTo(6);
    }
  }

  @Test
  void readsMessagesInSpiteOfDamage() {
    SimStorage storage = new SimStorage();
    JournalFixture fixture = new JournalFixture(storage);
    List<StoredMessage> stored = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      stored.add(fixture.store("m" + i, 700, QUEUE));
    }
    fixture.journal.close();
    StoredMessage damaged = stored.get(5);
    storage.damage(SegmentFile.name(1), (int) (damaged.position() % SEGMENT) + 300);

    RecordingTarget target = new RecordingTarget();
    try (StoppedJournal journal = open(storage)) {
      assertThat(journal.check().places()).hasSize(1);
      JournalContents contents = journal.contents(target);
      assertThat(contents.damage()).hasSize(1);
      assertThat(target.messages).hasSize(59);
      for (StoredMessage message : stored) {
        if (message != damaged) {
          assertThat(MessageCodec.decode(ByteBuffer.wrap(contents.encoded(message.position()))))
              .isEqualTo(message.message());
        }
      }
      assertThatThrownBy(journal::beginImport).isInstanceOf(CorruptJournalException.class);
    }
  }

  @Test
  void addsAllMessagesOrNone() {
    for (int operations = 0; ; operations++) {
      SimStorage storage = new SimStorage();
      JournalFixture fixture = new JournalFixture(storage);
      SplittableRandom random = new SplittableRandom(operations);
      int before = 1 + random.nextInt(40);
      for (int i = 0; i < before; i++) {
        fixture.store("before", 20 + random.nextInt(900), QUEUE);
      }
      fixture.journal.close();
      int more = 40;
      storage.powerOffAfter(operations);
      try (StoppedJournal journal = open(storage);
          JournalImport adding = journal.beginImport()) {
        for (int i = 0; i < more; i++) {
          adding.add(QUEUE, JournalFixture.message("more" + i, 900), i % 2, i % 3);
        }
        adding.commit();
      } catch (JournalException | AssertionError e) {
        assertThat(storage.isOff()).as("failed by itself: %s", e).isTrue();
      }
      boolean done = !storage.isOff();
      storage.crash(random);

      RecordingTarget target = new RecordingTarget();
      JournalFixture after = new JournalFixture(storage, target);
      assertThat(target.messages)
          .as("power off after %s operations", operations)
          .satisfies(
              all -> assertThat(all.size()).isIn(done ? more + before : before, before + more));
      if (done) {
        checkImported(after, target, before);
        return;
      }
      after.store("after", 100, QUEUE);
      after.journal.close();
      assertThat(new JournalFixture(storage).target.messages).hasSize(target.messages.size() + 1);
    }
  }

  private static void checkImported(JournalFixture after, RecordingTarget target, int before) {
    for (int i = before; i < target.messages.size(); i++) {
      RecoveryTarget.RecoveredMessage told = target.messages.get(i);
      Message read = after.read(told.position());
      assertThat(read).isEqualTo(JournalFixture.message("more" + (i - before), 900));
      assertThat(told.deliveryCount()).isEqualTo((i - before) % 2);
      assertThat(told.acquiredCount()).isEqualTo((i - before) % 3);
    }
    assertThat(after.report.cleanShutdown()).isTrue();
  }

  @Test
  void takesBackWhatIsNotCommitted() {
    SimStorage storage = new SimStorage();
    JournalFixture fixture = new JournalFixture(storage);
    fixture.store("before", 100, QUEUE);
    fixture.journal.close();
    List<String> names = storage.list();
    try (StoppedJournal journal = open(storage);
        JournalImport adding = journal.beginImport()) {
      for (int i = 0; i < 100; i++) {
        adding.add(QUEUE, JournalFixture.message("more", 900), 0, 0);
      }
    }
    assertThat(storage.list()).containsExactlyInAnyOrderElementsOf(names);
    assertThat(new JournalFixture(storage).target.messages).hasSize(1);
  }

  @Test
  void addsNothingWhenTheDiskIsFull() {
    SimStorage storage = new SimStorage();
    JournalFixture fixture = new JournalFixture(storage);
    fixture.store("before", 100, QUEUE);
    fixture.journal.close();
    storage.capacityBytes(storage.usedBytes() + SEGMENT + 100);
    assertThatThrownBy(
            () -> {
              try (StoppedJournal journal = open(storage);
                  JournalImport adding = journal.beginImport()) {
                for (int i = 0; i < 100; i++) {
                  adding.add(QUEUE, JournalFixture.message("more", 900), 0, 0);
                }
              }
            })
        .isInstanceOf(JournalException.class)
        .hasMessageContaining("no room");
    assertThat(new JournalFixture(storage).target.messages).hasSize(1);
  }
}
