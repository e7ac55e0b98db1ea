package dev.warren.core.broker;

import dev.warren.core.time.BrokerClock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * What was changed and refused: the latest events in memory, all of them to whoever listens; but of
 * the refusals of one address not more than {@link RefusalPace} lets through, so that nobody can
 * push the changes out of the trail. Thread-safe.
 */
public final class AuditTrail {
  /**
   * Changes kept in memory, as many that come and go with connections, and as many refusals; the
   * oldest of each go first.
   */
  public static final int KEPT_MAX = 1000;

  /** A name somebody tried to be may be long. */
  private static final int REFUSED_NAME_LENGTH_MAX = 255;

  private static final int REASON_LENGTH_MAX = 1000;

  private final BrokerClock clock;
  private final Deque<Numbered> changes = new ArrayDeque<>();
  private final Deque<Numbered> refusals = new ArrayDeque<>();
  private final Deque<Numbered> passing = new ArrayDeque<>();
  private final RefusalPace pace = new RefusalPace();
  private long events;
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
    List<AuditEvent> oldestFirst = latest();
    Collections.reverse(oldestFirst);
    oldestFirst.forEach(listener);
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
    add(
        changes,
        new AuditEvent(clock.epochMs(), actor, event, virtualHost, name, before, after, ""));
  }

  /** The same of what comes and goes with connections, which does not push other changes out. */
  void passed(
      Actor actor,
      String event,
      String virtualHost,
      String name,
      Map<String, Object> before,
      Map<String, Object> after) {
    add(
        passing,
        new AuditEvent(clock.epochMs(), actor, event, virtualHost, name, before, after, ""));
  }

  /** Something was refused. */
  public synchronized void refused(
      Actor actor, String event, String virtualHost, String name, String why) {
    int unsaid = pace.admit(actor.address(), event, clock.nanoTime());
    if (unsaid == RefusalPace.NOT_NOW) {
      return;
    }
    String shownName = cut(name, REFUSED_NAME_LENGTH_MAX);
    String shownWhy = cut(why, REASON_LENGTH_MAX);
    if (unsaid > 0) {
      shownWhy += " (" + unsaid + " more like it before this one)";
    }
    add(
        refusals,
        new AuditEvent(
            clock.epochMs(), actor, event, virtualHost, shownName, Map.of(), Map.of(), shownWhy));
  }

  private static String cut(String text, int lengthMax) {
    return text.length() <= lengthMax ? text : text.substring(0, lengthMax) + "...";
  }

  private synchronized void add(Deque<Numbered> kept, AuditEvent event) {
    if (kept.size() == KEPT_MAX) {
      kept.removeFirst();
    }
    kept.addLast(new Numbered(events++, event));
    listeners.forEach(listener -> listener.accept(event));
  }

  /** The latest events, newest first. */
  public synchronized List<AuditEvent> latest() {
    List<Numbered> all = new ArrayList<>(changes);
    all.addAll(refusals);
    all.addAll(passing);
    all.sort(Comparator.comparingLong(Numbered::number).reversed());
    return all.stream().map(Numbered::event).collect(Collectors.toCollection(ArrayList::new));
  }

  private record Numbered(long number, AuditEvent event) {}
}
