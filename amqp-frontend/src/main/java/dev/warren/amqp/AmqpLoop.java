package dev.warren.amqp;

import dev.warren.core.broker.BrokerLoop;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections of one loop: flushes those that have something to say once per tick, and lets
 * time pass for all. Owned by the loop.
 */
final class AmqpLoop {
  private static final Logger LOG = LoggerFactory.getLogger(AmqpLoop.class);
  private static final long TIMER_MS_MAX = 250;
  private static final long TIMER_MS_MIN = 100;

  private final BrokerLoop loop;
  private final FrontContext context;
  private final Set<ConnectionHandler> connections = new LinkedHashSet<>();
  private final Set<KeptLink> suspended = new LinkedHashSet<>();
  private List<ConnectionHandler> dirty = new ArrayList<>();
  private List<ConnectionHandler> flushing = new ArrayList<>();
  private boolean ending;
  private boolean rulesChanged;
  private boolean started;
  private boolean stopped;
  private long abandoned;

  AmqpLoop(BrokerLoop loop, FrontContext context) {
    this.loop = loop;
    this.context = context;
  }

  /** The loop of the broker. */
  BrokerLoop loop() {
    return loop;
  }

  /** Closes every connection; none is added any more. */
  void stop() {
    stopped = true;
    for (ConnectionHandler connection : List.copyOf(connections)) {
      connection.fail(AmqpErrors.forcedByShutdown());
    }
  }

  /** Whether no connection is left. */
  boolean isEmpty() {
    return connections.isEmpty();
  }

  /** Takes in a connection; false if the server is stopping. */
  boolean add(ConnectionHandler connection) {
    if (!started) {
      started = true;
      loop.onTickEnd(this::onTickEnd);
      context.broker().onPublishersBlocked(loop, this::onPublishersBlocked);
      context.broker().access().onChange(loop, this::onRulesChanged);
      loop.schedule(TIMER_MS_MIN, this::onTimer);
    }
    return !stopped && connections.add(connection);
  }

  /** A link is suspended, and is told of time passing. */
  void keep(KeptLink link) {
    suspended.add(link);
  }

  /** It is not any more. */
  void forget(KeptLink link) {
    suspended.remove(link);
  }

  /** Whether nothing is to be kept because the server stops. */
  boolean isStopping() {
    return stopped;
  }

  void remove(ConnectionHandler connection) {
    connections.remove(connection);
  }

  /** A connection was given up for a reason nobody foresaw: a defect. */
  void countAbandoned() {
    abandoned++;
  }

  /** How many connections were given up for a reason nobody foresaw. */
  long abandoned() {
    return abandoned;
  }

  /** The connection is flushed at the end of this tick. */
  void markDirty(ConnectionHandler connection) {
    dirty.add(connection);
  }

  /** Ends a tick that an event of the channel was, unless one is being ended. */
  void endTick() {
    if (!ending) {
      loop.endTick();
    }
  }

  private void onTickEnd() {
    if (ending) {
      return;
    }
    ending = true;
    try {
      while (!dirty.isEmpty()) {
        List<ConnectionHandler> now = dirty;
        dirty = flushing;
        flushing = now;
        for (int i = 0; i < now.size(); i++) {
          ConnectionHandler connection = now.get(i);
          try {
            connection.onTickEnd();
          } catch (RuntimeException e) {
            connection.abandon(e);
          }
        }
        now.clear();
      }
    } finally {
      ending = false;
    }
  }

  private void onPublishersBlocked() {
    for (ConnectionHandler connection : connections) {
      connection.onPublishersBlocked();
    }
  }

  /** Many changes in a row are one at the end of the tick. */
  private void onRulesChanged() {
    if (!rulesChanged) {
      rulesChanged = true;
      loop.execute(this::applyRules);
    }
  }

  private void applyRules() {
    rulesChanged = false;
    for (ConnectionHandler connection : List.copyOf(connections)) {
      try {
        connection.onRulesChanged();
      } catch (RuntimeException e) {
        connection.abandon(e);
      }
    }
  }

  private void onTimer() {
    long nowMs = context.clock().nanoTime() / 1_000_000;
    long delayMs = TIMER_MS_MAX;
    for (ConnectionHandler connection : List.copyOf(connections)) {
      try {
        delayMs = Math.min(delayMs, connection.onTimer(nowMs));
      } catch (RuntimeException e) {
        // Else no time would pass any more, for anybody on this loop.
        connection.abandon(e);
      }
    }
    for (KeptLink link : List.copyOf(suspended)) {
      try {
        link.onTimer(nowMs);
      } catch (RuntimeException e) {
        LOG.error("the time of a suspended link could not be looked at", e);
        link.drop();
      }
    }
    if (!stopped || !connections.isEmpty()) {
      loop.schedule(Math.max(delayMs, TIMER_MS_MIN), this::onTimer);
    }
  }
}
