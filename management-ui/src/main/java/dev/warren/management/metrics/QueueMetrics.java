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
          new Figure(
              "queue_messages", "Both, and those that wait for their time", f -> f.messages()));

  private static final List<Figure> SCHEDULED =
      List.of(
          new Figure(
              "queue_messages_scheduled", "Messages that wait for their time", f -> f.scheduled()));

  private static final List<Figure> CONSUMERS =
      List.of(new Figure("queue_consumers", "Consumers", f -> f.consumers()));

  private static final List<Figure> SIZES =
      List.of(
          new Figure("queue_messages_ready_bytes", "Octets of ready messages", f -> f.readyBytes()),
          new Figure(
              "queue_messages_unacked_bytes", "Octets consumers hold", f -> f.unsettledBytes()),
          new Figure("queue_messages_bytes", "Octets of all messages", f -> f.bytes()),
          new Figure("queue_messages_ram", "Messages in memory", f -> f.messagesInMemory()),
          new Figure("queue_messages_ready_ram", "Ready ones in memory", f -> f.readyInMemory()),
          new Figure("queue_messages_unacked_ram", "Held ones, all in memory", f -> f.unsettled()),
          new Figure("queue_messages_ram_bytes", "Payload kept in memory", f -> f.memoryBytes()),
          new Figure("queue_process_memory_bytes", "Payload kept in memory", f -> f.memoryBytes()));

  private static final List<Figure> READS =
      List.of(new Figure("queue_disk_reads", "Messages read back", f -> f.readBack()));

  private static final List<Figure> DELIVERIES =
      List.of(
          new Figure(
              "queue_messages_delivered",
              "To consumers who do not settle",
              f -> f.deliveredPresettled()),
          new Figure("queue_messages_delivered_ack", "To consumers who settle", f -> f.delivered()),
          new Figure("queue_messages_redelivered", "Delivered again", f -> f.redelivered()),
          new Figure("queue_messages_acked", "Settled as accepted", f -> f.settled()),
          new Figure("queue_get_ack", "Taken over HTTP", f -> f.got()),
          new Figure("queue_get_empty", "Nothing found over HTTP", f -> f.gotEmpty()),
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
    add(samples, queues, SIZES, each);
    if (each) {
      count(samples, queues, READS);
      // The sum of points in time would be none.
      queues.forEach(queue -> head(samples, queue));
    }
  }

  private static void head(Samples samples, QueueInfo queue) {
    if (!queue.figures().isOldestUnknown()) {
      samples.gauge(
          "queue_head_message_timestamp",
          "When the oldest ready message came, seconds since the epoch; 0 if there is none",
          Math.floorDiv(queue.figures().oldestAtMs(), 1000L),
          labels(queue));
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
    count(samples, queues, DELIVERIES);
  }

  private static void count(Samples samples, List<QueueInfo> queues, List<Figure> figures) {
    for (Figure figure : figures) {
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

  /** How long consumers of each queue could take a message, and how many messages wait in it. */
  void own(Samples samples, List<QueueInfo> queues, boolean each) {
    add(samples, queues, SCHEDULED, each);
    if (each) {
      for (QueueInfo queue : queues) {
        samples.counter(
            "queue_consumer_ready_seconds",
            "For how long somebody stood ready to take another message",
            queue.figures().capableMs() / 1000.0,
            labels(queue));
      }
    }
  }

  /**
   * How long the oldest ready message has waited; of each queue that knows, or the longest if all
   * know. Those that do not begin to find out.
   */
  void ages(Samples samples, List<QueueInfo> queues, boolean each) {
    management.findOldest(queues);
    boolean allKnown = true;
    double oldest = 0;
    for (QueueInfo queue : queues) {
      allKnown &= !queue.figures().isOldestUnknown();
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
    if (!each && allKnown) {
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
