package dev.warren.core.queue;

import java.util.List;

/**
 * Some messages of a queue in its order. Immutable.
 *
 * @param next the id from which to look on, or {@link #END}
 */
public record QueuePage(List<QueuedMessage> messages, long next) {
  /** There was nothing more at that moment. */
  public static final long END = -1;

  /** Copies the list. */
  public QueuePage {
    messages = List.copyOf(messages);
  }
}
