package dev.warren.core.routing;

import org.jspecify.annotations.Nullable;

/**
 * Routing keys seen lately and where they lead, for one version of a topic exchange. Thread-safe
 * without locks: entries are immutable, and a race only forgets one.
 *
 * <p>Bounded: at most {@value #SLOTS_MAX} keys of at most {@value #KEY_LENGTH_MAX} characters with
 * {@value #DESTINATIONS_MAX} destinations each. With more destinations the walk is a small part of
 * the work anyway.
 */
final class TopicCache {
  private static final int SLOTS_MIN = 128;
  private static final int SLOTS_MAX = 8192;
  private static final int KEY_LENGTH_MAX = 255;
  private static final int DESTINATIONS_MAX = 128;

  private final @Nullable Route[] slots;

  /** Entries added so far, roughly: loops may overwrite each other's count. */
  private int added;

  private TopicCache(int slotCount) {
    slots = new Route[slotCount];
  }

  static TopicCache small() {
    return new TopicCache(SLOTS_MIN);
  }

  static boolean accepts(String key, int destinationCount) {
    return key.length() <= KEY_LENGTH_MAX && destinationCount <= DESTINATIONS_MAX;
  }

  @Nullable Destinations get(String key) {
    int slot = slot(key);
    Route first = slots[slot];
    if (first != null && first.key.equals(key)) {
      return first.destinations;
    }
    Route second = slots[slot ^ 1];
    return second != null && second.key.equals(key) ? second.destinations : null;
  }

  void put(String key, Destinations destinations) {
    added++;
    put(new Route(key, destinations));
  }

  /** Whether so many keys were seen that a larger cache would help. */
  boolean isCrowded() {
    return added > slots.length && slots.length < SLOTS_MAX;
  }

  /** A larger cache with the same entries. */
  TopicCache grown() {
    TopicCache larger = new TopicCache(Math.min(SLOTS_MAX, slots.length * 8));
    for (Route route : slots) {
      if (route != null) {
        larger.put(route);
      }
    }
    return larger;
  }

  /** Each key has two slots; the older entry moves to the second one. */
  private void put(Route route) {
    int slot = slot(route.key);
    Route older = slots[slot];
    if (older != null) {
      slots[slot ^ 1] = older;
    }
    slots[slot] = route;
  }

  private int slot(String key) {
    int hash = key.hashCode();
    return (hash ^ (hash >>> 16)) & (slots.length - 1);
  }

  /** Final fields make it safe to be seen through a race. */
  private static final class Route {
    final String key;
    final Destinations destinations;

    Route(String key, Destinations destinations) {
      this.key = key;
      this.destinations = destinations;
    }
  }
}
