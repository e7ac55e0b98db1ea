package dev.warren.management;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class HistoryTest {
  private static final int FIGURES = 3;
  private static final int DEPTH = 7;

  @Test
  void remembersTheSamplesAListWouldRemember() {
    long seed = Long.getLong("seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    for (int run = 0; run < 200; run++) {
      History history = new History(FIGURES, DEPTH);
      List<long[]> naive = new ArrayList<>();
      long[] figures = new long[FIGURES];
      int samples = random.nextInt(1, 40);
      boolean isIdle = random.nextInt(4) == 0;
      for (int i = 0; i < samples; i++) {
        figures[random.nextInt(FIGURES)] += isIdle ? 0 : random.nextInt(-5, 1_000);
        history.record(figures);
        naive.add(0, figures.clone());
        check(history, naive, "seed=" + seed + " run=" + run + " sample=" + i);
      }
    }
  }

  private static void check(History history, List<long[]> naive, String where) {
    assertThat(history.size()).as(where).isEqualTo(Math.min(naive.size(), DEPTH + 1));
    for (int figure = 0; figure < FIGURES; figure++) {
      long value = history.latest(figure);
      for (int back = 0; back < history.size(); back++) {
        assertThat(value).as(where + " back=" + back).isEqualTo(naive.get(back)[figure]);
        if (back + 1 < history.size()) {
          value -= history.change(figure, back);
        }
      }
    }
  }

  @Test
  void knowsTheLastChangeWithoutKeepingSamples() {
    History history = new History(1, 1);
    history.record(new long[] {5});
    history.record(new long[] {9});
    history.record(new long[] {10});
    assertThat(history.size()).isEqualTo(2);
    assertThat(history.lastChange(0)).isEqualTo(1);
    assertThat(history.change(0, 0)).isEqualTo(1);
  }

  @Test
  void keepsChangesThatDoNotFitAnIntBesideThoseThatDo() {
    History history = new History(1, 4);
    history.record(new long[] {0});
    history.record(new long[] {5});
    history.record(new long[] {1L << 40});
    history.record(new long[] {(1L << 40) + 7});
    assertThat(history.latest(0)).isEqualTo((1L << 40) + 7);
    assertThat(history.change(0, 0)).isEqualTo(7);
    assertThat(history.change(0, 1)).isEqualTo((1L << 40) - 5);
    assertThat(history.change(0, 2)).isEqualTo(5);
  }
}
