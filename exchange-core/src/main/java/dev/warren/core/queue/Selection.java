package dev.warren.core.queue;

import dev.warren.core.message.Message;
import org.jspecify.annotations.Nullable;

/**
 * Who gets what while some consumers do not want every message, or message groups bind them. Owned
 * by the queue's owner.
 *
 * <p>Each consumer has a {@link ReadyCursor}: what lies behind it, the consumer has looked at and
 * left. A pass begins at the first place that is new to a consumer with credit and goes on to the
 * tail; at each message those to whom it is new are asked, by priority and then in turn, whether
 * they want it. What nobody takes stays where it is. A consumer that comes to a message which is on
 * disk stops there until it has been read; the others go on. The work of one dispatch is bounded.
 *
 * <p>A message group belongs to the consumer that got its first message. The others pass its
 * messages by. When consumers come, those who have more than their share give groups up: at once if
 * nothing of the group is unsettled, otherwise its messages wait until that is so.
 */
final class Selection {
  /** Messages looked at and filters asked in one dispatch; the rest is done in a later tick. */
  static final int LOOKS_MAX = 1024;

  private final QueueLedger ledger;
  private final ReadyMessages ready;
  private final ColdReads reads;
  private final ConsumerRing consumers;
  private final MessageGroups groups;
  private final ReadyWalk walk;

  private int looksLeft;
  private boolean more;
  private long passes;
  private long nowMs;

  /** Consumers with credit which take part in the pass. */
  private int walking;

  /** Whether a filter has decoded something of the message. */
  private boolean asked;

  /** The group of the message, if its choice of consumer made it that. */
  private @Nullable MessageGroup group;

  Selection(
      QueueLedger ledger,
      ReadyMessages ready,
      ColdReads reads,
      ConsumerRing consumers,
      MessageGroups groups) {
    this.ledger = ledger;
    this.ready = ready;
    this.reads = reads;
    this.consumers = consumers;
    this.groups = groups;
    this.walk = ready.newWalk();
  }

  /** A dispatch begins: so much work may be done in it. */
  void begin() {
    looksLeft = LOOKS_MAX;
    more = false;
  }

  /** Looks left in this dispatch. */
  int looksLeft() {
    return looksLeft;
  }

  /** Whether there was more to do than one dispatch may. */
  boolean hasMore() {
    return more;
  }

  /** Something is to be looked at again. */
  void setMore() {
    more = true;
  }

  /** Offers messages to those to whom they are new. */
  void pass(long timeMs) {
    nowMs = timeMs;
    passes++;
    while (beginWalk()) {
      if (looksLeft <= 0) {
        more = true;
        return;
      }
      walk();
    }
  }

  /** Goes to the first place which is new to a consumer with credit; false if there is none. */
  private boolean beginWalk() {
    walking = 0;
    walk.begin();
    long returnedFrom = Long.MAX_VALUE;
    boolean isNews = false;
    for (Consumer consumer : consumers.all()) {
      if (isWalking(consumer)) {
        walking++;
        ReadyCursor cursor = cursorOf(consumer);
        if (!ready.hasSeenAll(cursor)) {
          isNews = true;
          walk.include(cursor.place);
          if (cursor.hasReturned()) {
            returnedFrom = Math.min(returnedFrom, cursor.returnedFrom);
          }
        }
      }
    }
    if (isNews) {
      walk.start(returnedFrom);
    }
    return isNews;
  }

  private void walk() {
    while (!walk.isAtEnd() && walking > 0) {
      if (looksLeft <= 0) {
        more = true;
        break;
      }
      looksLeft--;
      if (walk.expiresAtMs() >= nowMs) {
        Object payload = walk.payload();
        if (payload != null) {
          offer(payload);
        } else if (stopReaders()) {
          break;
        }
      }
      walk.advance();
    }
    for (Consumer consumer : consumers.all()) {
      if (isWalking(consumer)) {
        walk.markSeen(cursorOf(consumer));
      }
    }
  }

  private boolean isWalking(Consumer consumer) {
    return consumer.credit > 0 && consumer.stoppedIn != passes;
  }

  private void stop(Consumer consumer) {
    consumer.stoppedIn = passes;
    walking--;
  }

  static ReadyCursor cursorOf(Consumer consumer) {
    ReadyCursor cursor = consumer.cursor;
    if (cursor == null) {
      throw new IllegalStateException("a consumer without a cursor");
    }
    return cursor;
  }

  /** Those to whom the message here is new wait until it was read; false if there are none. */
  private boolean stopReaders() {
    boolean stopped = false;
    for (Consumer consumer : consumers.all()) {
      if (isWalking(consumer) && cursorOf(consumer).isNew(walk)) {
        ReadyCursor cursor = cursorOf(consumer);
        walk.markSeen(cursor);
        stop(consumer);
        if (!stopped) {
          reads.await(walk.sequence(), cursor.place);
        }
        stopped = true;
      }
    }
    return stopped;
  }

  private void offer(Object payload) {
    Message message = ReadyChunk.messageOf(payload);
    asked = false;
    group = null;
    boolean hasGroups = consumers.count() > 1 && ledger.options.singleActive() == SingleActive.NONE;
    long hash = hasGroups ? message.groupHash() : Message.NO_GROUP;
    Consumer consumer = hash == Message.NO_GROUP ? choose(message) : ofGroup(hash, message);
    if (consumer != null) {
      hand(consumer, payload);
    }
    if (asked) {
      message.forgetDecoded();
    }
  }

