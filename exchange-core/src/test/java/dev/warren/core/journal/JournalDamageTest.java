package dev.warren.core.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.warren.core.journal.DamagedPlace.Kind;
import dev.warren.core.message.StoredMessage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is done about a log that cannot be read any more. */
class JournalDamageTest {
  private static final int SEGMENT = 16 << 10;
  private static final long QUEUE = 7;
  private static final long OTHER = 8;

  private SimStorage storage = new SimStorage();

  private static JournalDamageTest on(SimStorage disk) {
    JournalDamageTest test = new JournalDamageTest();
    test.storage = disk;
    return test;
  }

  /** A journal of which three segments are full, and the messages in it. */
  private List<StoredMessage> filled() {
    JournalFixture fixture = new JournalFixture(storage);
    fixture.appender.topology("+queue".getBytes(StandardCharsets.UTF_8));
    List<StoredMessage> stored = new ArrayList<>();
    do {
      stored.add(fixture.store("m" + stored.size(), 700, QUEUE));
    } while (stored.get(stored.size() - 1).position() < 4L * SEGMENT);
    fixture.journal.close();
    return stored;
  }

  private static String file(long segment) {
    return SegmentFile.name(segment);
  }

  private CorruptJournalException refused() {
    Map<String, Integer> before = contents();
    CorruptJournalException refused =
        catchThrowableOfType(CorruptJournalException.class, () -> new JournalFixture(storage));
    assertThat(refused).as("the journal opened").isNotNull();
    assertThat(contents()).as("files after a refusal").isEqualTo(before);
    return refused;
  }

  private Map<String, Integer> contents() {
    Map<String, Integer> contents = new HashMap<>();
    storage.list().forEach(name -> contents.put(name, Arrays.hashCode(storage.bytes(name))));
    return contents;
  }

  private RecordingTarget accepted(RecordingTarget target) {
    return accepted(storage, target);
  }

  static RecordingTarget accepted(Storage disk, RecordingTarget target) {
    FileJournal journal =
        new FileJournal(
            disk, JournalSimulation.OPTIONS, new SimClock(), FileJournal.Threads.callers(), null);
    journal.acceptDamage();
    journal.recover(target);
    journal.close();
    return target;
  }

  private static List<Long> positionsOutside(List<StoredMessage> stored, long from, long to) {
    return stored.stream()
        .map(StoredMessage::position)
        .filter(position -> position < from || position >= to)
        .toList();
  }

  @Test
  void namesEveryPlaceAndChangesNothing() {
    List<StoredMessage> stored = filled();
    StoredMessage one = stored.get(3);
    StoredMessage two = stored.get(40);
    storage.damage(file(one.position() / SEGMENT), (int) (one.position() % SEGMENT) + 300);
    storage.damage(file(two.position() / SEGMENT), (int) (two.position() % SEGMENT) + 300);

    CorruptJournalException refused = refused();

    assertThat(refused.places()).hasSize(2);
    DamagedPlace place = refused.places().get(0);
    assertThat(place.kind()).isEqualTo(Kind.RECORDS);
    assertThat(place.file()).isEqualTo("sim/" + file(1));
    assertThat(place.offset()).isEqualTo((int) (one.position() % SEGMENT));
    assertThat(place.bytes()).isEqualTo((int) (stored.get(4).position() - one.position()));
    assertThat(place.remains().messages()).isEqualTo(1);
    assertThat(refused)
        .hasMessageContaining("offset=" + place.offset() + " bytes=" + place.bytes())
        .hasMessageContaining(file(two.position() / SEGMENT));
  }

