package dev.warren.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.core.time.BrokerClock;
import dev.warren.server.interop.Commands;
import dev.warren.server.security.JmsClient.Login;
import dev.warren.server.tls.TestCertificates;
import dev.warren.server.tls.TlsDevCommand;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Qpid JMS where a certificate is required, where files change, and with what tls-dev makes. */
@Timeout(60)
class MutualTlsTest {
  private static final TestCertificates MADE = TestCertificates.get();

  @TempDir Path directory;

  /** Everybody on the port of AMQP shows one, which names him by an address of mail. */
  private SecureBroker start() throws IOException {
    return SecureBroker.start(
        directory,
        SecureBroker.LISTENERS.replace(
                "5m, tls: {port: 0", "5m, tls: {port: 0, client-certificates: required")
            + SecureBroker.tls(", ca: ca.pem, reload-interval: 50ms")
            + "login: {external-name: subject-alternative-name, alternative-name-type: email}\n"
            + SecureBroker.USERS,
        BrokerClock.system());
  }

  private static String amqps(SecureBroker broker) {
    return "amqps://localhost:" + broker.wiring().tls().amqpPort();
  }

  @Test
  void theCertificateNamesTheUser() throws Exception {
    try (SecureBroker broker = start();
        Connection connection =
            JmsClient.connect(
                amqps(broker), Login.byCertificate(MADE.trusting(Optional.of(MADE.client))))) {
      JmsClient.sendAndReceive(connection);

      JsonNode seen = broker.theConnection();
      assertThat(seen.path("user").asText()).isEqualTo("guest@example");
      assertThat(seen.path("auth_mechanism").asText()).isEqualTo("EXTERNAL");
    }
  }

  @Test
  void nobodyGetsInWithoutAGoodCertificate() throws Exception {
    try (SecureBroker broker = start()) {
      Login nothing = Login.of("guest", MADE.trusting(Optional.empty()));
      Login foreign = Login.of("guest", MADE.trusting(Optional.of(MADE.stranger)));
      for (String version : List.of("TLSv1.2", "TLSv1.3")) {
        String option = "transport.enabledProtocols=" + version;
        assertThatThrownBy(() -> JmsClient.connect(amqps(broker), nothing, option).close())
            .as("no certificate, %s", version)
            .isInstanceOf(JMSException.class);
        assertThatThrownBy(() -> JmsClient.connect(amqps(broker), foreign, option).close())
            .as("of another authority, %s", version)
            .isInstanceOf(JMSException.class);
      }
      assertThat(broker.json("/api/connections")).isEmpty();
    }
  }

  @Test
  void filesThatChangeAreSeenAndOpenConnectionsGoOn() throws Exception {
    Login login = Login.byCertificate(MADE.trusting(Optional.of(MADE.client)));
    try (SecureBroker broker = start();
        Connection connection = JmsClient.connect(amqps(broker), login)) {
      TestCertificates.write(directory, "server", MADE.renewed);
      awaitSubject(broker, "renewed");

      Files.writeString(directory.resolve("server.pem"), "no certificate");
      await()
          .atMost(SecureBroker.LIMIT)
          .until(() -> broker.get("/api/health/checks/certificate-files").statusCode() == 503);
      assertThat(broker.get("/api/health/checks/certificate-files").body())
          .contains("warren.yaml:")
          .contains("tls.certificate: the file ")
          .contains("server.pem is not PEM");
      awaitSubject(broker, "renewed");
      JmsClient.connect(amqps(broker), login).close();

      TestCertificates.write(directory, "server", MADE.server);
      await()
          .atMost(SecureBroker.LIMIT)
          .until(() -> broker.get("/api/health/checks/certificate-files").statusCode() == 200);
      assertThat(broker.get("/api/certificates").body()).doesNotContain("renewed");
      JmsClient.sendAndReceive(connection);
    }
  }

  private static void awaitSubject(SecureBroker broker, String part) {
    await()
        .atMost(SecureBroker.LIMIT)
        .until(() -> broker.get("/api/certificates").body().contains(part));
  }

  /** The commands are those of docs/tls.md. */
  @Test
  void qpidJmsWorksWithWhatTlsDevMakes() throws Exception {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    Path made = directory.resolve("made");
    PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
    assertThat(TlsDevCommand.run(List.of(made.toString()), out, System.err)).isZero();
    String text = said.toString(StandardCharsets.UTF_8);
    String head = "In the configuration file:\n";
    String yaml =
        text.substring(text.indexOf(head) + head.length(), text.indexOf("Then:"))
            .indent(-2)
            .replaceAll("port: \\d+", "port: 0");
    String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    String trust = made.resolve("trust.p12").toString();
    String keys = made.resolve("client.p12").toString();
    run(
        keytool,
        "-importcert",
        "-noprompt",
        "-alias",
        "ca",
        "-file",
        made + "/ca.pem",
        "-keystore",
        trust,
        "-storetype",
        "PKCS12",
        "-storepass",
        "changeit");
    run(
        "openssl",
        "pkcs12",
        "-export",
        "-in",
        made + "/client.pem",
        "-inkey",
        made + "/client.key",
        "-name",
        "client",
        "-out",
        keys,
        "-passout",
        "pass:changeit");

    Path file = Files.writeString(directory.resolve("own.yaml"), yaml + SecureBroker.USERS);
    try (SecureBroker broker = SecureBroker.start(file, BrokerClock.system());
        Connection connection =
            JmsClient.connect(
                amqps(broker),
                new Login("", "", Optional.empty()),
                "transport.trustStoreLocation=" + trust,
                "transport.trustStorePassword=changeit",
                "transport.keyStoreLocation=" + keys,
                "transport.keyStorePassword=changeit",
                "transport.storeType=PKCS12")) {
      JmsClient.sendAndReceive(connection);
      assertThat(broker.theConnection().path("auth_mechanism").asText()).isEqualTo("EXTERNAL");
    }
  }

  private static void run(String... command) throws InterruptedException {
    Commands.Ended ended = Commands.run(command);
    assertThat(ended.isWell()).as(ended.output()).isTrue();
  }
}
