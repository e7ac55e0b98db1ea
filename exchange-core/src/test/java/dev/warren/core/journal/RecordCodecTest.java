package dev.warren.core.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.core.message.Message;
import dev.warren.core.message.MessageCodec;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RecordCodecTest {
  private final RecordCodec codec = new RecordCodec();

  private ByteBuffer messageRecord(Message message, long position, long... queueIds) {
    int length = RecordCodec.messageBytes(message, queueIds.length);
    ByteBuffer buffer = ByteBuffer.allocateDirect(length + 64);
    buffer.position(8);
    RecordCodec.putHeader(buffer, RecordCodec.MESSAGE_STORED, length, position, 3, 128);
    RecordCodec.putMessageBody(buffer, message, queueIds);
    assertThat(buffer.position()).isEqualTo(8 + length);
    codec.seal(buffer, 8, length);
    return buffer;
  }

  @Test
  void readsBackTheMessageItWrote() {
    Message message = JournalFixture.message("hello", 100);
    ByteBuffer buffer = messageRecord(message, 4096, 7, 9);
    int length = codec.intactLength(buffer, 8, buffer.capacity() - 8, 4096);
    assertThat(length).isEqualTo(RecordCodec.messageBytes(message, 2));
    assertThat(buffer.getLong(8 + RecordCodec.MESSAGE_RECEIVED_AT)).isEqualTo(77);
    assertThat(buffer.getLong(8 + RecordCodec.MESSAGE_TTL_AT)).isEqualTo(5000);
    assertThat(buffer.getInt(8 + RecordCodec.MESSAGE_SIZE_AT)).isEqualTo(message.sizeBytes());
    assertThat(buffer.getInt(8 + RecordCodec.MESSAGE_QUEUES_AT)).isEqualTo(2);
    assertThat(buffer.getLong(8 + RecordCodec.MESSAGE_QUEUE_IDS_AT + 8)).isEqualTo(9);
    buffer.limit(8 + length).position(8 + RecordCodec.MESSAGE_QUEUE_IDS_AT + 16);
    assertThat(MessageCodec.decode(buffer)).isEqualTo(message);
  }

  @Test
  void refusesARecordOfAnotherPosition() {
    ByteBuffer buffer = messageRecord(JournalFixture.message("stale", 50), 4096, 7);
    assertThat(codec.intactLength(buffer, 8, buffer.capacity() - 8, 4104))
        .isEqualTo(RecordCodec.NONE);
  }

  @Test
  void noticesEveryDamagedByte() {
    ByteBuffer buffer = messageRecord(JournalFixture.message("precious", 20), 4096, 7);
    int length = codec.intactLength(buffer, 8, buffer.capacity() - 8, 4096);
    for (int i = 8; i < 8 + length; i++) {
      buffer.put(i, (byte) (buffer.get(i) ^ 1));
      assertThat(codec.intactLength(buffer, 8, buffer.capacity() - 8, 4096))
          .as("byte %s", i)
          .isEqualTo(RecordCodec.NONE);
      buffer.put(i, (byte) (buffer.get(i) ^ 1));
    }
  }

  @Test
  void refusesARecordThatDoesNotFit() {
    ByteBuffer buffer = messageRecord(JournalFixture.message("long", 50), 4096, 7);
    int length = codec.intactLength(buffer, 8, buffer.capacity() - 8, 4096);
    assertThat(codec.intactLength(buffer, 8, length - 1, 4096)).isEqualTo(RecordCodec.NONE);
  }

  @Test
  void countsTheBytesOfNumbersAsItWritesThem() {
    SplittableRandom random = new SplittableRandom(5);
    ByteBuffer buffer = ByteBuffer.allocate(16);
    for (int i = 0; i < 10_000; i++) {
      long value = random.nextLong() >>> random.nextInt(1, 64);
      buffer.clear();
      RecordCodec.putVarint(buffer, value);
      assertThat(buffer.position()).isEqualTo(RecordCodec.varintBytes(value));
      buffer.flip();
      assertThat(RecordCodec.getVarint(buffer)).isEqualTo(value);
    }
  }
}
