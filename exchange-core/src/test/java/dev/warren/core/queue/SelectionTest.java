package dev.warren.core.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.core.message.MessageHeader;
import dev.warren.core.queue.QueueOptions.Overflow;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Consumers that do not want every message (contract §6: a message nobody matches stays). */
final class SelectionTest {
  private final QueueFixture fixture = new QueueFixture(QueueFixture.DEAD_LETTERING);

  @Test
  void messageNobodyMatchesStaysAndHoldsNothingUp() {
    fixture.divisible("even", 2, 9);
    fixture.enqueue(1, 5);
    fixture.dispatch();
    assertThat(fixture.effects()).containsExactly("deliver 2 even", "deliver 4 even");
    assertThat(fixture.queue.counters().ready()).isEqualTo(3);
    fixture.consumer("any", 9);
    fixture.dispatch();
    assertThat(fixture.effects())
        .containsExactly("deliver 1 any", "deliver 3 any", "deliver 5 any");
  }

  @Test
  void matchingConsumersTakeTurnsWithThoseThatTakeAny() {
    fixture.divisible("even", 2, 9);
    fixture.consumer("any", 9);
    fixture.enqueue(1, 6);
    fixture.dispatch();
    assertThat(fixture.effects())
        .containsExactly(
            "deliver 1 any",
            "deliver 2 even",
            "deliver 3 any",
            "deliver 4 even",
            "deliver 5 any",
            "deliver 6 even");
  }

  @Test
  void higherPriorityThatMatchesIsServedFirst() {
    Consumer high = new Consumer(5, false, (m, now) -> QueueFixture.number(m) > 2, false, "high");
    fixture.queue.attach(high);
    fixture.queue.credit(high, 1);
    fixture.consumer("low", 9);
    fixture.enqueue(1, 4);
    fixture.dispatch();
    assertThat(fixture.effects())
        .containsExactly("deliver 1 low", "deliver 2 low", "deliver 3 high", "deliver 4 low");
  }

  @Test
  void eachConsumerAsksAboutAMessageOnce() {
    fixture.divisible("none", 1_000, 9);
    fixture.enqueue(1, 50);
    for (int i = 0; i < 10; i++) {
      fixture.dispatch();
    }
    assertThat(fixture.evaluations).isEqualTo(50);
    fixture.enqueue(51, 51);
    fixture.dispatch();
    assertThat(fixture.evaluations).isEqualTo(51);
  }

  @Test
  void returnedMessageIsAskedAboutAgainAndTheOthersAreNot() {
    fixture.consumer("any", 3);
    fixture.enqueue(1, 10);
    fixture.dispatch();
    fixture.divisible("even", 2, 1);
    fixture.dispatch();
    assertThat(fixture.numbersOf("even")).containsExactly(4);
    Consumer other = fixture.divisible("third", 3, 9);
    fixture.dispatch();
    assertThat(fixture.numbersOf("third")).containsExactly(6, 9);
    fixture.queue.credit(other, 5);
    long before = fixture.evaluations;
    fixture.settle(2, Outcome.RELEASED);
    fixture.settle(0, Outcome.RELEASED);
    fixture.dispatch();
    assertThat(fixture.numbersOf("third")).containsExactly(6, 9, 3);
    assertThat(fixture.evaluations - before).isEqualTo(2);
  }

  @Test
  void releasedMessageComesBackInItsPlace() {
    fixture.divisible("even", 2, 9);
    fixture.enqueue(1, 8);
    fixture.dispatch();
    fixture.settle(2, Outcome.RELEASED);
    fixture.settle(0, Outcome.RELEASED);
    fixture.effects();
    fixture.consumer("any", 9);
    fixture.dispatch();
    assertThat(fixture.checkouts.stream().skip(4).map(c -> QueueFixture.number(c.message())))
        .containsExactly(1, 2, 3, 5, 6, 7);
  }

  @Test
  void consumerWithoutCreditHoldsNobodyUp() {
    fixture.divisible("even", 2, 0);
    fixture.divisible("third", 3, 9);
    fixture.enqueue(1, 6);
    fixture.dispatch();
    assertThat(fixture.numbersOf("third")).containsExactly(3, 6);
    assertThat(fixture.evaluations).isEqualTo(6);
  }

