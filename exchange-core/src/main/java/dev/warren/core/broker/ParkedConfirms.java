package dev.warren.core.broker;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Deliveries whose outcome waits for the journal: a ring of (sequence, waiter, token) in the order
 * they were appended, so that one comparison per message settles everything a sync has covered.
 * Owned by its loop. Bounded by what the publishers of the loop may have parked.
 */
final class ParkedConfirms {
  private static final int INITIAL = 1024;

  private long[] sequences = new long[INITIAL];
  private @Nullable Waiter[] waiters = new Waiter[INITIAL];
  private @Nullable Object[] tokens = new Object[INITIAL];
  private int head;
  private int size;

  /** Who waits for the journal. */
  interface Waiter {
    /** The journal has what was parked with this token. */
    void onDurable(Object token);
  }

  void add(long sequence, Waiter waiter, Object token) {
    if (size == sequences.length) {
      grow();
    }
    int at = (head + size) & (sequences.length - 1);
    sequences[at] = sequence;
    waiters[at] = waiter;
    tokens[at] = token;
    size++;
  }

  /** Everything up to this sequence is durable: tells who waits. */
  void durableUpTo(long sequence) {
    while (size > 0 && sequences[head] <= sequence) {
      Waiter waiter = waiters[head];
      Object token = tokens[head];
      assert waiter != null && token != null;
      waiters[head] = null;
      tokens[head] = null;
      head = (head + 1) & (sequences.length - 1);
      size--;
      waiter.onDurable(token);
    }
  }

  int size() {
    return size;
  }

  private void grow() {
    int length = sequences.length;
    sequences = Arrays.copyOf(sequences, length * 2);
    waiters = Arrays.copyOf(waiters, length * 2);
    tokens = Arrays.copyOf(tokens, length * 2);
    // The part which had wrapped goes behind the rest.
    System.arraycopy(sequences, 0, sequences, length, head);
    System.arraycopy(waiters, 0, waiters, length, head);
    System.arraycopy(tokens, 0, tokens, length, head);
  }
}
