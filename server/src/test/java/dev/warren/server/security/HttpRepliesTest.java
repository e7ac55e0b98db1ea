package dev.warren.server.security;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.server.tls.TestCertificates;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every reply of a whole broker's HTTP server has to say to browsers, of whatever kind it is.
 */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HttpRepliesTest {
  private static final int ANSWER_MS = 20_000;
  private static final String LOGIN = "authorization: " + HttpBroker.basic("guest") + "\r\n";

  private static final Map<String, String> HEADERS =
      Map.of(
          "content-security-policy", "default-src 'none'; script-src 'self'; style-src 'self';",
          "x-content-type-options", "nosniff",
          "x-frame-options", "DENY",
          "referrer-policy", "no-referrer",
          "cross-origin-opener-policy", "same-origin",
          "cross-origin-resource-policy", "same-origin",
          "permissions-policy", "camera=()");

  private HttpBroker broker;

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    TestCertificates.write(directory, "server", TestCertificates.get().server);
    broker =
        HttpBroker.start(
            directory,
            """
            tls: {certificate: server.pem, key: server.key}
            listeners: {amqp: {login-failure-delay: 0ms}, http: {tls: {port: 0}}}
            virtual-hosts: [{name: /, queues: [{name: q}]}, {name: m}]
            """);
  }

  @AfterAll
  void stop() {
    broker.close();
  }

  /** A request and how its answer begins. */
  private record Case(String request, int status) {}

  private static Case of(int status, String line, String... headers) {
    return new Case(
        line + " HTTP/1.1\r\nhost: localhost\r\n" + String.join("", headers) + "\r\n", status);
  }

  private static Case change(int status, String line, String body, String... headers) {
    Case bare = of(status, line, headers);
    String length = "content-length: " + body.length() + "\r\n\r\n";
    String head = bare.request().substring(0, bare.request().length() - 2);
    return new Case(head + length + body, status);
  }

  private static Map<String, Case> cases() {
    Map<String, Case> cases = new LinkedHashMap<>();
    cases.put("page", of(200, "GET /"));
    cases.put("module", of(200, "GET /js/main.js", "accept-encoding: gzip\r\n"));
    cases.put("file's head", of(200, "HEAD /css/base.css"));
    cases.put("no such file", of(404, "GET /nothing.js"));
    cases.put("path upwards", of(404, "GET /js/../../x.js"));
    cases.put("file changed", of(405, "DELETE /index.html"));
    cases.put("file posted to", change(405, "POST /", "x"));
    cases.put("object", of(200, "GET /api/overview", LOGIN));
    cases.put("object's head", of(200, "HEAD /api/queues", LOGIN));
    cases.put("options", of(200, "OPTIONS /api/queues", LOGIN));
    cases.put("no login", of(401, "GET /api/overview"));
    cases.put("bad login", of(401, "GET /api/overview", "authorization: Basic eDp5\r\n"));
    cases.put("no such endpoint", of(404, "GET /api/nothing", LOGIN));
    cases.put("no such object", of(404, "GET /api/queues/%2F/none", LOGIN));
    cases.put("root of the API", of(404, "GET /api", LOGIN));
    cases.put("wrong method", of(405, "DELETE /api/overview", LOGIN));
    cases.put("bad query", of(400, "GET /api/queues?page=0", LOGIN));
    cases.put("bad escape", of(400, "GET /api/queues/%zz", LOGIN));
    cases.put("made", change(201, "PUT /api/queues/%2F/made", "{}", LOGIN));
    cases.put("there already", change(204, "PUT /api/queues/%2F/made", "{}", LOGIN));
    cases.put("bad body", change(400, "PUT /api/queues/%2F/bad", "{", LOGIN));
    cases.put(
        "other site", change(403, "PUT /api/queues/%2F/y", "{}", LOGIN, "origin: http://e\r\n"));
    cases.put("failed check", of(503, "GET /api/health/checks/port-listener/1", LOGIN));
    cases.put("long body", of(400, "PUT /api/queues/%2F/z", LOGIN, "content-length: 99999999\r\n"));
    cases.put("long header", of(431, "GET /", "x: " + "a".repeat(20_000) + "\r\n"));
    cases.put("long path", of(414, "GET /" + "a".repeat(10_000)));
    cases.put("no HTTP", new Case("NONSENSE\r\n\r\n", 400));
    cases.put("no web socket", of(426, "GET /ws"));
    return cases;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void keepsBrowsersSafeWithEveryReply(boolean tls) throws Exception {
    for (Map.Entry<String, Case> one : cases().entrySet()) {
      String name = one.getKey();
      int status = one.getValue().status();
      String answer = exchange(name, tls, one.getValue().request());
      Map<String, String> headers = headers(answer);

      // What was made over plain HTTP is there already over TLS.
      int expected = tls && name.equals("made") ? 204 : status;
      assertThat(answer).as(name).matches("(?s)HTTP/1[.][01] " + expected + " .*");
      HEADERS.forEach(
          (header, value) ->
              assertThat(headers.get(header)).as(name + ": " + header).startsWith(value));
      assertThat(headers.get("content-security-policy")).contains("frame-ancestors 'none'");
      assertThat(headers.containsKey("strict-transport-security")).as(name).isEqualTo(tls);
      assertThat(headers)
          .as(name)
          .doesNotContainKeys(
              "access-control-allow-origin", "server", "x-powered-by", "set-cookie");
    }
  }

  @Test
  void refusesEveryChangeForAPageOfAnotherSite() {
    JsonNode before = definitions();
    int tried = 0;
    for (String endpoint : broker.wiring().httpEndpoints()) {
      String[] parts = endpoint.split(" ", 2);
      if (!List.of("GET", "HEAD").contains(parts[0])) {
        String path = parts[1].replace("{vhost}", "m").replaceAll("\\{[a-z_]+}", "guest");
        for (String[] site :
            new String[][] {
              {"origin", "https://evil.example"},
              {"origin", "null"},
              {"sec-fetch-site", "cross-site"},
              {"sec-fetch-site", "same-site"},
            }) {
          var response = broker.send("guest", parts[0], path, "{\"password\":\"p\"}", site);
          assertThat(response.statusCode()).as(endpoint + " " + site[1]).isEqualTo(403);
          tried++;
        }
      }
    }
    assertThat(tried).isGreaterThan(100);
    assertThat(definitions()).isEqualTo(before);
  }

  private JsonNode definitions() {
    return ((ObjectNode) broker.get("/definitions")).without(List.of("queues"));
  }

  private String exchange(String name, boolean tls, String request) throws IOException {
    try (Socket socket =
        tls
            ? TestCertificates.get()
                .trusting(Optional.empty())
                .getSocketFactory()
                .createSocket("127.0.0.1", broker.wiring().tls().httpPort())
            : new Socket(InetAddress.getLoopbackAddress(), broker.wiring().httpPort())) {
      socket.setSoTimeout(ANSWER_MS);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
      StringBuilder head = new StringBuilder();
      InputStream in = socket.getInputStream();
      try {
        while (head.indexOf("\r\n\r\n") < 0) {
          int octet = in.read();
          if (octet < 0) {
            break;
          }
          head.append((char) octet);
        }
      } catch (SocketException e) {
        // Reset, because it had not read all that was sent; what it said has come before.
      } catch (SocketTimeoutException e) {
        throw new AssertionError(name + ": no answer", e);
      }
      return head.toString();
    }
  }

  private static Map<String, String> headers(String head) {
    Map<String, String> headers = new LinkedHashMap<>();
    head.lines()
        .skip(1)
        .filter(line -> line.contains(": "))
        .forEach(
            line -> {
              String[] header = line.split(": ", 2);
              headers.put(header[0].toLowerCase(java.util.Locale.ROOT), header[1]);
            });
    return headers;
  }
}