  @Test
  void workOfOneDispatchIsBounded() {
    fixture.enqueue(1, 5_000);
    fixture.divisible("last", 5_000, 1);
    fixture.dispatch();
    assertThat(fixture.queue.hasMore()).isTrue();
    assertThat(fixture.evaluations).isLessThanOrEqualTo(Selection.LOOKS_MAX);
    fixture.dispatchAll();
    assertThat(fixture.numbersOf("last")).containsExactly(5_000);
    assertThat(fixture.evaluations).isEqualTo(5_000);
    assertThat(fixture.queue.hasMore()).isFalse();
  }

  @Test
  void drainIsAnsweredWhenTheTailWasReached() {
    fixture.enqueue(1, 3_000);
    Consumer consumer = fixture.divisible("last", 2_500, 9);
    fixture.queue.drain(consumer);
    fixture.dispatch();
    assertThat(fixture.effects()).isEmpty();
    fixture.dispatchAll();
    assertThat(fixture.effects()).containsExactly("deliver 2500 last", "drained last");
    assertThat(consumer.credit()).isZero();
  }

  @Test
  void deepBacklogIsScannedOnceInBoundedMemory() {
    fixture.recover(1, 20_000);
    fixture.divisible("rare", 5_000, 9);
    fixture.dispatch();
    long most = 0;
    while (fixture.isLoading() || fixture.queue.hasMore()) {
      if (fixture.isLoading()) {
        fixture.load();
      } else {
        fixture.dispatch();
      }
      most = Math.max(most, fixture.queue.counters().memoryBytes());
    }
    assertThat(fixture.numbersOf("rare")).containsExactly(5_000, 10_000, 15_000, 20_000);
    assertThat(fixture.evaluations).isEqualTo(20_000);
    assertThat(fixture.queue.counters().coldLoads()).isLessThan(30);
    assertThat(most)
        .isLessThan((ColdReads.SCAN_MAX + 8) * (10L + PayloadBudget.MESSAGE_OVERHEAD_BYTES));
    for (int i = 0; i < 4; i++) {
      fixture.settle(i, Outcome.ACCEPTED);
    }
    assertThat(fixture.queue.counters().ready()).isEqualTo(19_996);
  }

  @Test
  void scannedMessagesAreGivenUpWithTheLastConsumer() {
    fixture.recover(1, 100);
    Consumer consumer = fixture.divisible("none", 1_000, 9);
    fixture.dispatchAll();
    fixture.queue.detach(consumer, false, fixture.nowMs);
    assertThat(fixture.queue.counters().memoryBytes()).isZero();
  }

  @Test
  void slowScanDoesNotStarveOneElsewhere() {
    fixture.recover(1, 50_000);
    fixture.divisible("first", 60_000, 9);
    for (int i = 0; i < 50; i++) {
      step();
    }
    fixture.divisible("second", 1_000, 1);
    for (int i = 0; i < 12; i++) {
      step();
    }
    assertThat(fixture.numbersOf("second")).containsExactly(1_000);
  }

  private void step() {
    fixture.dispatch();
    if (fixture.isLoading()) {
      fixture.load();
    }
  }

  @Test
  void consumerOfAnyIsServedFromTheHeadBesideAScan() {
    fixture.recover(1, 5_000);
    fixture.divisible("rare", 4_000, 9);
    fixture.consumer("any", 100);
    fixture.dispatchAll();
    assertThat(fixture.numbersOf("any")).isEqualTo(IntStream.rangeClosed(1, 100).boxed().toList());
    assertThat(fixture.numbersOf("rare")).containsExactly(4_000);
  }

  @Test
  void lostMessageIsRemovedByAScan() {
    fixture.recover(1, 3);
    fixture.journal.remove(1_002L);
    fixture.divisible("third", 3, 9);
    fixture.dispatchAll();
    assertThat(fixture.effects()).containsExactly("load 3", "removed [1002]", "deliver 3 third");
    assertThat(fixture.queue.counters().lost()).isEqualTo(1);
  }

  @Test
  void headThatNobodyMatchesExpires() {
    fixture.divisible("even", 2, 9);
    fixture.enqueueOne(1, 5);
    fixture.enqueueOne(3, MessageHeader.ABSENT);
    fixture.dispatch();
    assertThat(fixture.effects()).isEmpty();
    fixture.nowMs += 5;
    fixture.dispatch();
    assertThat(fixture.effects()).containsExactly("deadLetter 1 expired 0", "removed 1");
  }

