package dev.warren.server.security;

import static dev.warren.server.security.Programs.curl;
import static dev.warren.server.security.Programs.rhea;
import static dev.warren.server.security.Programs.tryRhea;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.core.time.BrokerClock;
import dev.warren.server.interop.Commands;
import dev.warren.server.security.JmsClient.Login;
import dev.warren.server.tls.TestCertificates;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * AMQP over secure WebSockets, and clients that meet a port of the other kind. The hand-shake may
 * last minutes here, so that a client which ends earlier was not ended by that limit.
 */
@Timeout(100)
class TlsTransportsTest {
  private static final SSLContext TRUSTING = TestCertificates.get().trusting(Optional.empty());

  @TempDir static Path directory;

  @SuppressWarnings("NullAway.Init")
  private static SecureBroker broker;

  @BeforeAll
  static void start() throws IOException {
    String yaml = SecureBroker.LISTENERS + SecureBroker.tls("") + SecureBroker.USERS;
    broker = SecureBroker.start(directory, yaml, BrokerClock.system());
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  /** Whatever a test did, the others are served. */
  @AfterEach
  void theBrokerIsWell() throws Exception {
    broker.awaitNobody();
    try (Connection connection = JmsClient.connect(amqps(), Login.of("guest", TRUSTING))) {
      JmsClient.sendAndReceive(connection);
    } catch (JMSException e) {
      throw new AssertionError(broker.condition(), e);
    }
    broker.awaitNobody();
  }

  private static String amqps() {
    return "amqps://localhost:" + broker.wiring().tls().amqpPort();
  }

  private static String https(String path) {
    return "https://localhost:" + broker.wiring().tls().httpPort() + path;
  }

  @Test
  void aClientThatDoesNotKnowTheAuthorityGoesAway() throws Exception {
    assertThatThrownBy(
            () -> JmsClient.connect(amqps(), Login.of("guest", SSLContext.getDefault())).close())
        .isInstanceOf(JMSException.class)
        .hasStackTraceContaining("unable to find valid certification path");
    assertThat(curl("-u", "guest:guest", https("/api/whoami")).exitCode()).isEqualTo(60);
  }

  @ParameterizedTest
  @ValueSource(strings = {"own", "http"})
  void rheaSendsAndReceivesOverASecureWebSocket(String port) throws Exception {
    rhea(
        Map.of(
            "port", webSocketPort(port),
            "transport", "wss",
            "ca", broker.file("ca.pem"),
            "username", "guest",
            "password", "guest"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"own", "http"})
  void qpidJmsSendsAndReceivesOverASecureWebSocket(String port) throws JMSException {
    String address = "amqpwss://localhost:" + webSocketPort(port) + "/ws";
    try (Connection connection = JmsClient.connect(address, Login.of("guest", TRUSTING))) {
      JmsClient.sendAndReceive(connection);

      assertThat(broker.theConnection().path("ssl_protocol").asText()).isEqualTo("TLSv1.3");
    }
  }

  private static int webSocketPort(String port) {
    return port.equals("own")
        ? broker.wiring().tls().webSocketPort()
        : broker.wiring().tls().httpPort();
  }

  @Test
  void aPlainClientOnAPortWithTlsEndsAtOnce() throws Exception {
    String address = "amqp://localhost:" + broker.wiring().tls().amqpPort();

    assertThatThrownBy(() -> JmsClient.connect(address, Login.inClear("guest", "guest")).close())
        .isInstanceOf(JMSException.class)
        .hasMessageNotContaining("timed out");
    Commands.Ended rhea =
        tryRhea(
            Map.of(
                "port", broker.wiring().tls().amqpPort(),
                "username", "guest",
                "password", "guest"));
    assertThat(rhea.output()).contains("disconnected").doesNotContain("no end");
    assertThat(curl("http://localhost:" + broker.wiring().tls().httpPort() + "/").exitCode())
        .as("curl's codes of a reply that is none")
        .isIn(1, 52, 56);
  }

  @Test
  void aClientWithTlsOnAPlainPortEndsAtOnce() throws Exception {
    String address = "amqps://localhost:" + broker.wiring().amqpPort();

    assertThatThrownBy(() -> JmsClient.connect(address, Login.of("guest", TRUSTING)).close())
        .isInstanceOf(JMSException.class)
        .hasMessageNotContaining("timed out");
    Commands.Ended rhea = tryRhea(Map.of("port", broker.wiring().amqpPort(), "transport", "tls"));
    assertThat(rhea.exitCode()).isEqualTo(1);
    assertThat(rhea.output()).doesNotContain("no end");
    assertThat(curl("https://localhost:" + broker.wiring().httpPort() + "/").exitCode())
        .as("curl's code of a hand-shake that failed")
        .isEqualTo(35);
  }
}
