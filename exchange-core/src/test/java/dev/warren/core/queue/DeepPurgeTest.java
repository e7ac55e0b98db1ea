package dev.warren.core.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Purging more than one step lets go of: the queue goes on meanwhile. */
final class DeepPurgeTest {
  private static final int COUNT = 3 * Departures.LET_GO_MAX + 7;

  private final QueueFixture fixture = new QueueFixture(QueueFixture.DEAD_LETTERING);

  private List<String> effectsOfAStep() {
    fixture.effects();
    fixture.queue.letGo();
    return fixture.effects();
  }

  @Test
  void isDoneAtOnceAsFarAsAnybodySees() {
    fixture.recover(1, COUNT);
    assertThat(fixture.queue.purge()).isEqualTo(COUNT);
    QueueCounters counters = fixture.queue.counters();
    assertThat(counters.ready()).isZero();
    assertThat(counters.readyBytes()).isZero();
    assertThat(counters.purged()).isEqualTo(COUNT);
    assertThat(counters.removed()).isEqualTo(COUNT);
    assertThat(fixture.effects()).isEmpty();
  }

  @Test
  void letsGoOfEachMessageOnceInBoundedSteps() {
    fixture.enqueue(1, COUNT);
    fixture.queue.purge();
    HashSet<String> removed = new HashSet<>();
    for (int step = 0; step < 4; step++) {
      List<String> effects = effectsOfAStep();
      assertThat(effects).hasSizeLessThanOrEqualTo(Departures.LET_GO_MAX);
      effects.forEach(effect -> assertThat(removed.add(effect)).as(effect).isTrue());
    }
    assertThat(removed).hasSize(COUNT).contains("removed 1", "removed " + COUNT);
    assertThat(fixture.queue.letGo()).isFalse();
    assertThat(fixture.budget.usedBytes()).isZero();
  }

  @Test
  void deliversWhatCameMeanwhile() {
    fixture.enqueue(1, COUNT);
    fixture.consumer("a", 5);
    fixture.divisible("b", 2, 5);
    fixture.queue.purge();
    fixture.enqueue(COUNT + 1, COUNT + 1);
    fixture.dispatchAll();
    assertThat(fixture.queue.letGo()).isTrue();
    assertThat(fixture.checkouts).hasSize(1);
    assertThat(QueueFixture.number(fixture.checkouts.get(0).message())).isEqualTo(COUNT + 1);
    assertThat(fixture.queue.purge()).isZero();
  }

  @Test
  void lateLoadOfPurgedMessagesMeansNothing() {
    fixture.recover(1, COUNT);
    fixture.consumer("a", 9);
    fixture.dispatch();
    fixture.queue.purge();
    fixture.enqueue(COUNT + 1, COUNT + 1);
    fixture.effects();
    fixture.load();
    assertThat(fixture.effects()).containsExactly("deliver " + (COUNT + 1) + " a");
    assertThat(fixture.queue.counters().lost()).isZero();
  }

  @Test
  void deletesADeepQueueInStepsToo() {
    fixture.enqueue(1, COUNT);
    fixture.consumer("a", 2);
    fixture.dispatch();
    fixture.effects();
    fixture.queue.delete();
    int removed = fixture.effects().size();
    assertThat(removed).isEqualTo(2);
    while (fixture.queue.letGo()) {
      removed += fixture.effects().size();
    }
    removed += fixture.effects().size();
    assertThat(removed).isEqualTo(COUNT);
    assertThat(fixture.queue.counters().unsettled()).isZero();
  }
}
