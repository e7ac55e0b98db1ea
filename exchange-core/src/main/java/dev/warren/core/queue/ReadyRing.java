package dev.warren.core.queue;

import dev.warren.core.message.Message;
import dev.warren.core.message.StoredMessage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The ready messages of one level of a queue in the order of their arrival: a list of {@link
 * ReadyChunk}s, added to at the tail and emptied from the head. Owned by the queue's owner.
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

  private ReadyChunk head;
  private ReadyChunk tail;
  private long headSequence;
  private long tailSequence;
  private int count;
  private long bytes;

  /** Cold slots; none has a sequence below {@link #coldSequence}, which is in coldChunk. */
  private int cold;

  private ReadyChunk coldChunk;
  private long coldSequence;

  /** Slots below this (and beyond the head's window) were looked at by {@link #demote}. */
  private long demotedSequence;

  private ReadyChunk demotedChunk;

  /** Places which must not stay in a chunk that goes. */
  private final List<RingCursor> cursors = new ArrayList<>();

  /** Creates an empty ring whose first message will have this sequence. */
  ReadyRing(long firstSequence) {
    head = new ReadyChunk(CHUNK_SLOTS_MIN, firstSequence);
    tail = head;
    coldChunk = head;
    demotedChunk = head;
    headSequence = firstSequence;
    tailSequence = firstSequence;
  }

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
      ReadyChunk full = tail;
      full.next = chunk;
      chunk.previous = full;
      tail = chunk;
      if (full.isSpent() && full != head) {
        unlink(full);
      }
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

  /** Takes everything out at once: the ring is empty then. */
  PurgedRun takeAll() {
    PurgedRun all = new PurgedRun(head, headSequence, tailSequence);
    head = new ReadyChunk(CHUNK_SLOTS_MIN, tailSequence);
    tail = head;
    headSequence = tailSequence;
    count = 0;
    bytes = 0;
    cold = 0;
    coldChunk = head;
    demotedChunk = head;
    for (int i = 0; i < cursors.size(); i++) {
      toTail(cursors.get(i));
    }
    return all;
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
    takeSlot(chunk, slot);
    return true;
  }

  private void takeSlot(ReadyChunk chunk, int slot) {
    forget(chunk, slot);
    chunk.take(slot);
    if (chunk.isSpent() && chunk != tail) {
      unlink(chunk);
    }
  }

  /** Lets go of a chunk between head and tail of which nothing is left. */
  private void unlink(ReadyChunk chunk) {
    ReadyChunk next = after(chunk);
    ReadyChunk previous = chunk.previous;
    if (previous == null) {
      throw new IllegalStateException("the head is not unlinked");
    }
    previous.next = next;
    next.previous = previous;
    leave(chunk, next);
  }

  /** Nothing may point to a chunk that goes: it would keep all later ones in memory. */
  private void leave(ReadyChunk chunk, ReadyChunk next) {
    if (coldChunk == chunk) {
      coldChunk = next;
      coldSequence = Math.max(coldSequence, next.firstSequence);
    }
    if (demotedChunk == chunk) {
      demotedChunk = next;
      demotedSequence = Math.max(demotedSequence, next.firstSequence);
    }
    for (int i = 0; i < cursors.size(); i++) {
      RingCursor cursor = cursors.get(i);
      if (cursor.chunk == chunk) {
        cursor.chunk = next;
        cursor.sequence = Math.max(cursor.sequence, next.firstSequence);
      }
    }
  }

  /** A new cursor at the head; to be closed. */
  RingCursor open() {
    RingCursor cursor = new RingCursor(head, headSequence);
    cursors.add(cursor);
    return cursor;
  }

  void close(RingCursor cursor) {
    cursors.remove(cursor);
  }

  long tailSequence() {
    return tailSequence;
  }

  void toTail(RingCursor cursor) {
    cursor.chunk = tail;
    cursor.sequence = tailSequence;
  }

  /** Moves a cursor to this sequence; {@link #seek} finds the chunk. */
  void toSequence(RingCursor cursor, long sequence) {
    cursor.chunk = head;
    cursor.sequence = Math.max(headSequence, sequence);
  }

  /** Moves a cursor to the first message from its place on; false if there is none. */
  boolean seek(RingCursor cursor) {
    if (cursor.sequence < headSequence) {
      cursor.chunk = head;
      cursor.sequence = headSequence;
    }
    while (cursor.sequence < tailSequence) {
      ReadyChunk chunk = cursor.chunk;
      // Chunks between may have gone.
      cursor.sequence = Math.max(cursor.sequence, chunk.firstSequence);
      int slot = cursor.slot();
      if (slot >= chunk.end) {
        cursor.chunk = after(chunk);
      } else if (chunk.isTaken(slot)) {
        cursor.sequence++;
      } else {
        return true;
      }
    }
    return false;
  }

  /** Moves a cursor back, unless it is there already. */
  void rewind(RingCursor cursor, long sequence) {
    if (sequence >= cursor.sequence) {
      return;
    }
    while (cursor.chunk != head && cursor.chunk.firstSequence > sequence) {
      ReadyChunk previous = cursor.chunk.previous;
      if (previous == null) {
        break;
      }
      cursor.chunk = previous;
    }
    cursor.sequence = sequence;
  }

  /** Takes the message at the cursor, which {@link #seek} has found. */
  void take(RingCursor cursor) {
    if (cursor.sequence == headSequence) {
      removeHead();
    } else {
      takeSlot(cursor.chunk, cursor.slot());
    }
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
        ReadyChunk passed = head;
        head = after(passed);
        head.previous = null;
        headSequence = head.firstSequence;
        leave(passed, head);
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
    head.previous = null;
    coldChunk = head;
    demotedChunk = head;
    for (int i = 0; i < cursors.size(); i++) {
      toTail(cursors.get(i));
    }
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
    return sequence < chunk.firstSequence ? null : chunk;
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
        coldSequence = coldChunk.firstSequence;
      } else if (coldChunk.payload(slot) != null) {
        coldSequence++;
      } else {
        return coldSequence;
      }
    }
  }

  /**
   * The first cold message which is not among those another load reads, or the highest number if
   * there is none.
   *
   * @param other a load under way, or null
   */
  long firstColdBesides(@Nullable ColdLoad other) {
    if (cold == 0) {
      return Long.MAX_VALUE;
    }
    long first = firstCold();
    long beyond = other == null ? first : other.beyondRing(first);
    return beyond < tailSequence ? beyond : Long.MAX_VALUE;
  }

  /**
   * Adds cold messages to a load.
   *
   * @param from where to begin, not before the first cold one
   * @param slotsMax how many slots to look at
   * @param other a load under way, whose messages are passed over
   * @return false if the load is full
   */
  boolean addColdTo(ColdLoad load, long from, int slotsMax, @Nullable ColdLoad other) {
    long sequence = from;
    ReadyChunk chunk = coldChunk;
    long end = Math.min(tailSequence, sequence + slotsMax);
    while (sequence < end) {
      long beyond = other == null ? sequence : other.beyondRing(sequence);
      if (beyond > sequence) {
        sequence = beyond;
        continue;
      }
      while (sequence >= chunk.firstSequence + chunk.end) {
        chunk = after(chunk);
        sequence = Math.max(sequence, chunk.firstSequence);
      }
      int slot = (int) (sequence - chunk.firstSequence);
      if (chunk.payload(slot) == null
          && !load.add(sequence, chunk.position(slot), chunk.sizeBytes(slot))) {
        return false;
      }
      sequence++;
    }
    return true;
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
        sequence = Math.max(sequence, chunk.firstSequence);
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
