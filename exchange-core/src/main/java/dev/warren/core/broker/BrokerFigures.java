package dev.warren.core.broker;

import dev.warren.core.broker.LoopCounters.Counter;
import dev.warren.core.journal.JournalLatencies;
import dev.warren.core.journal.JournalStatistics;
import dev.warren.core.queue.DeathReason;
import dev.warren.core.queue.QueueCounters;
import dev.warren.core.time.Histogram;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Figures of the whole broker for monitoring. Counters never go back while it runs: what a queue
 * has counted stays in the sums when it is deleted. Thread-safe.
 */
public final class BrokerFigures {
  private final Broker broker;

  BrokerFigures(Broker broker) {
    this.broker = broker;
  }

  /**
   * Messages handed out and settled, of queues of one type.
   *
   * @param got taken one by one over HTTP, which is not delivered
   * @param gotEmpty how often nothing was found so
   * @param deadLetters by reason, to a dead-letter exchange
   * @param dropped by reason, for want of one
   */
  public record TypeTotals(
      String queueType,
      long delivered,
      long deliveredPresettled,
      long redelivered,
      long settled,
      long got,
      long gotEmpty,
      Map<DeathReason, Long> deadLetters,
      Map<DeathReason, Long> dropped) {
    /** Copies the maps. */
    public TypeTotals {
      deadLetters = Map.copyOf(deadLetters);
      dropped = Map.copyOf(dropped);
    }
  }

  /** By type, those without a queue left out. */
  public List<TypeTotals> totalsByType() {
    DepartedQueues departed = broker.departedQueues();
    synchronized (departed) {
      Map<String, Sum> sums = new TreeMap<>(departed.copy());
      for (VirtualHost host : broker.virtualHosts().values()) {
        host.topology()
            .queues()
            .forEach(
                queue -> {
                  QueueProxy proxy = (QueueProxy) queue;
                  sums.merge(proxy.definition().type(), Sum.of(proxy), Sum::plus);
                });
      }
      List<TypeTotals> totals = new ArrayList<>();
      sums.forEach((type, sum) -> totals.add(sum.totals(type)));
      return totals;
    }
  }

  /** Of all queues, those that are gone too. */
  QueueCounts counts() {
    QueueCounts counts = new QueueCounts();
    DepartedQueues departed = broker.departedQueues();
    synchronized (departed) {
      departed.addAll(counts);
      broker.virtualHosts().values().forEach(host -> addPresent(host, counts));
    }
    return counts;
  }

  /** Of all queues of a virtual host, those that are gone too. */
  QueueCounts counts(VirtualHost host) {
    QueueCounts counts = new QueueCounts();
    DepartedQueues departed = broker.departedQueues();
    synchronized (departed) {
      departed.addOf(host.name(), counts);
      addPresent(host, counts);
    }
    return counts;
  }

  private static void addPresent(VirtualHost host, QueueCounts to) {
    host.topology().queues().forEach(queue -> to.add((QueueProxy) queue));
  }

  /** Messages published that their publishers wanted to be told about. */
  public long publishedUnsettled() {
    return sum(Counter.PUBLISHED_UNSETTLED);
  }

  /** Ways to publish that are open. */
  public long publishers() {
    return sum(Counter.PUBLISHERS_OPENED) - sum(Counter.PUBLISHERS_CLOSED);
  }

  private long sum(Counter counter) {
    return broker.loops().stream().mapToLong(loop -> loop.counters().get(counter)).sum();
  }

  /** From a message's arrival to its first delivery, in milliseconds. */
  public Histogram.Counts timeInQueue() {
    return sum(BrokerLoop::timeInQueue);
  }

  /** Octets of the bare messages that were published. */
  public Histogram.Counts messageSizes() {
    return sum(BrokerLoop::messageSizes);
  }

  private Histogram.Counts sum(Function<BrokerLoop, Histogram> of) {
    return broker.loops().stream()
        .map(loop -> of.apply(loop).counts())
        .reduce(Histogram.Counts::plus)
        .orElseThrow();
  }

  /** Figures of the journal. */
  public JournalStatistics journal() {
    return broker.journalStatistics();
  }

  /** How long the journal takes. */
  public JournalLatencies journalLatencies() {
    return broker.journal().latencies();
  }

  /** Transactions that have not ended. */
  public int openTransactions() {
    return broker.openTransactions();
  }

  /** What queues have counted. Immutable. */
  record Sum(
      long delivered,
      long presettled,
      long redelivered,
      long settled,
      long got,
      long gotEmpty,
      Map<DeathReason, Long> deadLetters,
      Map<DeathReason, Long> dropped) {
    static Sum of(QueueProxy queue) {
      QueueCounters counters = queue.counters();
      boolean kept = queue.keepsDeadLetters();
      Map<DeathReason, Long> deaths = new EnumMap<>(DeathReason.class);
      for (DeathReason reason : DeathReason.values()) {
        deaths.put(reason, kept ? counters.deadLettered(reason) : counters.died(reason));
      }
      return new Sum(
          counters.delivered(),
          counters.deliveredPresettled(),
          counters.redelivered(),
          counters.acknowledged(),
          counters.got(),
          counters.gotEmpty(),
          kept ? deaths : Map.of(),
          kept ? Map.of() : deaths);
    }

    Sum plus(Sum other) {
      return new Sum(
          delivered + other.delivered,
          presettled + other.presettled,
          redelivered + other.redelivered,
          settled + other.settled,
          got + other.got,
          gotEmpty + other.gotEmpty,
          plus(deadLetters, other.deadLetters),
          plus(dropped, other.dropped));
    }

    private static Map<DeathReason, Long> plus(
        Map<DeathReason, Long> one, Map<DeathReason, Long> other) {
      Map<DeathReason, Long> both = new EnumMap<>(DeathReason.class);
      both.putAll(one);
      other.forEach((reason, count) -> both.merge(reason, count, Long::sum));
      return both;
    }

    TypeTotals totals(String type) {
      return new TypeTotals(
          type, delivered, presettled, redelivered, settled, got, gotEmpty, deadLetters, dropped);
    }
  }
}
