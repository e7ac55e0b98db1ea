package dev.warren.core.broker;

import dev.warren.core.message.StoredMessage;
import dev.warren.core.queue.Attempts;

/**
 * A message on its way to a dead-letter queue.
 *
 * @param attempts what it brings with it: the failed deliveries so far
 */
record DeadLetter(StoredMessage message, Attempts attempts) {}
