package dev.warren.core.journal;

import dev.warren.core.message.Message;
import dev.warren.core.message.StoredMessage;

/** {@link JournalAppender} of a {@link FileJournal}. Fields marked so belong to the writer. */
final class FileJournalAppender implements JournalAppender {
  private static final int OPERATION_BYTES = 64;

  private final JournalWriter writer;
  private final Journal.DurableListener listener;
  private final PendingBytes pending;
  private final long pendingBytesMax;
  private final int recordBytesMax;
  private final int transactionBytesMax;
  private final BatchPool pool = new BatchPool();
  private AppendBatch batch;
  private long sequence;

  /** The writer's: everything up to here is written or elided, and confirmed by the next sync. */
  private long reached;

  /** The writer's: what the listener was told last. */
  private long told;

  FileJournalAppender(
      JournalWriter writer,
      Journal.DurableListener listener,
      PendingBytes pending,
      JournalOptions options) {
    this.writer = writer;
    this.listener = listener;
    this.pending = pending;
    this.pendingBytesMax = options.pendingBytesMax();
    this.recordBytesMax = options.recordBytesMax();
    this.transactionBytesMax = options.transactionBytesMax();
    this.batch = new AppendBatch(this);
  }

  @Override
  public long append(StoredMessage message) {
    assert message.isJournalled();
    int bytes = boundedBytes(message);
    long waiting = pending.get() + batch.bytes;
    if ((waiting > 0 && waiting + bytes > pendingBytesMax) || !writer.takesMessages()) {
      return NO_ROOM;
    }
    return add(message, bytes);
  }

  @Override
  public boolean isCongested() {
    return pending.get() > pendingBytesMax / 2 || !writer.takesMessages();
  }

  @Override
  public long appendAlways(StoredMessage message) {
    assert message.isJournalled();
    return add(message, boundedBytes(message));
  }

  @Override
  public long transaction(JournalTransaction transaction) {
    assert !transaction.isEmpty();
    long bytes = transaction.bytes();
    if (bytes > transactionBytesMax) {
      throw new IllegalArgumentException(
          "transaction exceeds the journal's bound: bytes=%d max=%d"
              .formatted(bytes, transactionBytesMax));
    }
    for (StoredMessage message : transaction.messages()) {
      boundedBytes(message);
    }
    long waiting = pending.get() + batch.bytes;
    if ((waiting > 0 && waiting + bytes > pendingBytesMax)
        || !writer.takesMessages()
        || writer.state() != Journal.State.RUNNING) {
      return NO_ROOM;
    }
    batch.bytes += bytes;
    batch.addSequenced(transaction);
    return ++sequence;
  }

  @Override
  public long transactionBytesMax() {
    return transactionBytesMax;
  }

  private long add(StoredMessage message, int bytes) {
    batch.bytes += bytes;
    batch.addSequenced(message);
    return ++sequence;
  }

  private int boundedBytes(StoredMessage stored) {
    Message message = stored.message();
    int queues = stored.queueIds().length;
    long estimate = (long) message.sizeBytes() + (long) queues * Long.BYTES + 2 * OPERATION_BYTES;
    if (estimate > recordBytesMax / 4) {
      checkLength(estimate);
      checkLength(RecordCodec.messageBytes(message, queues));
    }
    return (int) estimate;
  }

  private void checkLength(long bytes) {
    if (bytes > recordBytesMax) {
      throw new IllegalArgumentException(
          "record exceeds the journal's bound: bytes=" + bytes + " max=" + recordBytesMax);
    }
  }

  @Override
  public void settled(long queueId, StoredMessage message) {
    batch.settled.add(queueId, message);
  }

  @Override
  public void settled(long queueId, long position, int sizeBytes) {
    batch.settled.add(queueId, position, sizeBytes);
  }

  @Override
  public void counted(long queueId, StoredMessage message, int deliveryCount, int acquiredCount) {
    batch.addCounted(queueId, StoredMessage.NO_POSITION, message, deliveryCount, acquiredCount);
  }

  @Override
  public void counted(long queueId, long position, int deliveryCount, int acquiredCount) {
    batch.addCounted(queueId, position, null, deliveryCount, acquiredCount);
  }

  @Override
  public long topology(byte[] change) {
    checkLength(RecordCodec.HEADER_BYTES + (long) change.length);
    batch.bytes += change.length + OPERATION_BYTES;
    batch.addSequenced(change);
    return ++sequence;
  }

  @Override
  public void flush() {
    AppendBatch full = batch;
    if (full.isEmpty()) {
      return;
    }
    full.firstSequence = sequence - full.sequencedCount + 1;
    if (full.bytes > 0) {
      pending.add(full.bytes);
    }
    AppendBatch used = pool.take();
    batch = used == null ? new AppendBatch(this) : used;
    writer.offer(full);
  }

  /**
   * The writer has written, or skipped, everything up to this sequence.
   *
   * @return whether the appender was not waiting for a confirmation before
   */
  boolean reached(long upTo) {
    boolean first = reached == told;
    reached = upTo;
    return first && reached > told;
  }

  /** The writer has synced. */
  void confirm() {
    if (reached > told) {
      told = reached;
      listener.onDurable(reached);
    }
  }

  /** The writer is done with a batch. */
  void giveBack(AppendBatch done) {
    if (done.bytes > 0) {
      pending.add(-done.bytes);
    }
    pool.give(done);
  }
}
