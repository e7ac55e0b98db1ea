package dev.warren.core.broker;

import dev.warren.core.time.BrokerClock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * What was changed and refused: the latest events in memory, all of them to whoever listens.
 * Thread-safe.
 */
public final class AuditTrail {
  /** Events kept in memory; the oldest go first. */
  public static final int KEPT_MAX = 1000;

  private final BrokerClock clock;
  private final Deque<AuditEvent> kept = new ArrayDeque<>();
  private final List<Consumer<AuditEvent>> listeners = new CopyOnWriteArrayList<>();

  /** An empty trail. */
  public AuditTrail(BrokerClock clock) {
    this.clock = clock;
  }

  /**
   * Tells somebody each event from now on, in order, on the thread on which it happens: a listener
   * must be quick and must not fail.
   */
  public void listen(Consumer<AuditEvent> listener) {
    listeners.add(listener);
  }

  /** The same, beginning with the events that are still in memory. */
  public synchronized void listenToAll(Consumer<AuditEvent> listener) {
    kept.forEach(listener);
    listeners.add(listener);
  }

  /** Something was changed. */
  public void changed(
      Actor actor,
      String event,
      String virtualHost,
      String name,
      Map<String, Object> before,
      Map<String, Object> after) {
    add(new AuditEvent(clock.epochMs(), actor, event, virtualHost, name, before, after, ""));
  }

  /** Something was refused. */
  public void refused(Actor actor, String event, String virtualHost, String name, String why) {
    add(new AuditEvent(clock.epochMs(), actor, event, virtualHost, name, Map.of(), Map.of(), why));
  }

  private synchronized void add(AuditEvent event) {
    if (kept.size() == KEPT_MAX) {
      kept.removeFirst();
    }
    kept.addLast(event);
    listeners.forEach(listener -> listener.accept(event));
  }

  /** The latest events, newest first. */
  public synchronized List<AuditEvent> latest() {
    List<AuditEvent> newestFirst = new ArrayList<>(kept.size());
    kept.descendingIterator().forEachRemaining(newestFirst::add);
    return newestFirst;
  }
}
