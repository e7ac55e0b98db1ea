package dev.warren.core.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.core.message.Message;
import dev.warren.core.message.StoredMessage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A byte changes on the disk: the journal says where, or nobody can notice, but it never passes a
 * wrong message on and never lets a durable one vanish without a word.
 */
class BitFlipTest {
  private static final int FLIPS = 6;

  static LongStream seeds() {
    Long replay = Long.getLong("journal.seed");
    return replay == null ? LongStream.range(0, 200) : LongStream.of(replay);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void isNamedOrWithoutEffect(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    SimStorage storage = new SimStorage();
    Map<Long, Message> held = fill(storage, random);
    List<String> segments =
        storage.list().stream().filter(name -> SegmentFile.numberOf(name) >= 0).sorted().toList();
    String file = segments.get(random.nextInt(segments.size()));
    int at = random.nextInt(JournalSimulation.OPTIONS.segmentBytes());
    for (int i = 0; i < FLIPS; i++) {
      storage.damage(file, Math.min(at + i, JournalSimulation.OPTIONS.segmentBytes() - 1));
    }
    JournalFixture journal;
    try {
      journal = new JournalFixture(storage);
    } catch (CorruptJournalException e) {
      assertThat(e).hasMessageContaining("sim/segment-");
      return;
    }
    Map<Long, RecoveryTarget.RecoveredMessage> told = new HashMap<>();
    journal.target.messages.forEach(message -> told.put(message.position(), message));
    boolean mayBeCut = file.equals(lastWritten(storage, segments));
    held.forEach(
        (name, message) -> {
          if (!told.containsKey(name)) {
            assertThat(mayBeCut).as("seed=%d: a message of %s is gone", seed, file).isTrue();
          } else {
            Message read = readOrNull(journal, name);
            assertThat(read == null || read.equals(message)).as("seed=%d: altered", seed).isTrue();
          }
        });
    assertThat(held.keySet()).containsAll(told.keySet());
  }

  @Test
  void aMessageThatWasDamagedAfterTheStartIsNamedWhenItIsRead() {
    SimStorage storage = new SimStorage();
    JournalFixture journal = new JournalFixture(storage);
    StoredMessage stored = journal.store("text", 300, 1);
    int offset = (int) (stored.position() % JournalSimulation.OPTIONS.segmentBytes());
    storage.damage(SegmentFile.name(1), offset + 150);
    assertThat(
            org.assertj.core.api.Assertions.catchThrowable(() -> journal.read(stored.position())))
        .isInstanceOf(CorruptJournalException.class)
        .hasMessageContaining(SegmentFile.name(1))
        .hasMessageContaining(Integer.toString(offset));
  }

  /** The segment where the log ends: its last batch cannot be told from a torn write. */
  private static String lastWritten(SimStorage storage, List<String> segments) {
    String last = segments.get(0);
    for (String name : segments) {
      byte[] bytes = storage.bytes(name);
      long position = SegmentFile.numberOf(name) * JournalSimulation.OPTIONS.segmentBytes();
      boolean begun =
          java.nio.ByteBuffer.wrap(bytes).getLong(SegmentFile.DATA_START + RecordCodec.POSITION_AT)
              == position + SegmentFile.DATA_START;
      last = begun ? name : last;
    }
    return last;
  }

  private static @Nullable Message readOrNull(JournalFixture journal, long name) {
    try {
      return journal.read(name);
    } catch (CorruptJournalException e) {
      return null; // it was said which
    }
  }

  private static Map<Long, Message> fill(SimStorage storage, SplittableRandom random) {
    JournalFixture journal = new JournalFixture(storage);
    List<StoredMessage> all = new ArrayList<>();
    int count = random.nextInt(20, 200);
    for (int i = 0; i < count; i++) {
      all.add(journal.store("m" + i, random.nextInt(20, 1200), 1));
      if (random.nextInt(3) == 0) {
        journal.settle(1, all.remove(random.nextInt(all.size())));
      }
      journal.workAndSync();
    }
    if (random.nextBoolean()) {
      journal.journal.close();
    }
    Map<Long, Message> held = new HashMap<>();
    all.forEach(stored -> held.put(stored.position(), stored.message()));
    return held;
  }
}
