package dev.warren.core.journal;

import dev.warren.core.journal.AppendBatch.References;
import dev.warren.core.message.StoredMessage;
import java.util.ArrayList;
import java.util.List;

/**
 * What one transaction does to durable state: messages stored and messages settled, which recovery
 * finds together or not at all. Filled by its maker, then handed to {@link
 * JournalAppender#transaction} and not touched any more.
 *
 * <p>Messages must not be with a queue yet, and settlements must not be announced to {@link
 * StoredMessage#settleUnwritten}: both would let something be skipped that belongs to the whole.
 */
public final class JournalTransaction {
  private final List<StoredMessage> messages = new ArrayList<>();
  private final References settled = new References();
  private long bytes = RecordCodec.aligned(RecordCodec.HEADER_BYTES);

  /** Stores this message for its queues. */
  public void store(StoredMessage message) {
    assert message.isJournalled();
    messages.add(message);
    bytes +=
        RecordCodec.aligned(RecordCodec.messageBytes(message.message(), message.queueIds().length));
  }

  /** Settles, for one queue, a message it got as {@link StoredMessage}. */
  public void settle(long queueId, StoredMessage message) {
    settled.add(queueId, message);
    bytes += RecordCodec.settledAloneBytesMax();
  }

  /** Settles, for one queue, the message of this size at this position. */
  public void settle(long queueId, long position, int sizeBytes) {
    settled.add(queueId, position, sizeBytes);
    bytes += RecordCodec.settledAloneBytesMax();
  }

  /** Whether it has nothing for the journal. */
  public boolean isEmpty() {
    return messages.isEmpty() && settled.count == 0;
  }

  /** The most bytes its records can take. */
  public long bytes() {
    return bytes;
  }

  List<StoredMessage> messages() {
    return messages;
  }

  References settled() {
    return settled;
  }
}
