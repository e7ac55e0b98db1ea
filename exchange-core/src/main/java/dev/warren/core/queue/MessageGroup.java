package dev.warren.core.queue;

import org.jspecify.annotations.Nullable;

/**
 * A message group and the consumer which gets all its messages. Owned by the queue's owner.
 *
 * <p>Consumers with filters can share a group's messages out among them: then there is one of these
 * for each consumer that has a part.
 */
final class MessageGroup {
  final long hash;

  /** Of the table's life; older ones are not in the table any more. */
  final int generation;

  /** Null or detached: the next message finds another one. */
  @Nullable Consumer owner;

  /** Messages of the group its consumer holds; the group moves only when there are none. */
  int unsettled;

  /** Whether it waits until its consumer has settled everything, to move to another one. */
  boolean moving;

  /** The first message that waits for the move. */
  long heldFrom;

  @Nullable MessageGroup nextInBucket;

  /** Neighbours among the idle groups, the one idle for longest first. */
  @Nullable MessageGroup idleBefore;

  @Nullable MessageGroup idleAfter;

  MessageGroup(long hash, int generation) {
    this.hash = hash;
    this.generation = generation;
  }
}
