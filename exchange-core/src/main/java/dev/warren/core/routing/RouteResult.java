package dev.warren.core.routing;

/**
 * Where a message goes, filled by {@link Router#route}. Reusable, and owned by one event loop:
 * routing allocates nothing once its arrays are large enough. Every queue is in it once.
 */
public final class RouteResult {
  private static final Topology NOWHERE = Topology.of("");

  private final DistinctList<RoutedQueue> queues = new DistinctList<>(new RoutedQueue[16]);
  private final DistinctList<Exchange> exchanges = new DistinctList<>(new Exchange[4]);
  private final TopicWalk topicWalk = new TopicWalk();
  private Topology topology = NOWHERE;
  private int matches;
  private boolean exchangeMissing;

  /** How many queues the message goes to. */
  public int count() {
    return queues.count();
  }

  /** One of the queues, from 0 to {@link #count()}. */
  public RoutedQueue queue(int index) {
    return queues.get(index);
  }

  /**
   * The queues, of which the first {@link #count()} elements count. Must not be changed; valid
   * until the next route.
   */
  public RoutedQueue[] queues() {
    return queues.items();
  }

  /** Whether the message goes to a queue at all; if not it is unroutable. */
  public boolean hasRoute() {
    return queues.count() > 0;
  }

  /** Whether the exchange it was published to does not exist. */
  public boolean exchangeMissing() {
    return exchangeMissing;
  }

  /** Forgets the result, and with it the queues it holds. */
  public void clear() {
    queues.clear();
    exchanges.clear();
    topology = NOWHERE;
    matches = 0;
    exchangeMissing = false;
  }

  void begin(Topology snapshot) {
    clear();
    topology = snapshot;
  }

  /** Lets go of the snapshot; the queues stay. */
  void end() {
    exchanges.clear();
    topology = NOWHERE;
  }

  void missing() {
    exchangeMissing = true;
  }

  /** Scratch space for topic exchanges. */
  TopicWalk topicWalk() {
    return topicWalk;
  }

  /** Destinations matched so far, exchanges and repeated ones included. */
  int matches() {
    return matches;
  }

  /** Exchanges to route through, in the order they were reached; each once. */
  int exchangeCount() {
    return exchanges.count();
  }

  Exchange exchange(int index) {
    return exchanges.get(index);
  }

  /** Goes through the exchange of that name too, unless it was reached already or is missing. */
  void visit(String name) {
    Exchange exchange = topology.exchange(name);
    if (exchange != null) {
      exchanges.add(exchange);
    }
  }

  void visit(Exchange exchange) {
    exchanges.add(exchange);
  }

  void addQueueNamed(String name) {
    RoutedQueue queue = topology.queue(name);
    if (queue != null) {
      matches++;
      queues.add(queue);
    }
  }

  void add(Destinations found) {
    found.markMatched();
    matches += found.queueCount();
    queues.addAll(found.queues(), found.queueCount());
    visitAll(found.exchanges(), found.exchanges().length);
  }

  void add(TopicWalk found) {
    matches += found.queueCount();
    queues.addAll(found.queues(), found.queueCount());
    visitAll(found.exchanges(), found.exchangeCount());
  }

  private void visitAll(String[] names, int count) {
    matches += count;
    for (int i = 0; i < count; i++) {
      visit(names[i]);
    }
  }
}
