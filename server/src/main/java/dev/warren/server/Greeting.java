package dev.warren.server;

import dev.warren.amqp.AmqpServer;
import dev.warren.core.journal.RecoveryReport;
import dev.warren.server.config.ServerOptions;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/** What the operator reads when Warren is ready. Stateless. */
final class Greeting {
  private Greeting() {}

  static String of(ServerOptions options, Wiring wiring) {
    return """
    Warren %s, node %s
      AMQP 1.0   %s
    %s  console    %s
    %s  data       %s
      recovered  %s
      ready      %d ms after the process began
    """
        .formatted(
            Version.text(),
            options.nodeName(),
            amqp(options, wiring),
            webSockets(options, wiring),
            console(options, wiring),
            metrics(options, wiring),
            options.dataDirectory(),
            recovered(wiring.recovery(), wiring.queues()),
            ManagementFactory.getRuntimeMXBean().getUptime());
  }

  private static String amqp(ServerOptions options, Wiring wiring) {
    List<String> urls = new ArrayList<>();
    add(urls, "amqp://", options.amqp().hosts(), wiring.amqpPort(), "");
    add(urls, "amqps://", options.amqp().hosts(), wiring.tls().amqpPort(), "");
    return String.join(", ", urls);
  }

  private static String console(ServerOptions options, Wiring wiring) {
    List<String> urls = new ArrayList<>();
    List<String> host = List.of(options.http().host());
    add(urls, "http://", host, wiring.httpPort(), "/");
    add(urls, "https://", host, wiring.tls().httpPort(), "/");
    return String.join(", ", urls);
  }

  /** One for each host, unless there is no such port. */
  private static void add(
      List<String> urls, String scheme, List<String> hosts, int port, String path) {
    if (port > 0) {
      hosts.forEach(host -> urls.add(scheme + address(host, port) + path));
    }
  }

  private static String metrics(ServerOptions options, Wiring wiring) {
    List<String> urls = new ArrayList<>();
    options
        .metrics()
        .ifPresent(
            listener ->
                add(urls, "http://", List.of(listener.host()), wiring.metricsPort(), "/metrics"));
    return urls.isEmpty() ? "" : "  metrics    " + urls.get(0) + "\n";
  }

  /**
   * A line for WebSockets, unless there is neither a port of their own nor the HTTP port's path.
   */
  private static String webSockets(ServerOptions options, Wiring wiring) {
    List<String> urls = new ArrayList<>();
    String path = AmqpServer.WEB_SOCKET_PATH;
    List<String> hosts = options.webSocket().hosts();
    add(urls, "ws://", hosts, wiring.webSocketPort(), path);
    add(urls, "wss://", hosts, wiring.tls().webSocketPort(), path);
    if (options.webSocket().onHttpPort()) {
      List<String> host = List.of(options.http().host());
      add(urls, "ws://", host, wiring.httpPort(), path);
      add(urls, "wss://", host, wiring.tls().httpPort(), path);
    }
    return urls.isEmpty() ? "" : "  WebSocket  " + String.join(", ", urls) + "\n";
  }

  static String recovered(RecoveryReport report, int queues) {
    if (report.records() == 0) {
      return "nothing, the data directory was empty; %d queues declared".formatted(queues);
    }
    return "%d messages in %d queues from %d segments in %d ms%s%s"
        .formatted(
            report.liveMessages(),
            queues,
            report.segments(),
            report.tookMs(),
            report.cleanShutdown() ? "" : "; the last run was not stopped in order",
            report.tornBytes() == 0
                ? ""
                : "; cut off " + report.tornBytes() + " bytes of an incomplete write");
  }

  static String address(String host, int port) {
    return (host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host) + ":" + port;
  }
}
