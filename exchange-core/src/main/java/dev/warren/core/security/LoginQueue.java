package dev.warren.core.security;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.ToIntFunction;

/**
 * Logins that wait for a slow hash. Addresses take turns, and within an address its lanes, so that
 * somebody who tries many passwords waits behind himself and nobody else. Thread-safe.
 */
final class LoginQueue<T> {
  private final int sizeMax;
  private final int laneMax;
  private final Map<String, Host<T>> hosts = new LinkedHashMap<>();
  private int size;

  /**
   * Whose login.
   *
   * @param name of which an address has few; must not depend on whether there is such a user
   */
  record Lane(String host, String name) {}

  /** What waits from one address. */
  private static final class Host<T> {
    final Map<String, Deque<T>> lanes = new LinkedHashMap<>();
    int size;
  }

  /** An empty queue for so many, and so many in one lane. */
  LoginQueue(int sizeMax, int laneMax) {
    this.sizeMax = sizeMax;
    this.laneMax = laneMax;
  }

  /**
   * Adds a login.
   *
   * @return one that has no room, which may be the same: it is not in the queue then
   */
  synchronized Optional<T> add(Lane key, T login) {
    Host<T> host = hosts.computeIfAbsent(key.host(), unused -> new Host<>());
    Deque<T> lane = host.lanes.computeIfAbsent(key.name(), unused -> new ArrayDeque<>());
    if (lane.size() >= laneMax) {
      return Optional.of(login);
    }
    lane.addLast(login);
    host.size++;
    size++;
    return size > sizeMax ? Optional.of(dropFromLongest()) : Optional.empty();
  }

  /** From the address with most; of equals the newest, so that who came first stays. */
  private T dropFromLongest() {
    Map.Entry<String, Host<T>> host = longest(hosts, found -> found.size);
    Map.Entry<String, Deque<T>> lane = longest(host.getValue().lanes, Deque::size);
    T dropped = lane.getValue().removeLast();
    taken(host.getKey(), host.getValue(), lane.getKey(), lane.getValue());
    return dropped;
  }

  private static <V> Map.Entry<String, V> longest(Map<String, V> all, ToIntFunction<V> length) {
    Map.Entry<String, V> longest = null;
    for (Map.Entry<String, V> one : all.entrySet()) {
      if (longest == null
          || length.applyAsInt(one.getValue()) >= length.applyAsInt(longest.getValue())) {
        longest = one;
      }
    }
    if (longest == null) {
      throw new IllegalStateException("nothing to drop");
    }
    return longest;
  }

  private void taken(String hostName, Host<T> host, String laneName, Deque<T> lane) {
    size--;
    host.size--;
    if (lane.isEmpty()) {
      host.lanes.remove(laneName);
    }
    if (host.size == 0) {
      hosts.remove(hostName);
    }
  }

  /** The next one: the oldest of the lane whose turn it is, of the address whose turn it is. */
  synchronized Optional<T> next() {
    Iterator<Map.Entry<String, Host<T>>> first = hosts.entrySet().iterator();
    if (!first.hasNext()) {
      return Optional.empty();
    }
    String hostName = first.next().getKey();
    Host<T> host = Objects.requireNonNull(hosts.remove(hostName));
    String laneName = host.lanes.keySet().iterator().next();
    Deque<T> lane = Objects.requireNonNull(host.lanes.remove(laneName));
    T login = lane.removeFirst();
    hosts.put(hostName, host);
    host.lanes.put(laneName, lane);
    taken(hostName, host, laneName, lane);
    return Optional.of(login);
  }

  /** How many wait. */
  synchronized int size() {
    return size;
  }
}
