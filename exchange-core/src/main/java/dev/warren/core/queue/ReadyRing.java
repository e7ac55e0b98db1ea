package dev.warren.core.queue;

import dev.warren.core.message.Message;
import dev.warren.core.message.StoredMessage;
import org.jspecify.annotations.Nullable;

/**
 * The ready messages of a queue in the order of their arrival: a list of {@link ReadyChunk}s, added
 * to at the tail and emptied from the head. Owned by the queue's owner.
 *
 * <p>A message's sequence is its slot's place since the queue began, so it needs no memory. A slot
 * in the middle can be taken too; the head then skips it. Must not be asked for its head while it
 * is empty.
 *
 * <p>Separate from {@link ReadyMessages} because this is the compact part: ten million cold
 * messages are ten million slots here and nothing else.
 */
final class ReadyRing {
  private static final int CHUNK_SLOTS_MIN = 32;
  private static final int CHUNK_SLOTS_MAX = 1024;

  private ReadyChunk head = new ReadyChunk(CHUNK_SLOTS_MIN, 0);
  private ReadyChunk tail = head;
  private long headSequence;
  private long tailSequence;
  private int count;
  private long bytes;

  /** Cold slots; none has a sequence below {@link #coldSequence}, which is in coldChunk. */
  private int cold;

  private ReadyChunk coldChunk = head;
  private long coldSequence;

  /** Slots below this (and beyond the head's window) were looked at by {@link #demote}. */
  private long demotedSequence;

  private ReadyChunk demotedChunk = head;

  int count() {
    return count;
  }

  long bytes() {
    return bytes;
  }

  int cold() {
    return cold;
  }

  void addHot(StoredMessage message, long expiresAtMs, Attempts attempts) {
    lastChunk().addHot(message, expiresAtMs, attempts);
    added(message.message().sizeBytes());
  }

  void addCold(long position, int sizeBytes, long expiresAtMs, Attempts attempts) {
    ReadyChunk chunk = lastChunk();
    chunk.addCold(position, sizeBytes, expiresAtMs, attempts);
    becameCold(chunk, tailSequence);
    added(sizeBytes);
  }

  private void added(int sizeBytes) {
    tailSequence++;
    count++;
    bytes += sizeBytes;
  }

  private ReadyChunk lastChunk() {
    if (tail.isFull()) {
      ReadyChunk chunk = new ReadyChunk(Math.min(CHUNK_SLOTS_MAX, tail.capacity * 2), tailSequence);
      tail.next = chunk;
      tail = chunk;
    }
    return tail;
  }

  long headSequence() {
    return headSequence;
  }

  @Nullable Object headPayload() {
    return head.payload(headSlot());
  }

  long headPosition() {
    return head.position(headSlot());
  }

  int headSizeBytes() {
    return head.sizeBytes(headSlot());
  }

  long headExpiresAtMs() {
    return head.expiresAtMs(headSlot());
  }

  Attempts headAttempts() {
    return head.attempts(headSlot());
  }

  private int headSlot() {
    return (int) (headSequence - head.firstSequence);
  }

  void removeHead() {
    int slot = headSlot();
    forget(head, slot);
    head.clear(slot);
    headSequence++;
    skipTaken();
  }

  /** Takes a message out wherever it is; does nothing if it is not here any more. */
  boolean take(long sequence) {
    if (sequence == headSequence && count > 0) {
      removeHead();
      return true;
    }
    ReadyChunk chunk = find(sequence);
    if (chunk == null) {
      return false;
    }
    int slot = (int) (sequence - chunk.firstSequence);
    if (chunk.isTaken(slot)) {
      return false;
    }
    forget(chunk, slot);
    chunk.take(slot);
    return true;
  }

  private void forget(ReadyChunk chunk, int slot) {
    bytes -= chunk.sizeBytes(slot);
    count--;
    if (chunk.payload(slot) == null) {
      cold--;
    }
  }

  private void skipTaken() {
    while (headSequence < tailSequence) {
      if (headSlot() == head.end) {
        head = after(head);
      }
      int slot = headSlot();
      if (!head.isTaken(slot)) {
        return;
      }
      head.clear(slot);
      headSequence++;
    }
    // Empty. Using the same slots again keeps a queue with live consumers in the processor's cache.
    head = tail;
    head.restart(tailSequence);
    coldChunk = head;
    demotedChunk = head;
  }

