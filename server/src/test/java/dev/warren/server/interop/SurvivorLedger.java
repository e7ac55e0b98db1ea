package dev.warren.server.interop;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What one queue owes, when its one consumer also sends messages back and keeps some for ever.
 * Publishers number their messages from 0 and never send a number again. On a connection of the
 * consumer the numbers of a publisher come in order, but for those it sent back itself. So a number
 * which is passed over on a later connection was not in the queue when the broker came back, and:
 *
 * <ul>
 *   <li>a confirmed number is not passed over unless it was accepted. One that was not confirmed
 *       may be: a live consumer gets messages before they are on disk;
 *   <li>a number that was passed over once never comes again, however often segments are recycled;
 *   <li>a number seen before is marked as redelivered, and its delivery-count has risen if it was
 *       sent back as failed on this connection;
 *   <li>the delivery-count is never higher than there were failures.
 * </ul>
 *
 * <p>Thread-safe: publishers and the consumer report from threads of their own.
 */
final class SurvivorLedger implements ConfirmLedger {

  private static final int VIOLATIONS_MAX = 20;

  private final String queue;
  private final Lane[] lanes;
  private final List<String> violations = new ArrayList<>();
  private int connections;
  private long deliveries;
  private long redeliveries;

  /** A delivery as the consumer sees it. */
  record Seen(int publisher, int number, boolean redelivered, long deliveryCount) {}

  SurvivorLedger(String queue, int publishers) {
    this.queue = queue;
    this.lanes = new Lane[publishers];
    for (int i = 0; i < publishers; i++) {
      lanes[i] = new Lane();
    }
  }

  String queue() {
    return queue;
  }

  @Override
  public synchronized void confirmed(int publisher, int number) {
    Lane lane = lanes[publisher];
    lane.confirmed.set(number);
    if (lane.gone.get(number) && !lane.accepted.get(number)) {
      violated(publisher, number, "was confirmed and not accepted, and is gone");
    }
  }

  /** The consumer has a new connection: what it had not settled comes again. */
  synchronized void reconnected() {
    connections++;
    for (Lane lane : lanes) {
      lane.seenHere.clear();
      lane.highestHere = -1;
      lane.countsHere.clear();
    }
  }

  /** The consumer got a message; reported before anything is done with it. */
  synchronized void delivered(Seen delivery) {
    Lane lane = lanes[delivery.publisher];
    int number = delivery.number;
    deliveries++;
    if (lane.gone.get(number)) {
      violated(delivery.publisher, number, "came back, and was passed over before");
    }
    if (lane.seen.get(number)) {
      redeliveries++;
      if (!delivery.redelivered) {
        violated(delivery.publisher, number, "came twice and is not marked as redelivered");
      }
    }
    if (!lane.seenHere.get(number)) {
      if (number < lane.highestHere) {
        violated(delivery.publisher, number, "came after " + lane.highestHere);
      }
      passOver(delivery.publisher, lane.highestHere + 1, number);
      lane.highestHere = Math.max(lane.highestHere, number);
    }
    checkCount(lane, delivery);
    lane.seen.set(number);
    lane.seenHere.set(number);
  }

  private void passOver(int publisher, int from, int to) {
    Lane lane = lanes[publisher];
    for (int number = from; number < to; number++) {
      if (lane.gone.get(number) || lane.seenHere.get(number)) {
        continue;
      }
      lane.gone.set(number);
      if (lane.confirmed.get(number) && !lane.accepted.get(number)) {
        violated(
            publisher, number, "was confirmed and not accepted, and is gone: " + to + " is here");
      }
    }
  }

  private void checkCount(Lane lane, Seen delivery) {
    Long failedAt = lane.countsHere.get(delivery.number);
    if (failedAt != null && delivery.deliveryCount <= failedAt) {
      violated(
          delivery.publisher,
          delivery.number,
          "was sent back at delivery-count " + failedAt + ", has " + delivery.deliveryCount);
    }
    int failures = lane.failures.getOrDefault(delivery.number, 0) + connections;
    if (delivery.deliveryCount > failures) {
      violated(
          delivery.publisher,
          delivery.number,
          "has delivery-count " + delivery.deliveryCount + " after " + failures + " failures");
    }
  }

  /** The consumer is about to accept. */
  synchronized void accepts(Seen delivery) {
    lanes[delivery.publisher].accepted.set(delivery.number);
  }

  /** The consumer is about to send it back as failed. */
  synchronized void fails(Seen delivery) {
    Lane lane = lanes[delivery.publisher];
    lane.countsHere.put(delivery.number, delivery.deliveryCount);
    lane.failures.merge(delivery.number, 1, Integer::sum);
  }

  /** Confirmed messages the consumer has not seen. */
  synchronized int missing() {
    int missing = 0;
    for (Lane lane : lanes) {
      BitSet unseen = (BitSet) lane.confirmed.clone();
      unseen.andNot(lane.seen);
      missing += unseen.cardinality();
    }
    return missing;
  }

  /** What is left in the queue of a publisher's messages when all was seen. */
  synchronized List<Integer> left(int publisher) {
    BitSet left = (BitSet) lanes[publisher].seen.clone();
    left.andNot(lanes[publisher].accepted);
    left.andNot(lanes[publisher].gone);
    return left.stream().boxed().toList();
  }

  synchronized List<String> violations() {
    return List.copyOf(violations);
  }

  synchronized long deliveries() {
    return deliveries;
  }

  @Override
  public synchronized String toString() {
    int confirmed = 0;
    int left = 0;
    for (int publisher = 0; publisher < lanes.length; publisher++) {
      confirmed += lanes[publisher].confirmed.cardinality();
      left += left(publisher).size();
    }
    return queue
        + ": confirmed="
        + confirmed
        + " deliveries="
        + deliveries
        + " redeliveries="
        + redeliveries
        + " left="
        + left;
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
    final BitSet accepted = new BitSet();

    /** Passed over on some connection: no longer in the queue, or never there. */
    final BitSet gone = new BitSet();

    final BitSet seenHere = new BitSet();

    /** The delivery-count at which a number was sent back as failed on this connection. */
    final Map<Integer, Long> countsHere = new HashMap<>();

    final Map<Integer, Integer> failures = new HashMap<>();
    int highestHere = -1;
  }
}
