package dev.warren.core.queue;

/**
 * A place in a {@link ReadyRing}: everything before it was looked at. The ring keeps it valid while
 * chunks go. Owned by the queue's owner.
 */
final class RingCursor {
  ReadyChunk chunk;
  long sequence;

  RingCursor(ReadyChunk chunk, long sequence) {
    this.chunk = chunk;
    this.sequence = sequence;
  }

  /** The slot of the chunk; only where {@link ReadyRing#seek} has found a message. */
  int slot() {
    return (int) (sequence - chunk.firstSequence);
  }

  void set(RingCursor other) {
    chunk = other.chunk;
    sequence = other.sequence;
  }
}
