package dev.warren.core.queue;

/**
 * A message that left its queue while its payload was on disk, and is to be dead-lettered.
 *
 * @param position where it is in the journal
 * @param sizeBytes what it counted for in the queue
 * @param reason why it left
 * @param deliveryCount failed deliveries
 */
record DeadLetter(long position, int sizeBytes, DeathReason reason, int deliveryCount) {}
