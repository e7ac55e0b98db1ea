package dev.warren.management.metrics;

import dev.warren.core.broker.Management.QueueInfo;
import dev.warren.core.security.NamePattern;
import dev.warren.core.time.BrokerClock;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/** What each path answers (contract §13). Thread-safe; called on worker threads. */
final class MetricsPages {
  private static final String RABBITMQ = "rabbitmq_";
  private static final String OWN = "warren_";

  /** The families of {@code /metrics/detailed} that there are. */
  private static final Set<String> FAMILIES =
      new TreeSet<>(
          Set.of(
              "queue_coarse_metrics",
              "queue_consumer_count",
              "queue_metrics",
              "queue_delivery_metrics",
              "exchange_metrics",
              "connection_coarse_metrics",
              "connection_metrics",
              "connection_churn_metrics",
              "node_coarse_metrics",
              "node_metrics",
              "node_persister_metrics",
              "auth_attempt_metrics",
              "vhost_status",
              "exchange_bindings",
              "exchange_names"));

  /** RabbitMQ's that ask for what is not here: they answer nothing. */
  private static final Set<String> EMPTY_FAMILIES =
      Set.of(
          "queue_exchange_metrics",
          "channel_metrics",
          "channel_exchange_metrics",
          "channel_process_metrics",
          "channel_queue_metrics",
          "channel_queue_exchange_metrics",
          "ra_metrics",
          "auth_attempt_detailed_metrics",
          "stream_consumer_metrics");

  private final MetricsSource source;
  private final NodeMetrics node;
  private final TrafficMetrics traffic;
  private final QueueMetrics queues;

  MetricsPages(MetricsSource source, BrokerClock clock) {
    this.source = source;
    this.node = new NodeMetrics(source, clock);
    this.traffic = new TrafficMetrics(source);
    this.queues = new QueueMetrics(source.management(), clock);
  }

  /** {@code /metrics}, or {@code /metrics/per-object} with each object. */
  MetricSnapshots all(boolean each) {
    List<QueueInfo> all = source.management().queues(null);
    Samples samples = new Samples(RABBITMQ);
    node.identity(samples);
    node.coarse(samples);
    node.limits(samples);
    node.persister(samples);
    node.logins(samples);
    traffic.totals(samples);
    traffic.churn(samples);
    traffic.sizes(samples);
    traffic.connections(samples, each);
    queues.coarse(samples, all, each);
    queues.consumers(samples, all, each);
    queues.sizes(samples, all, each);
    if (each) {
      queues.deliveries(samples, all);
      queues.exchanges(samples, every -> true);
      queues.infos(samples, all);
    }
    Samples global = new Samples(RABBITMQ + "global_");
    traffic.global(global);
    Samples own = new Samples(OWN);
    node.own(own);
    queues.ages(own, all, each);
    queues.own(own, all, each);
    return together(samples, global, own);
  }

  /**
   * {@code /metrics/detailed}.
   *
   * @param asked families
   * @param virtualHosts all if empty
   * @param queuePattern a regular expression of names of queues; all if empty
   * @throws IllegalArgumentException naming a parameter and what was expected
   */
  MetricSnapshots detailed(List<String> asked, List<String> virtualHosts, String queuePattern) {
    for (String family : asked) {
      if (!FAMILIES.contains(family) && !EMPTY_FAMILIES.contains(family)) {
        throw new IllegalArgumentException(
            "family: '" + family + "' is not one of " + String.join(", ", FAMILIES));
      }
    }
    Predicate<String> inHost = name -> virtualHosts.isEmpty() || virtualHosts.contains(name);
    NamePattern names = queuePattern.isEmpty() ? NamePattern.ALL : pattern(queuePattern);
    Samples samples = new Samples(RABBITMQ + "detailed_");
    addNode(samples, asked);
    addQueues(
        samples,
        asked,
        source.management().queues(null).stream()
            .filter(queue -> inHost.test(queue.virtualHost()) && names.matches(queue.name()))
            .toList());
    if (asked.contains("exchange_metrics")) {
      queues.exchanges(samples, inHost);
    }
    Samples cluster = new Samples(RABBITMQ + "cluster_");
    queues.cluster(cluster, asked::contains, inHost);
    Samples identity = new Samples(RABBITMQ);
    node.identity(identity);
    return together(identity, samples, cluster);
  }

  private static NamePattern pattern(String text) {
    try {
      return NamePattern.of(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("queue: " + e.getMessage(), e);
    }
  }

  private void addNode(Samples samples, List<String> asked) {
    if (asked.contains("node_coarse_metrics")) {
      node.coarse(samples);
    }
    if (asked.contains("node_metrics")) {
      node.limits(samples);
    }
    if (asked.contains("node_persister_metrics")) {
      node.persister(samples);
    }
    if (asked.contains("auth_attempt_metrics")) {
      node.logins(samples);
    }
    if (asked.contains("connection_churn_metrics")) {
      traffic.churn(samples);
    }
    if (asked.contains("connection_coarse_metrics") || asked.contains("connection_metrics")) {
      traffic.connections(samples, true);
    }
  }

  private void addQueues(Samples samples, List<String> asked, List<QueueInfo> chosen) {
    if (asked.contains("queue_coarse_metrics")) {
      queues.coarse(samples, chosen, true);
    }
    if (asked.contains("queue_consumer_count")) {
      queues.consumers(samples, chosen, true);
    }
    if (asked.contains("queue_metrics")) {
      queues.sizes(samples, chosen, true);
      queues.infos(samples, chosen);
    }
    if (asked.contains("queue_delivery_metrics")) {
      queues.deliveries(samples, chosen);
    }
  }

  /** {@code /metrics/memory-breakdown}. */
  MetricSnapshots memory() {
    Samples samples = new Samples(RABBITMQ);
    node.identity(samples);
    node.memory(samples);
    return together(samples);
  }

  private static MetricSnapshots together(Samples... parts) {
    MetricSnapshots.Builder all = MetricSnapshots.builder();
    for (Samples part : parts) {
      part.addTo(all);
    }
    return all.build();
  }
}
