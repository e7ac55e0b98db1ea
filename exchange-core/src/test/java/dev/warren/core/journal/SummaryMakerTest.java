package dev.warren.core.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** Summaries are made in parts, beside what cannot wait. */
class SummaryMakerTest {
  private static final int SEGMENT = 4 << 20;
  private static final int RECORD = 64 << 10;

  private final SimStorage storage = new SimStorage();
  private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
  private boolean isShutDown;
  private final SummaryMaker maker = new SummaryMaker(storage, this::execute);

  private void execute(Runnable task) {
    if (isShutDown) {
      throw new RejectedExecutionException();
    }
    tasks.add(task);
  }

  /** A full segment of messages. */
  private SegmentFile full(long number) throws IOException {
    Storage.StorageFile file = storage.open(SegmentFile.name(number));
    SegmentFile.writeHeader(file, number, SEGMENT);
    RecordCodec codec = new RecordCodec();
    long base = number * SEGMENT;
    int offset = SegmentFile.DATA_START;
    for (; offset + RECORD + RecordCodec.HEADER_BYTES <= SEGMENT; offset += RECORD) {
      ByteBuffer record = ByteBuffer.allocate(RECORD);
      RecordCodec.putHeader(record, RecordCodec.MESSAGE_STORED, RECORD, base + offset, 1, 0);
      codec.seal(record, 0, RECORD);
      file.write(record.clear(), offset);
    }
    ByteBuffer end = ByteBuffer.allocate(RecordCodec.HEADER_BYTES);
    RecordCodec.putHeader(
        end, RecordCodec.SEGMENT_END, RecordCodec.HEADER_BYTES, base + offset, 1, 0);
    codec.seal(end, 0, RecordCodec.HEADER_BYTES);
    file.write(end.clear(), offset);
    file.force();
    return new SegmentFile(number, SEGMENT, file);
  }

  private int runAll() {
    int count = 0;
    while (!tasks.isEmpty()) {
      tasks.remove().run();
      count++;
    }
    return count;
  }

  @Test
  void othersGetTheirTurnAfterEachMebibyte() throws Exception {
    SegmentFile segment = full(1);
    maker.add(segment);
    assertThat(runAll()).isGreaterThanOrEqualTo(1 + SEGMENT / (1 << 20));
    assertThat(segment.isSummarised()).isTrue();
    assertThat(storage.list()).contains(SegmentSummary.name(1)).doesNotContain("summary.tmp");
  }

  @Test
  void severalAreMadeOneAfterTheOther() throws Exception {
    for (int number = 1; number <= 3; number++) {
      maker.add(full(number));
    }
    assertThat(tasks).as("one task at a time, so that none waits behind many").hasSize(1);
    runAll();
    for (int number = 1; number <= 3; number++) {
      assertThat(storage.list()).contains(SegmentSummary.name(number));
    }
  }

  @Test
  void aSegmentThatIsFreedMeanwhileGetsNone() throws Exception {
    SegmentFile first = full(1);
    SegmentFile second = full(2);
    maker.add(first);
    maker.add(second);
    tasks.remove().run();
    tasks.remove().run();
    assertThat(storage.list()).contains("summary.tmp");
    maker.forget(first);
    assertThat(storage.list()).doesNotContain("summary.tmp");
    maker.forget(second);
    runAll();
    assertThat(storage.list()).noneMatch(name -> name.startsWith("summary"));
  }

  @Test
  void aSegmentThatIsNotWholeGetsNone() throws Exception {
    SegmentFile damaged = full(1);
    storage.damage(SegmentFile.name(1), SEGMENT / 2);
    SegmentFile whole = full(2);
    maker.add(damaged);
    maker.add(whole);
    runAll();
    assertThat(damaged.isSummarised()).isFalse();
    assertThat(whole.isSummarised()).isTrue();
    assertThat(storage.list())
        .contains(SegmentSummary.name(2))
        .doesNotContain("summary.tmp", SegmentSummary.name(1));
  }

  @Test
  void roomIsForSegmentsFirst() throws Exception {
    SegmentFile segment = full(1);
    storage.capacityBytes(storage.usedBytes() + SEGMENT - 1);
    maker.add(segment);
    runAll();
    assertThat(storage.list()).containsExactly(SegmentFile.name(1));
  }

  @Test
  void aDiskThatRefusesLeavesNothingBehind() throws Exception {
    SegmentFile segment = full(1);
    maker.add(segment);
    tasks.remove().run();
    storage.fail(SimStorage.Fault.FORCES);
    runAll();
    assertThat(segment.isSummarised()).isFalse();
    assertThat(storage.list()).containsExactly(SegmentFile.name(1));
  }

  @Test
  void closingDoesNotWaitForIt() throws Exception {
    SegmentFile segment = full(1);
    maker.add(segment);
    tasks.remove().run();
    isShutDown = true;
    assertThat(runAll()).isEqualTo(1);
    assertThat(storage.list()).containsExactly(SegmentFile.name(1));
  }
}
