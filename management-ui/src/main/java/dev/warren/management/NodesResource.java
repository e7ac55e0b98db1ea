package dev.warren.management;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.UnixOperatingSystemMXBean;
import dev.warren.core.broker.Connections;
import dev.warren.core.broker.Management;
import dev.warren.core.broker.Management.NodeInfo;
import dev.warren.core.time.BrokerClock;
import dev.warren.management.RateSampler.TotalFigure;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The one node: {@code /nodes}, {@code /nodes/{node}}, {@code /nodes/{node}/memory}. */
final class NodesResource {
  private final Management management;
  private final Connections connections;
  private final RateSampler sampler;
  private final JsonViews views;
  private final BrokerClock clock;

  NodesResource(
      Management management,
      Connections connections,
      RateSampler sampler,
      JsonViews views,
      BrokerClock clock) {
    this.management = management;
    this.connections = connections;
    this.sampler = sampler;
    this.views = views;
    this.clock = clock;
  }

  void addTo(Routes routes) {
    routes
        .get("/nodes", Access.MONITORING, this::list)
        .get("/nodes/{node}", Access.MONITORING, this::one)
        .get("/nodes/{node}/memory", Access.MONITORING, this::memory);
  }

  private Reply list(Request request) {
    return Pagination.of(request)
        .reply(new Pagination.Listing<>(List.of(management.node()), NodeInfo::name, this::view));
  }

  private Reply one(Request request) {
    return Reply.ok(Columns.of(request).of(view(find(request))));
  }

  private Reply memory(Request request) {
    find(request);
    return Reply.ok(JsonViews.object().put("memory", "not_available"));
  }

  private NodeInfo find(Request request) {
    NodeInfo node = management.node();
    if (!node.name().equals(request.variable("node"))) {
      throw ApiException.objectNotFound("no node '" + request.variable("node") + "'");
    }
    return node;
  }

  private ObjectNode view(NodeInfo node) {
    List<String> alarms = management.alarms();
    ObjectNode view = JsonViews.object();
    view.put("name", node.name());
    view.put("type", "disc");
    view.put("running", true);
    view.put("being_drained", false);
    view.put("os_pid", String.valueOf(ProcessHandle.current().pid()));
    view.put("uptime", clock.epochMs() - node.startedAtMs());
    view.put("run_queue", 0);
    view.put("processors", Runtime.getRuntime().availableProcessors());
    putDescriptors(view);
    view.put("proc_total", 1_048_576);
    view.put("proc_used", ManagementFactory.getThreadMXBean().getThreadCount());
    putMemory(view, node);
    view.put("mem_alarm", alarms.contains("memory"));
    view.put("disk_free", node.diskFreeBytes());
    view.put("disk_free_limit", node.diskFreeLimitBytes());
    view.put("disk_free_alarm", alarms.contains("disk"));
    view.put("rates_mode", "basic");
    view.putArray("enabled_plugins");
    view.putArray("applications")
        .addObject()
        .put("name", "warren")
        .put("description", "Exchange router")
        .put("version", node.version());
    view.set("exchange_types", OverviewResource.exchangeTypes());
    view.set("contexts", OverviewResource.contexts(management));
    view.putArray("partitions");
    view.put("db_dir", node.dataDirectory());
    view.put("net_ticktime", 0);
    view.putArray("cluster_links");
    view.put("gc_num", collections());
    putJournal(view);
    view.put("metrics_gc_queue_length", 0);
    view.put("rabbitmq_version", Product.API_VERSION);
    view.put("erlang_version", "");
    return view;
  }

  /** The journal's counters as they were sampled, under RabbitMQ's names. */
  private void putJournal(ObjectNode view) {
    putCounter(view, "io_read_count", TotalFigure.IO_READS);
    putCounter(view, "io_read_bytes", TotalFigure.IO_READ_BYTES);
    putCounter(view, "io_write_count", TotalFigure.IO_WRITES);
    putCounter(view, "io_write_bytes", TotalFigure.IO_WRITE_BYTES);
    putCounter(view, "io_sync_count", TotalFigure.IO_SYNCS);
    putCounter(view, "msg_store_read_count", TotalFigure.MESSAGES_READ);
    putCounter(view, "msg_store_write_count", TotalFigure.MESSAGES_WRITTEN);
  }

  private void putCounter(ObjectNode view, String name, int figure) {
    views.counter(view, name, sampler.totals(), Optional.empty(), figure);
  }

  private static void putMemory(ObjectNode view, NodeInfo node) {
    OptionalLong resident = ProcessMemory.residentBytes();
    if (resident.isPresent()) {
      view.put("mem_used", resident.getAsLong());
      view.put("mem_limit", ProcessMemory.limitBytes(resident.getAsLong(), node));
      view.put("mem_calculation_strategy", "rss");
    } else {
      view.put("mem_limit", node.memoryLimitBytes());
      view.put("mem_calculation_strategy", "heap");
    }
    // Not in RabbitMQ's API: what the memory alarm looks at.
    view.put("heap_used", node.memoryUsedBytes());
    view.put("heap_limit", node.memoryLimitBytes());
  }

  private void putDescriptors(ObjectNode view) {
    long total = 0;
    long used = 0;
    if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system) {
      total = system.getMaxFileDescriptorCount();
      used = system.getOpenFileDescriptorCount();
    }
    view.put("fd_total", total);
    view.put("fd_used", used);
    view.put("sockets_total", total);
    view.put("sockets_used", connections.all().size());
  }

  private static long collections() {
    long collections = 0;
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      collections += Math.max(0, collector.getCollectionCount());
    }
    return collections;
  }
}
