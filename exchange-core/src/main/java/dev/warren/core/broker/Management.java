package dev.warren.core.broker;

import dev.warren.core.routing.Binding;
import dev.warren.core.routing.Destination;
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
   * Tells of bindings whether a message was routed by them since the broker started; not known of
   * the default exchange's, for which it is true.
   *
   * @return for one look at many bindings, since it remembers what it has seen; of one thread
   */
  Predicate<BindingInfo> matched();

  /** The consumers. */
  List<ConsumerInfo> consumers(@Nullable String virtualHost);

  /** Counters of the whole broker. */
  MessageCounters totals();

  /** How queues came and went since start. */
  QueueChurn queueChurn();

  /** What is wrong at present: names such as {@code disk} and {@code memory}; empty if nothing. */
  List<String> alarms();

  /** The node itself. */
  NodeInfo node();

  /** The listeners that are open. */
  List<ListenerInfo> listeners();

  /**
   * A queue.
   *
   * @param paused whether consumers get nothing
   */
  record QueueInfo(
      String virtualHost,
      String name,
      String type,
      boolean durable,
      boolean autoDelete,
      boolean exclusive,
      Map<String, Object> arguments,
      boolean paused,
      QueueFigures figures) {}

  /**
   * A queue's figures: gauges first, then counters since start.
   *
   * @param scheduled messages waiting to be dead-lettered
   * @param memoryBytes payload kept in memory
   * @param oldestAtMs when the oldest ready message came, in milliseconds since the epoch; 0 if
   *     there is none, or if it is not known because it is on disk
   */
  record QueueFigures(
      long ready,
      long unsettled,
      long scheduled,
      long readyBytes,
      long unsettledBytes,
      int consumers,
      long memoryBytes,
      long messagesInMemory,
      long oldestAtMs,
      long published,
      long delivered,
      long deliveredPresettled,
      long redelivered,
      long settled,
      long deadLettered,
      long expired) {}

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

  /** A consumer. */
  record ConsumerInfo(
      String virtualHost,
      String queue,
      String consumerTag,
      long connectionId,
      int priority,
      boolean presettled,
      int credit,
      int unsettled) {}

  /**
   * Counters since start.
   *
   * @param published messages taken from publishers
   * @param confirmed outcomes accepted told to them
   * @param unroutableReturned released for want of a queue
   * @param unroutableDropped the same, pre-settled
   */
  record MessageCounters(
      long published,
      long confirmed,
      long unroutableReturned,
      long unroutableDropped,
      long delivered,
      long deliveredPresettled,
      long redelivered,
      long settled) {}

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

  /** The queue with this name. */
  default Optional<QueueInfo> queue(String virtualHost, String name) {
    return queues(virtualHost).stream().filter(q -> q.name().equals(name)).findFirst();
  }
}
