package dev.warren.core.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LoginQueueTest {
  private static final LoginQueue.Lane A = new LoginQueue.Lane("a", "");
  private static final LoginQueue.Lane B = new LoginQueue.Lane("b", "");

  static LongStream seeds() {
    Long replayed = Long.getLong("seed");
    return replayed == null ? LongStream.rangeClosed(1, 20) : LongStream.of(replayed);
  }

  private static List<String> all(LoginQueue<String> queue) {
    List<String> all = new ArrayList<>();
    for (Optional<String> next = queue.next(); next.isPresent(); next = queue.next()) {
      all.add(next.get());
    }
    return all;
  }

  @Test
  void lanesTakeTurns() {
    LoginQueue<String> queue = new LoginQueue<>(10, 10);
    List.of("a1", "a2", "a3").forEach(login -> queue.add(A, login));
    List.of("b1", "b2").forEach(login -> queue.add(B, login));

    assertThat(all(queue)).containsExactly("a1", "b1", "a2", "b2", "a3");
  }

  @Test
  void aFullLaneTakesNoMore() {
    LoginQueue<String> queue = new LoginQueue<>(10, 2);
    List.of("a1", "a2").forEach(login -> queue.add(A, login));

    assertThat(queue.add(A, "a3")).contains("a3");
    assertThat(queue.add(B, "b1")).isEmpty();
    assertThat(all(queue)).containsExactly("a1", "b1", "a2");
  }

  @Test
  void aFullQueueLosesTheNewestOfTheLongestLane() {
    LoginQueue<String> queue = new LoginQueue<>(3, 3);
    List.of("a1", "a2", "a3").forEach(login -> queue.add(A, login));

    assertThat(queue.add(B, "b1")).contains("a3");
    assertThat(all(queue)).containsExactly("a1", "b1", "a2");
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void losesNothingSilentlyAndKeepsEachLaneInOrder(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    LoginQueue<Integer> queue = new LoginQueue<>(1 + random.nextInt(20), 1 + random.nextInt(5));
    Map<Integer, Integer> laneOf = new HashMap<>();
    Map<Integer, Integer> lastTaken = new HashMap<>();
    int waiting = 0;
    for (int i = 0; i < 500; i++) {
      if (random.nextInt(3) > 0) {
        int lane = random.nextInt(8);
        laneOf.put(i, lane);
        waiting++;
        if (queue.add(new LoginQueue.Lane("h", "u" + lane), i).isPresent()) {
          waiting--;
        }
      } else {
        Optional<Integer> taken = queue.next();
        assertThat(taken.isPresent()).as("seed %d step %d", seed, i).isEqualTo(waiting > 0);
        if (taken.isPresent()) {
          waiting--;
          Integer before = lastTaken.put(laneOf.get(taken.get()), taken.get());
          assertThat(before == null || before < taken.get())
              .as("seed %d step %d", seed, i)
              .isTrue();
        }
      }
      assertThat(queue.size()).as("seed %d step %d", seed, i).isEqualTo(waiting);
    }
  }
}
