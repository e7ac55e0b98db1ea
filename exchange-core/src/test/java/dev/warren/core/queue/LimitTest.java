package dev.warren.core.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.core.message.MessageHeader;
import dev.warren.core.queue.QueueOptions.Overflow;
import org.junit.jupiter.api.Test;

/** Length limits and time to live (contract §5.3, §8, §9.1). */
final class LimitTest {
  private static final int NO_TTL = MessageHeader.ABSENT;

  @Test
  void dropHeadDeadLettersTheOldest() {
    QueueFixture fixture = new QueueFixture(QueueFixture.options(Overflow.DROP_HEAD, 2, -1));
    fixture.enqueue(1, 3);
    fixture.dispatch();
    assertThat(fixture.effects()).containsExactly("deadLetter 1 maxlen 0", "removed 1");
    assertThat(fixture.queue.counters().dropped()).isEqualTo(1);
  }

  @Test
  void dropHeadCountsBytes() {
    QueueFixture fixture = new QueueFixture(QueueFixture.options(Overflow.DROP_HEAD, -1, 25));
    fixture.enqueue(1, 3);
    fixture.dispatch();
    assertThat(fixture.queue.counters().readyBytes()).isEqualTo(20);
  }

  @Test
  void dropHeadDeliversFirst() {
    QueueFixture fixture = new QueueFixture(QueueFixture.options(Overflow.DROP_HEAD, 0, -1));
    fixture.consumer("a", 1);
    fixture.enqueue(1, 2);
    fixture.dispatch();
    assertThat(fixture.effects())
        .containsExactly("deliver 1 a", "deadLetter 2 maxlen 0", "removed 2");
  }

  @Test
  void unsettledMessagesDoNotCount() {
    QueueFixture fixture = new QueueFixture(QueueFixture.options(Overflow.REJECT_PUBLISH, 1, -1));
    fixture.consumer("a", 2);
    assertThat(fixture.enqueueOne(1, NO_TTL)).isTrue();
    assertThat(fixture.enqueueOne(2, NO_TTL)).isTrue();
    assertThat(fixture.enqueueOne(3, NO_TTL)).isTrue();
    fixture.dispatch();
    assertThat(fixture.queue.counters().unsettled()).isEqualTo(2);
    assertThat(fixture.enqueueOne(4, NO_TTL)).isFalse();
  }

  @Test
  void rejectPublishRefusesTheNewOne() {
    QueueFixture fixture = new QueueFixture(QueueFixture.options(Overflow.REJECT_PUBLISH, 1, -1));
    assertThat(fixture.enqueueOne(1, NO_TTL)).isTrue();
    assertThat(fixture.enqueueOne(2, NO_TTL)).isFalse();
    assertThat(fixture.effects()).isEmpty();
    assertThat(fixture.queue.counters().rejectedPublishes()).isEqualTo(1);
    assertThat(fixture.queue.counters().enqueued()).isEqualTo(1);
  }

  @Test
  void rejectPublishDlxDeadLettersTheNewOne() {
    QueueFixture fixture =
        new QueueFixture(QueueFixture.options(Overflow.REJECT_PUBLISH_DLX, -1, 10));
    assertThat(fixture.enqueueOne(1, NO_TTL)).isTrue();
    assertThat(fixture.enqueueOne(2, NO_TTL)).isFalse();
    assertThat(fixture.effects()).containsExactly("deadLetter 2 maxlen 0");
  }

  @Test
  void fullQueueOfLengthZeroStillDeliversAtOnce() {
    QueueFixture fixture = new QueueFixture(QueueFixture.options(Overflow.REJECT_PUBLISH, 0, -1));
    assertThat(fixture.enqueueOne(1, NO_TTL)).isFalse();
    fixture.consumer("a", 1);
    assertThat(fixture.enqueueOne(2, NO_TTL)).isTrue();
    fixture.dispatch();
    assertThat(fixture.effects()).containsExactly("deliver 2 a");
  }

  @Test
  void expiresOnlyAtTheHead() {
    QueueFixture fixture = new QueueFixture(QueueFixture.DEAD_LETTERING);
    fixture.enqueueOne(1, NO_TTL);
    fixture.enqueueOne(2, 5);
    fixture.nowMs += 100;
    fixture.dispatch();
    assertThat(fixture.effects()).isEmpty();
    assertThat(fixture.queue.nextExpiryMs()).isEqualTo(Long.MAX_VALUE);
    fixture.consumer("a", 9);
    fixture.dispatch();
    assertThat(fixture.effects())
        .containsExactly("deliver 1 a", "deadLetter 2 expired 0", "removed 2");
  }

  @Test
  void shorterOfMessageAndQueueTtlCounts() {
    QueueFixture fixture = new QueueFixture(QueueFixture.withoutDeadLettering(50, -1));
    fixture.enqueueOne(1, 10);
    assertThat(fixture.queue.nextExpiryMs()).isEqualTo(fixture.nowMs + 10);
    fixture.queue.purge();
    fixture.enqueueOne(2, 100);
    assertThat(fixture.queue.nextExpiryMs()).isEqualTo(fixture.nowMs + 50);
    fixture.queue.purge();
    fixture.enqueueOne(3, NO_TTL);
    assertThat(fixture.queue.nextExpiryMs()).isEqualTo(fixture.nowMs + 50);
  }

  @Test
  void messageWithTtlZeroIsDeliveredAtOnceOrExpires() {
    QueueFixture fixture = new QueueFixture(QueueFixture.withoutDeadLettering(-1, -1));
    Consumer consumer = fixture.consumer("a", 1);
    fixture.enqueueOne(1, 0);
    fixture.enqueueOne(2, 0);
    fixture.dispatch();
    assertThat(fixture.effects()).containsExactly("deliver 1 a", "removed 2");
    fixture.enqueueOne(3, 0);
    fixture.nowMs++;
    fixture.queue.credit(consumer, 1);
    fixture.dispatch();
    assertThat(fixture.effects()).containsExactly("removed 3");
  }

  @Test
  void returnedMessageExpiresAtTheHead() {
    QueueFixture fixture = new QueueFixture(QueueFixture.DEAD_LETTERING);
    fixture.consumer("a", 1);
    fixture.enqueueOne(1, 5);
    fixture.dispatch();
    fixture.nowMs += 5;
    fixture.settle(0, Outcome.RELEASED);
    fixture.effects();
    assertThat(fixture.queue.nextExpiryMs()).isEqualTo(fixture.nowMs);
    fixture.dispatch();
    assertThat(fixture.effects()).containsExactly("deadLetter 1 expired 0", "removed 1");
  }

  @Test
  void unsettledMessagesDoNotExpire() {
    QueueFixture fixture = new QueueFixture(QueueFixture.DEAD_LETTERING);
    fixture.consumer("a", 1);
    fixture.enqueueOne(1, 5);
    fixture.dispatch();
    fixture.effects();
    fixture.nowMs += 100;
    fixture.dispatch();
    assertThat(fixture.effects()).isEmpty();
    assertThat(fixture.queue.counters().unsettled()).isEqualTo(1);
  }
}
