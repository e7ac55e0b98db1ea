package dev.warren.core.queue;

import dev.warren.core.message.Message;
import dev.warren.core.message.StoredMessage;
import org.jspecify.annotations.Nullable;

/**
 * All ready messages of a queue in order: first those that went back to it, then the ring. Owned by
 * the queue's owner. Must not be asked for its head while it is empty.
 */
final class ReadyMessages {
  /** How many messages at the head keep their payload while the budget is exceeded. */
  static final int HOT_WINDOW = 1024;

  /** How many keep it when the broker asks for memory. */
  static final int HOT_WINDOW_MIN = 32;

  /** Two for each message added would do; more catch up with what was not written in time. */
  private static final int DEMOTION_SLOTS = 16;

  private final ReadyRing ring = new ReadyRing();
  private final ReturnedMessages returned = new ReturnedMessages();
  private final int hotWindow;

  ReadyMessages(int hotWindow) {
    this.hotWindow = hotWindow;
  }

  boolean isEmpty() {
    return ring.count() == 0 && returned.first() == null;
  }

  long count() {
    return (long) ring.count() + returned.count();
  }

  long bytes() {
    return ring.bytes() + returned.bytes();
  }

  boolean hasCold() {
    return ring.cold() > 0 || returned.cold() > 0;
  }

  void add(StoredMessage message, long expiresAtMs, Attempts attempts) {
    ring.addHot(message, expiresAtMs, attempts);
  }

  void addCold(long position, int sizeBytes, long expiresAtMs, Attempts attempts) {
    ring.addCold(position, sizeBytes, expiresAtMs, attempts);
  }

  void putBack(ReturnedMessage message) {
    returned.add(message);
  }

  long headSequence() {
    ReturnedMessage first = returned.first();
    return first == null ? ring.headSequence() : first.sequence;
  }

  /** A {@link StoredMessage}, a loaded {@link Message}, or null if the head is cold. */
  @Nullable Object headPayload() {
    ReturnedMessage first = returned.first();
    return first == null ? ring.headPayload() : first.payload;
  }

  long headPosition() {
    ReturnedMessage first = returned.first();
    return first == null ? ring.headPosition() : first.position();
  }

  int headSizeBytes() {
    ReturnedMessage first = returned.first();
    return first == null ? ring.headSizeBytes() : first.sizeBytes;
  }

  long headExpiresAtMs() {
    ReturnedMessage first = returned.first();
    return first == null ? ring.headExpiresAtMs() : first.expiresAtMs;
  }

  Attempts headAttempts() {
    ReturnedMessage first = returned.first();
    return first == null ? ring.headAttempts() : first.attempts;
  }

  void removeHead() {
    ReturnedMessage first = returned.first();
    if (first == null) {
      ring.removeHead();
    } else {
      returned.remove(first);
    }
  }

  /** How many messages can be delivered before the first cold one, counted up to {@code max}. */
  long hotPrefix(int max) {
    if (returned.cold() == 0) {
      return returned.count() + ring.hotPrefix();
    }
    int hot = 0;
    for (ReturnedMessage message : returned) {
      if (message.payload == null || hot == max) {
        break;
      }
      hot++;
    }
    return hot;
  }

  /** Adds the cold messages among the next {@code max} to a load. */
  void addColdTo(ColdReads reads, int max) {
    int seen = 0;
    if (returned.cold() > 0) {
      for (ReturnedMessage message : returned) {
        if (seen++ == max || (message.payload == null && !reads.add(message))) {
          return;
        }
      }
    }
    // Twice as many slots: messages which are not journalled may stand between.
    ring.addColdTo(reads, 2 * max);
  }

  /** Gives a cold message of the ring its payload, unless it is gone. */
  boolean fill(long sequence, Message message) {
    return ring.fill(sequence, message);
  }

  /** Gives a cold message which went back its payload, unless it is gone. */
  boolean fill(ReturnedMessage message, Message payload) {
    if (!message.waiting || message.payload != null) {
      return false;
    }
    returned.fill(message, payload);
    return true;
  }

  /** Removes a message of the ring that cannot be read, unless it is gone. */
  boolean take(long sequence) {
    return ring.take(sequence);
  }

  /** Removes a message that cannot be read, unless it is gone. */
  boolean take(ReturnedMessage message) {
    if (!message.waiting) {
      return false;
    }
    returned.remove(message);
    return true;
  }

  /** A bounded step of giving payload up; returns what that frees of the budget. */
  long demote() {
    return ring.demote(hotWindow, DEMOTION_SLOTS);
  }

  /** Gives up all payload that can be read back, but for a few; returns what that frees. */
  long demoteAll() {
    int window = Math.min(hotWindow, HOT_WINDOW_MIN);
    return returned.demoteBeyond(window) + ring.demoteAll(window);
  }
}
