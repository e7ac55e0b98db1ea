package dev.warren.core.queue;

import org.jspecify.annotations.Nullable;

/**
 * Which consumer has which message group (AMQP 1.0 §3.2.4, group-id), while a queue has several
 * consumers. Owned by the queue's owner.
 *
 * <p>Bounded: beyond {@value #GROUPS_MAX} groups, those of which nothing is unsettled are
 * forgotten, the one idle for longest first; there are never more busy ones than unsettled
 * messages. Groups are known by a hash of 64 bits of their id: two that share it share their
 * consumer.
 */
final class MessageGroups {
  /** Groups a queue remembers. */
  static final int GROUPS_MAX = 65_536;

  private static final int BUCKETS_MIN = 64;

  private final int groupsMax;
  private @Nullable MessageGroup[] buckets = {};
  private int size;
  private int generation;

  /** Groups that have a consumer and are not on the move. */
  private int owned;

  /** No message before this waits for a group to move. */
  private long heldFrom = Long.MAX_VALUE;

  private @Nullable MessageGroup idleFirst;
  private @Nullable MessageGroup idleLast;

  MessageGroups(int groupsMax) {
    this.groupsMax = groupsMax;
  }

  int size() {
    return size;
  }

  /** The first entry with this hash, or null; go on with {@link #next}. */
  @Nullable MessageGroup first(long hash) {
    return size == 0 ? null : search(buckets[index(hash)], hash);
  }

  /** The next entry with the same hash, or null. */
  @Nullable MessageGroup next(MessageGroup group) {
    return search(group.nextInBucket, group.hash);
  }

  private static @Nullable MessageGroup search(@Nullable MessageGroup from, long hash) {
    MessageGroup group = from;
    while (group != null && group.hash != hash) {
      group = group.nextInBucket;
    }
    return group;
  }

  static boolean hasOwner(MessageGroup group) {
    return group.owner != null && group.owner.attached;
  }

  /** Whether a consumer has no more than its share of the groups, among so many consumers. */
  boolean isWithinShare(Consumer consumer, int consumers) {
    return (long) consumer.groups * consumers <= owned;
  }

  /** Whether a consumer has less than its share. */
  boolean isBelowShare(Consumer consumer, int consumers) {
    return (long) consumer.groups * consumers < owned;
  }

  /** Gives a group nobody has to a consumer. */
  MessageGroup assign(long hash, Consumer owner) {
    MessageGroup group = first(hash);
    while (group != null && hasOwner(group)) {
      group = next(group);
    }
    if (group == null) {
      group = add(hash);
    }
    group.owner = owner;
    owner.groups++;
    owned++;
    return group;
  }

  /** Gives a group of which nothing is unsettled to another consumer. */
  void move(MessageGroup group, Consumer to) {
    assert group.unsettled == 0 : "a group with unsettled messages must not move";
    disown(group);
    group.owner = to;
    to.groups++;
    owned++;
  }

  /** The group moves when its consumer has settled what it holds of it. */
  void beginMove(MessageGroup group, long sequence) {
    disown(group);
    group.moving = true;
    group.heldFrom = Long.MAX_VALUE;
    hold(group, sequence);
  }

  /** A message waits until its group has moved. */
  void hold(MessageGroup group, long sequence) {
    group.heldFrom = Math.min(group.heldFrom, sequence);
    heldFrom = Math.min(heldFrom, sequence);
  }

  /** No message before this waits for a group to move; {@link Long#MAX_VALUE} if none does. */
  long heldFrom() {
    return heldFrom;
  }

  private void disown(MessageGroup group) {
    Consumer owner = group.owner;
    if (owner != null && owner.attached) {
      owner.groups--;
      owner.groupsToShed--;
      owned--;
    }
  }

  /** The consumer got a message of its group. */
  void delivered(MessageGroup group, Checkout checkout) {
    boolean wasIdle = group.unsettled == 0;
    if (wasIdle) {
      unlinkIdle(group);
    }
    if (!checkout.consumer.isPresettled()) {
      group.unsettled++;
      checkout.group = group;
    } else if (wasIdle) {
      // Otherwise a transaction still decides about what the group's former consumer had.
      linkIdle(group);
    }
  }

