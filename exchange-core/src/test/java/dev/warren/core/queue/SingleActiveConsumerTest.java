package dev.warren.core.queue;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** One consumer at a time (contract §8). */
final class SingleActiveConsumerTest {
  private static QueueFixture with(SingleActive mode) {
    return new QueueFixture(QueueOptions.DEFAULTS.toBuilder().singleActive(mode).build());
  }

  @Test
  void theFirstGetsEverythingWhileTheOthersWait() {
    QueueFixture fixture = with(SingleActive.HIGHEST_PRIORITY);
    fixture.consumer("a", 5);
    fixture.consumer("b", 5);
    fixture.enqueue(1, 3);
    fixture.dispatch();
    assertThat(fixture.effects())
        .containsExactly(
            "active a true", "active b false", "deliver 1 a", "deliver 2 a", "deliver 3 a");
  }

  @Test
  void whatTheActiveOneHasNoCreditForWaitsForIt() {
    QueueFixture fixture = with(SingleActive.HIGHEST_PRIORITY);
    Consumer first = fixture.consumer("a", 1);
    fixture.consumer("b", 5);
    fixture.enqueue(1, 2);
    fixture.dispatch();
    fixture.effects();
    assertThat(fixture.queue.counters().ready()).isEqualTo(1);
    fixture.queue.credit(first, 1);
    fixture.dispatch();
    assertThat(fixture.effects()).containsExactly("deliver 2 a");
  }

  @Test
  void theNextTakesOverWhenTheActiveOneDetachesAndGetsWhatThatHeld() {
    QueueFixture fixture = with(SingleActive.UNTIL_DETACHED);
    Consumer first = fixture.consumer("a", 1);
    fixture.consumer("b", 5);
    fixture.consumer("c", 5);
    fixture.enqueue(1, 2);
    fixture.dispatch();
    fixture.effects();
    fixture.queue.detach(first, false, fixture.nowMs);
    fixture.dispatch();
    assertThat(fixture.effects())
        .containsExactly("active b true", "counted 1 0/1", "deliver 1 b 0/1", "deliver 2 b");
  }

  @Test
  void theNextIsTheFirstOfTheHighestPriority() {
    QueueFixture fixture = with(SingleActive.UNTIL_DETACHED);
    Consumer first = fixture.consumer("a", 0, false, 1);
    fixture.consumer("b", 0, false, 1);
    fixture.consumer("c", 2, false, 1);
    fixture.consumer("d", 2, false, 1);
    fixture.effects();
    fixture.queue.detach(first, false, fixture.nowMs);
    assertThat(fixture.effects()).containsExactly("active c true");
  }

  @Test
  void aClassicQueueKeepsItsActiveConsumerWhenOneOfAHigherPriorityComes() {
    QueueFixture fixture = with(SingleActive.UNTIL_DETACHED);
    fixture.consumer("a", 0, false, 1);
    fixture.consumer("b", 9, false, 1);
    fixture.enqueue(1, 1);
    fixture.dispatch();
    assertThat(fixture.effects()).containsExactly("active a true", "active b false", "deliver 1 a");
  }

  @Test
  void oneOfAHigherPriorityTakesOverAtOnceFromOneThatHoldsNothing() {
    QueueFixture fixture = with(SingleActive.HIGHEST_PRIORITY);
    fixture.consumer("a", 0, false, 1);
    fixture.consumer("b", 9, false, 1);
    fixture.enqueue(1, 1);
    fixture.dispatch();
    assertThat(fixture.effects())
        .containsExactly("active a true", "active a false", "active b true", "deliver 1 b");
  }

  @Test
  void otherwiseItWaitsUntilTheOldOneHasSettledAndTheOldOneGetsNothingMore() {
    QueueFixture fixture = with(SingleActive.HIGHEST_PRIORITY);
    fixture.consumer("a", 0, false, 5);
    fixture.enqueue(1, 1);
    fixture.dispatch();
    fixture.consumer("b", 9, false, 5);
    fixture.enqueue(2, 2);
    fixture.dispatch();
    assertThat(fixture.effects()).containsExactly("active a true", "deliver 1 a", "active b false");
    assertThat(fixture.queue.isChangingActive()).isTrue();
    fixture.settle(0, Outcome.ACCEPTED);
    fixture.dispatch();
    assertThat(fixture.effects())
        .containsExactly("removed 1", "active a false", "active b true", "deliver 2 b");
    assertThat(fixture.queue.isChangingActive()).isFalse();
  }

  @Test
  void theOldOneGoesOnIfTheOtherLeavesBeforeItTookOver() {
    QueueFixture fixture = with(SingleActive.HIGHEST_PRIORITY);
    fixture.consumer("a", 0, false, 5);
    fixture.enqueue(1, 1);
    fixture.dispatch();
    Consumer second = fixture.consumer("b", 9, false, 5);
    fixture.effects();
    fixture.queue.detach(second, false, fixture.nowMs);
    fixture.enqueue(2, 2);
    fixture.dispatch();
    assertThat(fixture.effects()).containsExactly("deliver 2 a");
  }

  @Test
  void aWaitingConsumerThatDrainsLosesItsCreditAtOnce() {
    QueueFixture fixture = with(SingleActive.HIGHEST_PRIORITY);
    fixture.consumer("a", 0);
    Consumer waiting = fixture.consumer("b", 5);
    fixture.enqueue(1, 1);
    fixture.effects();
    fixture.queue.drain(waiting);
    fixture.dispatch();
    assertThat(fixture.effects()).containsExactly("drained b");
    assertThat(waiting.credit()).isZero();
  }
}
