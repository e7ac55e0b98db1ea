package dev.warren.server;

import dev.warren.core.journal.RecoveryReport;
import dev.warren.server.config.ServerOptions;
import java.lang.management.ManagementFactory;

/** What the operator reads when Warren is ready. Stateless. */
final class Greeting {
  private Greeting() {}

  static String of(ServerOptions options, Wiring wiring) {
    return """
    Warren %s, node %s
      AMQP 1.0   amqp://%s
      console    http://%s/
      data       %s
      recovered  %s
      ready      %d ms after the process began
    """
        .formatted(
            Version.text(),
            options.nodeName(),
            address(options.amqp().host(), wiring.amqpPort()),
            address(options.http().host(), wiring.httpPort()),
            options.dataDirectory(),
            recovered(wiring.recovery(), wiring.queues()),
            ManagementFactory.getRuntimeMXBean().getUptime());
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
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
