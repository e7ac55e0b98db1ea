package dev.warren.core.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.core.message.Message;
import dev.warren.core.message.MessageHeader;
import dev.warren.core.message.StoredMessage;
import org.junit.jupiter.api.Test;

/** Messages on disk: recovery, giving payload up, reading it back. */
final class ColdMessagesTest {
  private final QueueFixture fixture = new QueueFixture(QueueFixture.DEAD_LETTERING);

  @Test
  void recoveredMessageIsLoadedForAConsumerWithCredit() {
    fixture.recover(1, 2);
    fixture.dispatch();
    assertThat(fixture.effects()).isEmpty();
    fixture.consumer("a", 9);
    fixture.dispatch();
    assertThat(fixture.effects()).containsExactly("load 2");
    fixture.load();
    assertThat(fixture.effects()).containsExactly("deliver 1 a", "deliver 2 a");
    fixture.settle(0, Outcome.ACCEPTED);
    assertThat(fixture.effects()).containsExactly("removed [1]");
  }

  @Test
  void attemptsAreRecovered() {
    fixture.recover(1, MessageHeader.ABSENT, Attempts.NONE);
    fixture.recover(2, MessageHeader.ABSENT, new Attempts(1, 2, true));
    fixture.recover(3, MessageHeader.ABSENT, Attempts.MAYBE);
    fixture.consumer("a", 9);
    fixture.dispatch();
    fixture.load();
    assertThat(fixture.effects())
        .containsExactly("load 3", "deliver 1 a", "deliver 2 a 1/2", "deliver 3 a 0/0");
  }

  @Test
  void requeueOfALoadedMessageIsCountedByPosition() {
    fixture.recover(1, 1);
    fixture.consumer("a", 1);
    fixture.dispatch();
    fixture.load();
    fixture.settle(0, Outcome.RELEASED);
    assertThat(fixture.effects()).containsExactly("load 1", "deliver 1 a", "counted [1] 0/1");
  }

  @Test
  void oneLoadIsReadWhileAnotherIsHandedOut() {
    fixture.recover(1, 2_000);
    fixture.consumer("a", 3_000);
    fixture.dispatch();
    fixture.dispatch();
    assertThat(fixture.effects()).containsExactly("load 512", "load 512");
    fixture.load();
    assertThat(fixture.effects())
        .hasSize(513)
        .startsWith("deliver 1 a")
        .endsWith("deliver 512 a", "load 512");
    fixture.load();
    assertThat(fixture.effects()).hasSize(513).endsWith("deliver 1024 a", "load 464");
  }

  @Test
  void loadsMayBeAnsweredInAnyOrder() {
    fixture.recover(1, 1_000);
    fixture.consumer("a", 3_000);
    fixture.dispatch();
    fixture.loadLast();
    assertThat(fixture.effects()).containsExactly("load 512", "load 488");
    fixture.load();
    assertThat(fixture.numbersOf("a")).hasSize(1_000).isSorted();
    assertThat(fixture.isLoading()).isFalse();
  }

  @Test
  void readingAheadStopsWhenTwoLoadsAreInMemory() {
    fixture.recover(1, 5_000);
    Consumer consumer = fixture.consumer("a", 1);
    fixture.dispatch();
    fixture.load();
    fixture.load();
    // The credit is used up: what is there is more than enough.
    assertThat(fixture.effects()).hasSize(3).contains("deliver 1 a");
    fixture.queue.credit(consumer, 700);
    fixture.dispatch();
    assertThat(fixture.effects()).hasSize(700);
    fixture.queue.credit(consumer, 200);
    fixture.dispatch();
    assertThat(fixture.effects()).hasSize(201).endsWith("load 256");
  }

  @Test
  void messagesThatGoColdAmongThoseBeingReadAreReadLater() {
    fixture.recover(1, 40);
    Consumer consumer = fixture.consumer("a", 0);
    fixture.dispatch();
    fixture.load();
    fixture.recover(41, 1_500);
    fixture.queue.credit(consumer, 2);
    fixture.dispatch();
    fixture.queue.trim();
    fixture.queue.credit(consumer, 2_000);
    fixture.dispatchAll();
    assertThat(fixture.numbersOf("a")).hasSize(1_500).isSorted();
  }

  @Test
  void loadIsBoundedInBytes() {
    recoverLarge(10, 300_000);
    fixture.consumer("a", 100);
    fixture.dispatch();
    assertThat(fixture.effects()).containsExactly("load 2", "load 2");
  }

  @Test
  void fewLargeMessagesAreReadAhead() {
    recoverLarge(100, 1_000_000);
    Consumer consumer = fixture.consumer("a", 0);
    fixture.dispatch();
    fixture.queue.credit(consumer, 2);
    fixture.dispatchAll();
    assertThat(fixture.queue.counters().memoryBytes()).isLessThan(6_000_000);
  }

