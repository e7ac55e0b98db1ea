package dev.warren.core.journal;

/** Receives the state a journal holds, while it is recovered. Called on the recovering thread. */
public interface RecoveryTarget {

  /**
   * Records of this log were damaged and given up. Told before everything else: a change of the
   * topology may refer to what is not there, and must not fail for that.
   */
  default void onRecordsLost() {}

  /** Forget all topology told so far: a snapshot follows. */
  void onTopologyReset();

  /**
   * One encoded topology change, in order. Applying one which is already in force must do nothing.
   */
  void onTopologyChange(byte[] change);

  /**
   * All topology has been told; messages follow.
   *
   * @param cleanShutdown see {@link RecoveryReport#cleanShutdown}
   */
  void onTopologyComplete(boolean cleanShutdown);

  /**
   * One message a queue still holds. Called after all topology, for each queue in the order of
   * positions.
   *
   * @param message which message, where, and what the queue must know without reading it
   * @return whether the queue keeps it; false for a queue which does not exist any more, so that
   *     the reference does not hold the segment
   */
  boolean onMessage(RecoveredMessage message);

  /**
   * One live reference from a queue to a message.
   *
   * @param queueId the queue
   * @param position its name: where it was stored first, and where it is read back by
   * @param sizeBytes {@link dev.warren.core.message.Message#sizeBytes()}
   * @param receivedAtMs when the broker took it, milliseconds since the epoch
   * @param ttlMs its header's time to live, or {@link dev.warren.core.message.MessageHeader#ABSENT}
   * @param deliveryCount failed deliveries so far
   * @param acquiredCount how often a consumer had it, as far as recorded
   * @param priority its header's priority, or {@link dev.warren.core.message.MessageHeader#ABSENT}
   */
  record RecoveredMessage(
      long queueId,
      long position,
      int sizeBytes,
      long receivedAtMs,
      long ttlMs,
      int deliveryCount,
      int acquiredCount,
      int priority) {

    /** The same message with counts that are not lower than these. */
    RecoveredMessage withCountsAtLeast(int deliveries, int acquisitions) {
      return new RecoveredMessage(
          queueId,
          position,
          sizeBytes,
          receivedAtMs,
          ttlMs,
          Math.max(deliveryCount, deliveries),
          Math.max(acquiredCount, acquisitions),
          priority);
    }
  }
}
