package dev.warren.core.journal;

import dev.warren.core.message.Message;
import dev.warren.core.message.StoredMessage;

/**
 * One thread's way into the {@link Journal}. Not thread-safe: owned by the thread it was made for.
 *
 * <p>Calls collect in a batch of this thread; {@link #flush} hands the batch to the writer, once
 * per tick. Batches of all appenders are written in the order they were flushed, and whatever one
 * appender appended stays in its order. Only while no segment can be made (disk full) do
 * settlements overtake the messages of earlier flushes; never those of the same flush, so that a
 * message which replaces another is recorded before the other's settlement.
 *
 * <p>The journal's memory is bounded by {@link JournalOptions#pendingBytesMax}: when what waits for
 * the writer exceeds it, {@link #append} answers {@link #NO_ROOM}. Settlements, counts and topology
 * changes are always taken.
 */
public interface JournalAppender {
  /** The journal has no room for messages at the moment; nothing was appended. */
  long NO_ROOM = -1;

  /**
   * Appends {@code MessageStored} for {@link StoredMessage#queueIds}, unless it is settled by all
   * of them before the writer gets to it.
   *
   * @return the sequence to compare with {@link Journal.DurableListener#onDurable}, or {@link
   *     #NO_ROOM}. Sequences of one appender rise; topology changes share them.
   */
  long append(StoredMessage message);

  /**
   * The same for a message the broker itself moves from one queue to another: never refused, since
   * it replaces one that is in the journal already.
   */
  long appendAlways(StoredMessage message);

  /**
   * Appends a transaction: after a crash all of it is there or nothing. Its messages may be handed
   * to queues, and its settlements applied to them, only when it is durable.
   *
   * @return its sequence, or {@link #NO_ROOM}, also when the disk is full: nothing was appended
   *     then
   * @throws IllegalArgumentException if it exceeds {@link #transactionBytesMax}, or a message of it
   *     the bound of a record
   */
  long transaction(JournalTransaction transaction);

  /** The most {@link JournalTransaction#bytes} of one transaction. */
  long transactionBytesMax();

  /**
   * Whether more than half of what may wait for the writer is waiting: publishers should pause
   * before they are refused.
   */
  boolean isCongested();

  /** Appends that a queue has settled a message it got as {@link StoredMessage}. Not synced for. */
  void settled(long queueId, StoredMessage message);

  /**
   * Appends that a queue has settled the message at this position. Not synced for.
   *
   * @param sizeBytes {@link Message#sizeBytes} of it, for the account of what the log holds
   */
  void settled(long queueId, long position, int sizeBytes);

  /**
   * Appends the counts of a message which went back to its queue.
   *
   * @param deliveryCount failed deliveries (AMQP header delivery-count)
   * @param acquiredCount how often it was handed to a consumer
   */
  void counted(long queueId, StoredMessage message, int deliveryCount, int acquiredCount);

  /** The same for a message known by its position. */
  void counted(long queueId, long position, int deliveryCount, int acquiredCount);

  /**
   * Appends one encoded topology change.
   *
   * @return its sequence; always taken
   * @throws IllegalArgumentException if the record exceeds {@link JournalOptions#recordBytesMax}
   */
  long topology(byte[] change);

  /** Hands what was collected to the writer. Cheap when there is nothing. */
  void flush();
}
