package dev.warren.core.queue;

import dev.warren.core.message.Message;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who gets what: hands ready messages to the consumers of a queue, and answers those that drain.
 * Owned by the queue's owner.
 *
 * <p>As long as every consumer takes any message, the head goes to whose turn it is, and nothing
 * else is looked at but whether there are message groups. Otherwise there is a {@link Selection}.
 */
final class Dispatcher {
  private final QueueLedger ledger;
  private final ReadyMessages ready;
  private final ColdReads reads;
  private final Departures departures;
  private final ConsumerRing consumers = new ConsumerRing();
  private final MessageGroups groups;
  private final Selection selection;
  private final Browsers browsers;
  private final @Nullable ActiveConsumer single;
  private final List<Consumer> draining = new ArrayList<>();

  /** Consumers which do not take any message. */
  private int choosers;

  /** Whether messages are looked at for a group, and whether one was found. */
  private boolean looksForGroups;

  private boolean hasGroups;

  /** Whether the selection is at work; each consumer has a cursor then. */
  private boolean selecting;

  private boolean more;

  /** Whether nobody is handed anything. */
  private boolean paused;

  Dispatcher(
      QueueLedger ledger,
      ReadyMessages ready,
      ColdReads reads,
      Departures departures,
      int groupsMax) {
    this.ledger = ledger;
    this.ready = ready;
    this.reads = reads;
    this.departures = departures;
    this.groups = new MessageGroups(groupsMax);
    SingleActive mode = ledger.options.singleActive();
    this.single =
        mode == SingleActive.NONE ? null : new ActiveConsumer(mode, consumers, ledger.effects);
    this.selection = new Selection(ledger, ready, reads, consumers, groups);
    this.browsers = new Browsers(ledger, ready, reads);
  }

  /** All that are attached, browsers too. */
  int count() {
    return consumers.count() + browsers.count();
  }

  /** The consumers that take messages. */
  Iterable<Consumer> takers() {
    return consumers.all();
  }

  /** Hands nothing out from now on, or goes on. */
  void pause(boolean now) {
    paused = now;
  }

  boolean hasCredit() {
    return !paused && consumers.hasCredit();
  }

  /** Whether somebody has credit who takes the head whatever it is. */
  boolean hasCreditForAny() {
    if (paused) {
      return false;
    }
    if (!selecting) {
      return consumers.hasCredit();
    }
    for (Consumer consumer : consumers.all()) {
      if (consumer.credit > 0 && consumer.takesAny()) {
        return true;
      }
    }
    return false;
  }

  /** Whether somebody takes any message, with credit or without. */
  boolean hasTakerOfAny() {
    return consumers.count() > choosers;
  }

  /** Whether the last dispatch left work that can be done at once. */
  boolean hasMore() {
    return more;
  }

  void attach(Consumer consumer) {
    if (consumer.isBrowsing()) {
      browsers.attach(consumer);
      return;
    }
    consumers.attach(consumer);
    if (single != null) {
      single.attached(consumer);
    }
    if (selecting) {
      consumer.cursor = ready.open();
    }
    choosers += consumer.takesAny() ? 0 : 1;
    consumersChanged();
  }

  void detach(Consumer consumer) {
    if (consumer.draining) {
      consumer.draining = false;
      draining.remove(consumer);
    }
    if (consumer.isBrowsing()) {
      browsers.detach(consumer);
    } else {
      consumers.detach(consumer);
      if (single != null) {
        single.detached(consumer);
      }
      choosers -= consumer.takesAny() ? 0 : 1;
      leaveGroups(consumer);
      if (consumer.cursor != null) {
        ready.close(consumer.cursor);
        consumer.cursor = null;
      }
      consumersChanged();
    }
    forgetUnused();
  }

  /** What waits for a consumer because of its groups is new to the others. */
  private void leaveGroups(Consumer consumer) {
    ReadyCursor left = consumer.cursor;
    if (left != null && consumer.groups > 0) {
      revisit(left.first());
    }
    groups.left(consumer);
  }

  private void revisit(long from) {
    if (selecting) {
      for (Consumer consumer : consumers.all()) {
        ready.revisit(Selection.cursorOf(consumer), from);
      }
      more = true;
    }
  }

  /** Whether another consumer takes over when the active one has settled what it holds. */
  boolean isChangingActive() {
    return single != null && single.isLeaving();
  }

  /** Finds out what has to be looked at, now that there are more or fewer consumers. */
  private void consumersChanged() {
    boolean looks = consumers.count() > 1 && single == null;
    if (looks && !looksForGroups) {
      adoptGroups();
    } else if (!looks && looksForGroups) {
      if (groups.heldFrom() != Long.MAX_VALUE) {
        revisit(groups.heldFrom());
      }
      groups.clear(consumers);
      hasGroups = false;
    }
    looksForGroups = looks;
    if (hasGroups) {
      groups.share(consumers);
    }
    select(choosers > 0 || hasGroups);
  }

