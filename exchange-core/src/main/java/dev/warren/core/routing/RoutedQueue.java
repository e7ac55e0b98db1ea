package dev.warren.core.routing;

/** A queue as routing sees it: something with a name that a message can go to. */
public interface RoutedQueue {
  /** Its name, unique in the virtual host. */
  String name();

  /** Whether it, and with it a binding from a durable exchange, survives a restart. */
  boolean isDurable();
}
