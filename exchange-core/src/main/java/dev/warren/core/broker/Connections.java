package dev.warren.core.broker;

import dev.warren.core.security.UserLimits;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** The open connections of all fronts. Thread-safe. */
public final class Connections {
  private final ConcurrentMap<Long, ConnectionView> open = new ConcurrentHashMap<>();
  private final Counts counts = new Counts();
  private final ConcurrentMap<String, Integer> sessions = new ConcurrentHashMap<>();
  private final List<LongConsumer> closedListeners = new CopyOnWriteArrayList<>();
  private volatile int nodeMax = UserLimits.UNLIMITED;
  private final AtomicLong lastId = new AtomicLong();
  private final AtomicLong created = new AtomicLong();
  private final AtomicLong closed = new AtomicLong();
  private final LongAdder closedReceivedOctets = new LongAdder();
  private final LongAdder closedSentOctets = new LongAdder();
  private final LongAdder closedReceivedFrames = new LongAdder();
  private final LongAdder closedSentFrames = new LongAdder();
  private final LongAdder sessionsBegun = new LongAdder();
  private final LongAdder sessionsEnded = new LongAdder();

  /** How many connections the node may have; {@link UserLimits#UNLIMITED} for any number. */
  public void limit(int connectionsMax) {
    nodeMax = connectionsMax;
  }

  /** That limit. */
  public int limit() {
    return nodeMax;
  }

  /** A number no other connection has. */
  public long nextId() {
    return lastId.incrementAndGet();
  }

  /**
   * How many connections there may be; {@link UserLimits#UNLIMITED} for any number.
   *
   * @param virtualHost in the connection's virtual host
   * @param user of the connection's user
   */
  public record Limits(int virtualHost, int user) {
    /** Any number. */
    public static final Limits NONE = new Limits(UserLimits.UNLIMITED, UserLimits.UNLIMITED);
  }

  /** What became of a connection. */
  public enum Admission {
    /** It has its place. */
    ADDED,
    /** The node has as many as it may. */
    NODE_FULL,
    /** The virtual host has. */
    VIRTUAL_HOST_FULL,
    /** The user has. */
    USER_FULL
  }

  /** Whether so many are as many as the limit allows. */
  public static boolean isReached(int limit, int count) {
    return limit != UserLimits.UNLIMITED && count >= limit;
  }

  /** A connection has been opened, for which no limit counts. */
  public void add(ConnectionView connection) {
    var unused = add(connection, Limits.NONE);
  }

  /** A connection is opened, if there is a place for it. */
  public Admission add(ConnectionView connection, Limits limits) {
    String user = connection.details().user();
    String host = connection.details().virtualHost();
    synchronized (counts) {
      if (isReached(nodeMax, open.size())) {
        return Admission.NODE_FULL;
      }
      if (isReached(limits.virtualHost(), counts.ofVirtualHost(host))) {
        return Admission.VIRTUAL_HOST_FULL;
      }
      if (isReached(limits.user(), counts.ofUser(user))) {
        return Admission.USER_FULL;
      }
      if (open.put(connection.id(), connection) == null) {
        counts.change(user, host, 1);
      }
    }
    created.incrementAndGet();
    return Admission.ADDED;
  }

  /** The connection with this number, if it is open. */
  public Optional<ConnectionView> byId(long id) {
    return Optional.ofNullable(open.get(id));
  }

  /** Open connections of a user. */
  public int ofUser(String user) {
    synchronized (counts) {
      return counts.ofUser(user);
    }
  }

  /** Open connections in a virtual host. */
  public int ofVirtualHost(String virtualHost) {
    synchronized (counts) {
      return counts.ofVirtualHost(virtualHost);
    }
  }

  /**
   * A session of a user begins, if there is a place for it.
   *
   * @param limit of all his connections
   */
  public boolean beginSession(String user, int limit) {
    boolean[] begun = {false};
    sessions.compute(
        user,
        (name, count) -> {
          int now = count == null ? 0 : count;
          begun[0] = !isReached(limit, now);
          return begun[0] ? Integer.valueOf(now + 1) : count;
        });
    if (begun[0]) {
      sessionsBegun.increment();
    }
    return begun[0];
  }

  /** Sessions that had begun are over. */
  public void endSessions(String user, int ended) {
    if (ended > 0) {
      sessionsEnded.add(ended);
      sessions.computeIfPresent(user, (name, count) -> count > ended ? count - ended : null);
    }
  }

  /** Sessions that were ever begun. */
  public long sessionsBegun() {
    return sessionsBegun.sum();
  }

  /** Sessions that have ended. */
  public long sessionsEnded() {
    return sessionsEnded.sum();
  }

  /** Octets that came on connections which have ended. */
  public long closedReceivedOctets() {
    return closedReceivedOctets.sum();
  }

  /** Octets sent on connections which have ended. */
  public long closedSentOctets() {
    return closedSentOctets.sum();
  }

  /** Frames that came on connections which have ended. */
  public long closedReceivedFrames() {
    return closedReceivedFrames.sum();
  }

  /** Frames sent on connections which have ended. */
  public long closedSentFrames() {
    return closedSentFrames.sum();
  }

  /** Begun sessions of a user, over all his connections. */
  public int sessionsOfUser(String user) {
    return sessions.getOrDefault(user, 0);
  }

  /** A connection has ended. */
  public void remove(ConnectionView connection) {
    boolean wasOpen;
    synchronized (counts) {
      wasOpen = open.remove(connection.id(), connection);
      if (wasOpen) {
        counts.change(connection.details().user(), connection.details().virtualHost(), -1);
      }
    }
    if (wasOpen) {
      closed.incrementAndGet();
      closedReceivedOctets.add(connection.receivedOctets());
      closedSentOctets.add(connection.sentOctets());
      closedReceivedFrames.add(connection.frames().received());
      closedSentFrames.add(connection.frames().sent());
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

  /** Open connections by user and by virtual host. Guarded by itself. */
  private static final class Counts {
    private final Map<String, Integer> users = new HashMap<>();
    private final Map<String, Integer> virtualHosts = new HashMap<>();

    int ofUser(String user) {
      return users.getOrDefault(user, 0);
    }

    int ofVirtualHost(String virtualHost) {
      return virtualHosts.getOrDefault(virtualHost, 0);
    }

    void change(String user, String virtualHost, int by) {
      users.merge(user, by, Counts::sum);
      virtualHosts.merge(virtualHost, by, Counts::sum);
    }

    /** Nothing is kept of those who have none. */
    private static @Nullable Integer sum(Integer count, Integer by) {
      return count + by == 0 ? null : Integer.valueOf(count + by);
    }
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
