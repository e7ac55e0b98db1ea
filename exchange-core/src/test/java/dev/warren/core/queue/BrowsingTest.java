package dev.warren.core.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.core.message.MessageHeader;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Consumers that only look (AMQP 1.0 §3.5.4, distribution-mode copy). */
final class BrowsingTest {
  private final QueueFixture fixture = new QueueFixture(QueueFixture.DEAD_LETTERING);

  @Test
  void browserSeesEachReadyMessageOnceInOrder() {
    fixture.enqueue(1, 3);
    fixture.browser("b", 9);
    fixture.dispatch();
    fixture.dispatch();
    assertThat(fixture.effects()).containsExactly("deliver 1 b", "deliver 2 b", "deliver 3 b");
    fixture.enqueue(4, 4);
    fixture.dispatch();
    assertThat(fixture.effects()).containsExactly("deliver 4 b");
  }

  @Test
  void browsingChangesNothing() {
    fixture.enqueue(1, 2);
    fixture.browser("b", 9);
    fixture.dispatch();
    fixture.settle(0, Outcome.REJECTED);
    fixture.settle(1, Outcome.ACCEPTED);
    fixture.effects();
    assertThat(fixture.queue.counters().ready()).isEqualTo(2);
    assertThat(fixture.queue.counters().unsettled()).isZero();
    assertThat(fixture.queue.counters().delivered()).isZero();
    fixture.consumer("a", 9);
    fixture.dispatch();
    assertThat(fixture.effects()).containsExactly("deliver 1 a", "deliver 2 a");
  }

  @Test
  void browserThatLeavesReturnsNothing() {
    fixture.enqueue(1, 2);
    Consumer browser = fixture.browser("b", 9);
    fixture.dispatch();
    fixture.queue.detach(browser, true, fixture.nowMs);
    assertThat(fixture.queue.counters().requeued()).isZero();
    assertThat(fixture.queue.counters().consumers()).isZero();
    assertThat(fixture.queue.counters().ready()).isEqualTo(2);
  }

  @Test
  void unsettledMessagesAreNotSeen() {
    fixture.consumer("a", 1);
    fixture.enqueue(1, 3);
    fixture.dispatch();
    fixture.browser("b", 9);
    fixture.dispatch();
    assertThat(fixture.numbersOf("b")).containsExactly(2, 3);
  }

  @Test
  void messageThatComesBackBehindTheBrowserIsNotSeenAndOneBeforeItIs() {
    fixture.consumer("a", 3);
    fixture.enqueue(1, 6);
    fixture.dispatch();
    Consumer browser = fixture.browser("b", 1);
    fixture.settle(0, Outcome.RELEASED);
    fixture.dispatch();
    fixture.settle(2, Outcome.RELEASED);
    fixture.queue.credit(browser, 9);
    fixture.dispatch();
    fixture.settle(1, Outcome.RELEASED);
    fixture.dispatch();
    assertThat(fixture.numbersOf("b")).containsExactly(1, 3, 4, 5, 6);
  }

  @Test
  void drainIsAnsweredAtTheTail() {
    fixture.recover(1, 3_000);
    Consumer browser = fixture.browser("b", 5_000);
    fixture.queue.drain(browser);
    fixture.dispatchAll();
    assertThat(fixture.effects()).last().isEqualTo("drained b");
    assertThat(fixture.numbersOf("b")).isEqualTo(IntStream.rangeClosed(1, 3_000).boxed().toList());
    assertThat(fixture.queue.counters().ready()).isEqualTo(3_000);
  }

  @Test
  void creditBoundsWhatIsSeen() {
    fixture.enqueue(1, 5);
    Consumer browser = fixture.browser("b", 2);
    fixture.dispatch();
    assertThat(fixture.numbersOf("b")).containsExactly(1, 2);
    fixture.queue.credit(browser, 2);
    fixture.dispatch();
    assertThat(fixture.numbersOf("b")).containsExactly(1, 2, 3, 4);
  }

  @Test
  void browsersFilterApplies() {
    fixture.enqueue(1, 6);
    fixture.chooser("b", (m, now) -> QueueFixture.number(m) % 3 == 0, true, 9);
    fixture.dispatch();
    assertThat(fixture.numbersOf("b")).containsExactly(3, 6);
  }

  @Test
  void expiredMessagesAreNotSeen() {
    fixture.enqueueOne(1, MessageHeader.ABSENT);
    fixture.enqueueOne(2, 5);
    fixture.nowMs += 6;
    fixture.browser("b", 9);
    fixture.dispatch();
    assertThat(fixture.numbersOf("b")).containsExactly(1);
    assertThat(fixture.queue.counters().expired()).isZero();
  }

  @Test
  void deepBacklogIsSeenInBoundedMemory() {
    fixture.recover(1, 10_000);
    fixture.browser("b", 20_000);
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
    assertThat(fixture.numbersOf("b")).isSorted().hasSize(10_000);
    assertThat(most)
        .isLessThanOrEqualTo(ColdReads.SCAN_MAX * (10L + PayloadBudget.MESSAGE_OVERHEAD_BYTES));
    assertThat(fixture.queue.counters().redelivered()).isZero();
  }

  @Test
  void manyBrowsersShareTheWork() {
    fixture.enqueue(1, 800);
    for (int i = 0; i < 4; i++) {
      fixture.browser("b" + i, 1_000);
    }
    fixture.dispatchAll();
    for (int i = 0; i < 4; i++) {
      assertThat(fixture.numbersOf("b" + i)).isSorted().hasSize(800);
    }
  }

  @Test
  void browserLooksBesideConsumers() {
    fixture.consumer("a", 2);
    fixture.enqueue(1, 4);
    fixture.browser("b", 9);
    fixture.dispatch();
    assertThat(fixture.numbersOf("a")).containsExactly(1, 2);
    assertThat(fixture.numbersOf("b")).containsExactly(3, 4);
  }
}
