package dev.warren.core.queue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a queue reads back from its journal: the loads under way, and the messages that left the
 * queue cold and wait to be read so that they can be dead-lettered. Owned by the queue's owner.
 *
 * <p>For consumers that take any message the queue reads ahead from its head on. Two such loads are
 * under way as long as consumers want more than is in memory, so that one is being read while the
 * other is handed out, and the speed is that of the slower of the two rather than of both in turn.
 * Besides them there is at most one scan and one load of dead letters.
 */
final class ColdReads {
  /** Most messages in one load that reads ahead, or of dead letters. */
  static final int MESSAGES_MAX = 512;

  /** Most messages in one load of a scan. */
  static final int SCAN_MAX = 1024;

  /** Beyond so many waiting dead letters, expired messages stay in the queue for now. */
  static final int SCHEDULED_MAX = 1024;

  private static final long NO_SEQUENCE = ColdLoad.NO_SEQUENCE;

  /** {@link #MESSAGES_MAX}, or fewer in a test. */
  private final int messagesMax;

  /** Dead letters to be; those in the load under way are at the front. */
  private final ArrayDeque<DeadLetter> scheduled = new ArrayDeque<>();

  private long scheduledBytes;

  /** In the order in which they began; answered in any. */
  private final List<ColdLoad> underWay = new ArrayList<>();

  // Where those who look through the queue wait: the first place beyond the end of the last scan,
  // and the first of all; so they take turns.
  private long lastScanEnd = -1;
  private long waitingBeyond = NO_SEQUENCE;
  private long waitingFirst = NO_SEQUENCE;
  private @Nullable ReadyPlace placeBeyond;
  private @Nullable ReadyPlace placeFirst;

  ColdReads(int messagesMax) {
    this.messagesMax = messagesMax;
  }

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

  /** Nobody waits for a scan, as far as is known. */
  void forgetWaiting() {
    waitingBeyond = NO_SEQUENCE;
    waitingFirst = NO_SEQUENCE;
    placeBeyond = null;
    placeFirst = null;
  }

  /** Somebody who looks through the queue cannot go on before this message was read. */
  void await(long sequence, ReadyPlace place) {
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

  boolean isUnderWay(ColdLoad load) {
    return underWay.contains(load);
  }

  /** The load of this kind that began first, or null if there is none. */
  private @Nullable ColdLoad underWay(ColdLoad.Kind kind) {
    for (int i = 0; i < underWay.size(); i++) {
      if (underWay.get(i).kind() == kind) {
        return underWay.get(i);
      }
    }
    return null;
  }

  /**
   * Begins a load if one is due; to be called again until none is. Messages at the head are read
   * ahead for consumers that take any; for others, a run of messages is read where one of them
   * waits.
   *
   * @param demand what consumers that take any message want
   * @param mayScan false while what was read last has not been looked at yet
   * @return what to read, or null if nothing needs to be read now
   */
  @Nullable ColdLoad begin(ReadyMessages ready, Demand demand, boolean mayScan) {
    ColdLoad load = null;
    if (!scheduled.isEmpty() && underWay(ColdLoad.Kind.DEAD_LETTERS) == null) {
      load = deadLetters();
    } else if (ready.hasCold()) {
      load = ahead(ready, demand);
      if (load == null && mayScan) {
        load = scan(ready);
      }
    }
    if (load != null) {
      load.seal();
      underWay.add(load);
    }
    return load;
  }

  private ColdLoad deadLetters() {
    ColdLoad load = new ColdLoad(ColdLoad.Kind.DEAD_LETTERS, messagesMax);
    for (Iterator<DeadLetter> all = scheduled.iterator(); all.hasNext(); ) {
      DeadLetter deadLetter = all.next();
      if (!load.add(NO_SEQUENCE, deadLetter.position(), deadLetter.sizeBytes())) {
        break;
      }
    }
    return load;
  }

  private @Nullable ColdLoad ahead(ReadyMessages ready, Demand demand) {
    ColdLoad other = null;
    int loads = 0;
    for (int i = 0; i < underWay.size(); i++) {
      if (underWay.get(i).kind() == ColdLoad.Kind.AHEAD) {
        other = underWay.get(i);
        loads++;
      }
    }
    int ahead = messages(demand, ready);
    int size = demand == Demand.ALL ? ahead / 2 : ahead;
    int enough = ahead - size / 2;
    int pending = other == null ? 0 : other.count();
    if (loads == 2 || pending >= enough || pending + ready.hotPrefix(size) >= enough) {
      return null;
    }
    ColdLoad load = new ColdLoad(ColdLoad.Kind.AHEAD, size);
    ready.addColdTo(load, size, other);
    return load.count() == 0 ? null : load;
  }

  /** How many to have in memory or on the way; not many more than fill the loads, if large. */
  private int messages(Demand demand, ReadyMessages ready) {
    int sixteenths = demand.sixteenths;
    long average = Math.max(1, ready.bytes() / ready.count());
    long inBytes = Math.max(1, sixteenths / 16) * (1 + ColdLoad.BYTES_MAX / average);
    return (int) Math.min((long) messagesMax * sixteenths / 16, inBytes);
  }

  private @Nullable ColdLoad scan(ReadyMessages ready) {
    long from = scanFrom();
    if (from == NO_SEQUENCE || underWay(ColdLoad.Kind.SCAN) != null) {
      return null;
    }
    if (underWay(ColdLoad.Kind.AHEAD) != null && ready.isHotBefore(from)) {
      return null; // what the head needs is read once only
    }
    ColdLoad load = new ColdLoad(ColdLoad.Kind.SCAN, SCAN_MAX);
    ReadyPlace place = waitingBeyond == NO_SEQUENCE ? placeFirst : placeBeyond;
    ready.addScanTo(load, place, from, 2 * SCAN_MAX);
    // The one who goes on from there comes after the others.
    lastScanEnd = load.count() == 0 ? from : load.sequence(load.count() - 1) + 1;
    return load.count() == 0 ? null : load;
  }

  /** A load is answered and dealt with. */
  void end(ColdLoad load) {
    underWay.remove(load);
    load.end();
  }

  /** Answers to what is under way will mean nothing. */
  void endAll() {
    underWay.clear();
  }

  /** How far consumers which take any message make a queue read ahead. */
  enum Demand {
    /** There are none. */
    NONE(0),
    /** None of them has credit, and memory is scarce. */
    LITTLE(1),
    /** None of them has credit: what the next of it may ask for. */
    NEXT(8),
    /** They have credit, and memory is scarce. */
    SCARCE(8),
    /** They have credit: one load is handed out while another is read. */
    ALL(32);

    /** Messages to have in memory or on the way, in sixteenths of a load. */
    private final int sixteenths;

    Demand(int sixteenths) {
      this.sixteenths = sixteenths;
    }

    static Demand of(boolean hasConsumers, boolean hasCredit, boolean isMemoryScarce) {
      if (!hasConsumers) {
        return NONE;
      }
      if (isMemoryScarce) {
        return hasCredit ? SCARCE : LITTLE;
      }
      return hasCredit ? ALL : NEXT;
    }
  }
}
