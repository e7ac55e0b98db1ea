package dev.warren.core.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Messages that go back and wait: {@code x-delayed-retry-*} of contract §8. */
final class DelayedRetryTest {
  private static final Outcome FAILED = new Outcome.Modified(true, false, Map.of());

  private static QueueFixture retrying(DelayedRetry.Type type, long minMs, long maxMs) {
    return new QueueFixture(
        QueueOptions.DEFAULTS.toBuilder()
            .delayedRetry(new DelayedRetry(type, minMs, maxMs))
            .build());
  }

  private static void deliver(QueueFixture fixture, int count) {
    fixture.consumer("a", 100);
    fixture.enqueue(1, count);
    fixture.dispatch();
    fixture.effects();
  }

  @Test
  void aFailedMessageIsReadyAgainAfterItsDelayAndNotBefore() {
    QueueFixture fixture = retrying(DelayedRetry.Type.FAILED, 100, 1_000);
    deliver(fixture, 1);
    fixture.settle(0, FAILED);
    fixture.nowMs += 99;
    fixture.dispatch();
    assertThat(fixture.effects()).containsExactly("counted 1 1/1");
    assertThat(fixture.queue.counters().scheduled()).isEqualTo(1);
    assertThat(fixture.queue.counters().scheduledBytes()).isPositive();
    assertThat(fixture.queue.nextExpiryMs()).isEqualTo(fixture.nowMs + 1);
    fixture.nowMs += 1;
    fixture.dispatch();
    assertThat(fixture.effects()).containsExactly("deliver 1 a 1/1");
    assertThat(fixture.queue.counters().scheduled()).isZero();
  }

