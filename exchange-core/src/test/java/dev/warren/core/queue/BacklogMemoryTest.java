package dev.warren.core.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.core.RetainedBytes;
import dev.warren.core.message.MessageHeader;
import dev.warren.core.message.StoredMessage;
import org.junit.jupiter.api.Test;

/**
 * What a waiting message costs in memory while its payload is on disk. Half a gigabyte for ten
 * million is 53 bytes each; a queue takes a quarter of that.
 */
final class BacklogMemoryTest {
  private static final int MESSAGES = 200_000;

  private QueueFixture fixture = new QueueFixture(QueueFixture.DEAD_LETTERING, 1_000);

  @Test
  void recoveredMessageTakesTwelveBytes() {
    recover(MessageHeader.ABSENT);
    assertThat(bytesEach()).isBetween(12.0, 12.5);
  }

  @Test
  void messagesMarkedAsPerhapsDeliveredTakeNoMore() {
    for (int i = 0; i < MESSAGES; i++) {
      fixture.queue.recover(i, 100, 1_000, -1, new Attempts(0, 0, true), MessageHeader.ABSENT);
    }
    assertThat(bytesEach()).isBetween(12.0, 12.5);
  }

  @Test
  void messageWithATimeToLiveTakesTwenty() {
    recover(60_000);
    assertThat(bytesEach()).isBetween(20.0, 20.5);
  }

  @Test
  void messageOfAnyLevelTakesTwelveBytes() {
    fixture =
        new QueueFixture(
            QueueFixture.DEAD_LETTERING.toBuilder().priorities(Priorities.upTo(10)).build());
    for (int i = 0; i < MESSAGES; i++) {
      fixture.queue.recover(i, 100, 1_000, -1, Attempts.NONE, i % 11);
    }
    assertThat(bytesEach()).isBetween(12.0, 13.0);
  }

  @Test
  void messageWhosePayloadWasGivenUpTakesTwelveBytes() {
    for (int i = 0; i < MESSAGES; i++) {
      StoredMessage message = QueueFixture.unwritten(i, 1_000);
      message.written(8L * i);
      fixture.queue.enqueue(message, 1_000);
    }
    fixture.queue.trim();
    assertThat(bytesEach()).isBetween(12.0, 13.0);
  }

  @Test
  void whatWasHandedOutAndSettledIsForgotten() {
    fixture.recover(1, 20_000);
    double before = bytesEach();
    fixture.consumer("a", 20_000);
    fixture.dispatchAll();
    for (int i = 0; i < 20_000; i++) {
      fixture.settle(i, Outcome.ACCEPTED);
    }
    assertThat(bytesEach()).isLessThan(before / 8);
  }

  private void recover(long ttlMs) {
    for (int i = 0; i < MESSAGES; i++) {
      fixture.queue.recover(i, 100, 1_000, ttlMs, Attempts.NONE, MessageHeader.ABSENT);
    }
  }

  private double bytesEach() {
    return (double) RetainedBytes.of(fixture.queue, fixture, fixture.budget) / MESSAGES;
  }
}