  private static ReadyChunk after(ReadyChunk chunk) {
    ReadyChunk next = chunk.next;
    if (next == null) {
      throw new IllegalStateException("ready ring ends before its tail");
    }
    return next;
  }

  /**
   * Gives a cold message its payload. Its size may differ from what was recovered.
   *
   * @return false if the message is not here any more
   */
  boolean fill(long sequence, Message message) {
    ReadyChunk chunk = find(sequence);
    if (chunk == null) {
      return false;
    }
    int slot = (int) (sequence - chunk.firstSequence);
    if (chunk.payload(slot) != null) {
      return false;
    }
    bytes += message.sizeBytes() - chunk.sizeBytes(slot);
    chunk.fill(slot, message);
    cold--;
    return true;
  }

  /** The chunk a sequence is in, or null if the head has passed it. Meant for cold slots. */
  private @Nullable ReadyChunk find(long sequence) {
    if (sequence < headSequence || sequence >= tailSequence) {
      return null;
    }
    boolean fromCold = coldSequence >= headSequence && coldChunk.firstSequence <= sequence;
    ReadyChunk chunk = fromCold ? coldChunk : head;
    while (sequence >= chunk.firstSequence + chunk.end) {
      chunk = after(chunk);
    }
    return chunk;
  }

  private void becameCold(ReadyChunk chunk, long sequence) {
    if (cold++ == 0 || sequence < coldSequence) {
      coldSequence = sequence;
      coldChunk = chunk;
    }
  }

  /** How many slots there are before the first cold one. */
  long hotPrefix() {
    return (cold == 0 ? tailSequence : firstCold()) - headSequence;
  }

  private long firstCold() {
    assert cold > 0;
    if (coldSequence < headSequence) {
      coldSequence = headSequence;
      coldChunk = head;
    }
    while (true) {
      int slot = (int) (coldSequence - coldChunk.firstSequence);
      if (slot == coldChunk.end) {
        coldChunk = after(coldChunk);
      } else if (coldChunk.payload(slot) != null) {
        coldSequence++;
      } else {
        return coldSequence;
      }
    }
  }

  /** Adds the first cold messages to a load, looking at no more than so many slots for them. */
  void addColdTo(ColdReads reads, int slotsMax) {
    if (cold == 0) {
      return;
    }
    long sequence = firstCold();
    ReadyChunk chunk = coldChunk;
    long end = Math.min(tailSequence, sequence + slotsMax);
    for (; sequence < end; sequence++) {
      if (sequence - chunk.firstSequence == chunk.end) {
        chunk = after(chunk);
      }
      int slot = (int) (sequence - chunk.firstSequence);
      if (chunk.payload(slot) == null
          && !reads.add(sequence, chunk.position(slot), chunk.sizeBytes(slot))) {
        return;
      }
    }
  }

  /**
   * Gives up payload beyond the head, going on where the last call ended. It stops at a message on
   * its way to the journal, so that each slot is looked at once.
   *
   * @param window how many slots at the head keep theirs
   * @param slotsMax how many slots to look at
   * @return what that frees of the budget
   */
  long demote(int window, int slotsMax) {
    long sequence = Math.max(demotedSequence, headSequence + window);
    if (sequence >= tailSequence) {
      return 0;
    }
    ReadyChunk chunk = demotedSequence >= headSequence ? demotedChunk : head;
    long freed = 0;
    long end = Math.min(tailSequence, sequence + slotsMax);
    while (sequence < end) {
      while (sequence >= chunk.firstSequence + chunk.end) {
        chunk = after(chunk);
      }
      long charge = demoteSlot(chunk, sequence);
      if (charge < 0) {
        break;
      }
      freed += charge;
      sequence++;
    }
    demotedSequence = sequence;
    demotedChunk = chunk;
    return freed;
  }

  /** Gives up all payload beyond the head that the journal has; returns what that frees. */
  long demoteAll(int window) {
    long freed = 0;
    for (ReadyChunk chunk = head; chunk != null; chunk = chunk.next) {
      long end = chunk.firstSequence + chunk.end;
      long sequence = Math.max(chunk.firstSequence, headSequence + window);
      for (; sequence < end && !chunk.isCold(); sequence++) {
        freed += Math.max(0, demoteSlot(chunk, sequence));
      }
    }
    return freed;
  }

  private long demoteSlot(ReadyChunk chunk, long sequence) {
    long charge = chunk.demote((int) (sequence - chunk.firstSequence));
    if (charge > 0) {
      becameCold(chunk, sequence);
    }
    return charge;
  }
}