  @Test
  void theDelayGrowsWithTheDeliveryCountUpToTheMaximum() {
    DelayedRetry retry = new DelayedRetry(DelayedRetry.Type.FAILED, 100, 250);
    assertThat(retry.delayMs(true, 1)).isEqualTo(100);
    assertThat(retry.delayMs(true, 2)).isEqualTo(200);
    assertThat(retry.delayMs(true, 3)).isEqualTo(250);
    assertThat(
            new DelayedRetry(DelayedRetry.Type.ALL, Long.MAX_VALUE, Long.MAX_VALUE)
                .delayMs(true, 9))
        .isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void eachTypeDelaysItsKindOnly() {
    assertThat(new DelayedRetry(DelayedRetry.Type.ALL, 5, 9).delayMs(false, 0)).isEqualTo(5);
    assertThat(new DelayedRetry(DelayedRetry.Type.ALL, 5, 9).delayMs(true, 1)).isEqualTo(5);
    assertThat(new DelayedRetry(DelayedRetry.Type.FAILED, 5, 9).delayMs(false, 1)).isZero();
    assertThat(new DelayedRetry(DelayedRetry.Type.FAILED, 5, 9).delayMs(true, 1)).isEqualTo(5);
    assertThat(new DelayedRetry(DelayedRetry.Type.RETURNED, 5, 9).delayMs(false, 0)).isEqualTo(5);
    assertThat(new DelayedRetry(DelayedRetry.Type.RETURNED, 5, 9).delayMs(true, 1)).isZero();
    assertThat(DelayedRetry.DISABLED.delayMs(true, 1)).isZero();
  }

  @Test
  void othersOvertakeADelayedMessageWhichThenTakesItsPlaceAgain() {
    QueueFixture fixture = retrying(DelayedRetry.Type.ALL, 100, 100);
    deliver(fixture, 2);
    fixture.settle(0, Outcome.RELEASED);
    fixture.settle(1, Outcome.ACCEPTED);
    fixture.enqueue(3, 3);
    fixture.dispatch();
    assertThat(fixture.effects()).contains("deliver 3 a");
    Consumer held = fixture.checkouts.get(2).consumer();
    fixture.queue.credit(held, -1_000);
    fixture.enqueue(4, 4);
    fixture.nowMs += 100;
    fixture.queue.credit(held, 2);
    fixture.dispatch();
    assertThat(fixture.effects()).containsExactly("deliver 1 a 0/1", "deliver 4 a");
  }

  @Test
  void theConsumerMayNameTheTimeItself() {
    QueueFixture fixture = new QueueFixture(QueueOptions.DEFAULTS);
    deliver(fixture, 1);
    Instant later = Instant.ofEpochMilli(fixture.nowMs + 500);
    fixture.settle(0, new Outcome.Modified(false, false, Map.of("x-opt-delivery-time", later)));
    fixture.nowMs += 499;
    fixture.dispatch();
    assertThat(fixture.queue.counters().ready()).isZero();
    fixture.effects();
    fixture.nowMs += 1;
    fixture.dispatch();
    assertThat(fixture.effects()).containsExactly("deliver 1 a 0/1");
  }

  @Test
  void aTimeThatIsOverMeansAtOnceWhateverTheQueueSays() {
    QueueFixture fixture = retrying(DelayedRetry.Type.ALL, 100, 100);
    deliver(fixture, 1);
    Instant over = Instant.ofEpochMilli(fixture.nowMs - 1);
    fixture.settle(0, new Outcome.Modified(true, false, Map.of("x-opt-delivery-time", over)));
    fixture.dispatch();
    assertThat(fixture.effects()).contains("deliver 1 a 1/1");
  }

  @Test
  void whatADetachedConsumerHeldIsReadyAtOnceAndWhatALostOneHeldWaits() {
    QueueFixture fixture = retrying(DelayedRetry.Type.ALL, 100, 100);
    Consumer detached = fixture.consumer("a", 1);
    Consumer lost = fixture.consumer("b", 1);
    fixture.enqueue(1, 2);
    fixture.dispatch();
    fixture.queue.detach(detached, false, fixture.nowMs);
    fixture.queue.detach(lost, true, fixture.nowMs);
    assertThat(fixture.queue.counters().ready()).isEqualTo(1);
    assertThat(fixture.queue.counters().scheduled()).isEqualTo(1);
  }

  @Test
  void theDeliveryLimitComesFirst() {
    QueueFixture fixture =
        new QueueFixture(
            QueueOptions.DEFAULTS.toBuilder()
                .deliveryLimit(0)
                .deadLetter("dlx", null)
                .delayedRetry(new DelayedRetry(DelayedRetry.Type.ALL, 100, 100))
                .build());
    deliver(fixture, 1);
    fixture.settle(0, FAILED);
    assertThat(fixture.effects()).containsExactly("deadLetter 1 delivery_limit 1", "removed 1");
  }

  @Test
  void purgingRemovesWhatWaitsToo() {
    QueueFixture fixture = retrying(DelayedRetry.Type.ALL, 100, 100);
    deliver(fixture, 2);
    fixture.settle(0, Outcome.RELEASED);
    fixture.enqueue(3, 3);
    fixture.effects();
    assertThat(fixture.queue.purge()).isEqualTo(2);
    assertThat(fixture.effects()).containsExactly("removed 1", "removed 3");
    assertThat(fixture.queue.nextExpiryMs()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void memoryThatIsShortTakesThePayloadOfWhatWaitsAndTheJournalGivesItBack() {
    QueueFixture fixture =
        new QueueFixture(
            QueueOptions.DEFAULTS.toBuilder()
                .delayedRetry(new DelayedRetry(DelayedRetry.Type.ALL, 100, 100))
                .build(),
            1);
    deliver(fixture, 1);
    fixture.settle(0, Outcome.RELEASED);
    assertThat(fixture.queue.counters().memoryBytes()).isZero();
    fixture.nowMs += 100;
    fixture.dispatch();
    fixture.load();
    assertThat(fixture.effects()).containsExactly("counted 1 0/1", "load 1", "deliver 1 a 0/1");
  }

  @Test
  void oneMoreThanMayWaitMakesTheFirstReadyEarly() {
    QueueFixture fixture = retrying(DelayedRetry.Type.ALL, 100, 100);
    int count = DelayedMessages.COUNT_MAX + 1;
    Consumer consumer = fixture.consumer("a", count);
    fixture.enqueue(1, count);
    fixture.dispatch();
    for (int i = 0; i < count; i++) {
      fixture.settle(i, Outcome.RELEASED);
    }
    assertThat(fixture.queue.counters().scheduled()).isEqualTo(DelayedMessages.COUNT_MAX);
    fixture.effects();
    fixture.queue.credit(consumer, 2);
    fixture.dispatch();
    assertThat(fixture.effects()).containsExactly("deliver 1 a 0/1");
  }
}
