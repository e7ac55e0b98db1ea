package dev.warren.core.queue;

import dev.warren.core.message.Message;
import dev.warren.core.message.StoredMessage;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes of message payload all queues together keep in memory. Thread-safe.
 *
 * <p>It is a measure, not a reservation: nothing is refused. When it is exceeded, queues give up
 * payload which they can read back from the journal. A journalled message held by n durable queues
 * counts 1/n in each of them; one that is not journalled counts in full in each queue. Queues tell
 * what they hold in steps, so that the figure may be off by up to 16 KiB for each queue.
 */
public final class PayloadBudget {
  /** Objects around the bytes of a message in memory, roughly. */
  static final int MESSAGE_OVERHEAD_BYTES = 192;

  private static final int STEP_BYTES_MAX = 16 * 1024;

  private final AtomicLong usedBytes = new AtomicLong();
  private volatile long limitBytes;

  /**
   * Creates a budget of which nothing is used.
   *
   * @param limitBytes beyond this it is exceeded
   */
  public PayloadBudget(long limitBytes) {
    this.limitBytes = limitBytes;
  }

  /** The limit in bytes. */
  public long limitBytes() {
    return limitBytes;
  }

  /** Sets another limit, for instance when memory gets scarce. */
  public void limitBytes(long newLimitBytes) {
    limitBytes = newLimitBytes;
  }

  /** Bytes in memory now. */
  public long usedBytes() {
    return usedBytes.get();
  }

  /** Whether queues should give up payload. */
  public boolean isExceeded() {
    return usedBytes.get() > limitBytes;
  }

  /** How far a queue may go before it has to tell. */
  int stepBytes() {
    return (int) Math.max(0, Math.min(STEP_BYTES_MAX, limitBytes >> 10));
  }

  void add(long bytes) {
    usedBytes.addAndGet(bytes);
  }

  /** What a {@link StoredMessage} or a {@link Message} counts for. */
  static long charge(Object payload) {
    if (payload instanceof StoredMessage stored) {
      long bytes = (long) stored.message().sizeBytes() + MESSAGE_OVERHEAD_BYTES;
      int holders = stored.queueIds().length;
      return holders <= 1 ? bytes : bytes / holders;
    }
    return (long) ((Message) payload).sizeBytes() + MESSAGE_OVERHEAD_BYTES;
  }
}
