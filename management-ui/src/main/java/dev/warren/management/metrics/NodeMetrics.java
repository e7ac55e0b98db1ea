package dev.warren.management.metrics;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.warren.core.broker.BrokerFigures;
import dev.warren.core.broker.Management;
import dev.warren.core.broker.Management.NodeInfo;
import dev.warren.core.journal.JournalLatencies;
import dev.warren.core.journal.JournalStatistics;
import dev.warren.core.security.LoginCounters;
import dev.warren.core.time.BrokerClock;
import dev.warren.management.ProcessMemory;
import dev.warren.management.Product;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;

/** The process, the disk, the journal, logins and alarms. Thread-safe. */
final class NodeMetrics {
  /** What AMQP's metrics call 1.0. */
  static final String PROTOCOL = "amqp10";

  private static final double MICROS = 1e6;
  private static final double MILLIS = 1e3;

  private final MetricsSource source;
  private final BrokerClock clock;

  NodeMetrics(MetricsSource source, BrokerClock clock) {
    this.source = source;
    this.clock = clock;
  }

  /** What the stock dashboards join everything else with. */
  void identity(Samples samples) {
    String node = source.management().node().name();
    samples.info(
        "build",
        "RabbitMQ's version whose interfaces these are, and the product",
        "rabbitmq_version",
        Product.API_VERSION,
        "prometheus_plugin_version",
        source.version(),
        "prometheus_client_version",
        "1",
        "erlang_version",
        "none",
        "product_name",
        source.product(),
        "product_version",
        source.version());
    samples.info(
        "identity",
        "This node",
        "rabbitmq_node",
        node,
        "rabbitmq_cluster",
        node,
        "rabbitmq_cluster_permanent_id",
        node,
        "rabbitmq_endpoint",
        "aggregated");
  }

