package dev.warren.amqp;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Links of one connection which have something to do at the end of this tick, and those which wait
 * until the peer has sent or read something. Owned by the connection's loop.
 */
final class TouchedLinks {
  private List<LinkHandler> touched = new ArrayList<>();
  private List<LinkHandler> touchedBefore = new ArrayList<>();
  private final Set<LinkHandler> stalled = new LinkedHashSet<>();

  /** The link is asked at the end of this tick. */
  void add(LinkHandler link) {
    touched.add(link);
  }

  /** The link waits. */
  void stall(LinkHandler link) {
    stalled.add(link);
  }

  /** Those which wait are touched. */
  void wakeStalled() {
    if (!stalled.isEmpty()) {
      stalled.forEach(LinkHandler::touch);
      stalled.clear();
    }
  }

  /** Asks them; what they touch meanwhile is for the next tick. */
  void onTickEnd() {
    if (touched.isEmpty()) {
      return;
    }
    List<LinkHandler> now = touched;
    touched = touchedBefore;
    touchedBefore = now;
    for (int i = 0; i < now.size(); i++) {
      now.get(i).onTickEnd();
    }
    now.clear();
  }

  /** Nobody is asked any more. */
  void clear() {
    touched.clear();
    touchedBefore.clear();
  }
}
