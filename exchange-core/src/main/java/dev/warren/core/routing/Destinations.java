package dev.warren.core.routing;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The distinct queues and exchanges one match leads to, in arrays a route can copy from. Immutable
 * to its readers, thread-safe.
 *
 * <p>Successive versions share one array with room at its end: a version sees only the first {@link
 * #queueCount} elements, and the next one may take the element after them. Taking it is a
 * compare-and-set, so two versions made from the same one cannot take the same element; the loser
 * copies. Adding 100,000 queues to a fanout one after another is therefore linear, removing one
 * copies the array once.
 */
final class Destinations {
  static final Destinations NONE =
      new Destinations(new RoutedQueue[0], 0, new String[0], new MatchMark());
  private static final VarHandle ELEMENT = MethodHandles.arrayElementVarHandle(RoutedQueue[].class);

  private final RoutedQueue[] queues;
  private final int queueCount;
  private final String[] exchanges;
  private final MatchMark matched;

  private Destinations(
      RoutedQueue[] queues, int queueCount, String[] exchanges, MatchMark matched) {
    this.queues = queues;
    this.queueCount = queueCount;
    this.exchanges = exchanges;
    this.matched = matched;
  }

  /** Copies the first elements of both arrays. */
  static Destinations copyOf(
      RoutedQueue[] queues, int queueCount, String[] exchanges, int exchangeCount) {
    if (queueCount == 0 && exchangeCount == 0) {
      return NONE;
    }
    return new Destinations(
        Arrays.copyOf(queues, queueCount),
        queueCount,
        Arrays.copyOf(exchanges, exchangeCount),
        new MatchMark());
  }

  /** The queues, from 0 to {@link #queueCount()}. Must not be changed. */
  RoutedQueue[] queues() {
    return queues;
  }

  int queueCount() {
    return queueCount;
  }

  /** Names of the exchanges. Must not be changed. */
  String[] exchanges() {
    return exchanges;
  }

  /** A message goes to all of them. */
  void markMatched() {
    matched.mark(queueCount, exchanges.length);
  }

  /** The destinations that no message went to since they were added. */
  Set<Destination> unmatched() {
    Set<Destination> unmatched = new HashSet<>();
    for (int i = 0; i < queueCount; i++) {
      if (!matched.isQueueMatched(i)) {
        unmatched.add(Destination.queue(queues[i].name()));
      }
    }
    for (int i = 0; i < exchanges.length; i++) {
      if (!matched.isExchangeMatched(i)) {
        unmatched.add(Destination.exchange(exchanges[i]));
      }
    }
    return unmatched;
  }

  boolean isEmpty() {
    return queueCount == 0 && exchanges.length == 0;
  }

  /**
   * With a destination that is not among them.
   *
   * @param queue the queue, or null if the destination is an exchange
   */
  Destinations with(Destination destination, @Nullable RoutedQueue queue) {
    if (queue == null) {
      String[] more = Arrays.copyOf(exchanges, exchanges.length + 1);
      more[exchanges.length] = destination.name();
      return new Destinations(queues, queueCount, more, markForMore());
    }
    RoutedQueue[] array = queues;
    if (queueCount == array.length
        || !ELEMENT.compareAndSet(array, queueCount, (RoutedQueue) null, queue)) {
      array = new RoutedQueue[queueCount == 0 ? 1 : queueCount * 2];
      System.arraycopy(queues, 0, array, 0, queueCount);
      array[queueCount] = queue;
    }
    return new Destinations(array, queueCount + 1, exchanges, markForMore());
  }

  /**
   * Without a destination that is among them.
   *
   * @param queue the queue, or null if the destination is an exchange
   */
  Destinations without(Destination destination, @Nullable RoutedQueue queue) {
    if (queueCount + exchanges.length == 1) {
      return NONE;
    }
    if (queue == null) {
      int index = Arrays.asList(exchanges).indexOf(destination.name());
      assert index >= 0;
      String[] fewer = Arrays.copyOf(exchanges, exchanges.length - 1);
      System.arraycopy(exchanges, index + 1, fewer, index, fewer.length - index);
      return new Destinations(queues, queueCount, fewer, matched.withoutExchange(index));
    }
    int index = indexOf(queue);
    RoutedQueue[] fewer = new RoutedQueue[queueCount - 1];
    System.arraycopy(queues, 0, fewer, 0, index);
    System.arraycopy(queues, index + 1, fewer, index, fewer.length - index);
    return new Destinations(fewer, fewer.length, exchanges, matched.withoutQueue(index));
  }

  /** All start from {@link #NONE}, whose mark must stay its own. */
  private MatchMark markForMore() {
    return isEmpty() ? new MatchMark() : matched;
  }

  private int indexOf(RoutedQueue queue) {
    for (int i = 0; i < queueCount; i++) {
      if (queues[i] == queue) {
        return i;
      }
    }
    throw new AssertionError("a bound queue is missing from the match table");
  }
}