  private void recoverLarge(int count, int sizeBytes) {
    for (int number = 1; number <= count; number++) {
      Message message =
          QueueFixture.message(number, sizeBytes, MessageHeader.ABSENT, fixture.nowMs);
      fixture.journal.put(1_000L + number, message);
      fixture.queue.recover(
          1_000L + number, sizeBytes, fixture.nowMs, -1, Attempts.NONE, MessageHeader.ABSENT);
    }
  }

  @Test
  void whatTheNextCreditMayAskForIsReadAheadWithoutCredit() {
    fixture.recover(1, 1_000);
    fixture.consumer("a", 0);
    fixture.dispatch();
    assertThat(fixture.effects()).containsExactly("load 256");
    fixture.load();
    assertThat(fixture.effects()).isEmpty();
  }

  @Test
  void lessIsReadAheadWhileMemoryIsScarce() {
    fixture.recover(1, 1_000);
    fixture.budget.limitBytes(-1);
    Consumer consumer = fixture.consumer("a", 0);
    fixture.dispatch();
    assertThat(fixture.effects()).containsExactly("load 32");
    fixture.load();
    fixture.queue.credit(consumer, 900);
    fixture.dispatch();
    assertThat(fixture.effects()).hasSize(33).endsWith("deliver 32 a", "load 256");
  }

  @Test
  void lostMessageIsRemovedAndCounted() {
    fixture.recover(1, 3);
    fixture.journal.remove(1_002L);
    fixture.consumer("a", 9);
    fixture.dispatch();
    fixture.load();
    assertThat(fixture.effects())
        .containsExactly("load 3", "removed [1002]", "deliver 1 a", "deliver 3 a");
    assertThat(fixture.queue.counters().lost()).isEqualTo(1);
  }

  @Test
  void lateLoadOfPurgedMessagesMeansNothing() {
    fixture.recover(1, 3);
    fixture.consumer("a", 9);
    fixture.dispatch();
    fixture.queue.purge();
    fixture.enqueue(4, 4);
    fixture.effects();
    fixture.load();
    assertThat(fixture.effects()).containsExactly("deliver 4 a");
    assertThat(fixture.queue.counters().lost()).isZero();
  }

  @Test
  void lateLoadOfADeletedQueueMeansNothing() {
    fixture.recover(1, 1);
    fixture.consumer("a", 9);
    fixture.dispatch();
    fixture.queue.delete();
    fixture.effects();
    fixture.load();
    assertThat(fixture.effects()).isEmpty();
  }

