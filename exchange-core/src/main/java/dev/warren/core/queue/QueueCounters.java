package dev.warren.core.queue;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Figures of one queue. Written by its owner, readable by any thread, each value on its own: a
 * reader sees whole values, soon, but not all of the same moment.
 *
 * <p>After each command: enqueued = ready + unsettled + scheduled + removed, where removed =
 * acknowledged + deliveredPresettled + died (of all reasons) + purged + lost; and enqueuedBytes +
 * changedBytes = readyBytes + unsettledBytes + scheduledBytes + removedBytes.
 */
public final class QueueCounters {
  static final int READY = 0;
  static final int READY_BYTES = 1;
  static final int UNSETTLED = 2;
  static final int UNSETTLED_BYTES = 3;
  static final int SCHEDULED = 4;
  static final int SCHEDULED_BYTES = 5;
  static final int CONSUMERS = 6;
  static final int MEMORY = 7;
  static final int ENQUEUED = 8;
  static final int ENQUEUED_BYTES = 9;
  static final int CHANGED_BYTES = 10;
  static final int DELIVERED = 11;
  static final int DELIVERED_PRESETTLED = 12;
  static final int REDELIVERED = 13;
  static final int ACKNOWLEDGED = 14;
  static final int REQUEUED = 15;
  static final int PURGED = 16;
  static final int LOST = 17;
  static final int REJECTED_PUBLISHES = 18;
  static final int COLD_LOADS = 19;
  static final int REMOVED = 20;
  static final int REMOVED_BYTES = 21;

  static final int OLDEST_AT = 22;
  static final int GOT = 23;
  static final int GOT_EMPTY = 24;
  static final int READ_BACK = 25;
  static final int READY_IN_MEMORY = 26;
  static final int SCHEDULED_IN_MEMORY = 27;
  static final int CAPABLE_MS = 28;
  static final int CAPABLE_SINCE = 29;

  private static final int DIED = 30;
  private static final int REASONS = 4;
  private static final int DEAD_LETTERED = DIED + REASONS;
  private static final int COUNT = DEAD_LETTERED + REASONS;

  /** Opaque access: no torn values and no fences, which one writer does not need. */
  private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);

  private final long[] cells = new long[COUNT];

  QueueCounters() {}

  /** Messages that can be delivered. */
  public long ready() {
    return get(READY);
  }

  /**
   * When the oldest ready message came, in milliseconds since the epoch; 0 if there is none, or if
   * one that could be it is on disk and was not looked at ({@link QueueState#unknownHead}).
   */
  public long oldestAtMs() {
    return get(OLDEST_AT);
  }

  /** Ready messages whose payload is in memory. */
  public long readyInMemory() {
    return get(READY_IN_MEMORY);
  }

  /** Scheduled messages whose payload is in memory. */
  public long scheduledInMemory() {
    return get(SCHEDULED_IN_MEMORY);
  }

  /** Bytes of ready messages. */
  public long readyBytes() {
    return get(READY_BYTES);
  }

  /** Messages in the hands of consumers. */
  public long unsettled() {
    return get(UNSETTLED);
  }

  /** Bytes of unsettled messages. */
  public long unsettledBytes() {
    return get(UNSETTLED_BYTES);
  }

  /**
   * Messages which are not ready for now: those that went back and wait for their time, and those
   * on disk which are being read to be dead-lettered.
   */
  public long scheduled() {
    return get(SCHEDULED);
  }

  /** Bytes of scheduled messages. */
  public long scheduledBytes() {
    return get(SCHEDULED_BYTES);
  }

  /** Consumers attached. */
  public long consumers() {
    return get(CONSUMERS);
  }

  /** Bytes of payload in memory, ready or unsettled, as the {@link PayloadBudget} counts them. */
  public long memoryBytes() {
    return get(MEMORY);
  }

  /** Messages taken in, recovered ones too. */
  public long enqueued() {
    return get(ENQUEUED);
  }

  /** Bytes of messages taken in. */
  public long enqueuedBytes() {
    return get(ENQUEUED_BYTES);
  }

  /** Bytes that waiting messages grew by, mostly by annotations of consumers; may be negative. */
  public long changedBytes() {
    return get(CHANGED_BYTES);
  }

  /**
   * For how many milliseconds, until then, somebody has stood ready to take another message.
   *
   * @param nowMs since the epoch
   */
  public long capableMs(long nowMs) {
    long since = get(CAPABLE_SINCE);
    return get(CAPABLE_MS) + (since == 0 ? 0 : Math.max(0, nowMs - since));
  }

  /** Messages taken one by one by somebody who is no consumer ({@link Consumer#isGetting}). */
  public long got() {
    return get(GOT);
  }

  /** How often such a one found nothing. */
  public long gotEmpty() {
    return get(GOT_EMPTY);
  }

  /** Messages read back from the journal. */
  public long readBack() {
    return get(READ_BACK);
  }

  /** Deliveries to consumers that settle. */
  public long delivered() {
    return get(DELIVERED);
  }

  /** Deliveries to pre-settled consumers; the message is removed by it. */
  public long deliveredPresettled() {
    return get(DELIVERED_PRESETTLED);
  }

  /** Deliveries of either kind which were not the first of their message. */
  public long redelivered() {
    return get(REDELIVERED);
  }

  /** Messages removed because a consumer accepted them. */
  public long acknowledged() {
    return get(ACKNOWLEDGED);
  }

  /** Messages that went back to the queue. */
  public long requeued() {
    return get(REQUEUED);
  }

  /** Messages removed by purging or deleting the queue. */
  public long purged() {
    return get(PURGED);
  }

  /** Messages removed because the journal could not give them back. */
  public long lost() {
    return get(LOST);
  }

  /** Messages refused because the queue was full; never taken in. */
  public long rejectedPublishes() {
    return get(REJECTED_PUBLISHES);
  }

  /** Reads from the journal begun. */
  public long coldLoads() {
    return get(COLD_LOADS);
  }

  /** Messages that left the queue, for whatever reason. */
  public long removed() {
    return get(REMOVED);
  }

  /** Bytes of messages that left the queue. */
  public long removedBytes() {
    return get(REMOVED_BYTES);
  }

  /** Messages removed because their time to live was over. */
  public long expired() {
    return died(DeathReason.EXPIRED);
  }

  /** Messages removed because the queue was too long. */
  public long dropped() {
    return died(DeathReason.MAX_LENGTH);
  }

  /** Messages removed for this reason, whether they were dead-lettered or not. */
  public long died(DeathReason reason) {
    return get(DIED + offset(reason));
  }

  /** Messages given to the dead-letter exchange for this reason, refused ones too. */
  public long deadLettered(DeathReason reason) {
    return get(DEAD_LETTERED + offset(reason));
  }

  void set(int cell, long value) {
    CELL.setOpaque(cells, cell, value);
  }

  void add(int cell, long change) {
    CELL.setOpaque(cells, cell, cells[cell] + change);
  }

  void increment(int cell) {
    add(cell, 1);
  }

  void countDeath(DeathReason reason) {
    add(DIED + offset(reason), 1);
  }

  void countDeadLetter(DeathReason reason) {
    add(DEAD_LETTERED + offset(reason), 1);
  }

  private long get(int cell) {
    return (long) CELL.getOpaque(cells, cell);
  }

  private static int offset(DeathReason reason) {
    return switch (reason) {
      case REJECTED -> 0;
      case EXPIRED -> 1;
      case MAX_LENGTH -> 2;
      case DELIVERY_LIMIT -> 3;
    };
  }
}
