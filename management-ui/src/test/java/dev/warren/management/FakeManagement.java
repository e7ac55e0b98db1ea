package dev.warren.management;

import dev.warren.core.broker.ListenerCertificates;
import dev.warren.core.broker.ListenerCertificates.CertificateFile;
import dev.warren.core.broker.ListenerCertificates.Validity;
import dev.warren.core.broker.Management;
import dev.warren.core.journal.JournalStatistics;
import dev.warren.core.routing.Binding;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A broker which is whatever the test says. Thread-safe. */
final class FakeManagement implements Management {
  final CopyOnWriteArrayList<FakeQueue> queues = new CopyOnWriteArrayList<>();
  final CopyOnWriteArrayList<ExchangeInfo> exchanges = new CopyOnWriteArrayList<>();
  final CopyOnWriteArrayList<BindingInfo> bindings = new CopyOnWriteArrayList<>();
  final CopyOnWriteArrayList<ConsumerInfo> consumers = new CopyOnWriteArrayList<>();
  final CopyOnWriteArrayList<String> alarms = new CopyOnWriteArrayList<>();
  volatile long startedAtMs = 1_000_000;
  private final CopyOnWriteArrayList<ListenerInfo> listeners =
      new CopyOnWriteArrayList<>(
          List.of(
              ListenerInfo.plain("amqp", "127.0.0.1", 5672),
              ListenerInfo.plain("http", "127.0.0.1", 15_672)));

  @Override
  public List<String> virtualHosts() {
    return List.of("/", "video");
  }

  @Override
  public List<QueueInfo> queues(@Nullable String virtualHost) {
    List<QueueInfo> infos = new ArrayList<>();
    for (FakeQueue queue : queues) {
      if (virtualHost == null || virtualHost.equals(queue.virtualHost)) {
        infos.add(queue.info());
      }
    }
    infos.sort(Comparator.comparing(QueueInfo::name));
    return infos;
  }

  @Override
  public List<ExchangeInfo> exchanges(@Nullable String virtualHost) {
    return exchanges.stream()
        .filter(exchange -> virtualHost == null || virtualHost.equals(exchange.virtualHost()))
        .toList();
  }

  @Override
  public Predicate<BindingInfo> matched() {
    return binding -> true;
  }

  @Override
  public List<BindingInfo> bindings(@Nullable String virtualHost) {
    return bindings.stream()
        .filter(binding -> virtualHost == null || virtualHost.equals(binding.virtualHost()))
        .toList();
  }

  @Override
  public List<ConsumerInfo> consumers(@Nullable String virtualHost) {
    return consumers.stream()
        .filter(consumer -> virtualHost == null || virtualHost.equals(consumer.virtualHost()))
        .toList();
  }

  @Override
  public MessageCounters totals() {
    long published = queues.stream().mapToLong(queue -> queue.published).sum();
    long delivered = queues.stream().mapToLong(queue -> queue.delivered).sum();
    long settled = queues.stream().mapToLong(queue -> queue.settled).sum();
    return new MessageCounters(published, published, 12, 3, delivered, 0, 0, settled, 0, 0);
  }

  @Override
  public MessageCounters totals(String virtualHost) {
    return totals();
  }

  @Override
  public long routed() {
    return queues.stream().mapToLong(queue -> queue.published).sum();
  }

  @Override
  public void findOldest(List<QueueInfo> asked) {}

  @Override
  public JournalStatistics journal() {
    return new JournalStatistics(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14);
  }

  @Override
  public QueueChurn queueChurn() {
    return new QueueChurn(0, 0, 0);
  }

  @Override
  public List<String> alarms() {
    return List.copyOf(alarms);
  }

  @Override
  public NodeInfo node() {
    return new NodeInfo(
        "warren@test", "0.1.0", "/var/lib/warren", startedAtMs, 50_000, 1_000, 2_000, 9_000);
  }

  @Override
  public List<ListenerInfo> listeners() {
    return List.copyOf(listeners);
  }

  /** Adds a listener with TLS, whose certificate ends then. */
  void expire(String subject, long validToMs) {
    Validity validity = new Validity(subject, List.of(), 0, validToMs);
    CertificateFile file = new CertificateFile("server.pem", false, List.of(validity));
    ListenerCertificates certificates = new ListenerCertificates(List.of(file), Optional.empty());
    listeners.add(new ListenerInfo("amqp", "127.0.0.1", 5671, Optional.of(certificates)));
  }

  /** Declares a durable queue in the default virtual host. */
  FakeQueue queue(String name) {
    return queue("/", name, "classic", Map.of());
  }

  FakeQueue queue(String virtualHost, String name, String type, Map<String, Object> arguments) {
    FakeQueue queue = new FakeQueue(virtualHost, name, type, arguments);
    queues.add(queue);
    return queue;
  }

  FakeManagement exchange(String name, String type) {
    exchanges.add(
        new ExchangeInfo(
            "/", name, type, true, false, false, Map.<String, Object>of(), 0, 0, 0, 0, 0));
    return this;
  }

  FakeManagement binding(String source, String key, String queue) {
    bindings.add(new BindingInfo("/", Binding.toQueue(source, queue, key)));
    return this;
  }

  @Override
  public Optional<QueueInfo> queue(String virtualHost, String name) {
    return queues(virtualHost).stream().filter(queue -> queue.name().equals(name)).findFirst();
  }

  /** A queue with figures the test moves. */
  static final class FakeQueue {
    private final String virtualHost;
    private final String name;
    private final String type;
    private final Map<String, Object> arguments;
    private volatile long id = 1;
    private volatile long published;
    private volatile long delivered;
    private volatile long settled;
    private volatile int consumers;

    private FakeQueue(String virtualHost, String name, String type, Map<String, Object> arguments) {
      this.virtualHost = virtualHost;
      this.name = name;
      this.type = type;
      this.arguments = arguments;
    }

    String name() {
      return name;
    }

    FakeQueue consumers(int count) {
      consumers = count;
      return this;
    }

    /** Messages come, are delivered and are settled; what is left over shows as depth. */
    synchronized FakeQueue moves(long more, long handedOut, long done) {
      published += more;
      delivered += handedOut;
      settled += done;
      return this;
    }

    /** It is deleted and made again: its figures begin anew. */
    synchronized FakeQueue madeAgain() {
      id++;
      published = 0;
      delivered = 0;
      settled = 0;
      return this;
    }

    private synchronized QueueInfo info() {
      long ready = published - delivered;
      long unsettled = delivered - settled;
      return new QueueInfo(
          id,
          virtualHost,
          name,
          type,
          true,
          false,
          false,
          0,
          arguments,
          -1,
          false,
          new QueueFigures(
              ready,
              unsettled,
              0,
              ready * 1_024,
              unsettled * 1_024,
              0,
              consumers,
              ready * 1_024,
              ready,
              published - settled,
              0,
              published,
              delivered,
              0,
              0,
              settled,
              0,
              0,
              0,
              0,
              0,
              0));
    }
  }
}
