package dev.warren.core.routing;

/**
 * Which destinations were matched since the broker started: shared by the successive versions of
 * {@link Destinations}, whose elements keep their places. Written by any loop without a lock: a
 * mark may get lost while a binding is taken away, and is made again by the next message.
 */
final class MatchMark {
  /** Queues before this place were matched. */
  private int queues;

  /** Exchanges before this place were matched. */
  private int exchanges;

  MatchMark() {}

  private MatchMark(int queues, int exchanges) {
    this.queues = queues;
    this.exchanges = exchanges;
  }

  /** So many queues and exchanges were matched; only read once they are marked. */
  void mark(int queueCount, int exchangeCount) {
    if (queues < queueCount) {
      queues = queueCount;
    }
    if (exchanges < exchangeCount) {
      exchanges = exchangeCount;
    }
  }

  boolean isQueueMatched(int index) {
    return index < queues;
  }

  boolean isExchangeMatched(int index) {
    return index < exchanges;
  }

  /** After the queue at this place is taken away, and those behind it have moved up. */
  MatchMark withoutQueue(int index) {
    return new MatchMark(index < queues ? queues - 1 : queues, exchanges);
  }

  /** After the exchange at this place is taken away. */
  MatchMark withoutExchange(int index) {
    return new MatchMark(queues, index < exchanges ? exchanges - 1 : exchanges);
  }
}
