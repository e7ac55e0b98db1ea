package dev.warren.core.journal;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The records of a transaction whose end has not been read yet, while the log is replayed. They are
 * applied when the end comes. When it never was written, the next record is of a later term: then
 * they are forgotten. That holds even if the first of them were in a segment freed long ago.
 *
 * <p>Kept as copies without the messages themselves, so that memory is bounded by the count of
 * records in one transaction.
 */
final class UncommittedRecords {
  private final List<Kept> records = new ArrayList<>();
  private long term;

  /** A record of this term follows. */
  void enter(long itsTerm) {
    if (itsTerm != term) {
      term = itsTerm;
      records.clear();
    }
  }

  /** Keeps the record that begins at {@code at}. */
  void add(ByteBuffer buffer, int at, int length, long position) {
    int needed = length;
    if (buffer.get(at + RecordCodec.TYPE_AT) == RecordCodec.MESSAGE_STORED) {
      int queues = buffer.getInt(at + RecordCodec.MESSAGE_QUEUES_AT);
      needed = RecordCodec.MESSAGE_QUEUE_IDS_AT + queues * Long.BYTES;
    }
    byte[] copy = new byte[needed];
    buffer.get(at, copy);
    records.add(new Kept(ByteBuffer.wrap(copy), position));
  }

  /** The transaction was committed: gives each record back, in order. */
  void commit(Consumer consumer) {
    for (Kept kept : records) {
      consumer.apply(kept.record, 0, kept.record.capacity(), kept.position);
    }
    records.clear();
  }

  /** Takes a record; see {@link Replay#apply}. */
  @FunctionalInterface
  interface Consumer {
    void apply(ByteBuffer buffer, int at, int length, long position);
  }

  private record Kept(ByteBuffer record, long position) {}
}
