package dev.warren.core.queue;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A consumer holds a message for too long (contract §2.4, §5.4). */
final class ConsumerTimeoutTest {
  private final QueueFixture fixture = new QueueFixture(QueueFixture.DEAD_LETTERING);

  @Test
  void whatIsHeldTooLongGoesBackWithoutCountingAsFailed() {
    Consumer consumer = fixture.consumer("a", 1);
    fixture.enqueue(1, 1);
    fixture.dispatch();
    fixture.effects();
    fixture.nowMs += 99;
    assertThat(fixture.queue.takeBack(consumer, 100, fixture.nowMs)).isNull();
    assertThat(fixture.queue.longestHeldMs(consumer, fixture.nowMs)).isEqualTo(99);
    fixture.nowMs += 1;
    assertThat(fixture.queue.takeBack(consumer, 100, fixture.nowMs))
        .isSameAs(fixture.checkouts.get(0));
    assertThat(fixture.effects()).containsExactly("counted 1 0/1");
    assertThat(fixture.queue.counters().ready()).isEqualTo(1);
  }

  @Test
  void theOldestGoBackFirstAndYoungerOnesStay() {
    Consumer consumer = fixture.consumer("a", 2);
    fixture.enqueue(1, 1);
    fixture.dispatch();
    fixture.nowMs += 60;
    fixture.enqueue(2, 2);
    fixture.dispatch();
    fixture.nowMs += 60;
    assertThat(fixture.queue.takeBack(consumer, 100, fixture.nowMs))
        .isSameAs(fixture.checkouts.get(0));
    assertThat(fixture.queue.takeBack(consumer, 100, fixture.nowMs)).isNull();
    assertThat(fixture.queue.longestHeldMs(consumer, fixture.nowMs)).isEqualTo(60);
  }

  @Test
  void theConsumerStaysAndGetsItAgainIfItHasCredit() {
    Consumer consumer = fixture.consumer("a", 2);
    fixture.enqueue(1, 1);
    fixture.dispatch();
    fixture.effects();
    fixture.nowMs += 100;
    fixture.queue.takeBack(consumer, 100, fixture.nowMs);
    fixture.dispatch();
    assertThat(fixture.effects()).containsExactly("counted 1 0/1", "deliver 1 a 0/1");
  }

  @Test
  void anOutcomeThatComesAfterwardsChangesNothing() {
    Consumer consumer = fixture.consumer("a", 1);
    fixture.enqueue(1, 1);
    fixture.dispatch();
    fixture.nowMs += 100;
    fixture.queue.takeBack(consumer, 100, fixture.nowMs);
    fixture.effects();
    fixture.settle(0, Outcome.ACCEPTED);
    assertThat(fixture.effects()).isEmpty();
    assertThat(fixture.queue.counters().ready()).isEqualTo(1);
  }

  @Test
  void aConsumerThatHoldsNothingHasNothingTakenBack() {
    Consumer consumer = fixture.consumer("a", 1);
    assertThat(fixture.queue.takeBack(consumer, 0, fixture.nowMs)).isNull();
    assertThat(fixture.queue.longestHeldMs(consumer, fixture.nowMs)).isEqualTo(QueueOptions.NONE);
  }

  @Test
  void timeIsMeasuredWhateverItsLowBitsAre() {
    Consumer consumer = fixture.consumer("a", 1);
    fixture.nowMs = (1L << 40) + Integer.MAX_VALUE;
    fixture.enqueue(1, 1);
    fixture.dispatch();
    fixture.nowMs += Checkout.TIMEOUT_MS_MAX;
    assertThat(fixture.queue.longestHeldMs(consumer, fixture.nowMs))
        .isEqualTo(Checkout.TIMEOUT_MS_MAX);
    assertThat(fixture.queue.longestHeldMs(consumer, 1L << 40)).isZero();
  }
}