  @Test
  void keepsWhatIsReadableWhenItIsTold() {
    List<StoredMessage> stored = filled();
    StoredMessage damaged = stored.get(3);
    storage.damage(file(1), (int) damaged.position() - SEGMENT + 300);
    byte[] before = storage.bytes(file(1));

    RecordingTarget target = accepted(new RecordingTarget());

    assertThat(target.positions(QUEUE))
        .containsExactlyElementsOf(
            positionsOutside(stored, damaged.position(), damaged.position() + 1));
    assertThat(target.cleanShutdown).isFalse();
    assertThat(storage.bytes("damaged-000000000001-1.bin")).isEqualTo(before);
    // From now on the log is whole: no flag is needed.
    assertThat(new JournalFixture(storage).target.positions(QUEUE))
        .isEqualTo(target.positions(QUEUE));
  }

  @Test
  void readsOnBehindAMissingSegment() throws Exception {
    List<StoredMessage> stored = filled();
    storage.delete(file(2));
    assertThat(refused().places())
        .singleElement()
        .satisfies(place -> assertThat(place.kind()).isEqualTo(Kind.MISSING_SEGMENT));

    RecordingTarget target = accepted(new RecordingTarget());

    assertThat(target.positions(QUEUE))
        .containsExactlyElementsOf(positionsOutside(stored, 2L * SEGMENT, 3L * SEGMENT));
    assertThat(new JournalFixture(storage).target.positions(QUEUE))
        .isEqualTo(target.positions(QUEUE));
  }

