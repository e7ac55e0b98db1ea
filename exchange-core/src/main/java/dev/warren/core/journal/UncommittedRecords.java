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
  private final Consumer dropped;
  private long term;

  /** Told of each record that turns out to count for nothing. */
  UncommittedRecords(Consumer dropped) {
    this.dropped = dropped;
  }

  /** A record of this term follows. */
  void enter(long itsTerm) {
    if (itsTerm != term) {
      term = itsTerm;
      end();
    }
  }

  /** Nothing more follows: what is left was never committed. */
  void end() {
    records.forEach(kept -> dropped.apply(kept.record, 0, kept.record.capacity(), kept.position));
    records.clear();
  }

  /** Keeps the record that begins at {@code at}. */
  void add(ByteBuffer buffer, int at, int length, long position) {
    int needed = length;
    if (RecordCodec.isMessage(buffer.get(at + RecordCodec.TYPE_AT))) {
      needed = RecordCodec.messageBodyAt(buffer, at) - at;
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
