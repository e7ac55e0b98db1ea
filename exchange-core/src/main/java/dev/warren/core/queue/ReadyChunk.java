package dev.warren.core.queue;

import dev.warren.core.message.Message;
import dev.warren.core.message.StoredMessage;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A run of slots of a {@link ReadyRing} with consecutive sequences. Owned by the queue's owner.
 *
 * <p>Arrays exist only when a slot needs them. A chunk of hot messages has just the references (4
 * bytes a slot); a cold one has position and size (12 bytes) and no references; deadlines add 8.
 */
final class ReadyChunk {
  /** The deadline of a message without a time to live. */
  static final long NEVER = Long.MAX_VALUE;

  /** Marks a slot whose message was taken before the head reached it. */
  private static final Object TAKEN = new Object();

  final int capacity;
  long firstSequence;
  int end;
  @Nullable ReadyChunk next;
  @Nullable ReadyChunk previous;

  /** In each slot a {@link StoredMessage}, a loaded {@link Message}, TAKEN, or null if cold. */
  private @Nullable Object @Nullable [] payloads;

  private int payloadCount;
  private int takenCount;
  private long @Nullable [] positions;
  private int @Nullable [] sizes;
  private long @Nullable [] deadlines;

  /** The attempts of all slots, as long as they agree; otherwise {@link #attempts} has them. */
  private Attempts commonAttempts = Attempts.NONE;

  private Attempts @Nullable [] attempts;

  ReadyChunk(int capacity, long firstSequence) {
    this.capacity = capacity;
    this.firstSequence = firstSequence;
  }

  /** The message in a payload. */
  static Message messageOf(Object payload) {
    return payload instanceof StoredMessage stored ? stored.message() : (Message) payload;
  }

  boolean isFull() {
    return end == capacity;
  }

  /** Whether no slot has a payload, so that a search for payloads can skip the chunk. */
  boolean isCold() {
    return payloads == null;
  }

  void addHot(StoredMessage message, long expiresAtMs, Attempts tried) {
    setPayload(end, message);
    addSlot(expiresAtMs, tried);
  }

  void addCold(long position, int sizeBytes, long expiresAtMs, Attempts tried) {
    setReference(end, position, sizeBytes);
    addSlot(expiresAtMs, tried);
  }

  private void addSlot(long expiresAtMs, Attempts tried) {
    int slot = end++;
    if (deadlines != null) {
      deadlines[slot] = expiresAtMs;
    } else if (expiresAtMs != NEVER) {
      deadlines = new long[capacity];
      Arrays.fill(deadlines, 0, slot, NEVER);
      deadlines[slot] = expiresAtMs;
    }
    if (attempts != null) {
      attempts[slot] = tried;
    } else if (slot == 0) {
      commonAttempts = tried;
    } else if (!tried.equals(commonAttempts)) {
      attempts = new Attempts[capacity];
      Arrays.fill(attempts, 0, slot, commonAttempts);
      attempts[slot] = tried;
    }
  }

  /** The payload, or null if the message is cold. */
  @Nullable Object payload(int slot) {
    return payloads == null ? null : payloads[slot];
  }

  boolean isTaken(int slot) {
    return payloads != null && payloads[slot] == TAKEN;
  }

  long position(int slot) {
    if (payload(slot) instanceof StoredMessage stored) {
      return stored.position();
    }
    return positions == null ? StoredMessage.NO_POSITION : positions[slot];
  }

  int sizeBytes(int slot) {
    Object payload = payload(slot);
    if (payload != null) {
      return messageOf(payload).sizeBytes();
    }
    return sizes == null ? 0 : sizes[slot];
  }

  long expiresAtMs(int slot) {
    return deadlines == null ? NEVER : deadlines[slot];
  }

  Attempts attempts(int slot) {
    return attempts == null ? commonAttempts : attempts[slot];
  }

  /** Forgets a slot which the head has passed. */
  void clear(int slot) {
    if (payloads != null && payloads[slot] != null) {
      payloads[slot] = null;
      payloadCount--;
    }
  }

  /** Marks a slot as empty although the head has not reached it. */
  void take(int slot) {
    clear(slot);
    setPayload(slot, TAKEN);
    takenCount++;
  }

  /** Whether all its messages were taken, before the head came here. */
  boolean isSpent() {
    return takenCount == capacity;
  }

  /** Gives a cold slot its message, read back from the journal. */
  void fill(int slot, Message message) {
    setPayload(slot, message);
  }

  /**
   * Gives up the payload of a slot, if the journal has it.
   *
   * @return what that frees of the budget; 0 if there is nothing to free; -1 if the message is
   *     going to the journal but is not there yet
   */
  long demote(int slot) {
    if (payloads == null) {
      return 0;
    }
    Object payload = payloads[slot];
    if (payload == null || payload == TAKEN) {
      return 0;
    }
    if (payload instanceof StoredMessage stored) {
      if (!stored.isJournalled()) {
        return 0;
      }
      if (stored.position() == StoredMessage.NO_POSITION) {
        return -1;
      }
    }
    setReference(slot, position(slot), sizeBytes(slot));
    clear(slot);
    if (payloadCount == 0 && isFull()) {
      payloads = null;
    }
    return PayloadBudget.charge(payload);
  }

  /** Begins anew when all slots are used up and none follows. */
  void restart(long sequence) {
    assert payloadCount == 0;
    firstSequence = sequence;
    end = 0;
    takenCount = 0;
    positions = null;
    sizes = null;
    attempts = null;
  }

  private void setPayload(int slot, Object payload) {
    if (payloads == null) {
      payloads = new Object[capacity];
    }
    payloads[slot] = payload;
    payloadCount++;
  }

  private void setReference(int slot, long position, int sizeBytes) {
    if (positions == null || sizes == null) {
      positions = new long[capacity];
      sizes = new int[capacity];
    }
    positions[slot] = position;
    sizes[slot] = sizeBytes;
  }
}
