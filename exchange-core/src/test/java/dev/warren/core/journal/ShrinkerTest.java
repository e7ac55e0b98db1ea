package dev.warren.core.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(QuietLog.class)
class ShrinkerTest {
  @Test
  void onlyTheStepsThatMatterAreLeft() {
    Shrinker shrinker = new Shrinker(steps -> steps.contains(17) && steps.contains(60));
    assertThat(shrinker.shrink(IntStream.range(0, 1000).boxed().toList())).containsExactly(17, 60);
  }

  @Test
  void aDefectIsShownWithFewStepsThatReplayIt() {
    Verdict verdict = firstFailing();
    String told = catchThrowable(verdict::orFail).getMessage();
    assertThat(told).contains("journal.seed=").contains("journal.steps=").contains("recovered");
    List<Integer> shrunk = verdict.shrunk();
    assertThat(shrunk).hasSizeLessThan(40);
    JournalScenario again =
        JournalScenario.of(verdict.seed())
            .withMutation(Mutant.SyncSkipped::new)
            .onlyWith(Verdict.parse(Verdict.ranges(shrunk))::contains);
    assertThat(Verdict.of(again).kind()).isEqualTo(verdict.kind());
  }

  @Test
  void stepsAreToldAsRanges() {
    assertThat(Verdict.ranges(List.of(3, 4, 5, 9, 20003))).isEqualTo("3-5,9,20003");
    assertThat(Verdict.parse("3-5,9,20003")).containsExactlyInAnyOrder(3, 4, 5, 9, 20003);
    assertThat(Verdict.parse(Verdict.ranges(List.of()))).isEmpty();
  }

  private static Verdict firstFailing() {
    for (long seed = 0; ; seed++) {
      Verdict verdict = Verdict.of(JournalScenario.of(seed).withMutation(Mutant.SyncSkipped::new));
      if (verdict.isBrokenPromise()) {
        return verdict;
      }
    }
  }
}
