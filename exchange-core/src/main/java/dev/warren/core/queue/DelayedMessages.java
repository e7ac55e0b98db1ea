package dev.warren.core.queue;

import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Messages that went back to their queue and wait until they are ready again, by the time at which
 * they are. Owned by the queue's owner.
 *
 * <p>At most {@value #COUNT_MAX}: when one more comes, the one that is due first is ready early. So
 * a consumer which fails a deep queue as a whole cannot fill the memory with what it failed.
 */
final class DelayedMessages {
  static final int COUNT_MAX = 65_536;

  private final PriorityQueue<Entry> byDue =
      new PriorityQueue<>(
          Comparator.comparingLong(Entry::dueMs).thenComparingLong(e -> e.message().sequence));
  private long bytes;
  private int inMemory;

  private record Entry(long dueMs, ReturnedMessage message) {}

  int count() {
    return byDue.size();
  }

  long bytes() {
    return bytes;
  }

  /** How many have their payload. */
  int inMemory() {
    return inMemory;
  }

  /**
   * Adds a message.
   *
   * @return what must be ready now to make room for it, or null
   */
  @Nullable ReturnedMessage add(ReturnedMessage message, long dueMs) {
    byDue.add(new Entry(dueMs, message));
    bytes += message.sizeBytes;
    inMemory += message.payload == null ? 0 : 1;
    return byDue.size() > COUNT_MAX ? poll() : null;
  }

  /** When the next one is ready, in milliseconds since the epoch, or {@link Long#MAX_VALUE}. */
  long nextDueMs() {
    Entry first = byDue.peek();
    return first == null ? Long.MAX_VALUE : first.dueMs();
  }

  /** Takes the one that is due first, or null if there is none. */
  @Nullable ReturnedMessage poll() {
    Entry first = byDue.poll();
    if (first == null) {
      return null;
    }
    bytes -= first.message().sizeBytes;
    inMemory -= first.message().payload == null ? 0 : 1;
    return first.message();
  }

  /** Gives up all payload the journal has; returns what that frees of the budget. */
  long demoteAll() {
    long freed = 0;
    int kept = 0;
    for (Entry entry : byDue) {
      freed += entry.message().demote();
      kept += entry.message().payload == null ? 0 : 1;
    }
    inMemory = kept;
    return freed;
  }
}
