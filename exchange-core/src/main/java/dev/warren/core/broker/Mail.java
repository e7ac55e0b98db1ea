package dev.warren.core.broker;

import org.jspecify.annotations.Nullable;

/**
 * What a loop does with something another loop posted. One instance serves many messages, so that
 * posting allocates nothing.
 */
@FunctionalInterface
interface Mail {
  /** Called on the receiving loop with what was posted. */
  void receive(Object first, @Nullable Object second);
}
