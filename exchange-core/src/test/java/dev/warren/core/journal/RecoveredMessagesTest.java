package dev.warren.core.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.core.RetainedBytes;
import dev.warren.core.message.MessageHeader;
import org.junit.jupiter.api.Test;

/** What a replay keeps of the messages of a segment. */
final class RecoveredMessagesTest {
  private static final int MESSAGES = 40_000;

  private final SegmentLiveness liveness = new SegmentLiveness(64 << 20);
  private final RecoveredMessages messages = new RecoveredMessages(liveness);

  @Test
  void messageOfAQueueOfItsOwnTakesSixteenBytes() {
    for (int i = 0; i < MESSAGES; i++) {
      add(i, 7);
    }
    messages.trim();
    assertThat(bytesEach()).isBetween(16.0, 16.5);
  }

  @Test
  void messageOfOneOfManyQueuesTakesTwentyFour() {
    for (int i = 0; i < MESSAGES; i++) {
      add(i, 7 + i % 3);
    }
    messages.trim();
    assertThat(bytesEach()).isBetween(24.0, 24.5);
  }

  @Test
  void settledMessagesAreSqueezedOut() {
    for (int i = 0; i < MESSAGES; i++) {
      add(i, 7);
      liveness.stored(8 * i, 1, 8, 8);
      if (i % 4 != 0) {
        liveness.settledInReplay(8 * i, 7);
      }
    }
    messages.trim();
    assertThat(messages.size()).isEqualTo(MESSAGES / 4);
  }

  @Test
  void queuesAreKeptApart() {
    add(0, 7);
    add(1, 7);
    add(2, 8);
    add(3, 9, 7);
    add(4, 7);
    messages.trim();
    add(5, 8);
    assertThat(messages.queue(0, 0)).isEqualTo(7);
    assertThat(messages.queue(1, 0)).isEqualTo(7);
    assertThat(messages.queue(2, 0)).isEqualTo(8);
    assertThat(messages.queues(3)).isEqualTo(2);
    assertThat(messages.queue(3, 1)).isEqualTo(7);
    assertThat(messages.queue(4, 0)).isEqualTo(7);
    assertThat(messages.queue(5, 0)).isEqualTo(8);
  }

  @Test
  void aMessageOfSeveralQueuesMayComeFirst() {
    add(0, 9, 7);
    add(1, 7);
    assertThat(messages.queues(0)).isEqualTo(2);
    assertThat(messages.queue(0, 0)).isEqualTo(9);
    assertThat(messages.queues(1)).isEqualTo(1);
    assertThat(messages.queue(1, 0)).isEqualTo(7);
  }

  private void add(int index, long... queues) {
    messages.add(8 * index, queues, 100, 1_000, MessageHeader.ABSENT, MessageHeader.ABSENT);
  }

  private double bytesEach() {
    return (double) RetainedBytes.of(messages, liveness) / MESSAGES;
  }
}
