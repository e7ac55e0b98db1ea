package dev.warren.server;

import dev.warren.amqp.AmqpServer;
import dev.warren.core.journal.RecoveryReport;
import dev.warren.server.config.ServerOptions;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What the operator reads when Warren is ready. Stateless. */
final class Greeting {
  private Greeting() {}

  static String of(ServerOptions options, Wiring wiring) {
    return """
    Warren %s, node %s
      AMQP 1.0   amqp://%s
    %s  console    http://%s/
      data       %s
      recovered  %s
      ready      %d ms after the process began
    """
        .formatted(
            Version.text(),
            options.nodeName(),
            options.amqp().hosts().stream()
                .map(host -> address(host, wiring.amqpPort()))
                .collect(Collectors.joining(", amqp://")),
            webSockets(options, wiring),
            address(options.http().host(), wiring.httpPort()),
            options.dataDirectory(),
            recovered(wiring.recovery(), wiring.queues()),
            ManagementFactory.getRuntimeMXBean().getUptime());
  }

  /**
   * A line for WebSockets, unless there is neither a port of their own nor the HTTP port's path.
   */
  private static String webSockets(ServerOptions options, Wiring wiring) {
    List<String> urls = new ArrayList<>();
    if (wiring.webSocketPort() > 0) {
      for (String host : options.webSocket().hosts()) {
        urls.add("ws://" + address(host, wiring.webSocketPort()) + AmqpServer.WEB_SOCKET_PATH);
      }
    }
    if (options.webSocket().onHttpPort()) {
      urls.add(
          "ws://" + address(options.http().host(), wiring.httpPort()) + AmqpServer.WEB_SOCKET_PATH);
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