  private void hand(Consumer consumer, Object payload) {
    Checkout checkout = walk.checkout(consumer, payload);
    if (walk.keptPayload() == null) {
      ledger.memory.hold(payload);
      int grown = checkout.message().sizeBytes() - walk.sizeBytes();
      ledger.counters.add(QueueCounters.CHANGED_BYTES, grown);
    }
    walk.take();
    consumers.servedOutOfTurn(consumer);
    if (group != null) {
      groups.delivered(group, checkout);
    }
    if (consumer.credit == 0) {
      walk.markSeen(cursorOf(consumer));
      walking--;
    }
    ledger.deliver(checkout);
  }

  /** Who gets a message that is in no group, or null if nobody wants it. */
  private @Nullable Consumer choose(Message message) {
    for (PriorityGroup level = consumers.highest(); level != null; level = level.lower) {
      Consumer first = level.turn;
      Consumer consumer = first;
      while (consumer != null) {
        if (isNewTo(consumer) && wants(consumer, message)) {
          return consumer;
        }
        consumer = consumer.after == first ? null : consumer.after;
      }
    }
    return null;
  }

  private boolean isNewTo(Consumer consumer) {
    return consumer.stoppedIn != passes && cursorOf(consumer).isNew(walk);
  }

  private boolean wants(Consumer consumer, Message message) {
    if (consumer.takesAny()) {
      return true;
    }
    looksLeft--;
    asked = true;
    return consumer.filter().matches(message, nowMs);
  }

  /** Who gets a message of a group, or null if it is to wait or nobody wants it. */
  private @Nullable Consumer ofGroup(long hash, Message message) {
    MessageGroup found = groups.first(hash);
    while (found != null && !(MessageGroups.hasOwner(found) && wants(ownerOf(found), message))) {
      found = groups.next(found);
    }
    if (found == null) {
      Consumer consumer = chooseOwner(message, null);
      if (consumer != null) {
        group = groups.assign(hash, consumer);
      }
      return consumer;
    }
    if (found.moving) {
      groups.hold(found, walk.sequence());
      return null;
    }
    Consumer owner = ownerOf(found);
    if (owner.groupsToShed > 0) {
      // Earlier messages of the group may wait for an owner which is not at this place.
      boolean isHere = isWalking(owner) && cursorOf(owner).isNew(walk);
      long first = isHere ? walk.sequence() : Math.min(walk.sequence(), cursorOf(owner).first());
      if (found.unsettled > 0) {
        if (isWantedByOther(owner, message)) {
          groups.beginMove(found, first);
          return null;
        }
      } else {
        Consumer other = chooseOwner(message, owner);
        if (other != null) {
          groups.move(found, other);
          group = found;
          return takesOver(other, first) ? other : null;
        }
      }
    }
    group = found;
    return canHave(owner) ? owner : null;
  }

  private static Consumer ownerOf(MessageGroup of) {
    Consumer owner = of.owner;
    if (owner == null) {
      throw new IllegalStateException("nobody has the group");
    }
    return owner;
  }

  /**
   * Chooses a consumer for a group: one who has no more than its share of groups if there is one,
   * otherwise whose turn it is.
   *
   * @param instead who has it now and is to give it to one with less than its share, or null
   */
  private @Nullable Consumer chooseOwner(Message message, @Nullable Consumer instead) {
    int count = consumers.count();
    for (PriorityGroup level = consumers.highest(); level != null; level = level.lower) {
      Consumer any = null;
      Consumer first = level.turn;
      Consumer consumer = first;
      while (consumer != null) {
        boolean fits =
            instead == null
                ? groups.isWithinShare(consumer, count)
                : groups.isBelowShare(consumer, count);
        boolean asks = instead == null ? isNewTo(consumer) : fits && isOther(consumer, instead);
        if (asks && (fits || any == null) && wants(consumer, message)) {
          if (fits) {
            return consumer;
          }
          any = consumer;
        }
        consumer = consumer.after == first ? null : consumer.after;
      }
      if (any != null) {
        return any;
      }
    }
    return null;
  }

  private boolean isOther(Consumer consumer, Consumer instead) {
    return consumer != instead && consumer.stoppedIn != passes;
  }

  private boolean isWantedByOther(Consumer owner, Message message) {
    for (Consumer consumer : consumers.all()) {
      if (consumer != owner
          && groups.isBelowShare(consumer, consumers.count())
          && wants(consumer, message)) {
        return true;
      }
    }
    return false;
  }

  /** Whether the group's consumer can have the message now; if not, it will look at it later. */
  private boolean canHave(Consumer owner) {
    boolean isNew = cursorOf(owner).isNew(walk);
    if (isNew && isWalking(owner)) {
      return true;
    }
    if (!isNew) {
      // What lies between may be of its groups too: it has to begin here, in a pass of its own.
      ready.revisit(cursorOf(owner), walk.sequence());
      if (isWalking(owner)) {
        stop(owner);
        more = true;
      }
    }
    return false;
  }

  /** Whether the group's new consumer can go on from here; otherwise it begins further ahead. */
  private boolean takesOver(Consumer consumer, long first) {
    if (first < walk.sequence()) {
      ready.revisit(cursorOf(consumer), first);
      stop(consumer);
      more = true;
      return false;
    }
    if (!cursorOf(consumer).isNew(walk)) {
      ready.revisit(cursorOf(consumer), first);
    }
    return true;
  }
}