  /** Family {@code node_coarse_metrics}. */
  void coarse(Samples samples) {
    NodeInfo node = source.management().node();
    List<String> alarms = source.management().alarms();
    if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system) {
      samples
          .gauge("process_open_fds", "Open file descriptors", system.getOpenFileDescriptorCount())
          .gauge(
              "process_max_fds", "Limit of file descriptors", system.getMaxFileDescriptorCount());
    }
    ProcessMemory.residentBytes()
        .ifPresent(
            bytes ->
                samples.gauge("process_resident_memory_bytes", "Memory of the process", bytes));
    samples
        .gauge("disk_space_available_bytes", "Free on the disk", node.diskFreeBytes())
        .gauge(
            "erlang_processes_used",
            "Threads",
            ManagementFactory.getThreadMXBean().getThreadCount())
        .gauge("erlang_uptime_seconds", "Since the start", uptime(node))
        .gauge("alarms_memory_used_watermark", "1 while memory is short", flag(alarms, "memory"))
        .gauge("alarms_free_disk_space_watermark", "1 while disk is short", flag(alarms, "disk"));
  }

  private double uptime(NodeInfo node) {
    return (clock.epochMs() - node.startedAtMs()) / MILLIS;
  }

  private static double flag(List<String> alarms, String alarm) {
    return alarms.contains(alarm) ? 1 : 0;
  }

  /** Family {@code node_metrics}. */
  void limits(Samples samples) {
    NodeInfo node = source.management().node();
    long collections = 0;
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      collections += Math.max(0, collector.getCollectionCount());
    }
    samples
        .gauge(
            "resident_memory_limit_bytes",
            "Resident memory, and what is left of the heap until the memory alarm",
            ProcessMemory.limitBytes(
                ProcessMemory.residentBytes().orElse(node.memoryUsedBytes()), node))
        .gauge(
            "disk_space_available_limit_bytes", "The disk alarm's limit", node.diskFreeLimitBytes())
        .counter("erlang_gc_runs", "Garbage collections", collections);
  }

  /** Family {@code node_persister_metrics}. */
  void persister(Samples samples) {
    JournalStatistics journal = source.figures().journal();
    JournalLatencies latencies = source.figures().journalLatencies();
    samples
        .counter("io_read_ops", "Reads from the journal", journal.reads())
        .counter("io_read_bytes", "Octets read from the journal", journal.bytesRead())
        .counter("io_write_ops", "Writes to the journal", journal.writes())
        .counter("io_write_bytes", "Octets written to the journal", journal.bytesWritten())
        .counter("io_sync_ops", "Syncs of the journal", journal.syncs())
        .counter(
            "io_sync_time_seconds",
            "Time of writing batches and syncing them",
            latencies.syncs().sum() / MICROS)
        .counter("msg_store_write", "Messages written", journal.messagesWritten())
        .counter("msg_store_read", "Messages read back", journal.messagesRead());
  }

  /** Family {@code auth_attempt_metrics}. */
  void logins(Samples samples) {
    for (LoginCounters.Counts counts : source.logins().counts()) {
      samples
          .counter(
              "auth_attempts", "Logins tried", counts.attempts(), "protocol", counts.protocol())
          .counter(
              "auth_attempts_succeeded",
              "Logins",
              counts.successes(),
              "protocol",
              counts.protocol())
          .counter(
              "auth_attempts_failed",
              "Logins refused",
              counts.failures(),
              "protocol",
              counts.protocol());
    }
  }

  /** Warren's own. */
  void own(Samples samples) {
    BrokerFigures figures = source.figures();
    JournalStatistics journal = figures.journal();
    JournalLatencies latencies = figures.journalLatencies();
    NodeInfo node = source.management().node();
    samples
        .gauge("heap_used_bytes", "Heap in use, garbage included", node.memoryUsedBytes())
        .gauge("heap_limit_bytes", "Heap in use that gives a memory alarm", node.memoryLimitBytes())
        .gauge("open_transactions", "Transactions that have not ended", figures.openTransactions())
        .gauge("publishers_blocked", "1 while an alarm is in effect", blocked())
        .gauge("journal_segments", "Files of the journal in use", journal.segments())
        .gauge("journal_spare_segments", "Files kept for reuse", journal.spareSegments())
        .gauge("journal_pending_bytes", "Octets waiting to be written", journal.pendingBytes())
        .counter("journal_messages_elided", "Settled before written", journal.messagesElided())
        .counter("journal_messages_copied", "Copied forward", journal.messagesCopied())
        .counter("journal_bytes_copied", "Octets of these copies", journal.bytesCopied());
    samples.histogram(
        "journal_sync_seconds", "Writing a batch and syncing it", latencies.syncs(), MICROS);
    samples.histogram(
        "journal_append_seconds",
        "From handing over to durable, of the oldest in each batch",
        latencies.appends(),
        MICROS);
    samples.histogram(
        "time_in_queue_seconds",
        "From a message's arrival to its first delivery",
        figures.timeInQueue(),
        MILLIS);
    certificates(samples);
  }

  private double blocked() {
    return source.management().alarms().isEmpty() ? 0 : 1;
  }

  private void certificates(Samples samples) {
    for (Management.ListenerInfo listener : source.management().listeners()) {
      listener
          .certificates()
          .ifPresent(
              shown ->
                  shown
                      .files()
                      .forEach(
                          file ->
                              file.certificates()
                                  .forEach(
                                      certificate ->
                                          samples.gauge(
                                              "certificate_not_after_seconds",
                                              "When a certificate ends, seconds since the epoch",
                                              certificate.validToMs() / MILLIS,
                                              "protocol",
                                              listener.protocol(),
                                              "port",
                                              String.valueOf(listener.port()),
                                              "subject",
                                              certificate.subject(),
                                              "authority",
                                              String.valueOf(file.isAuthority())))));
    }
  }

  /** What memory is used for, as far as the JVM tells. */
  void memory(Samples samples) {
    var heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
    var other = ManagementFactory.getMemoryMXBean().getNonHeapMemoryUsage();
    long payload =
        source.management().queues(null).stream()
            .mapToLong(queue -> queue.figures().memoryBytes())
            .sum();
    samples
        .gauge("memory_heap_used_bytes", "Heap in use", heap.getUsed())
        .gauge("memory_heap_committed_bytes", "Heap taken from the system", heap.getCommitted())
        .gauge("memory_other_used_bytes", "Code, classes and the like", other.getUsed())
        .gauge("memory_queue_payload_bytes", "Messages kept in memory", payload);
    ManagementFactory.getPlatformMXBeans(java.lang.management.BufferPoolMXBean.class)
        .forEach(
            pool ->
                samples.gauge(
                    "memory_buffers_bytes",
                    "Buffers beside the heap",
                    pool.getMemoryUsed(),
                    "pool",
                    pool.getName()));
  }
}
