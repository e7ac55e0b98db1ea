package dev.warren.core.routing;

/** A queue with nothing but a name. */
record FakeQueue(String name, boolean isDurable) implements RoutedQueue {
  FakeQueue(String name) {
    this(name, true);
  }
}