  @Test
  void readsOnWhenTheLastSegmentIsMissing() throws Exception {
    List<StoredMessage> stored = filled();
    for (String name : storage.list()) {
      if (SegmentFile.numberOf(name) >= 4) {
        storage.delete(name);
      }
    }
    assertThat(refused()).hasMessageContaining(file(4)).hasMessageContaining("missing");

    RecordingTarget target = accepted(new RecordingTarget());

    assertThat(target.positions(QUEUE))
        .containsExactlyElementsOf(positionsOutside(stored, 4L * SEGMENT, Long.MAX_VALUE));
    JournalFixture after = new JournalFixture(storage);
    StoredMessage more = after.store("more", 100, QUEUE);
    after.journal.close();
    assertThat(new JournalFixture(storage).target.positions(QUEUE)).contains(more.position());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void losesNothingWhenOnlyAHeaderIsDamaged(long segment) {
    List<StoredMessage> stored = filled();
    storage.damage(file(segment), 3);
    assertThat(refused().places())
        .singleElement()
        .satisfies(place -> assertThat(place.kind()).isEqualTo(Kind.HEADER));

    RecordingTarget target = accepted(new RecordingTarget());

    assertThat(target.positions(QUEUE)).hasSize(stored.size());
    assertThat(new JournalFixture(storage).target.positions(QUEUE)).hasSize(stored.size());
  }

  @Test
  void readsOnWhenTheEndOfASegmentIsDamaged() {
    List<StoredMessage> stored = filled();
    StoredMessage last =
        stored.stream()
            .filter(message -> message.position() < 2L * SEGMENT)
            .reduce((a, b) -> b)
            .orElseThrow();
    storage.damage(file(1), (int) (last.position() - SEGMENT) + 20);
    int end = (int) (last.position() - SEGMENT) + RecordCodec.aligned(recordBytes(last));
    storage.damage(file(1), end + 20);

    RecordingTarget target = accepted(new RecordingTarget());

    assertThat(target.positions(QUEUE))
        .containsExactlyElementsOf(positionsOutside(stored, last.position(), last.position() + 1));
    assertThat(new JournalFixture(storage).target.positions(QUEUE))
        .isEqualTo(target.positions(QUEUE));
  }

  private static int recordBytes(StoredMessage message) {
    return RecordCodec.messageBytes(message.message(), message.queueIds().length);
  }

  @Test
  void aPageThatCannotBeReadIsDamageLikeAnyOther() {
    List<StoredMessage> stored = filled();
    long page = 2L * SEGMENT + 8192;
    BadPageStorage disk = new BadPageStorage(storage, file(2), 8192);
    assertThatThrownBy(
            () ->
                new FileJournal(
                        disk,
                        JournalSimulation.OPTIONS,
                        new SimClock(),
                        FileJournal.Threads.callers(),
                        null)
                    .recover(new RecordingTarget()))
        .isInstanceOf(CorruptJournalException.class)
        .hasMessageContaining(file(2));

    List<Long> kept = accepted(disk, new RecordingTarget()).positions(QUEUE);

    assertThat(kept)
        .containsAll(positionsOutside(stored, page - 1000, page + 4096))
        .hasSizeLessThan(stored.size());
    assertThat(new JournalFixture(storage).target.positions(QUEUE)).isEqualTo(kept);
  }

  @Test
  void theSummaryOfAMissingSegmentTellsOfNoMessages() throws Exception {
    JournalFixture fixture = new JournalFixture(storage);
    List<StoredMessage> stored = new ArrayList<>();
    do {
      stored.add(fixture.store("m", 700, QUEUE));
    } while (stored.get(stored.size() - 1).position() < 12L * SEGMENT);
    fixture.journal.close();
    assertThat(storage.list()).contains(SegmentSummary.name(2));
    storage.delete(file(2));

    List<Long> kept = accepted(new RecordingTarget()).positions(QUEUE);

    assertThat(kept)
        .containsExactlyElementsOf(positionsOutside(stored, 2L * SEGMENT, 3L * SEGMENT));
    assertThat(new JournalFixture(storage).target.positions(QUEUE)).isEqualTo(kept);
    assertThat(storage.list()).contains("damaged-000000000002-1.idx");
  }

  @Test
  void keepsASecondCopyBesideTheFirst() {
    List<StoredMessage> stored = filled();
    for (int i = 0; i < 2; i++) {
      int offset = (int) (stored.get(3 + i).position() % SEGMENT);
      storage.damage(file(1), offset + 300);
      accepted(new RecordingTarget());
    }
    assertThat(storage.list()).contains("damaged-000000000001-1.bin", "damaged-000000000001-2.bin");
  }

  @Test
  void keepsMessagesWhoseQueueIsNotDeclaredAnyMore() {
    List<StoredMessage> stored = filled();
    storage.damage(file(2), (int) (stored.get(20).position() % SEGMENT) + 300);

    accepted(new RecordingTarget(queue -> false));

    assertThat(storage.list())
        .contains("orphaned-000000000001-1.bin", "orphaned-000000000004-1.bin");
  }

  @Test
  void theSettlementOfALostMessageFreesNoOther() {
    JournalFixture fixture = new JournalFixture(storage);
    StoredMessage lost = fixture.store("lost", 700, QUEUE);
    StoredMessage kept = fixture.store("kept", 700, QUEUE);
    while (fixture.store("filler", 700, OTHER).position() < 2L * SEGMENT) {
      // on to the next segment
    }
    fixture.settle(QUEUE, lost);
    fixture.workAndSync();
    fixture.journal.close();
    storage.damage(file(1), (int) (lost.position() % SEGMENT) + 300);
    accepted(new RecordingTarget());

    JournalFixture after = new JournalFixture(storage);
    after.target.messages.stream()
        .filter(message -> message.queueId() == OTHER)
        .forEach(message -> after.settle(message));
    after.workAndSync();

    assertThat(new JournalFixture(storage).target.positions(QUEUE))
        .containsExactly(kept.position());
    assertThat(after.read(kept.position())).isEqualTo(kept.message());
  }

  @Test
  void aTransactionIsWholeWhenOnlyItsEndIsDamaged() {
    JournalFixture fixture = new JournalFixture(storage);
    JournalTransaction transaction = new JournalTransaction();
    transaction.store(JournalFixture.stored("a", 100, QUEUE));
    transaction.store(JournalFixture.stored("b", 100, QUEUE));
    fixture.appender.transaction(transaction);
    fixture.work();
    StoredMessage after = fixture.store("c", 100, QUEUE);
    fixture.journal.close();
    int commit = (int) (after.position() % SEGMENT) - RecordCodec.HEADER_BYTES;
    storage.damage(file(1), commit + 5);

    assertThat(accepted(new RecordingTarget()).positions(QUEUE)).hasSize(3);
  }

  @Test
  void aPowerCutWhileMendingLeavesTheChoiceAgain() throws Exception {
    for (int operations = 0; ; operations++) {
      SimStorage disk = new SimStorage();
      JournalDamageTest test = on(disk);
      List<StoredMessage> stored = test.filled();
      int offset = (int) (stored.get(3).position() % SEGMENT);
      disk.damage(file(1), offset + 300);
      disk.delete(file(3));
      disk.syncDirectory();
      disk.powerOffAfter(operations);
      try {
        test.accepted(new RecordingTarget());
      } catch (RuntimeException e) {
        if (!disk.isOff()) {
          throw e;
        }
      }
      boolean done = !disk.isOff();
      disk.crash(new SplittableRandom(operations));
      RecordingTarget target = test.accepted(new RecordingTarget());
      assertThat(target.positions(QUEUE))
          .as("power off after %s operations", operations)
          .containsExactlyElementsOf(
              stored.stream()
                  .map(StoredMessage::position)
                  .filter(position -> position != stored.get(3).position())
                  .filter(position -> position / SEGMENT != 3)
                  .toList());
      if (done) {
        return;
      }
    }
  }

  @Test
  void whateverIsDamagedNothingElseIsLost() throws IOException {
    for (int run = 0; run < 150; run++) {
      long seed = 9100L + run;
      try {
        runRandomDamage(new SplittableRandom(seed));
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed=" + seed, e);
      }
    }
  }

  private static void runRandomDamage(SplittableRandom random) throws IOException {
    SimStorage disk = new SimStorage();
    JournalDamageTest test = on(disk);
    Map<Long, Set<Long>> live = new HashMap<>();
    int rounds = 1 + random.nextInt(3);
    for (int round = 0; round < rounds; round++) {
      live = fillRandomly(disk, random);
    }
    // Damage to the newest records cannot be told from a torn write, so they stay whole.
    JournalFixture last = new JournalFixture(disk);
    long newest = last.store("newest", 10, OTHER).position();
    last.journal.close();
    Map<String, Integer> before = test.contents();
    int hits = 1 + random.nextInt(4);
    for (int i = 0; i < hits; i++) {
      List<String> segments =
          before.keySet().stream().filter(name -> SegmentFile.numberOf(name) > 0).sorted().toList();
      String name = segments.get(random.nextInt(segments.size()));
      int at = random.nextInt(SEGMENT);
      int bytes = 1 + (random.nextBoolean() ? 0 : random.nextInt(3000));
      long base = SegmentFile.numberOf(name) * SEGMENT;
      for (int b = at; b < Math.min(SEGMENT, at + bytes); b++) {
        if (b < SegmentFile.DATA_START || base + b < newest) {
          disk.damage(name, b);
        }
      }
    }
    List<DamagedPlace> places = List.of();
    try {
      new JournalFixture(disk).journal.close();
      // Summaries stand in for damaged segments, unless damage is to be given up.
      places = new StoppedJournal(disk, null).check().places();
    } catch (CorruptJournalException e) {
      places = e.places();
      assertThat(places).isNotEmpty();
    }
    RecordingTarget target = test.accepted(new RecordingTarget());
    for (Map.Entry<Long, Set<Long>> queue : live.entrySet()) {
      Set<Long> expected = new HashSet<>(queue.getValue());
      List<DamagedPlace> all = places;
      expected.removeIf(position -> isWithin(all, position));
      assertThat(target.positions(queue.getKey())).containsAll(expected);
    }
    RecordingTarget again = new JournalFixture(disk).target;
    assertThat(again.messages).isEqualTo(target.messages);
    for (DamagedPlace place : places) {
      assertThat(disk.list())
          .contains("damaged-" + String.format("%012d", place.segment()) + "-1.bin");
    }
  }

  private static boolean isWithin(List<DamagedPlace> places, long position) {
    return places.stream()
        .filter(place -> place.kind() == Kind.RECORDS)
        .anyMatch(
            place -> {
              long from = place.segment() * SEGMENT + place.offset();
              return position >= from && position < from + place.bytes();
            });
  }

  private static Map<Long, Set<Long>> fillRandomly(SimStorage disk, SplittableRandom random) {
    JournalFixture fixture = new JournalFixture(disk);
    Map<Long, Set<Long>> live = new HashMap<>();
    fixture.target.messages.forEach(
        message ->
            live.computeIfAbsent(message.queueId(), id -> new HashSet<>()).add(message.position()));
    List<StoredMessage> stored = new ArrayList<>();
    int count = 10 + random.nextInt(60);
    for (int i = 0; i < count; i++) {
      long queue = random.nextBoolean() ? QUEUE : OTHER;
      StoredMessage message = fixture.store("m", 50 + random.nextInt(1200), queue);
      live.computeIfAbsent(queue, id -> new HashSet<>()).add(message.position());
      stored.add(message);
      if (random.nextInt(3) == 0) {
        StoredMessage done = stored.remove(random.nextInt(stored.size()));
        fixture.settle(done.queueIds()[0], done);
        live.getOrDefault(done.queueIds()[0], Set.of()).remove(done.position());
        fixture.work();
      }
    }
    fixture.workAndSync();
    if (random.nextBoolean()) {
      fixture.journal.close();
    }
    return live;
  }

  @Test
  void refusesASegmentOfANewerFormat() throws Exception {
    filled();
    rewriteHeader(SegmentFile.VERSION + 1);
    assertThatThrownBy(() -> new JournalFixture(storage))
        .isInstanceOf(JournalException.class)
        .isNotInstanceOf(CorruptJournalException.class)
        .hasMessageContaining(file(2))
        .hasMessageContaining("version=2")
        .hasMessageContaining("readable=1");
    assertThatThrownBy(() -> accepted(new RecordingTarget()))
        .as("told to give up damage, which this is not")
        .isInstanceOf(JournalException.class)
        .hasMessageContaining("version=2");
  }

  private void rewriteHeader(int version) throws IOException {
    ByteBuffer header = ByteBuffer.wrap(storage.bytes(file(2)), 0, SegmentFile.HEADER_BYTES);
    header.putInt(SegmentFile.VERSION_AT, version);
    CRC32C crc = new CRC32C();
    crc.update(header.duplicate().limit(SegmentFile.CRC_AT).position(0));
    header.putInt(SegmentFile.CRC_AT, (int) crc.getValue());
    storage.open(file(2)).write(header, 0);
  }

  @Test
  void refusesARecordOfANewerFormat() throws Exception {
    StoredMessage stored = filled().get(5);
    int offset = (int) (stored.position() % SEGMENT);
    int length = recordBytes(stored);
    ByteBuffer record =
        ByteBuffer.allocate(length).put(storage.bytes(file(1)), offset, length).flip();
    record.put(RecordCodec.VERSION_AT, (byte) 9);
    new RecordCodec().seal(record, 0, length);
    storage.open(file(1)).write(record, offset);
    for (int i = 0; i < 2; i++) {
      boolean accept = i == 1;
      assertThatThrownBy(
              () -> {
                if (accept) {
                  accepted(new RecordingTarget());
                } else {
                  new JournalFixture(storage);
                }
              })
          .isInstanceOf(JournalException.class)
          .isNotInstanceOf(CorruptJournalException.class)
          .hasMessageContaining("position=" + stored.position())
          .hasMessageContaining("version=9");
    }
  }
}
