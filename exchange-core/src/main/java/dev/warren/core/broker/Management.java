package dev.warren.core.broker;

import dev.warren.core.journal.JournalStatistics;
import dev.warren.core.routing.Binding;
import dev.warren.core.routing.Destination;
import dev.warren.core.security.PublishRate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The broker as the operator sees it: value types only. Thread-safe; each call takes a moment's
 * figures, which need not agree with each other to the message.
 */
public interface Management {

  /** The names of the virtual hosts. */
  List<String> virtualHosts();

  /** The queues of one virtual host, or of all if null; in the order of their names. */
  List<QueueInfo> queues(@Nullable String virtualHost);

  /** The exchanges of one virtual host, or of all if null; in the order of their names. */
  List<ExchangeInfo> exchanges(@Nullable String virtualHost);

  /**
   * The bindings, those of the default exchange included, in the order of their names. The list
   * cannot be changed.
   */
  List<BindingInfo> bindings(@Nullable String virtualHost);

  /**
   * The bindings to a queue or an exchange, the default exchange's included, in the order of their
   * names; none if there is no such destination. The list cannot be changed.
   */
  default List<BindingInfo> bindingsTo(String virtualHost, Destination destination) {
    return bindings(virtualHost).stream()
        .filter(binding -> binding.binding().destination().equals(destination))
        .toList();
  }

  /** The same from an exchange. */
  default List<BindingInfo> bindingsFrom(String virtualHost, String exchange) {
    return bindings(virtualHost).stream()
        .filter(binding -> binding.source().equals(exchange))
        .toList();
  }

  /**
   * Tells of bindings whether a message was routed by them since the broker started; not known of
   * the default exchange's, for which it is true.
   *
   * @return for one look at many bindings, since it remembers what it has seen; of one thread
   */
  Predicate<BindingInfo> matched();

  /** The consumers. */
  List<ConsumerInfo> consumers(@Nullable String virtualHost);

  /** Counters of the whole broker. They never go back while it runs. */
  MessageCounters totals();

  /**
   * The same of one virtual host, of which confirms are not counted. They begin anew with one that
   * is made again under its name.
   */
  MessageCounters totals(String virtualHost);

  /** How often messages were put into a queue by publishers, since start. */
  long routed();

  /**
   * Begins to find out when the oldest ready message came, of those queues of which that is not
   * known because it is on disk. Figures asked for a moment later tell. What is too much at a time
   * is left out.
   */
  void findOldest(List<QueueInfo> queues);

  /** Figures of the journal. */
  JournalStatistics journal();

  /** How queues came and went since start. */
  QueueChurn queueChurn();

  /** What is wrong at present: names such as {@code disk} and {@code memory}; empty if nothing. */
  List<String> alarms();

  /** How fast a user may publish. */
  default PublishPace publishPace(String user) {
    return new PublishPace(PublishRate.NONE, false);
  }

  /**
   * How fast a user may publish.
   *
   * @param usedUp whether his publishers wait at present
   */
  record PublishPace(PublishRate rate, boolean usedUp) {}

  /** The node itself. */
  NodeInfo node();

  /** The listeners that are open. */
  List<ListenerInfo> listeners();

  /**
   * A queue.
   *
   * @param id of this one among all that ever had its name; {@link #UNNUMBERED} for volatile ones
   * @param owner the connection it is exclusive to, or 0
   * @param deliveryLimit failed deliveries after which a message dies, or negative without a limit
   * @param paused whether consumers get nothing
   */
  record QueueInfo(
      long id,
      String virtualHost,
      String name,
      String type,
      boolean durable,
      boolean autoDelete,
      boolean exclusive,
      long owner,
      Map<String, Object> arguments,
      int deliveryLimit,
      boolean paused,
      QueueFigures figures) {
    /** It has no number. */
    public static final long UNNUMBERED = 0;
  }

