package dev.warren.management;

import dev.warren.core.broker.ConnectionView;
import dev.warren.core.broker.Connections;
import dev.warren.core.broker.Management;
import dev.warren.core.broker.Management.ExchangeInfo;
import dev.warren.core.broker.Management.MessageCounters;
import dev.warren.core.broker.Management.QueueChurn;
import dev.warren.core.broker.Management.QueueFigures;
import dev.warren.core.broker.Management.QueueInfo;
import dev.warren.core.journal.JournalStatistics;
import dev.warren.core.time.BrokerClock;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Samples the broker's counters at a steady pace and keeps the last of them, from which the API
 * gets its rates. Owned by the management worker.
 *
 * <p>A sample is one pass over queues, exchanges and connections, whoever looks or not, so that its
 * cost is the same with no browser open and with ten. Memory is bounded by {@link
 * ManagementOptions#historiesMax}: each of those takes at most {@code samplesMax × figures × 4}
 * bytes, about 2 KiB of a busy queue. Of the first {@link #LONG_HISTORIES_MAX} the last hour is
 * kept, too, minute by minute, in as much again.
 */
final class RateSampler {
  /** Objects whose last hour is kept. */
  private static final int LONG_HISTORIES_MAX = 2_000;

  private static final int HOUR_MINUTES = 60;
  private static final long MINUTE_MS = 60_000;

  private final Management management;
  private final Connections connections;
  private final BrokerClock clock;
  private final ManagementOptions options;
  private final History totals;
  private final Map<ObjectName, Sampled> queues = new HashMap<>();
  private final Map<ObjectName, Sampled> exchanges = new HashMap<>();
  private final Map<Long, Sampled> open = new HashMap<>();
  private final Map<String, Sampled> hosts = new HashMap<>();
  private final SampleTimes times;
  private final SampleTimes minutes = new SampleTimes(HOUR_MINUTES + 1);
  private boolean isMinute;
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
    this.totals =
        new History(TotalFigure.COUNT, options.samplesMax() - 1, anHour(TotalFigure.COUNT));
    this.times = new SampleTimes(options.samplesMax());
  }

  /** Takes one sample of everything. */
  void sample() {
    times.mark(clock);
    passes = times.passes();
    isMinute = minutes.passes() == 0 || minutes.msUntil(times) >= MINUTE_MS;
    if (isMinute) {
      minutes.mark(clock);
    }
    Lengths all = new Lengths();
    Map<String, Lengths> byHost = new HashMap<>();
    management.virtualHosts().forEach(name -> byHost.put(name, new Lengths()));
    for (QueueInfo queue : management.queues(null)) {
      all.add(queue.figures());
      byHost.computeIfAbsent(queue.virtualHost(), name -> new Lengths()).add(queue.figures());
      record(
          queues,
          new ObjectName(queue.virtualHost(), queue.name()),
          queue.id(),
          QueueFigure.of(queue.figures()),
          QueueFigure.COUNTERS);
    }
    byHost.forEach(
        (name, lengths) ->
            record(
                hosts,
                name,
                0,
                TotalFigure.ofMessages(management.totals(name), lengths),
                TotalFigure.READY));
    for (ExchangeInfo exchange : management.exchanges(null)) {
      record(
          exchanges,
          new ObjectName(exchange.virtualHost(), exchange.name()),
          0,
          new long[] {exchange.publishedIn(), exchange.publishedOut()},
          2);
    }
    for (ConnectionView connection : connections.all()) {
      record(open, connection.id(), 0, ConnectionFigure.of(connection), 0);
    }
    forgetGone(queues);
    forgetGone(exchanges);
    forgetGone(open);
    forgetGone(hosts);
    record(totals, TotalFigure.of(management, connections, all));
  }

  private static History anHour(int figures) {
    return new History(figures, HOUR_MINUTES);
  }

  private void record(History history, long[] figures) {
    history.record(figures);
    History longer = history.longer();
    if (longer != null && isMinute) {
      longer.record(figures);
    }
  }

  /**
   * Takes a sample of one object. Another one which has taken its name begins anew.
   *
   * @param id by which one is told from another of its name
   * @param counters how many figures, from the first, only go up
   */
  private <K> void record(Map<K, Sampled> sampled, K key, long id, long[] figures, int counters) {
    Sampled object = sampled.get(key);
    if (object != null && (object.id != id || object.history.goesBack(figures, counters))) {
      sampled.remove(key);
      histories--;
      object = null;
    }
    if (object == null) {
      boolean keepsSamples = histories < options.historiesMax();
      History longer =
          keepsSamples && histories < LONG_HISTORIES_MAX ? anHour(figures.length) : null;
      int depth = keepsSamples ? options.samplesMax() - 1 : 1;
      object = new Sampled(id, new History(figures.length, depth, longer));
      sampled.put(key, object);
      histories++;
    }
    boolean isNew = object.lastPass == 0;
    record(object.history, figures);
    object.lastPass = passes;
    // The last figure of a queue changes while nothing happens.
    if (isNew || object.history.hasChanged(Math.min(figures.length, QueueFigure.CAPABLE_MS))) {
      object.changedAtMs = latestMs();
    }
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

  /**
   * When a queue's messages and counters were last seen to change, to the nearest sample; empty if
   * the last one has.
   */
  OptionalLong idleSinceMs(String virtualHost, String name) {
    Sampled queue = queues.get(new ObjectName(virtualHost, name));
    return queue == null || queue.changedAtMs == latestMs()
        ? OptionalLong.empty()
        : OptionalLong.of(queue.changedAtMs);
  }

  /** A virtual host; figures by {@link TotalFigure}, up to the lengths of its queues. */
  @Nullable History virtualHost(String name) {
    return history(hosts.get(name));
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

  /** When the samples were taken. */
  SampleTimes times() {
    return times;
  }

  /** When those of histories that reach further back were. */
  SampleTimes minutes() {
    return minutes;
  }

  /** When the latest sample was taken; milliseconds since the epoch. */
  long latestMs() {
    return times.timeMs(0);
  }

  /** The change a second of a figure, from the last two samples; 0 while there is one only. */
  double rate(@Nullable History history, int figure) {
    return history == null || history.size() < 2
        ? 0.0
        : history.lastChange(figure) / times.intervalSeconds(0);
  }

  /** What is sampled of a queue, in the order of a sample. */
  static final class QueueFigure {
    static final int PUBLISH = 0;
    static final int DELIVER = 1;
    static final int DELIVER_NO_ACK = 2;
    static final int REDELIVER = 3;
    static final int ACK = 4;
    static final int GET = 5;
    static final int GET_EMPTY = 6;
    private static final int COUNTERS = 7;
    static final int READY = 7;
    static final int UNSETTLED = 8;
    static final int SCHEDULED = 9;

    /** Goes up with time as long as somebody could take a message. */
    static final int CAPABLE_MS = 10;

    private QueueFigure() {}

    private static long[] of(QueueFigures figures) {
      return new long[] {
        figures.published(),
        figures.delivered(),
        figures.deliveredPresettled(),
        figures.redelivered(),
        figures.settled(),
        figures.got(),
        figures.gotEmpty(),
        figures.ready(),
        figures.unsettled(),
        figures.scheduled(),
        figures.capableMs()
      };
    }
  }

  /** What is sampled of a connection, in the order of a sample. */
  static final class ConnectionFigure {
    static final int RECEIVED = 0;
    static final int SENT = 1;

    static final int RECEIVED_FRAMES = 2;
    static final int SENT_FRAMES = 3;

    /** From here on, messages in the order of {@link TotalFigure}. */
    static final int MESSAGES = 4;

    private ConnectionFigure() {}

    private static long[] of(ConnectionView connection) {
      MessageCounters messages = connection.traffic().counters();
      return new long[] {
        connection.receivedOctets(),
        connection.sentOctets(),
        connection.frames().received(),
        connection.frames().sent(),
        messages.published(),
        messages.confirmed(),
        messages.unroutableReturned(),
        messages.unroutableDropped(),
        messages.delivered(),
        messages.deliveredPresettled(),
        messages.redelivered(),
        messages.settled(),
        messages.got(),
        messages.gotEmpty()
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
    static final int GET = 8;
    static final int GET_EMPTY = 9;
    static final int READY = 10;
    static final int UNSETTLED = 11;
    static final int SCHEDULED = 12;
    static final int CONNECTION_CREATED = 13;
    static final int CONNECTION_CLOSED = 14;
    static final int SESSION_BEGUN = 15;
    static final int SESSION_ENDED = 16;
    static final int QUEUE_DECLARED = 17;
    static final int QUEUE_CREATED = 18;
    static final int QUEUE_DELETED = 19;
    static final int PUBLISH_OUT = 20;
    static final int IO_READS = 21;
    static final int IO_READ_BYTES = 22;
    static final int IO_WRITES = 23;
    static final int IO_WRITE_BYTES = 24;
    static final int IO_SYNCS = 25;
    static final int MESSAGES_READ = 26;
    static final int MESSAGES_WRITTEN = 27;
    private static final int COUNT = 28;

    private TotalFigure() {}

    /** The first figures, up to the lengths of queues. */
    private static long[] ofMessages(MessageCounters counters, Lengths lengths) {
      return new long[] {
        counters.published(),
        counters.confirmed(),
        counters.unroutableReturned(),
        counters.unroutableDropped(),
        counters.delivered(),
        counters.deliveredPresettled(),
        counters.redelivered(),
        counters.settled(),
        counters.got(),
        counters.gotEmpty(),
        lengths.ready,
        lengths.unsettled,
        lengths.scheduled
      };
    }

    private static long[] of(Management management, Connections connections, Lengths lengths) {
      QueueChurn queues = management.queueChurn();
      long[] all = Arrays.copyOf(ofMessages(management.totals(), lengths), COUNT);
      all[CONNECTION_CREATED] = connections.created();
      all[CONNECTION_CLOSED] = connections.closed();
      all[SESSION_BEGUN] = connections.sessionsBegun();
      all[SESSION_ENDED] = connections.sessionsEnded();
      all[QUEUE_DECLARED] = queues.declared();
      all[QUEUE_CREATED] = queues.created();
      all[QUEUE_DELETED] = queues.deleted();
      all[PUBLISH_OUT] = management.routed();
      JournalStatistics journal = management.journal();
      all[IO_READS] = journal.reads();
      all[IO_READ_BYTES] = journal.bytesRead();
      all[IO_WRITES] = journal.writes();
      all[IO_WRITE_BYTES] = journal.bytesWritten();
      all[IO_SYNCS] = journal.syncs();
      all[MESSAGES_READ] = journal.messagesRead();
      all[MESSAGES_WRITTEN] = journal.messagesWritten();
      return all;
    }
  }

  /** Messages of some queues together. */
  private static final class Lengths {
    private long ready;
    private long unsettled;
    private long scheduled;

    void add(QueueFigures queue) {
      ready += queue.ready();
      unsettled += queue.unsettled();
      scheduled += queue.scheduled();
    }
  }

  private record ObjectName(String virtualHost, String name) {}

  private static final class Sampled {
    private final long id;
    private final History history;
    private long lastPass;
    private long changedAtMs;

    private Sampled(long id, History history) {
      this.id = id;
      this.history = history;
    }
  }
}
