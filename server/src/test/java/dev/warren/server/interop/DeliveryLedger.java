package dev.warren.server.interop;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * What publishers were promised and what the one consumer of a queue got, held against each other.
 * Publishers number their messages from 0 and never send a number again, so:
 *
 * <ul>
 *   <li>within one connection of the consumer the numbers of a publisher only rise;
 *   <li>a number seen for the first time is higher than every number seen before;
 *   <li>a number seen again is marked as redelivered;
 *   <li>a confirmed number is not skipped, and in the end is not missing.
 * </ul>
 *
 * <p>Thread-safe: publishers and the consumer report from threads of their own.
 */
final class DeliveryLedger implements ConfirmLedger {

  private static final int VIOLATIONS_MAX = 20;

  private final String queue;
  private final Lane[] lanes;
  private final List<String> violations = new ArrayList<>();
  private long deliveries;
  private long redeliveries;

  DeliveryLedger(String queue, int publishers) {
    this.queue = queue;
    this.lanes = new Lane[publishers];
    for (int i = 0; i < publishers; i++) {
      lanes[i] = new Lane();
    }
  }

  String queue() {
    return queue;
  }

  /** The broker accepted a message that is routed to this queue. */
  @Override
  public synchronized void confirmed(int publisher, int number) {
    lanes[publisher].confirmed.set(number);
  }

  /** The consumer has a new connection: what it had not settled comes again. */
  synchronized void reconnected() {
    for (Lane lane : lanes) {
      lane.lastOnConnection = -1;
    }
  }

  /** The consumer got a message; reported before it is settled. */
  synchronized void delivered(int publisher, int number, boolean redelivered) {
    Lane lane = lanes[publisher];
    deliveries++;
    boolean seenBefore = lane.seen.get(number);
    if (seenBefore) {
      redeliveries++;
    }
    if (seenBefore && !redelivered) {
      violated(publisher, number, "came twice and is not marked as redelivered");
    }
    if (number <= lane.lastOnConnection) {
      violated(publisher, number, "came after " + lane.lastOnConnection);
    }
    if (!seenBefore && number < lane.highestSeen) {
      violated(publisher, number, "came for the first time after " + lane.highestSeen);
    }
    lane.lastOnConnection = number;
    lane.highestSeen = Math.max(lane.highestSeen, number);
    lane.seen.set(number);
  }

  /** Checks that no confirmed message was skipped. True at any time, whatever is under way. */
  synchronized void checkNothingSkipped() {
    for (int publisher = 0; publisher < lanes.length; publisher++) {
      Lane lane = lanes[publisher];
      BitSet skipped = lane.missing();
      if (!skipped.isEmpty() && skipped.nextSetBit(0) < lane.highestSeen) {
        violated(
            publisher,
            skipped.nextSetBit(0),
            "was confirmed and skipped: " + lane.highestSeen + " is here");
      }
    }
  }

  /** Confirmed messages the consumer has not seen. */
  synchronized int missing() {
    int missing = 0;
    for (Lane lane : lanes) {
      missing += lane.missing().cardinality();
    }
    return missing;
  }

  synchronized List<String> violations() {
    return List.copyOf(violations);
  }

  synchronized long deliveries() {
    return deliveries;
  }

  /** Deliveries of numbers that were seen before. */
  synchronized long redeliveries() {
    return redeliveries;
  }

  /** Messages the broker has accepted so far. */
  synchronized int confirmed() {
    int confirmed = 0;
    for (Lane lane : lanes) {
      confirmed += lane.confirmed.cardinality();
    }
    return confirmed;
  }

  @Override
  public synchronized String toString() {
    return queue
        + ": confirmed="
        + confirmed()
        + " deliveries="
        + deliveries
        + " redeliveries="
        + redeliveries;
  }

  private void violated(int publisher, int number, String what) {
    if (violations.size() < VIOLATIONS_MAX) {
      violations.add(queue + ": message " + number + " of publisher " + publisher + " " + what);
    }
  }

  /** One publisher's messages in this queue. */
  private static final class Lane {
    final BitSet confirmed = new BitSet();
    final BitSet seen = new BitSet();
    int lastOnConnection = -1;
    int highestSeen = -1;

    BitSet missing() {
      BitSet missing = (BitSet) confirmed.clone();
      missing.andNot(seen);
      return missing;
    }
  }
}
