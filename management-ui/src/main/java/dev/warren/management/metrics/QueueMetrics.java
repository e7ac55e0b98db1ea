package dev.warren.management.metrics;

import dev.warren.core.broker.Management;
import dev.warren.core.broker.Management.ExchangeInfo;
import dev.warren.core.broker.Management.QueueFigures;
import dev.warren.core.broker.Management.QueueInfo;
import dev.warren.core.time.BrokerClock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/** Queues and exchanges, one by one or all together. Thread-safe. */
final class QueueMetrics {
  private final Management management;
  private final BrokerClock clock;

  QueueMetrics(Management management, BrokerClock clock) {
    this.management = management;
    this.clock = clock;
  }

  /** A figure of queues. */
  private record Figure(String name, String help, ToLongFunction<QueueFigures> value) {}

  private static final List<Figure> COARSE =
      List.of(
          new Figure("queue_messages_ready", "Messages that can be delivered", f -> f.ready()),
          new Figure("queue_messages_unacked", "Messages consumers hold", f -> f.unsettled()),
          new Figure("queue_messages", "Both together", f -> f.ready() + f.unsettled()));

  private static final List<Figure> CONSUMERS =
      List.of(new Figure("queue_consumers", "Consumers", f -> f.consumers()));

  private static final List<Figure> SIZES =
      List.of(
          new Figure("queue_messages_ready_bytes", "Octets of ready messages", f -> f.readyBytes()),
          new Figure(
              "queue_messages_unacked_bytes", "Octets consumers hold", f -> f.unsettledBytes()),
          new Figure(
              "queue_messages_bytes", "Both together", f -> f.readyBytes() + f.unsettledBytes()),
          new Figure("queue_process_memory_bytes", "Payload kept in memory", f -> f.memoryBytes()),
          new Figure(
              "queue_head_message_timestamp",
              "When the oldest ready message came, seconds since the epoch; 0 if there is none",
              f -> Math.floorDiv(f.oldestAtMs(), 1000L)));

  private static final List<Figure> DELIVERIES =
      List.of(
          new Figure(
              "queue_messages_delivered",
              "To consumers who do not settle",
              f -> f.deliveredPresettled()),
          new Figure("queue_messages_delivered_ack", "To consumers who settle", f -> f.delivered()),
          new Figure("queue_messages_redelivered", "Delivered again", f -> f.redelivered()),
          new Figure("queue_messages_acked", "Settled as accepted", f -> f.settled()),
          new Figure("queue_messages_published", "Taken in", f -> f.published()));

  /** Family {@code queue_coarse_metrics}. */
  void coarse(Samples samples, List<QueueInfo> queues, boolean each) {
    add(samples, queues, COARSE, each);
  }

  /** Family {@code queue_consumer_count}. */
  void consumers(Samples samples, List<QueueInfo> queues, boolean each) {
    add(samples, queues, CONSUMERS, each);
  }

  /** Family {@code queue_metrics}. */
  void sizes(Samples samples, List<QueueInfo> queues, boolean each) {
    if (each) {
      add(samples, queues, SIZES, true);
    } else {
      // The sum of points in time would be none.
      add(samples, queues, SIZES.subList(0, SIZES.size() - 1), false);
    }
  }

  private static void add(
      Samples samples, List<QueueInfo> queues, List<Figure> figures, boolean each) {
    for (Figure figure : figures) {
      long sum = 0;
      for (QueueInfo queue : queues) {
        long value = figure.value().applyAsLong(queue.figures());
        sum += value;
        if (each) {
          samples.gauge(figure.name(), figure.help(), value, labels(queue));
        }
      }
      if (!each) {
        samples.gauge(figure.name(), figure.help(), sum);
      }
    }
  }

  private static String[] labels(QueueInfo queue) {
    return new String[] {"vhost", queue.virtualHost(), "queue", queue.name()};
  }

  /** Family {@code queue_delivery_metrics}: of each queue. The sums are global counters. */
  void deliveries(Samples samples, List<QueueInfo> queues) {
    for (Figure figure : DELIVERIES) {
      for (QueueInfo queue : queues) {
        long value = figure.value().applyAsLong(queue.figures());
        samples.counter(figure.name(), figure.help(), value, labels(queue));
      }
    }
  }

  /** What kind of queue each is. */
  void infos(Samples samples, List<QueueInfo> queues) {
    List<String[]> labels = new ArrayList<>();
    for (QueueInfo queue : queues) {
      labels.add(
          new String[] {
            "vhost",
            queue.virtualHost(),
            "queue",
            queue.name(),
            "queue_type",
            "rabbit_" + queue.type() + "_queue",
            "membership",
            "leader"
          });
    }
    samples.infos("queue", "A queue and its type", labels);
  }

  /** Family {@code exchange_metrics}: of each exchange. */
  void exchanges(Samples samples, Predicate<String> virtualHost) {
    for (ExchangeInfo exchange : management.exchanges(null)) {
      if (virtualHost.test(exchange.virtualHost())) {
        String[] labels = {"vhost", exchange.virtualHost(), "exchange", exchange.name()};
        samples
            .counter(
                "exchange_messages_published", "Published to it", exchange.publishedIn(), labels)
            .counter(
                "exchange_messages_unroutable_returned",
                "Led to no queue, told",
                exchange.unroutableReturned(),
                labels)
            .counter(
                "exchange_messages_unroutable_dropped",
                "Led to no queue, settled",
                exchange.unroutableDropped(),
                labels);
      }
    }
  }

  /** How long the oldest ready message has waited; of each queue that knows, or the longest. */
  void ages(Samples samples, List<QueueInfo> queues, boolean each) {
    double oldest = 0;
    for (QueueInfo queue : queues) {
      long since = queue.figures().oldestAtMs();
      if (since > 0) {
        double age = Math.max(0, clock.epochMs() - since) / 1000.0;
        oldest = Math.max(oldest, age);
        if (each) {
          samples.gauge(
              "queue_oldest_message_age_seconds",
              "How long the oldest ready message has waited",
              age,
              labels(queue));
        }
      }
    }
    if (!each) {
      samples.gauge("oldest_message_age_seconds", "How long the oldest of all has waited", oldest);
    }
  }

  /** Cluster-wide families: virtual hosts, bindings and names of exchanges. */
  void cluster(Samples samples, Predicate<String> family, Predicate<String> virtualHost) {
    if (family.test("vhost_status")) {
      management.virtualHosts().stream()
          .filter(virtualHost)
          .forEach(name -> samples.gauge("vhost_status", "1: it is running", 1, "vhost", name));
    }
    for (ExchangeInfo exchange : management.exchanges(null)) {
      if (virtualHost.test(exchange.virtualHost())) {
        String[] labels = {
          "vhost", exchange.virtualHost(), "exchange", exchange.name(), "type", exchange.type()
        };
        if (family.test("exchange_names")) {
          samples.gauge("exchange_name", "1: it exists", 1, labels);
        }
        if (family.test("exchange_bindings")) {
          samples.gauge("exchange_bindings", "Bindings from it", exchange.bindings(), labels);
        }
      }
    }
  }
}
