package dev.warren.core.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.core.message.StoredMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A byte changes on the disk: the journal says where, or nobody can notice, but it never passes a
 * wrong message on and never lets a durable one vanish without a word.
 */
@ExtendWith(QuietLog.class)
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
    fill(storage, random);
    FlipCheck check = new FlipCheck(storage, UnaryOperator.identity());
    for (int i = 0; i < FLIPS; i++) {
      check.flip(random);
    }
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

  private static void fill(SimStorage storage, SplittableRandom random) {
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
  }
}
