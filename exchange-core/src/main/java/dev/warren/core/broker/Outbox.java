package dev.warren.core.broker;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What one loop has for one receiver during a tick: triples of (mail, first, second), in order.
 * Owned by the sending loop until it is handed over as a whole. Its length is bounded by what one
 * tick can do: credit bounds messages and settlements.
 */
final class Outbox {
  private static final int STRIDE = 3;
  private static final int INITIAL = 16 * STRIDE;
  private static final int KEPT_MAX = 8192 * STRIDE;

  private @Nullable Object[] items = new Object[INITIAL];
  private int length;

  void add(Mail mail, Object first, @Nullable Object second) {
    if (length == items.length) {
      items = Arrays.copyOf(items, length * 2);
    }
    items[length] = mail;
    items[length + 1] = first;
    items[length + 2] = second;
    length += STRIDE;
  }

  boolean isEmpty() {
    return length == 0;
  }

  /** Takes the content out into an outbox of its own. */
  Outbox take() {
    Outbox full = new Outbox();
    full.items = items;
    full.length = length;
    items = new Object[Math.min(Math.max(length, INITIAL), KEPT_MAX)];
    length = 0;
    return full;
  }

  /** Moves the content to an empty outbox, exchanging arrays, so that neither is allocated anew. */
  void swap(Outbox empty) {
    assert empty.length == 0;
    @Nullable Object[] spare = empty.items;
    empty.items = items;
    empty.length = length;
    items = spare;
    length = 0;
  }

  /** Delivers everything, in order, and is empty afterwards. */
  void deliver() {
    for (int i = 0; i < length; i += STRIDE) {
      Mail mail = (Mail) items[i];
      Object first = items[i + 1];
      assert mail != null && first != null;
      try {
        mail.receive(first, items[i + 2]);
      } catch (RuntimeException e) {
        // What is behind it belongs to others and must still arrive.
        BrokerLoop.logFailure("mail", e);
      }
      items[i] = null;
      items[i + 1] = null;
      items[i + 2] = null;
    }
    length = 0;
    if (items.length > KEPT_MAX) {
      items = new Object[INITIAL];
    }
  }
}
