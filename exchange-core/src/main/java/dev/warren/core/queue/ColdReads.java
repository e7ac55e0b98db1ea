package dev.warren.core.queue;

import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a queue reads back from its journal: the one load under way, and the messages that left the
 * queue cold and wait to be read so that they can be dead-lettered. Owned by the queue's owner.
 */
final class ColdReads {
  /** Most messages in one load. */
  static final int MESSAGES_MAX = 256;

  /** Most messages in one load of a scan. */
  static final int SCAN_MAX = 1024;

  /** A load ends with the message that reaches this size. */
  static final int BYTES_MAX = 1024 * 1024;

  /** Beyond so many waiting dead letters, expired messages stay in the queue for now. */
  static final int SCHEDULED_MAX = 1024;

  private static final long NO_SEQUENCE = -1;

  /** How far to read ahead while no consumer has credit. */
  private static final int AHEAD_WITHOUT_CREDIT = 32;

  /** Dead letters to be; those in the load under way are at the front. */
  private final ArrayDeque<DeadLetter> scheduled = new ArrayDeque<>();

  private long scheduledBytes;
  private boolean underWay;

  /** Whether the load is to be looked at rather than kept; otherwise the last one was. */
  private boolean scanning;

  // Where those who look through the queue wait: the first place beyond the end of the last scan,
  // and the first of all; so they take turns.
  private long lastScanEnd = -1;
  private long waitingBeyond = NO_SEQUENCE;
  private long waitingFirst = NO_SEQUENCE;
  private @Nullable RingCursor placeBeyond;
  private @Nullable RingCursor placeFirst;

  // The load, in the order of its positions: dead letters, returned messages, messages of the ring.
  private long[] positions = {};
  private long[] sequences = {};
  private ReturnedMessage[] returned = {};
  private int deadLetters;
  private int returnedCount;
  private int count;
  private int countMax;
  private long bytes;

  int scheduled() {
    return scheduled.size();
  }

  long scheduledBytes() {
    return scheduledBytes;
  }

  void schedule(DeadLetter deadLetter) {
    scheduled.add(deadLetter);
    scheduledBytes += deadLetter.sizeBytes();
  }

  /** Takes the next dead letter, or null if there is none. */
  @Nullable DeadLetter pollScheduled() {
    DeadLetter deadLetter = scheduled.poll();
    if (deadLetter != null) {
      scheduledBytes -= deadLetter.sizeBytes();
    }
    return deadLetter;
  }

  /** Whether the load under way is one to be looked at only. */
  boolean isScan() {
    return scanning;
  }

  /** Nobody waits for a scan, as far as is known. */
  void forgetWaiting() {
    waitingBeyond = NO_SEQUENCE;
    waitingFirst = NO_SEQUENCE;
    placeBeyond = null;
    placeFirst = null;
  }

  /** Somebody who looks through the queue cannot go on before this message was read. */
  void await(long sequence, RingCursor place) {
    if (waitingFirst == NO_SEQUENCE || sequence < waitingFirst) {
      waitingFirst = sequence;
      placeFirst = place;
    }
    if (sequence > lastScanEnd && (waitingBeyond == NO_SEQUENCE || sequence < waitingBeyond)) {
      waitingBeyond = sequence;
      placeBeyond = place;
    }
  }

  private long scanFrom() {
    return waitingBeyond == NO_SEQUENCE ? waitingFirst : waitingBeyond;
  }

  boolean isUnderWay() {
    return underWay;
  }

  int deadLetters() {
    return deadLetters;
  }

  int count() {
    return count;
  }

  /** The returned message at this place of the load, or null if it is one of the ring. */
  @Nullable ReturnedMessage returned(int index) {
    int at = index - deadLetters;
    return at < returnedCount ? returned[at] : null;
  }

  long sequence(int index) {
    return sequences[index];
  }

  long position(int index) {
    return positions[index];
  }

  /**
   * Begins a load if one is due. Messages at the head are read ahead for consumers that take any;
   * for others, a run of messages is read where one of them waits. Both take turns.
   *
   * @param hasCredit whether a consumer that takes any message has credit
   * @param hasConsumers whether there is one
   * @param mayScan false while what was read last has not been looked at yet
   * @return the positions to read, or null if nothing needs to be read now
   */
  long @Nullable [] begin(
      ReadyMessages ready, boolean hasCredit, boolean hasConsumers, boolean mayScan) {
    if (underWay || (scheduled.isEmpty() && !ready.hasCold())) {
      return null;
    }
    int ahead = hasCredit ? MESSAGES_MAX : hasConsumers ? AHEAD_WITHOUT_CREDIT : 0;
    boolean readAhead = ready.hasCold() && ready.hotPrefix(ahead) < (ahead + 1) / 2;
    boolean scan = mayScan && scanFrom() != NO_SEQUENCE;
    if (scheduled.isEmpty() && !readAhead && !scan) {
      return null;
    }
    if (readAhead && scan) {
      // What the head needs is read once only.
      scan = !scanning && !ready.isHotBefore(scanFrom());
      readAhead = !scan;
    }
    if (scan || readAhead) {
      scanning = scan;
    }
    clear();
    for (DeadLetter deadLetter : scheduled) {
      if (!add(NO_SEQUENCE, deadLetter.position(), deadLetter.sizeBytes())) {
        break;
      }
      deadLetters++;
    }
    if (scan) {
      beginScan(ready);
    } else if (readAhead) {
      countMax = Math.min(MESSAGES_MAX, deadLetters + ahead);
      ready.addColdTo(this, ahead);
    }
    underWay = true;
    return Arrays.copyOf(positions, count);
  }

  private void beginScan(ReadyMessages ready) {
    countMax = deadLetters + SCAN_MAX;
    long from = scanFrom();
    RingCursor place = waitingBeyond == NO_SEQUENCE ? placeFirst : placeBeyond;
    ready.addScanTo(this, place, from, 2 * SCAN_MAX);
    // The one who goes on from there comes after the others.
    lastScanEnd = count == deadLetters ? from : sequences[count - 1] + 1;
  }

  /** Adds a message of the ring to the load being put together; false if the load is full. */
  boolean add(long sequence, long position, int sizeBytes) {
    if (count == countMax || bytes >= BYTES_MAX) {
      return false;
    }
    if (count == positions.length) {
      int length = Math.max(16, 2 * count);
      positions = Arrays.copyOf(positions, length);
      sequences = Arrays.copyOf(sequences, length);
    }
    positions[count] = position;
    sequences[count] = sequence;
    count++;
    bytes += sizeBytes;
    return true;
  }

  boolean add(ReturnedMessage message) {
    if (!add(message.sequence, message.position(), message.sizeBytes)) {
      return false;
    }
    if (returnedCount == returned.length) {
      returned = Arrays.copyOf(returned, Math.max(16, 2 * returnedCount));
    }
    returned[returnedCount++] = message;
    return true;
  }

  /** The load is answered and dealt with. */
  void end() {
    underWay = false;
    clear();
  }

  private void clear() {
    Arrays.fill(returned, 0, returnedCount, null);
    deadLetters = 0;
    returnedCount = 0;
    count = 0;
    countMax = MESSAGES_MAX;
    bytes = 0;
  }
}
