package dev.warren.core.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** Order, turns, priority, credit and drain (contract §2.4, §8). */
final class DispatchTest {
  private final QueueFixture fixture = new QueueFixture(QueueFixture.DEAD_LETTERING);

  @Test
  void deliversInOrderAsFarAsCreditGoes() {
    fixture.consumer("a", 2);
    fixture.enqueue(1, 3);
    fixture.dispatch();
    assertThat(fixture.effects()).containsExactly("deliver 1 a", "deliver 2 a");
    assertThat(fixture.queue.counters().ready()).isEqualTo(1);
    assertThat(fixture.queue.counters().unsettled()).isEqualTo(2);
    assertThat(fixture.queue.counters().unsettledBytes()).isEqualTo(20);
  }

  @Test
  void equalConsumersTakeTurns() {
    fixture.consumer("a", 3);
    fixture.consumer("b", 1);
    fixture.consumer("c", 2);
    fixture.enqueue(1, 9);
    fixture.dispatch();
    assertThat(fixture.effects())
        .containsExactly(
            "deliver 1 a",
            "deliver 2 b",
            "deliver 3 c",
            "deliver 4 a",
            "deliver 5 c",
            "deliver 6 a");
  }

  @Test
  void turnsGoOnOverSeveralDispatches() {
    fixture.consumer("a", 9);
    fixture.consumer("b", 9);
    for (int number = 1; number <= 4; number++) {
      fixture.enqueue(number, number);
      fixture.dispatch();
    }
    assertThat(fixture.effects())
        .containsExactly("deliver 1 a", "deliver 2 b", "deliver 3 a", "deliver 4 b");
  }

  @Test
  void higherPriorityIsServedFirstWhileItHasCredit() {
    fixture.consumer("low", -1, false, 9);
    Consumer high = fixture.consumer("high", 5, false, 2);
    fixture.consumer("middle", 0, false, 1);
    fixture.enqueue(1, 4);
    fixture.dispatch();
    assertThat(fixture.effects())
        .containsExactly("deliver 1 high", "deliver 2 high", "deliver 3 middle", "deliver 4 low");
    fixture.queue.credit(high, 1);
    fixture.enqueue(5, 5);
    fixture.dispatch();
    assertThat(fixture.effects()).containsExactly("deliver 5 high");
  }

  @Test
  void consumerThatLeavesDoesNotDisturbTheTurns() {
    fixture.consumer("a", 9);
    Consumer gone = fixture.consumer("b", 9);
    fixture.consumer("c", 9);
    fixture.enqueue(1, 1);
    fixture.dispatch();
    fixture.queue.detach(gone, false, fixture.nowMs);
    fixture.enqueue(2, 3);
    fixture.dispatch();
    assertThat(fixture.effects()).containsExactly("deliver 1 a", "deliver 2 c", "deliver 3 a");
  }

  @Test
  void lastConsumerOfAPriorityMayLeave() {
    fixture.consumer("low", 0, false, 1);
    Consumer high = fixture.consumer("high", 3, false, 1);
    Consumer middle = fixture.consumer("middle", 1, false, 1);
    fixture.queue.detach(middle, false, fixture.nowMs);
    fixture.queue.detach(high, false, fixture.nowMs);
    fixture.enqueue(1, 1);
    fixture.dispatch();
    assertThat(fixture.effects()).containsExactly("deliver 1 low");
  }

  @Test
  void creditCanBeTakenBack() {
    Consumer consumer = fixture.consumer("a", 5);
    fixture.queue.credit(consumer, -9);
    fixture.enqueue(1, 1);
    fixture.dispatch();
    assertThat(consumer.credit()).isZero();
    assertThat(fixture.effects()).isEmpty();
  }