  /**
   * A queue's figures: gauges first, then counters since start.
   *
   * @param scheduled messages which went back and wait for their time, or to be dead-lettered
   * @param memoryBytes payload kept in memory
   * @param readyInMemory ready messages whose payload is in memory
   * @param messagesInMemory all messages whose payload is in memory
   * @param oldestAtMs when the oldest ready message came, in milliseconds since the epoch; 0 if
   *     there is none, or if it is not known because it is on disk
   * @param delivered to consumers that settle
   * @param deliveredPresettled to those that do not
   * @param got taken one by one over HTTP; these do not count as delivered
   * @param gotEmpty how often nothing was found so
   * @param readBack messages read back from the journal
   * @param capableMs for how long somebody stood ready to take another message
   */
  record QueueFigures(
      long ready,
      long unsettled,
      long scheduled,
      long readyBytes,
      long unsettledBytes,
      long scheduledBytes,
      int consumers,
      long memoryBytes,
      long readyInMemory,
      long messagesInMemory,
      long oldestAtMs,
      long published,
      long delivered,
      long deliveredPresettled,
      long redelivered,
      long settled,
      long got,
      long gotEmpty,
      long readBack,
      long capableMs,
      long deadLettered,
      long expired) {
    /** Of a queue in which nothing ever was. */
    public static final QueueFigures NOTHING =
        new QueueFigures(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    /** The same with so many consumers. */
    public QueueFigures withConsumers(int count) {
      return new QueueFigures(
          ready,
          unsettled,
          scheduled,
          readyBytes,
          unsettledBytes,
          scheduledBytes,
          count,
          memoryBytes,
          readyInMemory,
          messagesInMemory,
          oldestAtMs,
          published,
          delivered,
          deliveredPresettled,
          redelivered,
          settled,
          got,
          gotEmpty,
          readBack,
          capableMs,
          deadLettered,
          expired);
    }

    /** All messages: those that wait for their time are in the queue too. */
    public long messages() {
      return ready + unsettled + scheduled;
    }

    /** Bytes of all messages. */
    public long bytes() {
      return readyBytes + unsettledBytes + scheduledBytes;
    }

    /** Whether there is an oldest ready message of which it is not known when it came. */
    public boolean isOldestUnknown() {
      return ready > 0 && oldestAtMs == 0;
    }
  }

  /** An exchange, with counters of what came in and what went to queues. */
  record ExchangeInfo(
      String virtualHost,
      String name,
      String type,
      boolean durable,
      boolean autoDelete,
      boolean internal,
      Map<String, Object> arguments,
      int bindings,
      long publishedIn,
      long publishedOut,
      long unroutableReturned,
      long unroutableDropped) {}

  /** A binding; source {@code ""} is the default exchange. */
  record BindingInfo(String virtualHost, Binding binding) {
    /** Name of the exchange it starts from. */
    public String source() {
      return binding.source();
    }

    /** Name of what it leads to. */
    public String destination() {
      return binding.destination().name();
    }

    /** Whether that is a queue; otherwise it is an exchange. */
    public boolean toQueue() {
      return binding.destination() instanceof Destination.QueueName;
    }

    /** The key or pattern. */
    public String bindingKey() {
      return binding.bindingKey();
    }

    /** Without those that are null. */
    public Map<String, Object> arguments() {
      return Arguments.withoutNulls(binding.arguments());
    }
  }

  /**
   * A consumer.
   *
   * @param connectionId that has it, or 0 if none has at present
   * @param channel the number of its session there
   * @param active false while it waits to be the single active consumer
   * @param singleActive whether its queue has such a one, and it is that or waits for it
   * @param exclusive whether there can be no other
   * @param timeoutMs how long it may hold a message, or 0 for any time
   */
  record ConsumerInfo(
      String virtualHost,
      String queue,
      String consumerTag,
      long connectionId,
      int channel,
      int priority,
      boolean presettled,
      boolean active,
      boolean singleActive,
      boolean exclusive,
      long timeoutMs,
      int credit,
      int unsettled) {}

  /**
   * Counters since start.
   *
   * @param published messages taken from publishers
   * @param confirmed outcomes accepted told to them
   * @param unroutableReturned released for want of a queue
   * @param unroutableDropped the same, pre-settled
   * @param got messages taken one by one over HTTP; these do not count as delivered
   * @param gotEmpty how often nothing was found so
   */
  record MessageCounters(
      long published,
      long confirmed,
      long unroutableReturned,
      long unroutableDropped,
      long delivered,
      long deliveredPresettled,
      long redelivered,
      long settled,
      long got,
      long gotEmpty) {}

  /** Queues declared, whether new or not; made; and deleted. */
  record QueueChurn(long declared, long created, long deleted) {}

  /**
   * The node.
   *
   * @param name for example {@code warren@host}
   * @param dataDirectory where the journal is
   * @param startedAtMs milliseconds since the epoch
   */
  record NodeInfo(
      String name,
      String version,
      String dataDirectory,
      long startedAtMs,
      long diskFreeBytes,
      long diskFreeLimitBytes,
      long memoryUsedBytes,
      long memoryLimitBytes) {}

  /**
   * A listener.
   *
   * @param protocol {@code amqp}, {@code http} or {@code http/web-amqp}, with TLS or without
   * @param certificates empty if it does not speak TLS
   */
  record ListenerInfo(
      String protocol, String host, int port, Optional<ListenerCertificates> certificates) {
    /** A listener without TLS. */
    public static ListenerInfo plain(String protocol, String host, int port) {
      return new ListenerInfo(protocol, host, port, Optional.empty());
    }

    /** Whether it speaks TLS. */
    public boolean tls() {
      return certificates.isPresent();
    }
  }

  /** The consumers of one queue. */
  default List<ConsumerInfo> consumers(String virtualHost, String queue) {
    return consumers(virtualHost).stream().filter(c -> c.queue().equals(queue)).toList();
  }

  /** The queue with this name. */
  default Optional<QueueInfo> queue(String virtualHost, String name) {
    return queues(virtualHost).stream().filter(q -> q.name().equals(name)).findFirst();
  }
}
