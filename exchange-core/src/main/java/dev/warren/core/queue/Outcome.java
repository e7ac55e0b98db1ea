package dev.warren.core.queue;

import java.util.Map;

/** What a consumer says of a delivery (AMQP 1.0 §3.4; effects in the table of contract §5.4). */
public sealed interface Outcome {
  /** Processed: the message is removed. */
  Outcome ACCEPTED = new Accepted();

  /** Invalid: the message is dead-lettered or dropped. */
  Outcome REJECTED = new Rejected();

  /** Not and will not be processed: the message is requeued, its delivery count unchanged. */
  Outcome RELEASED = new Released();

  /** See {@link #ACCEPTED}. */
  record Accepted() implements Outcome {}

  /** See {@link #REJECTED}. */
  record Rejected() implements Outcome {}

  /** See {@link #RELEASED}. */
  record Released() implements Outcome {}

  /**
   * The message is requeued or dead-lettered, changed.
   *
   * @param deliveryFailed whether the delivery count rises
   * @param undeliverableHere whether this queue must not deliver it again: it is dead-lettered
   * @param annotations message annotations to merge, by symbol name; only those beginning {@code
   *     x-} are kept
   */
  record Modified(
      boolean deliveryFailed, boolean undeliverableHere, Map<String, Object> annotations)
      implements Outcome {
    /** Copies the annotations. */
    public Modified {
      annotations = Map.copyOf(annotations);
    }
  }
}
