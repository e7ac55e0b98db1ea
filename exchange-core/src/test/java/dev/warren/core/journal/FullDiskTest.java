package dev.warren.core.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.core.message.StoredMessage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a disk without room leaves possible. */
@ExtendWith(QuietLog.class)
class FullDiskTest {
  private static final long QUEUE = 1;
  private static final long OTHER = 2;
  private static final int SEGMENT = 256 << 10;
  private static final int SEGMENTS = 4;
  private static final int MESSAGE_BYTES = 8 << 10;
  private static final byte[] CHANGE = "+q".getBytes(StandardCharsets.UTF_8);

  private final SimStorage storage = new SimStorage();
  private final List<StoredMessage> stored = new ArrayList<>();
  private JournalFixture journal = open();

  private JournalFixture open() {
    return new JournalFixture(storage, new JournalOptions(SEGMENT, 512 << 10, 64 << 10, 64, 2));
  }

  /** Stores messages until one has to wait. */
  private void fill() {
    storage.capacityBytes((long) SEGMENTS * SEGMENT);
    while (journal.journal.state() == Journal.State.RUNNING) {
      stored.add(journal.store("m" + stored.size(), MESSAGE_BYTES, QUEUE));
    }
  }

  /** Has counts written until they, too, have to wait. */
  private void fillWhatIsKeptForSettlements() {
    StoredMessage last = stored.get(stored.size() - 5);
    for (int i = 1; i <= SEGMENT / 4 / RecordCodec.COUNTED_BYTES; i++) {
      journal.appender.counted(QUEUE, last, i, i);
    }
    journal.work();
  }

  /** Settles those stored in the first {@code segments}, and every one of {@code share} behind. */
  private void settle(int segments, int share) {
    List<StoredMessage> settled = new ArrayList<>();
    for (int i = 0; i < stored.size(); i++) {
      StoredMessage message = stored.get(i);
      boolean isEarly = message.position() >= 0 && message.position() / SEGMENT <= segments;
      if (isEarly || i % share == 0) {
        settled.add(message);
      }
    }
    settled.forEach(message -> journal.settle(QUEUE, message));
    stored.removeAll(settled);
  }

  private boolean runsAgain() {
    journal.work();
    journal.clock.advanceMs(2_000);
    journal.work();
    journal.clock.advanceMs(2_000);
    journal.work();
    return journal.journal.state() == Journal.State.RUNNING;
  }

  private void restart() {
    journal.journal.close();
    storage.capacityBytes(Long.MAX_VALUE);
    journal = open();
  }

  @Test
  void settlementsAreWrittenAsFarAsThereIsRoomForThem() {
    StoredMessage first = journal.store("first", 100, OTHER);
    fill();
    fillWhatIsKeptForSettlements();
    journal.settle(OTHER, first);
    assertThat(runsAgain()).isFalse();
    settle(1, Integer.MAX_VALUE);
    assertThat(runsAgain()).isTrue();
  }

  @Test
  void aSnapshotHasRoomWhateverSettlementsTook() {
    journal.journal.topologySource(() -> List.of(CHANGE));
    journal.appender.topology(CHANGE);
    fill();
    fillWhatIsKeptForSettlements();
    settle(1, Integer.MAX_VALUE);
    assertThat(runsAgain()).isTrue();
    restart();
    assertThat(journal.target.topology).hasSize(1);
  }

  @Test
  void aSettlementThatWaitedBehindACopyTakesNothingFromTheOtherQueues() {
    StoredMessage both = journal.store("both", 100, QUEUE, OTHER);
    fill();
    fillWhatIsKeptForSettlements();
    journal.settle(OTHER, both);
    settle(1, 4);
    assertThat(runsAgain()).isTrue();
    assertThat(journal.journal.statistics().messagesCopied()).isOne();
    restart();
    assertThat(journal.target.positions(QUEUE)).contains(both.position());
    assertThat(journal.target.positions(OTHER)).isEmpty();
  }

  @Test
  void aSparseSegmentIsCleanedSoonerThanWithRoom() {
    StoredMessage old = journal.store("old", 100, OTHER);
    fill();
    settle(1, 4);
    assertThat(runsAgain()).isTrue();
    assertThat(journal.journal.statistics().messagesCopied()).isOne();
    assertThat(journal.read(old.position())).isEqualTo(old.message());
  }

  @Test
  void countsThatWaitForRoomAreKeptOnceForEachMessage() {
    fill();
    StoredMessage last = stored.get(stored.size() - 5);
    for (int i = 1; i <= 5000; i++) {
      journal.appender.counted(QUEUE, last, i, i);
    }
    journal.work();
    settle(1, Integer.MAX_VALUE);
    assertThat(runsAgain()).isTrue();
    restart();
    assertThat(journal.target.messages)
        .filteredOn(message -> message.position() == last.position())
        .singleElement()
        .satisfies(message -> assertThat(message.acquiredCount()).isEqualTo(5000));
  }
}
