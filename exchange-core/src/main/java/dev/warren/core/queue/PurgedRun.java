package dev.warren.core.queue;

import dev.warren.core.message.StoredMessage;

/**
 * Messages that were purged together and are out of their queue, but of which neither the journal
 * nor the payload budget has been told yet: of a deep queue that takes too long for one tick. Owned
 * by the queue's owner.
 */
final class PurgedRun {
  private ReadyChunk chunk;
  private long sequence;
  private final long end;

  /**
   * A run.
   *
   * @param first the chunk of the first message
   * @param sequence the first message
   * @param end behind the last message
   */
  PurgedRun(ReadyChunk first, long sequence, long end) {
    this.chunk = first;
    this.sequence = sequence;
    this.end = end;
  }

  /** Lets go of so many messages at most; returns how many more it may look at. */
  int letGo(QueueLedger ledger, int most) {
    int left = most;
    while (left > 0 && !isDone()) {
      int slot = (int) (sequence - chunk.firstSequence);
      if (slot < chunk.end) {
        if (!chunk.isTaken(slot)) {
          letGo(ledger, chunk, slot);
        }
        sequence++;
        left--;
      } else if (chunk.next != null) {
        chunk = chunk.next;
        // Else the chunks behind it would stay in memory until the end.
        chunk.previous = null;
        // Chunks between may have gone.
        sequence = Math.max(sequence, chunk.firstSequence);
      } else {
        throw new IllegalStateException("a purged run ends before its last message");
      }
    }
    return left;
  }

  private static void letGo(QueueLedger ledger, ReadyChunk at, int slot) {
    Object payload = at.payload(slot);
    long position = at.position(slot);
    int sizeBytes = at.sizeBytes(slot);
    at.clear(slot);
    if (payload != null) {
      ledger.memory.release(payload);
    }
    StoredMessage inMemory = payload instanceof StoredMessage stored ? stored : null;
    ledger.effects.removed(inMemory, position, sizeBytes);
  }

  boolean isDone() {
    return sequence >= end;
  }
}
