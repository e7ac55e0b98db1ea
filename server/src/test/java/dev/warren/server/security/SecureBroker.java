package dev.warren.server.security;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.warren.core.time.BrokerClock;
import dev.warren.server.Wiring;
import dev.warren.server.config.ConfigFile;
import dev.warren.server.config.ServerOptions;
import dev.warren.server.tls.TestCertificates;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A whole broker in this process, which real clients come to. Its files are in one directory, with
 * the certificates beside them. Passwords are the users' names. Thread-safe.
 */
final class SecureBroker implements AutoCloseable {
  static final Duration LIMIT = Duration.ofSeconds(30);

  /** Every listener speaks TLS too, each on a port the system chooses. */
  static final String LISTENERS =
      """
      listeners:
        amqp: {login-failure-delay: 10ms, handshake-timeout: 5m, tls: {port: 0}}
        websocket: {tls: {port: 0}}
        http: {tls: {port: 0}}
      """;

  /** Those named here and nobody else, and a queue. */
  static final String USERS =
      """
      anonymous-user: none
      users:
        - name: guest
          password: guest
          tags: [administrator]
          permissions: [{virtual-host: /, configure: ".*", write: ".*", read: ".*"}]
        - name: guest@example
          password: guest@example
          permissions: [{virtual-host: /, configure: "", write: ".*", read: ".*"}]
        - name: reader
          password: reader
          permissions: [{virtual-host: /, configure: "", write: "", read: ".*"}]
      virtual-hosts:
        - name: /
          queues: [{name: work}]
      """;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Wiring wiring;
  private final Path directory;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(LIMIT).build();

  private SecureBroker(Wiring wiring, Path directory) {
    this.wiring = wiring;
    this.directory = directory;
  }

  /** Starts one with this configuration and those certificates that are written. */
  static SecureBroker start(Path directory, String yaml, BrokerClock clock) throws IOException {
    writeCertificates(directory);
    Path file = Files.writeString(directory.resolve("warren.yaml"), yaml);
    return start(file, clock);
  }

  /** Starts one with a file as it is, but for the ports without TLS and the data directory. */
  static SecureBroker start(Path file, BrokerClock clock) {
    Path directory = file.resolveSibling("");
    ServerOptions options =
        ConfigFile.read(file)
            .with(
                new ServerOptions.Overrides(
                    Optional.of(directory.resolve("data")),
                    Optional.of(0),
                    Optional.of(0),
                    Optional.empty(),
                    false));
    return new SecureBroker(Wiring.start(options, clock), directory);
  }

  /** As operators have them: PEM files, each with its key. */
  static void writeCertificates(Path directory) throws IOException {
    TestCertificates made = TestCertificates.get();
    TestCertificates.write(directory, "server", made.server);
    TestCertificates.write(directory, "named", made.named);
    TestCertificates.write(directory, "client", made.client);
    TestCertificates.write(directory, "stranger", made.stranger);
    Files.writeString(directory.resolve("ca.pem"), made.server.authorityPem());
  }

  /** The section of the certificates, with more of its keys, each after a comma. */
  static String tls(String more) {
    return "tls: {certificate: server.pem, key: server.key" + more + "}\n";
  }

  Wiring wiring() {
    return wiring;
  }

  /** The path of a file beside the configuration. */
  String file(String name) {
    return directory.resolve(name).toString();
  }

  /** What the administrator gets, without TLS. */
  HttpResponse<String> get(String path) {
    return send("GET", path, HttpRequest.BodyPublishers.noBody());
  }

  /** Does something as the administrator that has to succeed. */
  void must(String method, String path, String body) {
    HttpResponse<String> response = send(method, path, HttpRequest.BodyPublishers.ofString(body));
    if (response.statusCode() / 100 != 2) {
      throw new AssertionError(method + " " + path + ": " + response.body());
    }
  }

  private HttpResponse<String> send(String method, String path, HttpRequest.BodyPublisher body) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + wiring.httpPort() + path))
            .timeout(LIMIT)
            .header("authorization", HttpBroker.basic("guest"))
            .method(method, body)
            .build();
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  JsonNode json(String path) {
    HttpResponse<String> response = get(path);
    if (response.statusCode() != 200) {
      throw new AssertionError(path + ": " + response.statusCode() + " " + response.body());
    }
    try {
      return JSON.readTree(response.body());
    } catch (IOException e) {
      throw new UncheckedIOException(response.body(), e);
    }
  }

  /** The one connection there is, once the statistics have it. */
  JsonNode theConnection() {
    return await()
        .atMost(LIMIT)
        .until(() -> json("/api/connections"), found -> found.size() == 1)
        .path(0);
  }

  /** Waits until nobody is connected any more. */
  void awaitNobody() {
    await().atMost(LIMIT).until(() -> json("/api/connections").isEmpty());
  }

  /** How it is: its alarms, and what the journal and the threads are at. For failures. */
  String condition() {
    StringBuilder said = new StringBuilder();
    for (String path : List.of("/api/nodes", "/api/queues", "/api/health/checks/alarms")) {
      said.append(path).append(' ').append(get(path).body()).append('\n');
    }
    for (ThreadInfo thread : ManagementFactory.getThreadMXBean().dumpAllThreads(true, true)) {
      if (!thread.getThreadName().startsWith("surefire")) {
        said.append(thread);
      }
    }
    return said.toString();
  }

  @Override
  public void close() {
    wiring.close();
  }
}
