package dev.warren.core.queue;

import dev.warren.core.message.Message;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What was last read from the journal only to be looked at: a run of cold messages in the order of
 * their sequences. It goes when the next run comes, so that a scan of a deep queue needs memory for
 * one load. Owned by the queue's owner.
 */
final class ScannedMessages {
  private long[] sequences = {};
  private @Nullable Message[] messages = {};
  private int count;
  private long charge;

  /** The message at this place, or null if it was not read. */
  @Nullable Message get(long sequence) {
    if (count == 0 || sequence < sequences[0] || sequence > sequences[count - 1]) {
      return null;
    }
    int index = Arrays.binarySearch(sequences, 0, count, sequence);
    return index < 0 ? null : messages[index];
  }

  /** Makes room for a run of up to so many; returns what that frees of the budget. */
  long begin(int countMax) {
    long freed = clear();
    if (sequences.length < countMax) {
      sequences = new long[countMax];
      messages = new Message[countMax];
    }
    return freed;
  }

  /** Adds a message behind the others; returns what it takes of the budget. */
  long add(long sequence, Message message) {
    sequences[count] = sequence;
    messages[count++] = message;
    long added = PayloadBudget.charge(message);
    charge += added;
    return added;
  }

  /** Forgets everything; returns what that frees of the budget. */
  long clear() {
    long freed = charge;
    Arrays.fill(messages, 0, count, null);
    count = 0;
    charge = 0;
    return freed;
  }
}
