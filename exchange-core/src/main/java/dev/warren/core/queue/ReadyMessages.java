package dev.warren.core.queue;

import dev.warren.core.message.Message;
import dev.warren.core.message.StoredMessage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All ready messages of a queue in order, the ring and those that went back to the queue. Owned by
 * the queue's owner. Must not be asked for its head while it is empty.
 *
 * <p>The ring holds the messages of one level, that of messages without a priority: in most queues
 * all there are. Messages of other levels have sequences before or behind all of the ring's, and
 * are kept among those that went back, which may come at any place. There a message takes about 100
 * bytes rather than 12, and finding its place takes longer the more there are.
 *
 * <p>Whoever looks for a message behind the head has a {@link ReadyCursor} here and goes by a
 * {@link ReadyWalk}.
 */
final class ReadyMessages {
  /** How many messages at the head keep their payload while the budget is exceeded. */
  static final int HOT_WINDOW = 1024;

  /** How many keep it when the broker asks for memory. */
  static final int HOT_WINDOW_MIN = 32;

  /** Two for each message added would do; more catch up with what was not written in time. */
  private static final int DEMOTION_SLOTS = 16;

  /** Sequences of each level, of which there are more than a queue will see messages. */
  private static final int LEVEL_BITS = 48;

  private final ReadyRing ring;
  private final ReturnedMessages returned = new ReturnedMessages();
  private final ScannedMessages scanned = new ScannedMessages();
  private final List<ReadyCursor> cursors = new ArrayList<>();
  private final int hotWindow;
  private final int ringLevel;
  private long outOfRing;
  private @Nullable ReadyWalk loadWalk;

  ReadyMessages(int hotWindow, Priorities priorities) {
    this.hotWindow = hotWindow;
    this.ringLevel = priorities.absent();
    this.ring = new ReadyRing(firstSequence(ringLevel));
  }

  /** Higher levels have lower sequences, so that sequences are the order of the queue. */
  private static long firstSequence(int level) {
    return (long) (Priorities.HIGHEST_MAX - level) << LEVEL_BITS;
  }

  private long nextSequence(int level) {
    return firstSequence(level) + outOfRing++;
  }

  /** What was read to be looked at. */
  ScannedMessages scanned() {
    return scanned;
  }

  ReadyWalk newWalk() {
    return new ReadyWalk(ring, returned, scanned);
  }

  /** A cursor before the first message; to be closed. */
  ReadyCursor open() {
    ReadyCursor cursor = new ReadyCursor(ring.open());
    cursors.add(cursor);
    return cursor;
  }

  /** The same for one who goes to the tail once: what comes back behind it is not new to it. */
  ReadyCursor openOnce() {
    return new ReadyCursor(ring.open());
  }

  void close(ReadyCursor cursor) {
    cursors.remove(cursor);
    ring.close(cursor.ring);
  }

  /** Whether there is nothing a cursor has not seen. */
  boolean hasSeenAll(ReadyCursor cursor) {
    return cursor.ring.sequence >= ring.tailSequence() && !cursor.hasReturned();
  }