  /** While there was one consumer nobody asked for groups; those it holds messages of are its. */
  private void adoptGroups() {
    for (Consumer consumer : consumers.all()) {
      for (Checkout held = consumer.firstUnsettled; held != null; held = held.next) {
        long hash = held.message().groupHash();
        if (hash != Message.NO_GROUP) {
          hasGroups = true;
          MessageGroup group = groups.first(hash);
          while (group != null && group.owner != consumer) {
            group = groups.next(group);
          }
          groups.delivered(group == null ? groups.assign(hash, consumer) : group, held);
        }
      }
    }
  }

  private void select(boolean selects) {
    if (selects == selecting) {
      return;
    }
    selecting = selects;
    for (Consumer consumer : consumers.all()) {
      if (selects) {
        consumer.cursor = ready.open();
      } else if (consumer.cursor != null) {
        ready.close(consumer.cursor);
        consumer.cursor = null;
      }
    }
  }

  private void forgetUnused() {
    if (!selecting && browsers.isEmpty()) {
      reads.forgetWaiting();
      departures.forgetScanned();
    }
  }

  void clear() {
    ledger.capable(false);
    select(false);
    consumers.clear();
    if (single != null) {
      single.clear();
    }
    browsers.clear();
    draining.clear();
    groups.clear(consumers);
    choosers = 0;
    looksForGroups = false;
    hasGroups = false;
    more = false;
    departures.forgetScanned();
  }

  void credit(Consumer consumer, int change) {
    long credit = Math.max(0, Math.min(Integer.MAX_VALUE, (long) consumer.credit() + change));
    if (single != null && consumer.attached && !consumer.isBrowsing()) {
      single.credit(consumer, (int) credit);
    } else if (!consumer.isBrowsing()) {
      consumers.credit(consumer, (int) credit);
    } else if (consumer.attached) {
      consumer.credit = (int) credit;
    }
  }

  void drain(Consumer consumer) {
    if (consumer.attached && !consumer.draining) {
      consumer.draining = true;
      draining.add(consumer);
    }
  }

  /** A consumer let go of a message of a group. */
  void settled(MessageGroup group) {
    if (groups.settled(group)) {
      revisit(group.heldFrom);
    }
  }

  /** Hands out what can be handed out now; drops what has expired or is too much at the head. */
  void dispatch(long nowMs) {
    ledger.nowMs = nowMs;
    more = false;
    if (single != null) {
      single.update();
    }
    selection.begin();
    if (selecting || !browsers.isEmpty()) {
      reads.forgetWaiting();
    }
    do {
      if (selecting) {
        handOutSelected(nowMs);
      } else {
        handOut(nowMs);
      }
    } while (departures.dropOverflow());
    more |= selection.hasMore();
    if (!browsers.isEmpty()) {
      more |= browsers.look(nowMs, selection.looksLeft());
    }
    if (!draining.isEmpty()) {
      answerDrains();
    }
    ledger.capable(hasCredit());
  }

  /**
   * A message at the head is delivered if it can be until the last millisecond of its time, and
   * expires when that is over, or in that millisecond if nobody wants it (so works a ttl of 0).
   */
  private void handOut(long nowMs) {
    while (!ready.isEmpty()) {
      Object payload = ready.headPayload();
      Consumer consumer = paused ? null : consumers.next();
      if (consumer != null && payload != null && ready.headExpiresAtMs() >= nowMs) {
        if (looksForGroups && ReadyChunk.messageOf(payload).groupHash() != Message.NO_GROUP) {
          hasGroups = true;
          select(true);
          handOutSelected(nowMs);
          return;
        }
        deliverHead(consumer, payload);
      } else if (departures.isHeadExpired(nowMs)) {
        departures.dropHead(DeathReason.EXPIRED);
      } else {
        return;
      }
    }
  }

  private void handOutSelected(long nowMs) {
    if (!paused) {
      selection.pass(nowMs);
    }
    while (!ready.isEmpty() && departures.isHeadExpired(nowMs)) {
      departures.dropHead(DeathReason.EXPIRED);
    }
  }

  /** Hands the head, which is in memory, to a consumer whose turn it is. */
  private void deliverHead(Consumer consumer, Object payload) {
    Checkout checkout = ready.headCheckout(consumer, payload);
    ready.removeHead();
    consumers.served(consumer);
    ledger.deliver(checkout);
  }

  private void answerDrains() {
    for (Iterator<Consumer> all = draining.iterator(); all.hasNext(); ) {
      Consumer consumer = all.next();
      if (consumer.credit == 0 || hasNothingFor(consumer)) {
        all.remove();
        consumer.draining = false;
        if (consumer.isGetting() && consumer.credit() > 0) {
          ledger.counters.increment(QueueCounters.GOT_EMPTY);
        }
        credit(consumer, -consumer.credit());
        ledger.effects.drained(consumer);
      }
    }
  }

  private boolean hasNothingFor(Consumer consumer) {
    if (ready.isEmpty()) {
      return true;
    }
    if (paused && !consumer.isBrowsing()) {
      return true;
    }
    if (consumer.isBrowsing()) {
      return browsers.hasSeenAll(consumer);
    }
    return selecting && ready.hasSeenAll(Selection.cursorOf(consumer));
  }
}
