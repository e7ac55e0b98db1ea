package dev.warren.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.warren.core.broker.ConnectionView;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Listeners on IPv6 addresses. Skipped, saying so, on a machine without the loopback address. */
class Ipv6Test {
  @TempDir Path directory;

  @BeforeAll
  static void thereIsALoopbackAddress() throws IOException {
    boolean found;
    try (ServerSocket probe = new ServerSocket(0, 1, address("::1"))) {
      found = probe.getLocalPort() > 0;
    } catch (IOException e) {
      found = false;
    }
    assumeTrue(found, "this machine has no address ::1");
  }

  /** An address, never a name. */
  private static InetAddress address(String text) {
    return Objects.requireNonNull(NetUtil.createInetAddressFromIpAddressString(text));
  }

  @Test
  void theLoopbackAddressIsLocalAndShownShortInBrackets() throws IOException {
    for (String host : new String[] {"::1", "[::1]", "::", "[::]"}) {
      try (BrokerHarness harness =
          BrokerHarness.start(directory.resolve(host), BrokerHarness.options())) {
        int port = BrokerHarness.await(harness.server.listen(AmqpListener.tcp(host, 0)));
        Socket socket = new Socket(address("::1"), port);
        try (RawPeer peer = new RawPeer(socket)) {
          peer.begin();
          ConnectionView.Details details =
              harness.broker.connections().all().iterator().next().details();
          assertThat(details.peer().host()).isEqualTo("::1");
          assertThat(details.name())
              .isEqualTo("[::1]:" + socket.getLocalPort() + " -> [::1]:" + port);
        }
      }
    }
  }

  @Test
  void everyAddressTakesClientsOfBothKinds() throws IOException {
    try (BrokerHarness harness = BrokerHarness.start(directory, BrokerHarness.options())) {
      int port = BrokerHarness.await(harness.server.listen(AmqpListener.tcp("::", 0)));
      try (RawPeer peer = new RawPeer(new Socket(address("127.0.0.1"), port))) {
        peer.begin();
        assertThat(harness.broker.connections().all().iterator().next().details().peer().host())
            .isEqualTo("127.0.0.1");
      }
    }
  }

  @Test
  void anAddressInUseIsNamedInBrackets() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, address("::1"));
        BrokerHarness harness = BrokerHarness.start(directory, BrokerHarness.options())) {
      AmqpListener listener = AmqpListener.tcp("::1", taken.getLocalPort());

      assertThatThrownBy(() -> BrokerHarness.await(harness.server.listen(listener)))
          .hasRootCauseInstanceOf(java.net.BindException.class)
          .hasStackTraceContaining("[::1]:" + taken.getLocalPort());
    }
  }
}
