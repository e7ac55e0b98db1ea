package dev.warren.management;

import dev.warren.core.broker.ConnectionView;
import dev.warren.core.broker.Connections;
import dev.warren.core.broker.Management;
import dev.warren.core.broker.Management.ExchangeInfo;
import dev.warren.core.broker.Management.MessageCounters;
import dev.warren.core.broker.Management.QueueChurn;
import dev.warren.core.broker.Management.QueueFigures;
import dev.warren.core.broker.Management.QueueInfo;
import dev.warren.core.time.BrokerClock;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Samples the broker's counters at a steady pace and keeps the last of them, from which the API
 * gets its rates. Owned by the management worker.
 *
 * <p>A sample is one pass over queues, exchanges and connections, whoever looks or not, so that its
 * cost is the same with no browser open and with ten. Memory is bounded by {@link
 * ManagementOptions#historiesMax}: each of those takes at most {@code samplesMax × figures × 4}
 * bytes, about 2 KiB of a busy queue.
 */
final class RateSampler {
  private final Management management;
  private final Connections connections;
  private final BrokerClock clock;
  private final ManagementOptions options;
  private final History totals;
  private final Map<ObjectName, Sampled> queues = new HashMap<>();
  private final Map<ObjectName, Sampled> exchanges = new HashMap<>();
  private final Map<Long, Sampled> open = new HashMap<>();
  private final long[] timesMs;
  private final long[] timesNs;
  private long passes;
  private int histories;

  RateSampler(
      Management management,
      Connections connections,
      BrokerClock clock,
      ManagementOptions options) {
    this.management = management;
    this.connections = connections;
    this.clock = clock;
    this.options = options;
    this.totals = new History(TotalFigure.COUNT, options.samplesMax() - 1);
    this.timesMs = new long[options.samplesMax()];
    this.timesNs = new long[options.samplesMax()];
  }

  /** Takes one sample of everything. */
  void sample() {
    int slot = (int) (passes % timesMs.length);
    timesMs[slot] = clock.epochMs();
    timesNs[slot] = clock.nanoTime();
    passes++;
    long ready = 0;
    long unsettled = 0;
    for (QueueInfo queue : management.queues(null)) {
      ready += queue.figures().ready();
      unsettled += queue.figures().unsettled();
      record(
          queues,
          new ObjectName(queue.virtualHost(), queue.name()),
          QueueFigure.of(queue.figures()));
    }
    for (ExchangeInfo exchange : management.exchanges(null)) {
      record(
          exchanges,
          new ObjectName(exchange.virtualHost(), exchange.name()),
          new long[] {exchange.publishedIn(), exchange.publishedOut()});
    }
    for (ConnectionView connection : connections.all()) {
      record(open, connection.id(), ConnectionFigure.of(connection));
    }
    forgetGone(queues);
    forgetGone(exchanges);
    forgetGone(open);
    totals.record(TotalFigure.of(management, connections, ready, unsettled));
  }

  private <K> void record(Map<K, Sampled> sampled, K key, long[] figures) {
    Sampled object = sampled.get(key);
    if (object == null) {
      boolean keepsSamples = histories < options.historiesMax();
      object =
          new Sampled(new History(figures.length, keepsSamples ? options.samplesMax() - 1 : 1));
      sampled.put(key, object);
      histories++;
    }
    object.history.record(figures);
    object.lastPass = passes;
  }

  private <K> void forgetGone(Map<K, Sampled> sampled) {
    int before = sampled.size();
    sampled.values().removeIf(object -> object.lastPass != passes);
    histories -= before - sampled.size();
  }

  /** The whole broker; figures by {@link TotalFigure}. */
  History totals() {
    return totals;
  }

  /** A queue, if it has been sampled; figures by {@link QueueFigure}. */
  @Nullable History queue(String virtualHost, String name) {
    return history(queues.get(new ObjectName(virtualHost, name)));
  }

  /** An exchange: figure 0 is what came in, 1 what went to queues. */
  @Nullable History exchange(String virtualHost, String name) {
    return history(exchanges.get(new ObjectName(virtualHost, name)));
  }

  /** A connection; figures by {@link ConnectionFigure}. */
  @Nullable History connection(long id) {
    return history(open.get(id));
  }

  private static @Nullable History history(@Nullable Sampled object) {
    return object == null ? null : object.history;
  }

  /** When the sample was taken, counted back from the latest; milliseconds since the epoch. */
  long timeMs(int back) {
    return timesMs[(int) Math.floorMod(passes - 1 - back, (long) timesMs.length)];
  }

  /** Time between a sample, counted back from the latest, and the one before it. */
  double intervalSeconds(int back) {
    long later = timesNs[(int) Math.floorMod(passes - 1 - back, (long) timesNs.length)];
    long earlier = timesNs[(int) Math.floorMod(passes - 2 - back, (long) timesNs.length)];
    return Math.max(1, later - earlier) / 1e9;
  }

  /** The change a second of a figure, from the last two samples; 0 while there is one only. */
  double rate(@Nullable History history, int figure) {
    return history == null || history.size() < 2
        ? 0.0
        : history.lastChange(figure) / intervalSeconds(0);
  }

  /** What is sampled of a queue, in the order of a sample. */
  static final class QueueFigure {
    static final int PUBLISH = 0;
    static final int DELIVER = 1;
    static final int DELIVER_NO_ACK = 2;
    static final int REDELIVER = 3;
    static final int ACK = 4;
    static final int READY = 5;
    static final int UNSETTLED = 6;

    private QueueFigure() {}

    private static long[] of(QueueFigures figures) {
      return new long[] {
        figures.published(),
        figures.delivered(),
        figures.deliveredPresettled(),
        figures.redelivered(),
        figures.settled(),
        figures.ready(),
        figures.unsettled()
      };
    }
  }

  /** What is sampled of a connection, in the order of a sample. */
  static final class ConnectionFigure {
    static final int RECEIVED = 0;
    static final int SENT = 1;

    /** From here on, messages in the order of {@link TotalFigure}. */
    static final int MESSAGES = 2;

    private ConnectionFigure() {}

    private static long[] of(ConnectionView connection) {
      MessageCounters messages = connection.traffic().counters();
      return new long[] {
        connection.receivedOctets(),
        connection.sentOctets(),
        messages.published(),
        messages.confirmed(),
        messages.unroutableReturned(),
        messages.unroutableDropped(),
        messages.delivered(),
        messages.deliveredPresettled(),
        messages.redelivered(),
        messages.settled()
      };
    }
  }

  /** What is sampled of the broker, in the order of a sample. */
  static final class TotalFigure {
    static final int PUBLISH = 0;
    static final int CONFIRM = 1;
    static final int RETURN_UNROUTABLE = 2;
    static final int DROP_UNROUTABLE = 3;
    static final int DELIVER = 4;
    static final int DELIVER_NO_ACK = 5;
    static final int REDELIVER = 6;
    static final int ACK = 7;
    static final int READY = 8;
    static final int UNSETTLED = 9;
    static final int CONNECTION_CREATED = 10;
    static final int CONNECTION_CLOSED = 11;
    static final int SESSION_BEGUN = 12;
    static final int SESSION_ENDED = 13;
    static final int QUEUE_DECLARED = 14;
    static final int QUEUE_CREATED = 15;
    static final int QUEUE_DELETED = 16;
    private static final int COUNT = 17;

    private TotalFigure() {}

    private static long[] of(
        Management management, Connections connections, long ready, long unsettled) {
      MessageCounters counters = management.totals();
      QueueChurn queues = management.queueChurn();
      return new long[] {
        counters.published(),
        counters.confirmed(),
        counters.unroutableReturned(),
        counters.unroutableDropped(),
        counters.delivered(),
        counters.deliveredPresettled(),
        counters.redelivered(),
        counters.settled(),
        ready,
        unsettled,
        connections.created(),
        connections.closed(),
        connections.sessionsBegun(),
        connections.sessionsEnded(),
        queues.declared(),
        queues.created(),
        queues.deleted()
      };
    }
  }

  private record ObjectName(String virtualHost, String name) {}

  private static final class Sampled {
    private final History history;
    private long lastPass;

    private Sampled(History history) {
      this.history = history;
    }
  }
}
