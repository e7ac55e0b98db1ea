package dev.warren.core.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** Every row of the table in contract §5.4. */
final class OutcomeTest {
  private final QueueFixture fixture = new QueueFixture(QueueFixture.DEAD_LETTERING);

  private Consumer delivered() {
    Consumer consumer = fixture.consumer("a", 1);
    fixture.enqueue(1, 1);
    fixture.dispatch();
    assertThat(fixture.effects()).containsExactly("deliver 1 a");
    return consumer;
  }

  private void dispatchAgain() {
    fixture.queue.credit(fixture.checkouts.get(0).consumer(), 1);
    fixture.dispatch();
  }

  @Test
  void acceptedRemoves() {
    delivered();
    fixture.settle(0, Outcome.ACCEPTED);
    assertThat(fixture.effects()).containsExactly("removed 1");
    assertThat(fixture.queue.counters().acknowledged()).isEqualTo(1);
  }

  @Test
  void rejectedDeadLettersWithTheCountRaised() {
    delivered();
    fixture.settle(0, Outcome.REJECTED);
    assertThat(fixture.effects()).containsExactly("deadLetter 1 rejected 1", "removed 1");
    assertThat(fixture.queue.counters().deadLettered(DeathReason.REJECTED)).isEqualTo(1);
  }

  @Test
  void rejectedDropsWithoutDeadLetterExchange() {
    QueueFixture plain = new QueueFixture(QueueOptions.DEFAULTS);
    plain.consumer("a", 1);
    plain.enqueue(1, 1);
    plain.dispatch();
    plain.effects();
    plain.settle(0, Outcome.REJECTED);
    assertThat(plain.effects()).containsExactly("removed 1");
    assertThat(plain.queue.counters().died(DeathReason.REJECTED)).isEqualTo(1);
    assertThat(plain.queue.counters().deadLettered(DeathReason.REJECTED)).isZero();
  }

  @Test
  void releasedRequeuesAndCountsOnlyTheAcquisition() {
    delivered();
    fixture.settle(0, Outcome.RELEASED);
    assertThat(fixture.effects()).containsExactly("counted 1 0/1");
    dispatchAgain();
    assertThat(fixture.effects()).containsExactly("deliver 1 a 0/1");
  }

  @Test
  void modifiedRequeuesLikeReleased() {
    delivered();
    fixture.settle(0, new Outcome.Modified(false, false, Map.of()));
    assertThat(fixture.effects()).containsExactly("counted 1 0/1");
  }

  @Test
  void modifiedAsFailedRequeuesAndRaisesTheCount() {
    delivered();
    fixture.settle(0, new Outcome.Modified(true, false, Map.of()));
    assertThat(fixture.effects()).containsExactly("counted 1 1/1");
    dispatchAgain();
    assertThat(fixture.effects()).containsExactly("deliver 1 a 1/1");
  }

  @Test
  void modifiedAsUndeliverableDeadLetters() {
    delivered();
    fixture.settle(0, new Outcome.Modified(false, true, Map.of()));
    assertThat(fixture.effects()).containsExactly("deadLetter 1 rejected 0", "removed 1");
  }

  @Test
  void modifiedAsUndeliverableAndFailedDeadLettersWithTheCountRaised() {
    delivered();
    fixture.settle(0, new Outcome.Modified(true, true, Map.of()));
    assertThat(fixture.effects()).containsExactly("deadLetter 1 rejected 1", "removed 1");
  }

  @Test
  void modifiedMergesAnnotationsThatBeginWithX() {
    delivered();
    fixture.settle(0, new Outcome.Modified(false, false, Map.of("x-why", "later", "y", "no")));
    assertThat(fixture.effects()).containsExactly("replaced 1 {x-why=later}", "counted 1 0/1");
    dispatchAgain();
    assertThat(fixture.checkouts.get(1).message().annotationMap()).containsKey("x-why");
    fixture.settle(1, Outcome.ACCEPTED);
    assertThat(fixture.effects()).containsExactly("deliver 1 a 0/1", "removed 1");
    assertThat(fixture.queue.counters().changedBytes()).isPositive();
    assertThat(fixture.budget.usedBytes()).isLessThanOrEqualTo(16 * 1024);
  }

  @Test
  void modifiedWithOtherAnnotationsChangesNothing() {
    delivered();
    fixture.settle(0, new Outcome.Modified(false, false, Map.of("y", "no")));
    assertThat(fixture.effects()).containsExactly("counted 1 0/1");
  }

  @Test
  void detachedByTheClientRequeuesWithoutRaisingTheCount() {
    Consumer consumer = delivered();
    fixture.queue.detach(consumer, false, fixture.nowMs);
    assertThat(fixture.effects()).containsExactly("counted 1 0/1");
    assertThat(fixture.queue.counters().ready()).isEqualTo(1);
    assertThat(fixture.queue.counters().consumers()).isZero();
  }

