package dev.warren.core.queue;

import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who gets the next message: the highest priority with credit first, equal ones in turn (contract
 * §8). Owned by the queue's owner. Choosing costs the same however many consumers there are.
 */
final class ConsumerRing {
  private final Set<Consumer> attached = new LinkedHashSet<>();

  /** Groups from the highest priority to the lowest. */
  private @Nullable PriorityGroup highest;

  /** No group above this one has a consumer with credit. */
  private @Nullable PriorityGroup candidate;

  boolean isEmpty() {
    return attached.isEmpty();
  }

  int count() {
    return attached.size();
  }

  /** All consumers in the order they were attached. */
  Iterable<Consumer> all() {
    return attached;
  }

  void attach(Consumer consumer) {
    if (!attached.add(consumer)) {
      throw new IllegalStateException("consumer is attached already");
    }
    consumer.attached = true;
    consumer.credit = 0;
    PriorityGroup group = group(consumer.priority());
    group.consumers++;
    consumer.group = group;
  }

  void detach(Consumer consumer) {
    attached.remove(consumer);
    credit(consumer, 0);
    consumer.attached = false;
    PriorityGroup group = consumer.group;
    consumer.group = null;
    if (group != null && --group.consumers == 0) {
      remove(group);
    }
  }

  void clear() {
    for (Consumer consumer : attached) {
      consumer.attached = false;
      consumer.credit = 0;
      consumer.draining = false;
      consumer.group = null;
      consumer.before = consumer;
      consumer.after = consumer;
    }
    attached.clear();
    highest = null;
    candidate = null;
  }

  /** Sets a consumer's credit. */
  void credit(Consumer consumer, int credit) {
    PriorityGroup group = consumer.group;
    if (group == null) {
      return;
    }
    boolean had = consumer.credit > 0;
    consumer.credit = credit;
    if (credit > 0 && !had) {
      group.join(consumer);
      if (candidate == null || candidate.priority < group.priority) {
        candidate = group;
      }
    } else if (credit == 0 && had) {
      group.leave(consumer);
    }
  }

  boolean hasCredit() {
    return next() != null;
  }

  /** Who gets the next message, or null if nobody has credit. */
  @Nullable Consumer next() {
    PriorityGroup group = candidate;
    while (group != null && group.turn == null) {
      group = group.lower;
    }
    candidate = group;
    return group == null ? null : group.turn;
  }

  /** The groups of consumers, beginning with the highest priority. */
  @Nullable PriorityGroup highest() {
    return highest;
  }

  /** A consumer got a message, whether or not it was its turn: the turn is the next one's. */
  void servedOutOfTurn(Consumer consumer) {
    Objects.requireNonNull(consumer.group).turn = consumer;
    served(consumer);
  }

  /** The consumer whose turn it was got its message. */
  void served(Consumer consumer) {
    PriorityGroup group = Objects.requireNonNull(consumer.group);
    assert group.turn == consumer : "it was another one's turn";
    if (--consumer.credit == 0) {
      group.leave(consumer);
    } else {
      group.pass();
    }
  }

  private PriorityGroup group(int priority) {
    PriorityGroup above = null;
    PriorityGroup group = highest;
    while (group != null && group.priority > priority) {
      above = group;
      group = group.lower;
    }
    if (group != null && group.priority == priority) {
      return group;
    }
    PriorityGroup added = new PriorityGroup(priority);
    added.lower = group;
    if (above == null) {
      highest = added;
    } else {
      above.lower = added;
    }
    return added;
  }

  private void remove(PriorityGroup group) {
    if (candidate == group) {
      candidate = group.lower;
    }
    if (highest == group) {
      highest = group.lower;
      return;
    }
    PriorityGroup above = highest;
    while (above != null && above.lower != group) {
      above = above.lower;
    }
    if (above != null) {
      above.lower = group.lower;
    }
  }
}
