package dev.warren.core.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SnapshotMapTest {
  @ParameterizedTest(name = "seed {0}")
  @MethodSource("dev.warren.core.routing.Seeds#seeds")
  void agreesWithHashMapAndKeepsEarlierVersions(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int keys = 1 << random.nextInt(2, 12);
    SnapshotMap<Key, Integer> map = SnapshotMap.empty();
    Map<Key, Integer> model = new HashMap<>();
    List<SnapshotMap<Key, Integer>> versions = new ArrayList<>();
    List<Map<Key, Integer>> models = new ArrayList<>();
    for (int step = 0; step < 6000; step++) {
      Key key = new Key(random.nextInt(keys));
      boolean grows = step % 3000 < 1500;
      if (random.nextInt(4) == 0 != grows) {
        map = map.with(key, step);
        model.put(key, step);
      } else {
        map = map.without(key);
        model.remove(key);
      }
      assertThat(map.get(key)).as("seed %d, step %d", seed, step).isEqualTo(model.get(key));
      if (step % 500 == 0) {
        versions.add(map);
        models.add(Map.copyOf(model));
      }
    }
    for (int i = 0; i < versions.size(); i++) {
      assertSame(versions.get(i), models.get(i), "seed " + seed + ", version " + i);
    }
  }

  @Test
  void withoutAMissingKeyIsTheSameMap() {
    SnapshotMap<String, Integer> map = SnapshotMap.<String, Integer>empty().with("a", 1);
    assertThat(map.without("b")).isSameAs(map);
    assertThat(map.without("a").isEmpty()).isTrue();
  }

  @Test
  void findsAPartOfAText() {
    SnapshotMap<String, Integer> map = SnapshotMap.empty();
    for (int i = 0; i < 100; i++) {
      map = map.with("word" + i, i);
    }
    String text = "a.word42.word4";
    assertThat(SnapshotMap.getPart(map, text, 2, 8, "word42".hashCode())).isEqualTo(42);
    assertThat(SnapshotMap.getPart(map, text, 9, 14, "word4".hashCode())).isEqualTo(4);
    assertThat(SnapshotMap.getPart(map, text, 0, 1, "a".hashCode())).isNull();
    assertThat(SnapshotMap.getPart(map, "BBAa", 0, 2, "BB".hashCode())).isNull();
    assertThat(SnapshotMap.getPart(map.with("Aa", -1), "BB", 0, 2, "BB".hashCode())).isNull();
  }

  private static void assertSame(
      SnapshotMap<Key, Integer> map, Map<Key, Integer> model, String where) {
    assertThat(map.size()).as(where).isEqualTo(model.size());
    assertThat(map.values()).as(where).containsExactlyInAnyOrderElementsOf(model.values());
    model.forEach((key, value) -> assertThat(map.get(key)).as(where).isEqualTo(value));
  }

  /** A key whose hash often collides with that of another. */
  private record Key(int value) {
    @Override
    public int hashCode() {
      return value / 3;
    }
  }
}
