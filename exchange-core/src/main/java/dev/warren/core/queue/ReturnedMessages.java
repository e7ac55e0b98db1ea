package dev.warren.core.queue;

import dev.warren.core.message.Message;
import java.util.Comparator;
import java.util.Iterator;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The messages that went back to a queue, by sequence. Owned by the queue's owner.
 *
 * <p>Kept apart from the ring because they come back in any order, long after the ring's head has
 * passed their slots (or, if they were taken from the middle, before it does); there are at most as
 * many as consumers held unsettled.
 */
final class ReturnedMessages implements Iterable<ReturnedMessage> {
  private final TreeSet<ReturnedMessage> bySequence =
      new TreeSet<>(Comparator.comparingLong((ReturnedMessage m) -> m.sequence));
  private @Nullable ReturnedMessage first;
  private long bytes;
  private int cold;
  private long version;

  boolean isEmpty() {
    return first == null;
  }

  /** The version of the message that came last. */
  long version() {
    return version;
  }

  /** The first message from this sequence on, or null. */
  @Nullable ReturnedMessage atOrAfter(long sequence) {
    return bySequence.ceiling(new ReturnedMessage(sequence));
  }

  /** Whether all of them come before this sequence. */
  boolean isBefore(long sequence) {
    return first == null || bySequence.last().sequence < sequence;
  }

  int count() {
    return bySequence.size();
  }

  long bytes() {
    return bytes;
  }

  int cold() {
    return cold;
  }

  /** The oldest, or null if there is none. */
  @Nullable ReturnedMessage first() {
    return first;
  }

  void add(ReturnedMessage message) {
    boolean added = bySequence.add(message);
    assert added : "sequence is in the queue twice";
    message.version = ++version;
    bytes += message.sizeBytes;
    if (message.payload == null) {
      cold++;
    }
    if (first == null || message.sequence < first.sequence) {
      first = message;
    }
  }

  void remove(ReturnedMessage message) {
    bySequence.remove(message);
    message.waiting = false;
    bytes -= message.sizeBytes;
    if (message.payload == null) {
      cold--;
    }
    if (message == first) {
      first = bySequence.isEmpty() ? null : bySequence.first();
    }
  }

  /** Gives a cold message its payload and returns by how much its size differs. */
  int fill(ReturnedMessage message, Message payload) {
    int change = payload.sizeBytes() - message.sizeBytes;
    message.payload = payload;
    message.sizeBytes += change;
    bytes += change;
    cold--;
    return change;
  }

  /** Gives up the payload of all but the oldest few; returns what that frees of the budget. */
  long demoteBeyond(int window) {
    long freed = 0;
    int seen = 0;
    for (ReturnedMessage message : bySequence) {
      if (seen++ >= window) {
        long charge = message.demote();
        if (charge > 0) {
          cold++;
          freed += charge;
        }
      }
    }
    return freed;
  }

  @Override
  public Iterator<ReturnedMessage> iterator() {
    return bySequence.iterator();
  }
}
