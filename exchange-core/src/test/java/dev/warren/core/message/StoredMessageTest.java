package dev.warren.core.message;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StoredMessageTest {
  private static StoredMessage stored(long... queues) {
    Envelope envelope = Envelope.of("", "q");
    return StoredMessage.journalled(
        new Message(envelope, MessageHeader.DURABLE, new byte[0], ByteSlice.of(new byte[1]), 0),
        queues);
  }

  @Test
  void isElidedWhenTheOnlyQueueSettlesBeforeTheWriterComes() {
    StoredMessage message = stored(1);
    assertThat(message.settleUnwritten()).isTrue();
    assertThat(message.claimForWrite()).isFalse();
    assertThat(message.isElided()).isTrue();
  }

  @Test
  void isWrittenWhenTheWriterComesFirst() {
    StoredMessage message = stored(1);
    assertThat(message.claimForWrite()).isTrue();
    assertThat(message.settleUnwritten()).isFalse();
    message.written(42);
    assertThat(message.position()).isEqualTo(42);
  }

  @Test
  void isElidedOnlyWhenEveryQueueHasSettled() {
    StoredMessage message = stored(1, 2, 3);
    assertThat(message.settleUnwritten()).isFalse();
    assertThat(message.settleUnwritten()).isFalse();
    assertThat(message.isElided()).isFalse();
    assertThat(message.settleUnwritten()).isTrue();
    assertThat(message.claimForWrite()).isFalse();
  }
}