  @Test
  void answerThatWasNotAskedForIsRefused() {
    fixture.recover(1, 1);
    fixture.consumer("a", 1);
    fixture.dispatch();
    ColdLoad load = fixture.loads.element();
    assertThatThrownBy(() -> fixture.queue.loaded(load, new Message[2], 0))
        .isInstanceOf(IllegalArgumentException.class);
    fixture.load();
    assertThatThrownBy(() -> fixture.queue.loaded(load, new Message[1], 0))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void coldMessageThatExpiresIsReadToBeDeadLettered() {
    fixture.recover(1, 5, new Attempts(1, 1, true));
    fixture.nowMs += 5;
    fixture.dispatch();
    assertThat(fixture.effects()).containsExactly("load 1");
    assertThat(fixture.queue.counters().scheduled()).isEqualTo(1);
    assertThat(fixture.queue.counters().ready()).isZero();
    fixture.load();
    assertThat(fixture.effects()).containsExactly("deadLetter 1 expired 1", "removed [1]");
    assertThat(fixture.queue.counters().scheduled()).isZero();
  }

  @Test
  void coldMessageThatExpiresIsRemovedWithoutDeadLetterExchange() {
    QueueFixture plain = new QueueFixture(QueueFixture.withoutDeadLettering(-1, -1));
    plain.recover(1, 5, Attempts.NONE);
    plain.nowMs += 5;
    plain.dispatch();
    assertThat(plain.effects()).containsExactly("removed [1]");
  }

  @Test
  void expiryWaitsWhileTooManyDeadLettersAreBeingRead() {
    for (int number = 1; number <= 3_000; number++) {
      fixture.recover(number, 5, Attempts.NONE);
    }
    fixture.nowMs += 5;
    fixture.dispatch();
    assertThat(fixture.queue.counters().scheduled()).isEqualTo(ColdReads.SCHEDULED_MAX);
    assertThat(fixture.queue.nextExpiryMs()).isEqualTo(Long.MAX_VALUE);
    while (fixture.isLoading()) {
      fixture.load();
    }
    assertThat(fixture.queue.counters().expired()).isEqualTo(3_000);
    assertThat(fixture.queue.counters().removed()).isEqualTo(3_000);
  }

  @Test
  void exceededBudgetGivesUpPayloadBeyondTheHead() {
    QueueFixture tight = new QueueFixture(QueueFixture.DEAD_LETTERING, 1_000);
    tight.enqueue(1, 3_000);
    long hot = ReadyMessages.HOT_WINDOW * (10L + PayloadBudget.MESSAGE_OVERHEAD_BYTES);
    assertThat(tight.queue.counters().memoryBytes()).isEqualTo(hot);
    assertThat(tight.budget.usedBytes()).isEqualTo(hot);
    tight.queue.trim();
    assertThat(tight.queue.counters().memoryBytes())
        .isEqualTo(ReadyMessages.HOT_WINDOW_MIN * hot / ReadyMessages.HOT_WINDOW);
    tight.consumer("a", 5_000);
    tight.dispatch();
    while (tight.isLoading()) {
      tight.load();
    }
    assertThat(tight.checkouts)
        .extracting(checkout -> QueueFixture.number(checkout.message()))
        .isSorted()
        .hasSize(3_000);
  }

  @Test
  void unwrittenMessagesStayInMemoryUntilTheyAreWritten() {
    QueueFixture tight = new QueueFixture(QueueFixture.DEAD_LETTERING, 1_000);
    StoredMessage[] messages = new StoredMessage[2_000];
    for (int i = 0; i < messages.length; i++) {
      messages[i] = QueueFixture.unwritten(i, 1_000);
      tight.queue.enqueue(messages[i], 1_000);
    }
    long all = tight.queue.counters().memoryBytes();
    assertThat(all).isEqualTo(2_000 * (10L + PayloadBudget.MESSAGE_OVERHEAD_BYTES));
    for (int i = 0; i < messages.length; i++) {
      tight.write(messages[i], 5_000 + i);
    }
    tight.enqueue(2_000, 2_100);
    assertThat(tight.queue.counters().memoryBytes()).isLessThan(all * 2 / 3);
  }

  @Test
  void messagesOutsideTheJournalStayInMemory() {
    QueueFixture tight = new QueueFixture(QueueFixture.DEAD_LETTERING, 0);
    for (int i = 0; i < 2_000; i++) {
      Message message = QueueFixture.message(i, 10, MessageHeader.ABSENT, 1_000);
      tight.queue.enqueue(StoredMessage.unjournalled(message), 1_000);
    }
    tight.queue.trim();
    tight.consumer("a", 5_000);
    tight.dispatch();
    assertThat(tight.checkouts).hasSize(2_000);
    tight.effects();
    tight.settle(0, Outcome.RELEASED);
    assertThat(tight.effects()).isEmpty();
  }

  @Test
  void queueThatIsNotDurableKeepsPayload() {
    PayloadBudget budget = new PayloadBudget(0);
    QueueState transientQueue = new QueueState(QueueFixture.DEAD_LETTERING, false, budget, fixture);
    for (int i = 0; i < 2_000; i++) {
      StoredMessage message = QueueFixture.unwritten(i, 1_000);
      message.written(i);
      transientQueue.enqueue(message, 1_000);
    }
    transientQueue.trim();
    Consumer consumer = new Consumer(0, false, "a");
    transientQueue.attach(consumer);
    transientQueue.credit(consumer, 5_000);
    transientQueue.dispatch(1_000);
    assertThat(fixture.checkouts).hasSize(2_000);
    fixture.effects();
    transientQueue.detach(consumer, false, 1_000);
    assertThat(fixture.effects()).isEmpty();
  }

  @Test
  void returnedMessagesGiveUpPayloadAndAreReadBack() {
    QueueFixture tight = new QueueFixture(QueueFixture.DEAD_LETTERING, 1_000);
    Consumer consumer = tight.consumer("a", 500);
    tight.enqueue(1, 600);
    tight.dispatch();
    tight.queue.detach(consumer, false, tight.nowMs);
    tight.queue.trim();
    assertThat(tight.queue.counters().memoryBytes())
        .isEqualTo(64L * (10 + PayloadBudget.MESSAGE_OVERHEAD_BYTES));
    tight.checkouts.clear();
    tight.consumer("b", 1_000);
    tight.dispatch();
    while (tight.isLoading()) {
      tight.load();
    }
    assertThat(tight.checkouts)
        .extracting(checkout -> QueueFixture.number(checkout.message()))
        .isSorted()
        .hasSize(600);
  }

  @Test
  void sharedMessageCountsItsShare() {
    Message message = QueueFixture.message(1, 808, MessageHeader.ABSENT, 0);
    fixture.queue.enqueue(StoredMessage.journalled(message, new long[] {1, 2, 3, 4}), 0);
    assertThat(fixture.queue.counters().memoryBytes()).isEqualTo(250);
  }
}
