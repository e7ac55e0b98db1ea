package dev.warren.server.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A port somebody else has ends the start with a code and a line of its own. */
@Timeout(60)
class PortInUseTest {

  private static final int PORT_IN_USE = 69;

  @TempDir Path directory;

  @Test
  void saysThatTheAmqpPortIsTaken() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        RunningBroker broker = prepare().onAmqpPort(taken.getLocalPort())) {
      broker.launch();
      assertThat(broker.awaitExit()).as(broker.output()).isEqualTo(PORT_IN_USE);
      assertThat(broker.output()).contains(Integer.toString(taken.getLocalPort()));
    }
  }

  @Test
  void saysThatTheHttpPortIsTaken() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        RunningBroker broker = prepare().onHttpPort(taken.getLocalPort())) {
      broker.launch();
      assertThat(broker.awaitExit()).as(broker.output()).isEqualTo(PORT_IN_USE);
      assertThat(broker.output()).contains(Integer.toString(taken.getLocalPort()));
    }
  }

  private RunningBroker prepare() throws Exception {
    Path config = InteropBroker.copyTopology("interop.yaml", directory);
    return RunningBroker.prepare(config, directory.resolve("data"));
  }
}