  /** Everything from this sequence on is new again to a cursor. */
  void revisit(ReadyCursor cursor, long sequence) {
    ring.rewind(cursor.ring, sequence);
    cursor.returnedFrom = Math.min(cursor.returnedFrom, sequence);
    cursor.returnedTo = ReadyCursor.LAST;
    cursor.seenVersion = 0;
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

  /** Messages in the ring; the others are few in most queues. */
  int ringCount() {
    return ring.count();
  }

  /** Bytes of those. */
  long ringBytes() {
    return ring.bytes();
  }

  /** Takes all of them out at once. */
  PurgedRun takeRing() {
    return ring.takeAll();
  }

  boolean hasCold() {
    return ring.cold() > 0 || returned.cold() > 0;
  }

  void add(StoredMessage message, long expiresAtMs, Attempts attempts, int level) {
    if (level == ringLevel) {
      ring.addHot(message, expiresAtMs, attempts);
    } else {
      putBack(
          new ReturnedMessage(
              nextSequence(level), expiresAtMs, attempts, message.message().sizeBytes(), message));
    }
  }

  void addCold(long position, int sizeBytes, long expiresAtMs, Attempts attempts, int level) {
    if (level == ringLevel) {
      ring.addCold(position, sizeBytes, expiresAtMs, attempts);
    } else {
      ReturnedMessage message =
          new ReturnedMessage(nextSequence(level), expiresAtMs, attempts, sizeBytes, null);
      message.position = position;
      putBack(message);
    }
  }

  void putBack(ReturnedMessage message) {
    returned.add(message);
    for (int i = 0; i < cursors.size(); i++) {
      cursors.get(i).onReturned(message.sequence);
    }
  }

  /** The head if it went back to the queue; null if the head is in the ring. */
  private @Nullable ReturnedMessage returnedHead() {
    ReturnedMessage first = returned.first();
    boolean isBehind = first == null || (ring.count() > 0 && first.sequence > ring.headSequence());
    return isBehind ? null : first;
  }

  long headSequence() {
    ReturnedMessage first = returnedHead();
    return first == null ? ring.headSequence() : first.sequence;
  }

  /** A {@link StoredMessage}, a loaded {@link Message}, or null if the head is cold. */
  @Nullable Object headPayload() {
    ReturnedMessage first = returnedHead();
    return first == null ? ring.headPayload() : first.payload;
  }

  long headPosition() {
    ReturnedMessage first = returnedHead();
    return first == null ? ring.headPosition() : first.position();
  }

  int headSizeBytes() {
    ReturnedMessage first = returnedHead();
    return first == null ? ring.headSizeBytes() : first.sizeBytes;
  }

  long headExpiresAtMs() {
    ReturnedMessage first = returnedHead();
    return first == null ? ring.headExpiresAtMs() : first.expiresAtMs;
  }

  Attempts headAttempts() {
    ReturnedMessage first = returnedHead();
    return first == null ? ring.headAttempts() : first.attempts;
  }

  /** What a consumer gets that is handed the head, whose payload this is. */
  Checkout headCheckout(Consumer consumer, Object payload) {
    StoredMessage stored = payload instanceof StoredMessage s ? s : null;
    return new Checkout(
        consumer,
        headSequence(),
        stored == null ? headPosition() : StoredMessage.NO_POSITION,
        headExpiresAtMs(),
        stored,
        ReadyChunk.messageOf(payload),
        headAttempts());
  }

  void removeHead() {
    ReturnedMessage first = returnedHead();
    if (first == null) {
      ring.removeHead();
    } else {
      returned.remove(first);
    }
  }

  /** How many messages can be delivered before the first cold one, counted up to {@code max}. */
  long hotPrefix(int max) {
    long ringHot = ring.hotPrefix();
    long coldAt = ring.cold() == 0 ? Long.MAX_VALUE : ring.headSequence() + ringHot;
    if (returned.cold() == 0 && returned.isBefore(coldAt)) {
      return returned.count() + ringHot;
    }
    int hot = 0;
    for (ReturnedMessage message : returned) {
      if (message.sequence > coldAt) {
        break;
      }
      if (message.payload == null || hot == max) {
        // Those of the ring that come before it.
        return hot + Math.max(0, Math.min(ringHot, message.sequence - ring.headSequence()));
      }
      hot++;
    }
    return hot + ringHot;
  }

  /** Whether nothing in the ring before this sequence is cold. */
  boolean isHotBefore(long sequence) {
    return ring.cold() == 0 || ring.headSequence() + ring.hotPrefix() >= sequence;
  }

  /**
   * Adds the first cold messages to a load.
   *
   * @param other a load under way, whose messages are not added again
   */
  void addColdTo(ColdLoad load, int max, @Nullable ColdLoad other) {
    long coldAt = ring.firstColdBesides(other);
    if (returned.cold() > 0) {
      // As many again may be on their way, or in memory.
      int seen = 0;
      for (ReturnedMessage message : returned) {
        if (seen++ == 2 * max || message.sequence > coldAt) {
          break;
        }
        if (message.payload == null && !message.loading && !load.add(message)) {
          return;
        }
      }
    }
    // Twice as many slots: messages which are not journalled may stand between.
    ring.addColdTo(load, coldAt, 2 * max, other);
  }

  /** Adds the cold messages from a place on to a load, looking at so many for them. */
  void addScanTo(ColdLoad load, @Nullable RingCursor place, long sequence, int messagesMax) {
    ReadyWalk walk = loadWalk;
    if (walk == null) {
      walk = newWalk();
      loadWalk = walk;
    }
    walk.start(place, sequence);
    for (int i = 0; i < messagesMax && !walk.isAtEnd(); i++) {
      if (walk.keptPayload() == null
          && !load.add(walk.sequence(), walk.position(), walk.sizeBytes())) {
        return;
      }
      walk.advance();
    }
  }

  /** Removes a message that cannot be read, wherever it is, unless it is gone. */
  boolean takeAnywhere(long sequence) {
    ReturnedMessage message = returned.atOrAfter(sequence);
    if (message != null && message.sequence == sequence) {
      return take(message);
    }
    return ring.take(sequence);
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
