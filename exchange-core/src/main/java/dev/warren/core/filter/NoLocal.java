package dev.warren.core.filter;

import dev.warren.core.message.Message;

/**
 * Leaves out what the consumer's own connection published. A message read back from disk is
 * nobody's own: who published it is not stored.
 *
 * @param connectionId the consumer's connection
 */
public record NoLocal(long connectionId) implements MessageFilter {
  @Override
  public boolean matches(Message message, long nowMs) {
    return message.publisherId() != connectionId || connectionId == Message.UNKNOWN_PUBLISHER;
  }
}