  @Test
  void creditDoesNotOverflow() {
    Consumer consumer = fixture.consumer("a", Integer.MAX_VALUE);
    fixture.queue.credit(consumer, Integer.MAX_VALUE);
    assertThat(consumer.credit()).isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void requeuedMessagesComeBackInTheirPlace() {
    fixture.consumer("a", 4);
    fixture.enqueue(1, 6);
    fixture.dispatch();
    fixture.settle(3, Outcome.RELEASED);
    fixture.settle(1, Outcome.RELEASED);
    fixture.settle(2, Outcome.ACCEPTED);
    fixture.effects();
    fixture.consumer("b", 9);
    fixture.dispatch();
    assertThat(fixture.effects())
        .containsExactly("deliver 2 b 0/1", "deliver 4 b 0/1", "deliver 5 b", "deliver 6 b");
    assertThat(fixture.queue.counters().redelivered()).isEqualTo(2);
  }

  @Test
  void detachRequeuesEverythingInOrder() {
    Consumer consumer = fixture.consumer("a", 3);
    fixture.enqueue(1, 4);
    fixture.dispatch();
    fixture.queue.detach(consumer, false, fixture.nowMs);
    fixture.effects();
    fixture.consumer("b", 9);
    fixture.dispatch();
    assertThat(fixture.effects())
        .containsExactly("deliver 1 b 0/1", "deliver 2 b 0/1", "deliver 3 b 0/1", "deliver 4 b");
  }

  @Test
  void drainOfAnEmptyQueueReturnsTheCredit() {
    Consumer consumer = fixture.consumer("a", 5);
    fixture.queue.drain(consumer);
    fixture.dispatch();
    assertThat(fixture.effects()).containsExactly("drained a");
    assertThat(consumer.credit()).isZero();
    fixture.dispatch();
    assertThat(fixture.effects()).isEmpty();
  }

  @Test
  void drainDeliversWhatThereIsFirst() {
    Consumer consumer = fixture.consumer("a", 5);
    fixture.enqueue(1, 2);
    fixture.queue.drain(consumer);
    fixture.dispatch();
    assertThat(fixture.effects()).containsExactly("deliver 1 a", "deliver 2 a", "drained a");
  }

  @Test
  void drainEndsWhenTheCreditIsUsedUp() {
    Consumer consumer = fixture.consumer("a", 1);
    fixture.enqueue(1, 2);
    fixture.queue.drain(consumer);
    fixture.dispatch();
    assertThat(fixture.effects()).containsExactly("deliver 1 a", "drained a");
  }

  @Test
  void drainWaitsForALoad() {
    fixture.recover(1, 1);
    Consumer consumer = fixture.consumer("a", 5);
    fixture.queue.drain(consumer);
    fixture.dispatch();
    assertThat(fixture.effects()).containsExactly("load 1");
    fixture.load();
    assertThat(fixture.effects()).containsExactly("deliver 1 a", "drained a");
  }

  @Test
  void purgeRemovesReadyMessagesOnly() {
    fixture.consumer("a", 1);
    fixture.enqueue(1, 3);
    fixture.dispatch();
    fixture.effects();
    assertThat(fixture.queue.purge()).isEqualTo(2);
    assertThat(fixture.effects()).containsExactly("removed 2", "removed 3");
    fixture.settle(0, Outcome.ACCEPTED);
    assertThat(fixture.effects()).containsExactly("removed 1");
  }

  @Test
  void deleteRemovesEverythingWithoutDeadLettering() {
    Consumer consumer = fixture.consumer("a", 1);
    fixture.enqueue(1, 2);
    fixture.dispatch();
    fixture.effects();
    fixture.queue.delete();
    assertThat(fixture.effects()).containsExactlyInAnyOrder("removed 1", "removed 2");
    fixture.settle(0, Outcome.REJECTED);
    fixture.queue.detach(consumer, true, fixture.nowMs);
    fixture.dispatch();
    assertThat(fixture.effects()).isEmpty();
    assertThat(fixture.budget.usedBytes()).isZero();
  }

  @Test
  void messageThatComesAfterDeletionIsRemovedAtOnce() {
    fixture.queue.delete();
    assertThat(fixture.enqueueOne(1, -1)).isTrue();
    assertThat(fixture.effects()).containsExactly("removed 1");
    assertThatThrownBy(() -> fixture.consumer("a", 1)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void longQueueKeepsItsOrderOverManyChunks() {
    fixture.enqueue(1, 5_000);
    fixture.consumer("a", 10_000);
    fixture.dispatch();
    fixture.enqueue(5_001, 9_000);
    fixture.dispatch();
    assertThat(fixture.checkouts)
        .extracting(checkout -> QueueFixture.number(checkout.message()))
        .isSorted()
        .hasSize(9_000);
  }
}