  @Test
  void lostConnectionRequeuesAndRaisesTheCount() {
    Consumer consumer = delivered();
    fixture.queue.detach(consumer, true, fixture.nowMs);
    assertThat(fixture.effects()).containsExactly("counted 1 1/1");
  }

  @Test
  void expiryDeadLettersWithTheCountUnchanged() {
    fixture.enqueueOne(1, 5);
    fixture.nowMs += 5;
    fixture.dispatch();
    assertThat(fixture.effects()).containsExactly("deadLetter 1 expired 0", "removed 1");
    assertThat(fixture.queue.counters().expired()).isEqualTo(1);
  }

  @Test
  void deliveryLimitDeadLettersWhenItIsExceeded() {
    delivered();
    for (int failure = 0; failure < 2; failure++) {
      fixture.settle(failure, new Outcome.Modified(true, false, Map.of()));
      dispatchAgain();
    }
    fixture.effects();
    fixture.settle(2, new Outcome.Modified(true, false, Map.of()));
    assertThat(fixture.effects()).containsExactly("deadLetter 1 delivery_limit 3", "removed 1");
  }

  @Test
  void lostConnectionsReachTheDeliveryLimit() {
    for (int failure = 0; failure < 3; failure++) {
      Consumer consumer = fixture.consumer("a", 1);
      if (failure == 0) {
        fixture.enqueue(1, 1);
      }
      fixture.dispatch();
      fixture.effects();
      fixture.queue.detach(consumer, true, fixture.nowMs);
    }
    assertThat(fixture.effects()).containsExactly("deadLetter 1 delivery_limit 3", "removed 1");
  }

  @Test
  void plainReleasesNeverReachTheDeliveryLimit() {
    delivered();
    for (int release = 0; release < 10; release++) {
      fixture.settle(release, Outcome.RELEASED);
      dispatchAgain();
    }
    assertThat(fixture.checkouts.get(10).acquiredCount()).isEqualTo(10);
    assertThat(fixture.queue.counters().requeued()).isEqualTo(10);
  }

  @Test
  void countTravelsWithDeadLettersThatArrive() {
    fixture.consumer("a", 1);
    fixture.queue.enqueue(
        QueueFixture.unwritten(7, fixture.nowMs), new Attempts(2, 3, true), fixture.nowMs);
    fixture.dispatch();
    assertThat(fixture.effects()).containsExactly("deliver 7 a 2/3");
  }

  @Test
  void settlingTwiceDoesNothing() {
    delivered();
    fixture.settle(0, Outcome.ACCEPTED);
    fixture.effects();
    fixture.settle(0, Outcome.REJECTED);
    assertThat(fixture.effects()).isEmpty();
  }

  @Test
  void settlingAfterDetachDoesNothing() {
    Consumer consumer = delivered();
    fixture.queue.detach(consumer, false, fixture.nowMs);
    fixture.effects();
    fixture.settle(0, Outcome.ACCEPTED);
    assertThat(fixture.effects()).isEmpty();
    assertThat(fixture.queue.counters().ready()).isEqualTo(1);
  }

  @Test
  void whatAPresettledConsumerWasSentIsRemovedAndTheRestGoesBack() {
    Consumer consumer = fixture.consumer("a", 0, true, 2);
    fixture.enqueue(1, 2);
    fixture.dispatch();
    assertThat(fixture.effects()).containsExactly("deliver 1 a", "deliver 2 a");
    fixture.settle(0, Outcome.ACCEPTED);
    fixture.queue.detach(consumer, false, fixture.nowMs);
    assertThat(fixture.effects()).contains("removed 1").doesNotContain("removed 2");
    assertThat(fixture.queue.counters().deliveredPresettled()).isEqualTo(1);
    assertThat(fixture.queue.counters().acknowledged()).isZero();
    assertThat(fixture.queue.counters().ready()).isEqualTo(1);
  }

  @Test
  void whatIsGivenBackIsDeliveredAgainAsIfForTheFirstTime() {
    fixture.consumer("a", 0, false, 3);
    fixture.enqueue(1, 2);
    fixture.dispatch();
    fixture.effects();
    fixture.queue.giveBack(fixture.checkouts.get(0));
    fixture.queue.giveBack(fixture.checkouts.get(0));
    fixture.dispatch();
    assertThat(fixture.effects()).containsExactly("deliver 1 a");
    assertThat(fixture.checkouts.get(2).isRedelivered()).isFalse();
    assertThat(fixture.checkouts.get(2).acquiredCount()).isZero();
  }
}
