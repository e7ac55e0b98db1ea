package dev.warren.management.metrics;

import dev.warren.core.broker.BrokerFigures.TypeTotals;
import dev.warren.core.broker.ConnectionView;
import dev.warren.core.broker.Management;
import dev.warren.core.broker.Management.MessageCounters;
import dev.warren.core.queue.DeathReason;
import java.util.Locale;
import java.util.Map;

/** What goes through the broker as a whole: totals, churn, global counters. Thread-safe. */
final class TrafficMetrics {
  private static final String AT_MOST_ONCE = "at_most_once";
  private static final String DISABLED = "disabled";

  private final MetricsSource source;

  TrafficMetrics(MetricsSource source) {
    this.source = source;
  }

  /** How many of each object there are. */
  void totals(Samples samples) {
    Management management = source.management();
    int sessions = source.connections().all().stream().mapToInt(ConnectionView::sessions).sum();
    samples
        .gauge("connections", "Connections", source.connections().all().size())
        .gauge("channels", "Sessions of AMQP 1.0", sessions)
        .gauge("consumers", "Consumers", management.consumers(null).size())
        .gauge("queues", "Queues", management.queues(null).size());
  }

  /** Family {@code connection_churn_metrics}. */
  void churn(Samples samples) {
    Management.QueueChurn queues = source.management().queueChurn();
    samples
        .counter("connections_opened", "Connections opened", source.connections().created())
        .counter("connections_closed", "Connections closed", source.connections().closed())
        .counter("channels_opened", "Sessions begun", source.connections().sessionsBegun())
        .counter("channels_closed", "Sessions ended", source.connections().sessionsEnded())
        .counter("queues_declared", "Queues declared, new or not", queues.declared())
        .counter("queues_created", "Queues made", queues.created())
        .counter("queues_deleted", "Queues deleted", queues.deleted());
  }

  /** RabbitMQ's global counters; the samples' names begin with {@code rabbitmq_global_}. */
  void global(Samples samples) {
    MessageCounters totals = source.management().totals();
    long unroutable = totals.unroutableReturned() + totals.unroutableDropped();
    String[] protocol = {"protocol", NodeMetrics.PROTOCOL};
    samples
        .counter("messages_received", "From publishers", totals.published(), protocol)
        .counter(
            "messages_received_confirm",
            "From publishers who are told",
            source.figures().publishedUnsettled(),
            protocol)
        .counter("messages_routed", "To a queue", totals.published() - unroutable, protocol)
        .counter(
            "messages_unroutable_dropped", "To none, settled", totals.unroutableDropped(), protocol)
        .counter(
            "messages_unroutable_returned", "To none, told", totals.unroutableReturned(), protocol)
        .counter("messages_confirmed", "Told that they are safe", totals.confirmed(), protocol)
        .gauge("publishers", "Links that publish", source.figures().publishers(), protocol)
        .gauge(
            "consumers",
            "Links that consume",
            source.management().consumers(null).size(),
            protocol);
    source.figures().totalsByType().forEach(type -> ofType(samples, type));
  }

  private static void ofType(Samples samples, TypeTotals type) {
    String name = "rabbit_" + type.queueType() + "_queue";
    String[] labels = {"protocol", NodeMetrics.PROTOCOL, "queue_type", name};
    samples
        .counter(
            "messages_delivered",
            "To consumers",
            type.delivered() + type.deliveredPresettled() + type.got(),
            labels)
        .counter(
            "messages_delivered_consume_manual_ack",
            "To consumers who settle",
            type.delivered(),
            labels)
        .counter(
            "messages_delivered_consume_auto_ack",
            "To consumers who do not",
            type.deliveredPresettled(),
            labels)
        .counter("messages_delivered_get_manual_ack", "Taken over HTTP", type.got(), labels)
        // AMQP 1.0 has no way to ask for one message, and over HTTP what is taken is settled.
        .counter("messages_delivered_get_auto_ack", "There is no such way", 0, labels)
        .counter("messages_get_empty", "Nothing found over HTTP", type.gotEmpty(), labels)
        .counter("messages_redelivered", "Delivered again", type.redelivered(), labels)
        .counter("messages_acknowledged", "Settled as accepted", type.settled(), labels);
    deaths(samples, name, AT_MOST_ONCE, type.deadLetters());
    deaths(samples, name, DISABLED, type.dropped());
  }

  private static void deaths(
      Samples samples, String type, String strategy, Map<DeathReason, Long> counts) {
    for (DeathReason reason : DeathReason.values()) {
      String name =
          switch (reason) {
            case MAX_LENGTH -> "maxlen";
            case EXPIRED, REJECTED, DELIVERY_LIMIT -> reason.name().toLowerCase(Locale.ROOT);
          };
      samples.counter(
          "messages_dead_lettered_" + name,
          "Died, and for strategy 'disabled' dropped",
          counts.getOrDefault(reason, 0L),
          "queue_type",
          type,
          "dead_letter_strategy",
          strategy);
    }
  }

  /** Octets of published messages. */
  void sizes(Samples samples) {
    samples.histogram(
        "message_size_bytes",
        "Octets of published messages",
        source.figures().messageSizes(),
        1,
        "protocol",
        NodeMetrics.PROTOCOL);
  }

  /** Families {@code connection_coarse_metrics} and {@code connection_metrics}. */
  void connections(Samples samples, boolean each) {
    long in = 0;
    long out = 0;
    long framesIn = 0;
    long framesOut = 0;
    for (ConnectionView connection : source.connections().all()) {
      in += connection.receivedOctets();
      out += connection.sentOctets();
      framesIn += connection.frames().received();
      framesOut += connection.frames().sent();
      if (each) {
        String[] label = {"connection", connection.details().name()};
        samples
            .counter(
                "connection_incoming_bytes", "Octets received", connection.receivedOctets(), label)
            .counter("connection_outgoing_bytes", "Octets sent", connection.sentOctets(), label)
            .counter(
                "connection_incoming_packets",
                "Frames received",
                connection.frames().received(),
                label)
            .counter(
                "connection_outgoing_packets", "Frames sent", connection.frames().sent(), label)
            .gauge("connection_channels", "Sessions begun", connection.sessions(), label);
      }
    }
    if (!each) {
      samples
          .counter(
              "connection_incoming_bytes",
              "Octets received",
              in + source.connections().closedReceivedOctets())
          .counter(
              "connection_outgoing_bytes",
              "Octets sent",
              out + source.connections().closedSentOctets())
          .counter(
              "connection_incoming_packets",
              "Frames received",
              framesIn + source.connections().closedReceivedFrames())
          .counter(
              "connection_outgoing_packets",
              "Frames sent",
              framesOut + source.connections().closedSentFrames());
    }
  }
}
