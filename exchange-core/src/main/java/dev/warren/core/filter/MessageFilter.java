package dev.warren.core.filter;

import dev.warren.core.message.Message;

/**
 * A condition on messages: what a consumer wants to get. Immutable and thread-safe; evaluating it
 * neither changes nor keeps the message.
 */
@FunctionalInterface
public interface MessageFilter {
  /** Every message. Queues compare by identity, so that the plain path evaluates nothing. */
  MessageFilter ALL = (message, nowMs) -> true;

  /**
   * Whether the message fulfils the condition. Never throws: a message whose sections cannot be
   * decoded fulfils none.
   *
   * @param nowMs the present, in milliseconds since the epoch, for conditions on time
   */
  boolean matches(Message message, long nowMs);
}
