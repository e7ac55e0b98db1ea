package dev.warren.core.broker;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/** The open connections of all fronts. Thread-safe. */
public final class Connections {
  private final ConcurrentMap<Long, ConnectionView> open = new ConcurrentHashMap<>();
  private final List<LongConsumer> closedListeners = new CopyOnWriteArrayList<>();
  private final AtomicLong lastId = new AtomicLong();
  private final AtomicLong created = new AtomicLong();
  private final AtomicLong closed = new AtomicLong();

  /** A number no other connection has. */
  public long nextId() {
    return lastId.incrementAndGet();
  }

  /** A connection has been opened. */
  public void add(ConnectionView connection) {
    open.put(connection.id(), connection);
    created.incrementAndGet();
  }

  /** A connection has ended. */
  public void remove(ConnectionView connection) {
    if (open.remove(connection.id(), connection)) {
      closed.incrementAndGet();
      closedListeners.forEach(listener -> listener.accept(connection.id()));
    }
  }

  /**
   * Tells the listener the number of each connection that has ended, on the thread that ended it.
   */
  void onClosed(LongConsumer listener) {
    closedListeners.add(listener);
  }

  /** Those open now. */
  public Collection<ConnectionView> all() {
    return Collections.unmodifiableCollection(open.values());
  }

  /** How many were ever opened. */
  public long created() {
    return created.get();
  }

  /** How many have ended. */
  public long closed() {
    return closed.get();
  }
}
