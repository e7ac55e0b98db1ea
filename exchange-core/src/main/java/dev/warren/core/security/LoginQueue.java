package dev.warren.core.security;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Logins that wait for a slow hash, in lanes: one for each address and user, one for each address
 * and all users there are not. Lanes take turns, so that somebody who tries many passwords waits
 * behind himself and nobody else. Thread-safe.
 */
final class LoginQueue<T> {
  private final int sizeMax;
  private final int laneMax;
  private final Map<Lane, Deque<T>> lanes = new LinkedHashMap<>();
  private int size;

  /**
   * Whose login.
   *
   * @param user empty for all that do not exist, of which there is no end
   */
  record Lane(String host, String user) {}

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
    Deque<T> lane = lanes.computeIfAbsent(key, unused -> new ArrayDeque<>());
    if (lane.size() >= laneMax) {
      return Optional.of(login);
    }
    lane.addLast(login);
    size++;
    return size > sizeMax ? Optional.of(dropFromLongest()) : Optional.empty();
  }

  private T dropFromLongest() {
    Map.Entry<Lane, Deque<T>> longest = null;
    for (Map.Entry<Lane, Deque<T>> lane : lanes.entrySet()) {
      // The newest of equals, so that who came first stays.
      if (longest == null || lane.getValue().size() >= longest.getValue().size()) {
        longest = lane;
      }
    }
    if (longest == null) {
      throw new IllegalStateException("nothing to drop");
    }
    T dropped = longest.getValue().removeLast();
    size--;
    if (longest.getValue().isEmpty()) {
      lanes.remove(longest.getKey());
    }
    return dropped;
  }

  /** The next one: the oldest of the lane whose turn it is. */
  synchronized Optional<T> next() {
    Iterator<Map.Entry<Lane, Deque<T>>> first = lanes.entrySet().iterator();
    if (!first.hasNext()) {
      return Optional.empty();
    }
    Map.Entry<Lane, Deque<T>> turn = first.next();
    Lane key = turn.getKey();
    Deque<T> lane = turn.getValue();
    first.remove();
    T login = lane.removeFirst();
    size--;
    if (!lane.isEmpty()) {
      lanes.put(key, lane);
    }
    return Optional.of(login);
  }

  /** How many wait. */
  synchronized int size() {
    return size;
  }
}
