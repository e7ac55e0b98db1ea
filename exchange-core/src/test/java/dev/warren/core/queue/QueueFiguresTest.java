package dev.warren.core.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.core.message.Message;
import org.junit.jupiter.api.Test;

/** Figures of a queue beyond its counts of messages. */
final class QueueFiguresTest {
  private static QueueFixture plain() {
    return new QueueFixture(QueueOptions.DEFAULTS);
  }

  /** Answers what a queue needs to know of its heads; returns how many there were. */
  private static int look(QueueFixture fixture) {
    int heads = 0;
    for (long[] at = fixture.queue.unknownHead();
        at.length == 1;
        at = fixture.queue.unknownHead()) {
      assertThat(fixture.queue.learnHead(new Message[] {fixture.journal.get(at[0])})).isTrue();
      heads++;
    }
    return heads;
  }

  @Test
  void aHeadOnDiskIsKnownOnceItWasLookedAt() {
    QueueFixture fixture = plain();
    fixture.recover(1, 1);
    fixture.nowMs = 5_000;
    fixture.recover(2, 2);
    assertThat(fixture.queue.counters().oldestAtMs()).isZero();

    assertThat(look(fixture)).isEqualTo(1);

    assertThat(fixture.queue.counters().oldestAtMs()).isEqualTo(1_000);
    assertThat(fixture.queue.unknownHead()).isEmpty();
  }

  @Test
  void theOldestIsNotKnownWhileTheHeadOfOneLevelIsNot() {
    QueueFixture fixture =
        new QueueFixture(QueueOptions.DEFAULTS.toBuilder().priorities(Priorities.upTo(9)).build());
    fixture.recoverWithPriority(1, 1);
    fixture.nowMs = 5_000;
    fixture.enqueueWithPriority(2, 9);
    assertThat(fixture.queue.counters().oldestAtMs()).isZero();

    look(fixture);

    assertThat(fixture.queue.counters().oldestAtMs()).isEqualTo(1_000);
  }

  @Test
  void ofMoreHeadsThanAFewNothingIsFoundOut() {
    QueueFixture fixture =
        new QueueFixture(QueueOptions.DEFAULTS.toBuilder().priorities(Priorities.upTo(31)).build());
    for (int priority = 0; priority <= 16; priority++) {
      fixture.recoverWithPriority(priority + 1, priority);
    }

    assertThat(look(fixture)).isZero();
    assertThat(fixture.queue.counters().oldestAtMs()).isZero();
  }

  @Test
  void whatIsKnownOfAHeadIsNotSaidOfTheNext() {
    QueueFixture fixture = plain();
    fixture.recover(1, 1);
    fixture.nowMs = 5_000;
    fixture.recover(2, 2);
    look(fixture);
    fixture.queue.purge();
    fixture.recover(3, 3);

    assertThat(fixture.queue.counters().oldestAtMs()).isZero();
    look(fixture);
    assertThat(fixture.queue.counters().oldestAtMs()).isEqualTo(5_000);
  }

  @Test
  void aHeadThatTheJournalHasNoMoreStaysUnknown() {
    QueueFixture fixture = plain();
    fixture.recover(1, 1);
    fixture.queue.unknownHead();
    assertThat(fixture.queue.learnHead(new Message[1])).isFalse();

    assertThat(fixture.queue.counters().oldestAtMs()).isZero();
    assertThat(fixture.queue.unknownHead()).hasSize(1);
  }

  @Test
  void countsWhatIsInMemory() {
    QueueFixture fixture = plain();
    fixture.recover(1, 3);
    fixture.enqueue(4, 5);
    assertThat(fixture.queue.counters().readyInMemory()).isEqualTo(2);

    fixture.consumer("a", 4);
    fixture.dispatchAll();

    assertThat(fixture.queue.counters().readBack()).isEqualTo(3);
    assertThat(fixture.queue.counters().unsettled()).isEqualTo(4);
    assertThat(fixture.queue.counters().readyInMemory()).isEqualTo(1);
  }

  @Test
  void timeCountsWhileSomebodyCouldTakeAMessage() {
    QueueFixture fixture = plain();
    fixture.dispatch();
    fixture.nowMs = 2_000;
    assertThat(fixture.queue.counters().capableMs(2_000)).isZero();

    Consumer consumer = fixture.consumer("a", 1);
    fixture.dispatch();
    assertThat(fixture.queue.counters().capableMs(2_300)).isEqualTo(300);
    fixture.nowMs = 2_500;
    fixture.enqueue(1, 2);
    fixture.dispatch();
    assertThat(fixture.queue.counters().capableMs(9_000)).isEqualTo(500);

    fixture.nowMs = 10_000;
    fixture.queue.credit(consumer, 2);
    fixture.dispatch();
    assertThat(fixture.queue.counters().capableMs(10_100)).isEqualTo(600);
    fixture.nowMs = 10_200;
    fixture.queue.pause(true);
    fixture.dispatch();
    assertThat(fixture.queue.counters().capableMs(99_000)).isEqualTo(700);
  }

  @Test
  void whatIsGotIsNotDelivered() {
    QueueFixture fixture = plain();
    fixture.enqueue(1, 1);
    Consumer getter = new Consumer(0, false, "g").getting();
    fixture.queue.attach(getter);
    for (int i = 0; i < 2; i++) {
      fixture.queue.credit(getter, 1);
      fixture.queue.drain(getter);
      fixture.dispatch();
    }

    assertThat(fixture.queue.counters().got()).isEqualTo(1);
    assertThat(fixture.queue.counters().gotEmpty()).isEqualTo(1);
    assertThat(fixture.queue.counters().delivered()).isZero();
  }

  @Test
  void oneOfSeveralIsActiveWhereOnlyOneMayBe() {
    QueueFixture fixture =
        new QueueFixture(
            QueueOptions.DEFAULTS.toBuilder().singleActive(SingleActive.HIGHEST_PRIORITY).build());
    Consumer first = fixture.consumer("a", 1);
    Consumer second = fixture.consumer("b", 1);
    assertThat(first.isActive()).isTrue();
    assertThat(second.isActive()).isFalse();

    Consumer higher = fixture.consumer("c", 5, false, 1);
    assertThat(first.isActive()).isFalse();
    assertThat(higher.isActive()).isTrue();
    fixture.queue.detach(higher, false, fixture.nowMs);
    assertThat(first.isActive()).isTrue();
    assertThat(second.isActive()).isFalse();
  }
}