  @Test
  void expiredMessageBehindTheHeadIsNotDelivered() {
    fixture.enqueueOne(1, MessageHeader.ABSENT);
    fixture.enqueueOne(2, 5);
    fixture.enqueueOne(4, MessageHeader.ABSENT);
    fixture.nowMs += 6;
    fixture.divisible("even", 2, 9);
    fixture.dispatch();
    assertThat(fixture.effects()).containsExactly("deliver 4 even");
  }

  @Test
  void dropHeadKeepsWorkingOverTakenMessages() {
    QueueFixture limited = new QueueFixture(QueueFixture.options(Overflow.DROP_HEAD, 2, -1));
    limited.divisible("even", 2, 9);
    limited.enqueue(1, 6);
    limited.dispatch();
    assertThat(limited.effects())
        .containsExactly(
            "deliver 2 even",
            "deliver 4 even",
            "deliver 6 even",
            "deadLetter 1 maxlen 0",
            "removed 1");
  }

  @Test
  void fullQueueTakesNothingForAConsumerThatMayNotWantIt() {
    QueueFixture limited = new QueueFixture(QueueFixture.options(Overflow.REJECT_PUBLISH, 0, -1));
    limited.divisible("even", 2, 9);
    assertThat(limited.enqueueOne(2, MessageHeader.ABSENT)).isFalse();
  }

  @Test
  void purgeRemovesWhatNobodyMatched() {
    fixture.divisible("even", 2, 1);
    fixture.enqueue(1, 4);
    fixture.dispatch();
    assertThat(fixture.queue.purge()).isEqualTo(3);
    fixture.enqueue(5, 8);
    fixture.queue.credit(fixture.checkouts.get(0).consumer(), 9);
    fixture.dispatch();
    assertThat(fixture.numbersOf("even")).containsExactly(2, 6, 8);
  }

  @Test
  void memoryOfTakenMessagesIsGivenBackBehindOneThatStays() {
    fixture.divisible("even", 2, Integer.MAX_VALUE);
    fixture.enqueue(1, 1);
    for (int round = 0; round < 100; round++) {
      for (int i = 0; i < 1_000; i++) {
        fixture.enqueueOne(2, MessageHeader.ABSENT);
      }
      fixture.dispatchAll();
      fixture.checkouts.forEach(c -> fixture.queue.settle(c, Outcome.ACCEPTED, fixture.nowMs));
      fixture.checkouts.clear();
      fixture.effects();
    }
    assertThat(fixture.queue.counters().ready()).isEqualTo(1);
    assertThat(fixture.queue.counters().memoryBytes())
        .isEqualTo(10 + PayloadBudget.MESSAGE_OVERHEAD_BYTES);
  }

  @Test
  void plainPathComesBackWhenTheLastChooserLeaves() {
    Consumer even = fixture.divisible("even", 2, 1);
    fixture.enqueue(1, 4);
    fixture.dispatch();
    fixture.queue.detach(even, false, fixture.nowMs);
    fixture.effects();
    fixture.consumer("any", 9);
    fixture.dispatch();
    assertThat(fixture.effects())
        .containsExactly("deliver 1 any", "deliver 2 any 0/1", "deliver 3 any", "deliver 4 any");
  }

  @Test
  void returnedMessagesThatGaveUpPayloadAreReadBack() {
    QueueFixture tight = new QueueFixture(QueueFixture.DEAD_LETTERING, 1_000);
    Consumer even = tight.divisible("even", 2, 500);
    tight.enqueue(1, 1_000);
    tight.dispatchAll();
    tight.queue.detach(even, false, tight.nowMs);
    tight.queue.trim();
    tight.checkouts.clear();
    tight.divisible("tenth", 10, 500);
    tight.dispatchAll();
    assertThat(tight.numbersOf("tenth"))
        .isEqualTo(IntStream.rangeClosed(1, 100).map(i -> i * 10).boxed().toList());
    tight.consumer("any", 2_000);
    tight.dispatchAll();
    assertThat(tight.numbersOf("any")).isSorted().hasSize(900);
  }
}
