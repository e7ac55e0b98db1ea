package dev.warren.server.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.warren.core.time.BrokerClock;
import dev.warren.server.Wiring;
import dev.warren.server.config.ConfigFile;
import dev.warren.server.config.ServerOptions;
import dev.warren.server.tls.KeytoolAuthority.Issued;
import dev.warren.server.tls.TestCertificates;
import dev.warren.server.tls.TlsDevCommand;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.JMSSecurityException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ordinary clients over TLS and mutual TLS: Qpid JMS, rhea, curl. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class TlsClientsTest {
  private static final TestCertificates MADE = TestCertificates.get();
  private static final int LIMIT_MS = 20_000;
  private static final Path NODE = Path.of("src", "test", "node").toAbsolutePath();

  private Path files;
  private Wiring broker;

  @BeforeAll
  void start(@TempDir Path directory) throws IOException {
    files = directory;
    TestCertificates.write(files, "server", MADE.server);
    TestCertificates.write(files, "named", MADE.named);
    TestCertificates.write(files, "client", MADE.client);
    TestCertificates.write(files, "stranger", MADE.stranger);
    Files.writeString(files.resolve("ca.pem"), MADE.server.authorityPem());
    broker =
        start(
            """
            tls:
              certificate: server.pem
              key: server.key
              ca: ca.pem
              client-certificates: requested
              reload-interval: 0ms
              sni: [{certificate: named.pem, key: named.key}]
            listeners:
              amqp: {login-failure-delay: 0ms, tls: {port: 0}}
              websocket: {tls: {port: 0, client-certificates: required}}
              http: {tls: {port: 0}}
            virtual-hosts: [{name: /, queues: [{name: secure}]}]
            """);
  }

  private Wiring start(String yaml) throws IOException {
    Path file = Files.createTempFile(files, "warren", ".yaml");
    ServerOptions options =
        ConfigFile.read(Files.writeString(file, yaml))
            .with(
                new ServerOptions.Overrides(
                    Optional.of(Files.createTempDirectory(files, "data")),
                    Optional.of(0),
                    Optional.of(0),
                    Optional.empty(),
                    false));
    return Wiring.start(options, BrokerClock.system());
  }

  @AfterAll
  void stop() {
    broker.close();
  }

  @BeforeEach
  void asItWas() throws Exception {
    TestCertificates.write(files, "server", MADE.server);
    curl("-X", "POST", "/api/certificates/reload");
  }

  // ---- Qpid JMS ----

  private Connection jms(String options, Optional<Issued> shown) throws JMSException {
    JmsConnectionFactory factory =
        new JmsConnectionFactory("amqps://localhost:" + broker.tls().amqpPort() + "?" + options);
    factory.setSslContext(MADE.trusting(shown));
    Connection connection = factory.createConnection("guest", "guest");
    connection.start();
    return connection;
  }

  private static void sendAndTake(Connection connection) throws JMSException {
    try (Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
      MessageConsumer consumer = session.createConsumer(session.createQueue("/queues/secure"));
      session
          .createProducer(session.createQueue("/queues/secure"))
          .send(session.createTextMessage("secret"));
      assertThat(((TextMessage) consumer.receive(LIMIT_MS)).getText()).isEqualTo("secret");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aJmsClientSendsAndReceives(String version) throws Exception {
    try (Connection connection = jms("transport.enabledProtocols=" + version, Optional.empty())) {
      sendAndTake(connection);

      JsonNode shown = json(curl("/api/connections")).get(0);
      assertThat(shown.get("ssl").asBoolean()).isTrue();
      assertThat(shown.get("ssl_protocol").asText()).isEqualTo(version);
      assertThat(shown.get("auth_mechanism").asText()).isEqualTo("PLAIN");
    }
  }

  @Test
  void aJmsClientLogsInByItsCertificate() throws Exception {
    try (Connection connection = jms("amqp.saslMechanisms=EXTERNAL", Optional.of(MADE.client))) {
      sendAndTake(connection);

      JsonNode shown = json(curl("/api/connections")).get(0);
      assertThat(shown.get("user").asText()).isEqualTo("guest");
      assertThat(shown.get("auth_mechanism").asText()).isEqualTo("EXTERNAL");
      assertThat(shown.get("peer_cert_subject").asText()).contains("CN=guest");
    }
  }

  @Test
  void aJmsClientWithoutACertificateCannotLogInByOne() {
    assertThatThrownBy(() -> jms("amqp.saslMechanisms=EXTERNAL", Optional.empty()).close())
        .isInstanceOf(JMSSecurityException.class);
  }

  @Test
  void aCertificateOfAForeignAuthorityIsRefused() {
    assertThatThrownBy(
            () -> jms("amqp.saslMechanisms=EXTERNAL", Optional.of(MADE.stranger)).close())
        .isInstanceOf(JMSException.class);
  }

  @Test
  void whereACertificateIsRequiredNobodyGetsInWithoutOne() throws Exception {
    int port = broker.tls().webSocketPort();
    String url = "amqpwss://localhost:" + port + "/ws?transport.verifyHost=true";
    JmsConnectionFactory factory = new JmsConnectionFactory(url);
    factory.setSslContext(MADE.trusting(Optional.empty()));
    assertThatThrownBy(() -> factory.createConnection("guest", "guest").start())
        .isInstanceOf(JMSException.class);

    factory.setSslContext(MADE.trusting(Optional.of(MADE.client)));
    try (Connection connection = factory.createConnection("guest", "guest")) {
      connection.start();
      sendAndTake(connection);
    }
  }

  // ---- rhea ----

  @Test
  void rheaSendsAndReceives() throws Exception {
    rhea(file("ca.pem"));
  }

  @Test
  void rheaLogsInByItsCertificate() throws Exception {
    rhea(file("ca.pem"), file("client.pem"), file("client.key"));
  }

  private void rhea(String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("node", NODE.resolve("secure.js").toString()));
    command.add(Integer.toString(broker.tls().amqpPort()));
    command.addAll(List.of(arguments));
    Commands.Ended ended = Commands.run(command.toArray(new String[0]));
    assertThat(ended.output()).isEmpty();
    assertThat(ended.isWell()).isTrue();
  }

  private String file(String name) {
    return files.resolve(name).toString();
  }

  // ---- curl ----

  /** The last argument is a path; the others are curl's. */
  private Commands.Ended curl(String... arguments) throws InterruptedException {
    return curl(broker, file("ca.pem"), arguments);
  }

  private static Commands.Ended curl(Wiring broker, String authority, String... arguments)
      throws InterruptedException {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("curl", "-sS", "--max-time", "20", "--cacert", authority));
    command.addAll(List.of("-u", "guest:guest"));
    command.addAll(List.of(arguments).subList(0, arguments.length - 1));
    String path = arguments[arguments.length - 1];
    command.add("https://localhost:" + broker.tls().httpPort() + path);
    return Commands.run(command.toArray(new String[0]));
  }

  private static JsonNode json(Commands.Ended ended) throws IOException {
    assertThat(ended.isWell()).as(ended.output()).isTrue();
    return new ObjectMapper().readTree(ended.output());
  }

  @ParameterizedTest
  @ValueSource(strings = {"--tlsv1.2 --tls-max 1.2", "--tlsv1.3"})
  void curlReadsTheApi(String versions) throws Exception {
    List<String> arguments = new ArrayList<>(List.of(versions.split(" ", -1)));
    arguments.add("/api/whoami");

    assertThat(json(curl(arguments.toArray(new String[0]))).get("name").asText())
        .isEqualTo("guest");
  }

  @Test
  void nothingOlderThanTls12IsSpoken() throws Exception {
    assertThat(curl("--tlsv1.0", "--tls-max", "1.1", "/api/whoami").isWell()).isFalse();
  }

  @Test
  void curlShowsACertificate() throws Exception {
    String[] good = {"--cert", file("client.pem"), "--key", file("client.key"), "/api/whoami"};
    String[] bad = {"--cert", file("stranger.pem"), "--key", file("stranger.key"), "/api/whoami"};

    assertThat(json(curl(good)).get("name").asText()).isEqualTo("guest");
    assertThat(curl(bad).isWell()).isFalse();
  }

  // ---- which certificate ----

  private X509Certificate shown(String name) throws IOException {
    try (SSLSocket socket =
        (SSLSocket)
            MADE.trusting(Optional.empty())
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), broker.tls().amqpPort())) {
      socket.setSoTimeout(LIMIT_MS);
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setServerNames(List.of(new SNIHostName(name)));
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }
  }

  @Test
  void theNameAClientAsksForChoosesTheCertificate() throws Exception {
    assertThat(shown("a.example")).isEqualTo(MADE.named.certificate());
    assertThat(shown("x.b.example")).isEqualTo(MADE.named.certificate());
    assertThat(shown("x.y.b.example")).isEqualTo(MADE.server.certificate());
    assertThat(shown("localhost")).isEqualTo(MADE.server.certificate());
  }

  @Test
  void newCertificatesAreForNewConnectionsAndOpenOnesGoOn() throws Exception {
    try (Connection connection = jms("", Optional.empty())) {
      sendAndTake(connection);
      TestCertificates.write(files, "server", MADE.renewed);
      assertThat(curl("-X", "POST", "/api/certificates/reload").isWell()).isTrue();

      assertThat(shown("localhost")).isEqualTo(MADE.renewed.certificate());
      sendAndTake(connection);
    }
  }

  @Test
  void brokenFilesChangeNothingAndAreTold() throws Exception {
    Files.writeString(files.resolve("server.pem"), "no certificate");

    JsonNode refused = json(curl("-X", "POST", "/api/certificates/reload"));

    assertThat(refused.get("reason").asText()).contains("server.pem");
    assertThat(shown("localhost")).isEqualTo(MADE.server.certificate());
    assertThat(json(curl("/api/health/checks/certificate-files")).get("status").asText())
        .isEqualTo("failed");
  }

  @Test
  void healthTellsWhatExpires() throws Exception {
    JsonNode soon = json(curl("/api/health/checks/certificate-expiration/2/months"));
    JsonNode now = json(curl("/api/health/checks/certificate-expiration/1/days"));

    assertThat(soon.get("status").asText()).isEqualTo("failed");
    assertThat(soon.get("expired").size()).isPositive();
    assertThat(now.get("status").asText()).isEqualTo("ok");
  }

  // ---- the wrong protocol ----

  @Test
  void whoeverSpeaksAnotherProtocolIsCutOffAndOthersAreServed() throws Exception {
    assertThat(answer(broker.tls().amqpPort(), "AMQP\0\1\0\0")).doesNotContain("AMQP");
    assertThat(
            answer(broker.tls().httpPort(), "GET /api/whoami HTTP/1.1\r\nhost: localhost\r\n\r\n"))
        .doesNotContain("200");
    assertThat(answer(broker.amqpPort(), "\u0016\u0003\u0001\0\u0002\u0001\0"))
        .doesNotContain("\u0016\u0003");

    try (Connection connection = jms("", Optional.empty())) {
      sendAndTake(connection);
    }
  }

  /** Until the broker closes. */
  private static String answer(int port, String said) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(LIMIT_MS);
      socket.getOutputStream().write(said.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
      InputStream in = socket.getInputStream();
      return new String(in.readNBytes(1_000), StandardCharsets.ISO_8859_1);
    } catch (java.net.SocketException e) {
      return "reset";
    }
  }

  // ---- trying it ----

  @Test
  void whatTlsDevSaysWorksAsItStands() throws Exception {
    Path made = files.resolve("tls-dev");
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    int code =
        TlsDevCommand.run(
            List.of(made.toString()),
            new PrintStream(said, true, StandardCharsets.UTF_8),
            System.err);
    String text = said.toString(StandardCharsets.UTF_8);
    String yaml =
        text.substring(text.indexOf("In the configuration file:") + 27, text.indexOf("Then:"))
            .stripIndent()
            .replaceAll("port: \\d+", "port: 0");

    assertThat(code).isZero();
    try (Wiring other = start(yaml)) {
      String authority = made.resolve("ca.pem").toString();
      assertThat(json(curl(other, authority, "/api/whoami")).get("name").asText())
          .isEqualTo("guest");
    }
  }
}