  /**
   * The consumer let go of a message of the group.
   *
   * @return whether the group was waiting for that: nobody has it now, and what was held is to be
   *     looked at again
   */
  boolean settled(MessageGroup group) {
    if (group.generation != generation || --group.unsettled > 0) {
      return false;
    }
    linkIdle(group);
    if (!group.moving) {
      return false;
    }
    group.moving = false;
    group.owner = null;
    return true;
  }

  /** A consumer has gone, and its groups with it. */
  void left(Consumer consumer) {
    owned -= consumer.groups;
    consumer.groups = 0;
    consumer.groupsToShed = 0;
  }

  /** Consumers have come or gone: those with more than an even share are to give some up. */
  void share(ConsumerRing consumers) {
    int count = Math.max(1, consumers.count());
    int share = (owned + count - 1) / count;
    for (Consumer consumer : consumers.all()) {
      consumer.groupsToShed = Math.max(0, consumer.groups - share);
    }
  }

  /** Forgets all groups. */
  void clear(ConsumerRing consumers) {
    generation++;
    buckets = new MessageGroup[0];
    size = 0;
    owned = 0;
    heldFrom = Long.MAX_VALUE;
    idleFirst = null;
    idleLast = null;
    for (Consumer consumer : consumers.all()) {
      consumer.groups = 0;
      consumer.groupsToShed = 0;
    }
  }

  private MessageGroup add(long hash) {
    if (size >= groupsMax && idleFirst != null) {
      forget(idleFirst);
    }
    if (size >= buckets.length) {
      grow();
    }
    MessageGroup group = new MessageGroup(hash, generation);
    append(group);
    size++;
    linkIdle(group);
    return group;
  }

  private void forget(MessageGroup group) {
    unlinkIdle(group);
    if (!group.moving) {
      disownForgotten(group);
    }
    int index = index(group.hash);
    MessageGroup before = buckets[index];
    if (before == group) {
      buckets[index] = group.nextInBucket;
    } else {
      while (before != null && before.nextInBucket != group) {
        before = before.nextInBucket;
      }
      if (before != null) {
        before.nextInBucket = group.nextInBucket;
      }
    }
    size--;
  }

  private void disownForgotten(MessageGroup group) {
    Consumer owner = group.owner;
    if (owner != null && owner.attached) {
      owner.groups--;
      owned--;
    }
    group.owner = null;
  }

  private void grow() {
    @Nullable MessageGroup[] old = buckets;
    buckets = new MessageGroup[Math.max(BUCKETS_MIN, old.length * 2)];
    for (MessageGroup first : old) {
      MessageGroup group = first;
      while (group != null) {
        MessageGroup next = group.nextInBucket;
        append(group);
        group = next;
      }
    }
  }

  /** Behind older ones with the same hash, so that always the same of them is asked first. */
  private void append(MessageGroup group) {
    group.nextInBucket = null;
    int index = index(group.hash);
    MessageGroup last = buckets[index];
    if (last == null) {
      buckets[index] = group;
      return;
    }
    while (last.nextInBucket != null) {
      last = last.nextInBucket;
    }
    last.nextInBucket = group;
  }

  private int index(long hash) {
    return (int) (hash ^ (hash >>> 32)) & (buckets.length - 1);
  }

  private void linkIdle(MessageGroup group) {
    MessageGroup last = idleLast;
    group.idleBefore = last;
    group.idleAfter = null;
    if (last == null) {
      idleFirst = group;
    } else {
      last.idleAfter = group;
    }
    idleLast = group;
  }

  private void unlinkIdle(MessageGroup group) {
    MessageGroup before = group.idleBefore;
    MessageGroup after = group.idleAfter;
    if (before == null) {
      idleFirst = after;
    } else {
      before.idleAfter = after;
    }
    if (after == null) {
      idleLast = before;
    } else {
      after.idleBefore = before;
    }
    group.idleBefore = null;
    group.idleAfter = null;
  }
}
