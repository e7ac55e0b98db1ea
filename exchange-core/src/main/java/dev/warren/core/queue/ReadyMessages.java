package dev.warren.core.queue;

import dev.warren.core.message.Message;
import dev.warren.core.message.StoredMessage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All ready messages of a queue in order: the rings of its levels, and those that went back to the
 * queue, which may come at any place. Owned by the queue's owner. Must not be asked for its head
 * while it is empty.
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

  private final LevelRings rings;
  private final ReturnedMessages returned = new ReturnedMessages();
  private final ScannedMessages scanned = new ScannedMessages();
  private final KnownHeads knownHeads = new KnownHeads();
  private final List<ReadyCursor> cursors = new ArrayList<>();
  private final int hotWindow;
  private @Nullable ReadyWalk loadWalk;

  ReadyMessages(int hotWindow, Priorities priorities) {
    this.hotWindow = hotWindow;
    this.rings = new LevelRings(priorities.absent());
  }

  /** What was read to be looked at. */
  ScannedMessages scanned() {
    return scanned;
  }

  ReadyWalk newWalk() {
    return new ReadyWalk(rings, returned, scanned);
  }

  /** A cursor before the first message; to be closed. */
  ReadyCursor open() {
    ReadyCursor cursor = openOnce();
    cursors.add(cursor);
    return cursor;
  }

  /** The same for one who goes to the tail once: what comes back behind it is not new to it. */
  ReadyCursor openOnce() {
    return new ReadyCursor(rings, rings.open());
  }

  void close(ReadyCursor cursor) {
    cursors.remove(cursor);
    rings.close(cursor.place);
  }

  /** Whether there is nothing a cursor has not seen. */
  boolean hasSeenAll(ReadyCursor cursor) {
    return rings.isAtTail(cursor.place) && !cursor.hasReturned();
  }

  /** Everything from this sequence on is new again to a cursor. */
  void revisit(ReadyCursor cursor, long sequence) {
    rings.rewind(cursor.place, sequence);
    cursor.returnedFrom = Math.min(cursor.returnedFrom, sequence);
    cursor.returnedTo = ReadyCursor.LAST;
    cursor.seenVersion = 0;
  }

  boolean isEmpty() {
    return rings.isEmpty() && returned.first() == null;
  }

  long count() {
    return rings.count() + returned.count();
  }

  long bytes() {
    return rings.bytes() + returned.bytes();
  }

  /**
   * When the oldest of them came, as far as the head of each level, or what went back, tells; 0 if
   * there is none, or if a head is on disk and was not looked at.
   */
  long oldestAtMs() {
    ReturnedMessage first = returned.first();
    long other =
        first == null ? KnownHeads.NONE : knownHeads.receivedAtMs(first.sequence, first.payload);
    long oldest = rings.oldestAtMs(other, knownHeads);
    return oldest == KnownHeads.NONE ? 0 : oldest;
  }

  /** A head on disk of which it is not known when it came. */
  KnownHeads.Search unknownHead() {
    KnownHeads.Search search = new KnownHeads.Search();
    ReturnedMessage first = returned.first();
    if (first != null) {
      knownHeads.show(search, first.sequence, first.payload, first.position());
    }
    rings.show(search, knownHeads);
    return search;
  }

  /** That head was read. */
  void learn(KnownHeads.Search head, Message read) {
    knownHeads.learn(head, read);
  }

  /** How many are not in memory. */
  long cold() {
    return rings.cold() + returned.cold();
  }

  /** The ring with the first of all messages that never left; it may be empty. */
  ReadyRing firstRing() {
    return rings.first();
  }

  boolean hasCold() {
    return rings.hasCold() || returned.cold() > 0;
  }

  void add(StoredMessage message, long expiresAtMs, Attempts attempts, int level) {
    rings.at(level).addHot(message, expiresAtMs, attempts);
  }

  void addCold(long position, int sizeBytes, long expiresAtMs, Attempts attempts, int level) {
    rings.at(level).addCold(position, sizeBytes, expiresAtMs, attempts);
  }

  void putBack(ReturnedMessage message) {
    returned.add(message);
    for (int i = 0; i < cursors.size(); i++) {
      cursors.get(i).onReturned(message.sequence);
    }
  }

  /** The head if it went back to the queue; null if the head is in a ring. */
  private @Nullable ReturnedMessage returnedHead() {
    ReturnedMessage first = returned.first();
    if (first == null) {
      return null;
    }
    ReadyRing ring = rings.first();
    return ring.count() > 0 && first.sequence > ring.headSequence() ? null : first;
  }

  long headSequence() {
    ReturnedMessage first = returnedHead();
    return first == null ? rings.first().headSequence() : first.sequence;
  }

  /** A {@link StoredMessage}, a loaded {@link Message}, or null if the head is cold. */
  @Nullable Object headPayload() {
    ReturnedMessage first = returnedHead();
    return first == null ? rings.first().headPayload() : first.payload;
  }

  long headPosition() {
    ReturnedMessage first = returnedHead();
    return first == null ? rings.first().headPosition() : first.position();
  }

  int headSizeBytes() {
    ReturnedMessage first = returnedHead();
    return first == null ? rings.first().headSizeBytes() : first.sizeBytes;
  }

  long headExpiresAtMs() {
    ReturnedMessage first = returnedHead();
    return first == null ? rings.first().headExpiresAtMs() : first.expiresAtMs;
  }

  Attempts headAttempts() {
    ReturnedMessage first = returnedHead();
    return first == null ? rings.first().headAttempts() : first.attempts;
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
      rings.first().removeHead();
    } else {
      returned.remove(first);
    }
  }

  /** How many messages can be delivered before the first cold one, counted up to {@code max}. */
  long hotPrefix(int max) {
    long coldAt = rings.firstColdBesides(null);
    if (returned.cold() == 0 && returned.isBefore(coldAt)) {
      return returned.count() + rings.hotBefore(coldAt);
    }
    int hot = 0;
    for (ReturnedMessage message : returned) {
      if (message.sequence > coldAt) {
        break;
      }
      if (message.payload == null || hot == max) {
        return hot + rings.hotBefore(message.sequence);
      }
      hot++;
    }
    return hot + rings.hotBefore(coldAt);
  }

  /** Whether nothing in the rings before this sequence is cold. */
  boolean isHotBefore(long sequence) {
    return rings.firstColdBesides(null) >= sequence;
  }

  /**
   * Adds the first cold messages to a load.
   *
   * @param other a load under way, whose messages are not added again
   */
  void addColdTo(ColdLoad load, int max, @Nullable ColdLoad other) {
    long coldAt = rings.firstColdBesides(other);
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
    rings.addColdTo(load, 2 * max, other);
  }

  /** Adds the cold messages from a place on to a load, looking at so many for them. */
  void addScanTo(ColdLoad load, @Nullable ReadyPlace place, long sequence, int messagesMax) {
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
    return rings.take(sequence);
  }

  /** Gives a cold message of a ring its payload, unless it is gone. */
  boolean fill(long sequence, Message message) {
    return rings.fill(sequence, message);
  }

  /** Gives a cold message which went back its payload, unless it is gone. */
  boolean fill(ReturnedMessage message, Message payload) {
    if (!message.waiting || message.payload != null) {
      return false;
    }
    returned.fill(message, payload);
    return true;
  }

  /** Removes a message of a ring that cannot be read, unless it is gone. */
  boolean take(long sequence) {
    return rings.take(sequence);
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
    return rings.demote(hotWindow, DEMOTION_SLOTS);
  }

  /** Gives up all payload that can be read back, but for a few; returns what that frees. */
  long demoteAll() {
    int window = Math.min(hotWindow, HOT_WINDOW_MIN);
    return returned.demoteBeyond(window) + rings.demoteAll(window);
  }
}
