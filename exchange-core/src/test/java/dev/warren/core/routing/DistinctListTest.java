package dev.warren.core.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DistinctListTest {
  @ParameterizedTest(name = "seed {0}")
  @MethodSource("dev.warren.core.routing.Seeds#seeds")
  void holdsEachObjectOnceInOrderAcrossRuns(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    FakeQueue[] queues = new FakeQueue[500];
    Arrays.setAll(queues, i -> new FakeQueue("q" + i));
    DistinctList<FakeQueue> list = new DistinctList<>(new FakeQueue[2]);
    for (int run = 0; run < 200; run++) {
      list.clear();
      Set<FakeQueue> expected = new LinkedHashSet<>();
      int range = random.nextInt(1, queues.length);
      for (int step = random.nextInt(4); step > 0; step--) {
        FakeQueue queue = queues[random.nextInt(range)];
        assertThat(list.add(queue)).isEqualTo(expected.add(queue));
        int from = random.nextInt(range);
        FakeQueue[] block = Arrays.copyOfRange(queues, from, range);
        list.addAll(block, block.length);
        expected.addAll(Arrays.asList(block));
      }
      assertThat(Arrays.copyOf(list.items(), list.count()))
          .as("seed %d, run %d", seed, run)
          .containsExactlyElementsOf(expected);
    }
  }

  @Test
  void lettingGoOfItemsOnClear() {
    DistinctList<FakeQueue> list = new DistinctList<>(new FakeQueue[0]);
    list.add(new FakeQueue("q"));
    list.clear();
    assertThat(list.items()).containsOnlyNulls();
    assertThat(list.count()).isZero();
  }
}
