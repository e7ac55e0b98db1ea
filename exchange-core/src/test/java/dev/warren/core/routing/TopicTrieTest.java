package dev.warren.core.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class TopicTrieTest {
  private final TopicWalk walk = new TopicWalk();
  private final Map<String, RoutedQueue> queues = new HashMap<>();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      ignoreLeadingAndTrailingWhitespace = true,
      value = {
        "*.orange.*  | a.orange.b      | true",
        "*.orange.*  | .orange.        | true",
        "*.orange.*  | orange          | false",
        "*.orange.*  | a.orange.b.c    | false",
        "lazy.#      | lazy            | true",
        "lazy.#      | lazy.a.b        | true",
        "lazy.#      | lazy.           | true",
        "lazy.#      | lazyx           | false",
        "#.x.#       | x               | true",
        "#.x.#       | a.x             | true",
        "#.x.#       | x.b.c           | true",
        "#.x.#       | y               | false",
        "*           | a               | true",
        "*           | ''              | false",
        "*           | a.b             | false",
        "a.*.b       | a.c.b           | true",
        "a.*.b       | a..b            | true",
        "a.*.b       | a.b             | false",
        "#           | ''              | true",
        "#           | a.b.c           | true",
        "#           | .               | true",
        "''          | ''              | true",
        "''          | a               | false",
        "''          | .               | false",
        "a..b        | a..b            | true",
        "a..b        | a.b             | false",
        "a.          | a.              | true",
        "a.          | a               | false",
        "*.*         | .               | true",
        "a*          | a*              | true",
        "a*          | ab              | false",
        "#b          | #b              | true",
        "#b          | ab              | false",
        "a.b         | a.*             | false",
        "a.b         | a.#             | false",
        "a.*         | a.*             | true",
        "a.*         | a.#             | true",
        "#.#         | ''              | true",
        "#.#         | a               | true",
        "#.a.#.b     | a.b             | true",
        "#.a.#.b     | x.a.y.y.b       | true",
        "#.a.#.b     | b.a             | false",
        "#.*         | ''              | false",
        "#.*         | a.b             | true",
        "*.#         | ''              | false",
        "*.#         | a.b             | true",
      })
  void matchesAsTheContractSays(String pattern, String key, boolean matches) {
    assertThat(matched(trie(List.of(pattern)), key)).hasSize(matches ? 1 : 0);
    assertThat(NaiveTopic.matches(pattern, key)).as("naive matcher").isEqualTo(matches);
  }

  @ParameterizedTest
  @CsvSource({"'',0", "#,1", "#.#,2", "#.a.#.#,3", "a#,0", "##,0", "#.,1", ".#,1", "*.*,0"})
  void countsHashesThatAreWholeWords(String pattern, int count) {
    assertThat(TopicTrie.anyWordsCount(pattern)).isEqualTo(count);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("dev.warren.core.routing.Seeds#seeds")
  void agreesWithTheNaiveMatcher(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Set<String> patterns = new TreeSet<>();
    for (int i = 0; i < 300; i++) {
      patterns.add(text(random, "a", "b", "", "*", "#", "*a"));
    }
    TopicTrie trie = trie(patterns);
    Set<String> left = new TreeSet<>(patterns);
    for (String pattern : patterns) {
      if (random.nextInt(3) == 0) {
        trie = trie.without(pattern, Destination.queue(pattern), queue(pattern));
        left.remove(pattern);
      }
    }
    for (int i = 0; i < 500; i++) {
      String key = text(random, "a", "b", "", "c", "*", "#");
      assertThat(matched(trie, key))
          .as("seed %d, key '%s'", seed, key)
          .containsExactlyInAnyOrderElementsOf(
              left.stream().filter(pattern -> NaiveTopic.matches(pattern, key)).toList());
    }
  }

  @Test
  void isEmptyAgainWhenEveryPatternIsRemoved() {
    List<String> patterns = List.of("", "#", "*", "a", "a.b.c", "a.#.c", "a.*.#", "..");
    TopicTrie trie = trie(patterns);
    for (String pattern : patterns) {
      trie = trie.without(pattern, Destination.queue(pattern), queue(pattern));
    }
    assertThat(trie.root().isLeaf()).isTrue();
    assertThat(trie.root().destinations.isEmpty()).isTrue();
  }

  @Test
  void findsEachQueueOnceThroughTheLongestKeyAndManyHashes() {
    List<String> patterns = new ArrayList<>();
    for (int words = 1; words <= 60; words++) {
      patterns.add("#." + "a.".repeat(words) + "#");
      patterns.add("#." + "*.".repeat(words) + "#.z");
    }
    TopicTrie trie = trie(patterns);
    String key = "a.".repeat(127) + "z";
    assertThat(matched(trie, key)).containsExactlyInAnyOrderElementsOf(patterns);
  }

  private static String text(SplittableRandom random, String... words) {
    int count = random.nextInt(6);
    List<String> chosen = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      chosen.add(words[random.nextInt(words.length)]);
    }
    return String.join(".", chosen);
  }

  /** Each pattern leads to a queue of the same name. */
  private TopicTrie trie(Iterable<String> patterns) {
    TopicTrie trie = TopicTrie.EMPTY;
    for (String pattern : patterns) {
      trie = trie.with(pattern, Destination.queue(pattern), queue(pattern));
    }
    return trie;
  }

  /** The same queue for the same name, as queues are told apart by identity. */
  private RoutedQueue queue(String name) {
    return queues.computeIfAbsent(name, FakeQueue::new);
  }

  private List<String> matched(TopicTrie trie, String key) {
    walk.match(trie, key);
    return Arrays.stream(walk.queues(), 0, walk.queueCount()).map(RoutedQueue::name).toList();
  }
}
