package dev.warren.core.queue;

import dev.warren.core.message.Message;
import dev.warren.core.message.StoredMessage;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link QueueState} makes happen. Called synchronously, on the queue's owner, in the middle
 * of a command: an implementation must not call back into the same queue.
 */
public interface QueueEffects {

  /** Hand this message to its consumer; a pre-settled one's front accepts it when it is sent. */
  void deliver(Checkout checkout);

  /**
   * The consumer has become the single active one, or is it no more; told with its first credit.
   */
  void active(Consumer consumer, boolean active);

  /** The consumer was draining and there is nothing more for it: its credit is 0 now. */
  void drained(Consumer consumer);

  /**
   * The queue is done with a message (settled, dropped, expired, dead-lettered or purged); its
   * journal record is no longer needed on behalf of this queue.
   *
   * @param stored the message, if the queue still had it in memory; else {@code position} tells
   * @param position its position in the journal, or {@link StoredMessage#NO_POSITION}
   * @param sizeBytes its {@link Message#sizeBytes}
   */
  void removed(@Nullable StoredMessage stored, long position, int sizeBytes);

  /** A message went back to the queue with these counts; same identification as above. */
  void counted(@Nullable StoredMessage stored, long position, Attempts attempts);

  /**
   * A consumer changed the annotations of a message which stays in the queue: append the changed
   * one to the journal in place of the old one, of this size, if that was journalled.
   *
   * @return the message as stored now
   */
  StoredMessage replaced(
      @Nullable StoredMessage stored, long position, int sizeBytes, Message changed);

  /**
   * Publish this message to the dead-letter exchange. Called before {@link #removed} for the same
   * message, so that the copy is in the journal first.
   */
  void deadLetter(Message message, DeathReason reason, int deliveryCount);

  /**
   * Read messages back from the journal; answer later with {@link QueueState#loaded}. A few loads
   * of a queue may be under way; they may be answered in any order.
   */
  void load(ColdLoad load);
}
