package dev.warren.management;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests that mean no good, and what a browser is told so that it sends none. */
@Timeout(60)
final class HostileRequestTest {
  private static final String USER = "{\"password_hash\":\"\",\"tags\":\"\"}";
  private static final ManagementOptions SMALL =
      new ManagementOptions("127.0.0.1", 0, 10_000, 10_000, 16, 0, 61, 10);

  private RunningServer server;

  @BeforeEach
  void start() {
    server = new RunningServer(1_000_000, SMALL);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private HttpResponse<String> put(String body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(server.uri("/api/users/x"))
            .header("authorization", RunningServer.basic("guest", "guest"))
            .PUT(HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return server.send(request.build());
  }

  private String reason(HttpResponse<String> response) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
    assertThat(RunningServer.json(response).path("error").asText()).isEqualTo("bad_request");
    return RunningServer.json(response).path("reason").asText();
  }

  @Test
  void saysWhereABodyIsMalformed() {
    assertThat(reason(put("{\"tags\":\n  oops}"))).contains("not JSON").contains("line 2, column");
    assertThat(reason(put("{\"tags\":\"\""))).contains("not JSON").contains("line 1");
    assertThat(reason(put("[]"))).isEqualTo("the body is not a JSON object");
    assertThat(reason(put("\"x\""))).isEqualTo("the body is not a JSON object");
    assertThat(reason(put("{} {}"))).contains("not JSON");
    assertThat(reason(put("{\"tags\":\"\",\"tags\":\"administrator\"}"))).contains("Duplicate");
    assertThat(reason(put("\u0000"))).contains("not JSON");
    assertThat(server.access.rules().user("x")).isEmpty();
  }

  @Test
  void boundsNestingAndNumbers() {
    assertThat(reason(put("{\"a\":" + "[".repeat(4_000)))).contains("nesting depth");
    assertThat(reason(put("{\"a\":" + "{\"a\":".repeat(1_000)))).contains("nesting depth");
    assertThat(reason(put("{\"a\":" + "9".repeat(5_000) + "}"))).contains("Number value length");
    assertThat(reason(put("{\"a\":1e999999999999}"))).isNotEmpty();
  }

  @Test
  void refusesALongBodyBeforeItHasCome() throws Exception {
    try (Socket socket = connect()) {
      write(socket, head("PUT", "/api/users/x", "content-length: 100000"));
      String answer = readAll(socket);
      assertThat(answer).startsWith("HTTP/1.1 400").contains("longer than 10000 bytes");
      assertThat(answer.toLowerCase(java.util.Locale.ROOT)).contains("connection: close");
    }
  }

  @Test
  void refusesALongBodyThatDoesNotSayHowLongItIs() throws Exception {
    try (Socket socket = connect()) {
      write(socket, head("PUT", "/api/users/x", "transfer-encoding: chunked"));
      String chunk = "1000\r\n" + "x".repeat(0x1000) + "\r\n";
      write(socket, chunk + chunk + chunk);
      assertThat(readAll(socket)).startsWith("HTTP/1.1 400").contains("longer than 10000 bytes");
    }
  }

  @Test
  void readsNoBodyOfSomebodyWhoHasNotLoggedIn() throws Exception {
    for (String login : List.of("", "authorization: " + RunningServer.basic("guest", "wrong"))) {
      try (Socket socket = connect()) {
        write(
            socket,
            "PUT /api/users/x HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9000000\r\n"
                + (login.isEmpty() ? "" : login + "\r\n")
                + "\r\n");
        assertThat(readAll(socket)).startsWith("HTTP/1.1 401");
      }
    }
  }

  @Test
  void goesOnWithAConnectionWhoseRequestWasRefused() throws Exception {
    try (Socket socket = connect()) {
      write(
          socket,
          "PUT /api/users/x HTTP/1.1\r\nhost: localhost\r\ncontent-length: 3\r\n\r\nabc"
              + head("GET", "/api/whoami", "connection: close"));
      String answers = readAll(socket);
      assertThat(answers).startsWith("HTTP/1.1 401").contains("HTTP/1.1 200");
    }
  }

  @Test
  void asksForTheBodyOfAClientThatWaits() throws Exception {
    try (Socket socket = connect()) {
      write(
          socket,
          head(
              "PUT",
              "/api/users/x",
              "connection: close\r\nexpect: 100-continue\r\ncontent-length: " + USER.length()));
      byte[] first = socket.getInputStream().readNBytes("HTTP/1.1 100".length());
      assertThat(new String(first, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 100");
      write(socket, USER);
      assertThat(readAll(socket)).contains("HTTP/1.1 201");
    }
  }

  @Test
  void refusesHeadersThatComeTwice() throws Exception {
    for (String header :
        List.of(
            "authorization: " + RunningServer.basic("worker", "worker"),
            "host: other",
            "origin: http://a\r\norigin: http://b",
            "x-reason: a\r\nx-reason: b",
            "content-length: 0\r\ncontent-length: 1")) {
      try (Socket socket = connect()) {
        write(socket, head("GET", "/api/whoami", header + "\r\nconnection: close"));
        assertThat(readAll(socket)).as(header).startsWith("HTTP/1.1 400");
      }
    }
  }

  @Test
  void refusesHeadersAndPathsThatAreTooLong() throws Exception {
    try (Socket socket = connect()) {
      write(socket, head("GET", "/api/whoami", "x-long: " + "a".repeat(20_000)));
      assertThat(readAll(socket)).startsWith("HTTP/1.1 431");
    }
    try (Socket socket = connect()) {
      write(socket, head("GET", "/api/" + "a".repeat(10_000), "x: y"));
      assertThat(readAll(socket)).matches("(?s)HTTP/1[.][01] 414 .*");
    }
  }

  @Test
  void changesNothingForPagesOfOtherSites() {
    String own = "http://127.0.0.1:" + server.server.port();
    for (String[] headers :
        new String[][] {
          {"origin", "http://evil.example"},
          {"origin", "null"},
          {"origin", "http://127.0.0.1:1"},
          {"origin", "http://[::1]:" + server.server.port()},
          {"origin", own + ".evil.example"},
          {"origin", "not a url"},
          {"sec-fetch-site", "cross-site"},
          {"sec-fetch-site", "same-site"},
          {"sec-fetch-site", "cross-site", "origin", own},
        }) {
      HttpResponse<String> response = put(USER, headers);
      assertThat(response.statusCode()).as(String.join(" ", headers)).isEqualTo(403);
      assertThat(response.body()).contains("Pages of other sites");
      assertThat(response.headers().firstValue("www-authenticate")).isEmpty();
      assertThat(server.access.rules().user("x")).isEmpty();
    }
    assertThat(
            server.send("DELETE", "/api/users/worker", "guest", "origin", "http://a").statusCode())
        .isEqualTo(403);
    assertThat(server.access.rules().user("worker")).isPresent();
    assertThat(put(USER, "origin", own).statusCode()).isEqualTo(201);
    assertThat(put(USER, "sec-fetch-site", "same-origin").statusCode()).isEqualTo(204);
    assertThat(server.send("GET", "/api/whoami", "guest", "origin", "http://a").statusCode())
        .isEqualTo(200);
  }

  @Test
  void wantsAnAuthorizationHeaderForEveryChange() {
    for (Route route : server.server.routes().all()) {
      String path = "/api" + route.template().replaceAll("\\{[a-z]+}", "x");
      HttpRequest request =
          HttpRequest.newBuilder(server.uri(path))
              .method(route.method().name(), HttpRequest.BodyPublishers.ofString("{}"))
              .header("cookie", "auth=" + RunningServer.basic("guest", "guest"))
              .build();
      assertThat(server.send(request).statusCode()).as(route.template()).isEqualTo(401);
    }
  }

  @Test
  void sendsNothingButTheFilesOfTheConsole() throws Exception {
    for (String path :
        List.of(
            "/../web/index.html",
            "/js/../../dev/warren/management/Routes.class",
            "/js/%2e%2e/%2e%2e/secret.js",
            "/js/..%2f..%2fsecret.js",
            "/js/..\\..\\secret.js",
            "//etc/passwd",
            "/etc/passwd",
            "/js//main.js",
            "/js/main.js/",
            "/js/main.js%00.html",
            "/.git/config",
            "/META-INF/MANIFEST.MF",
            "/webjars/../../dev/warren/management/Routes.class",
            "/dev/warren/management/Routes.class",
            "/logback.xml",
            "/index.html.js")) {
      try (Socket socket = connect()) {
        write(socket, "GET " + path + " HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
        String answer = readAll(socket);
        assertThat(answer).as(path).matches("(?s)HTTP/1.1 (404|400).*");
        assertThat(answer).as(path).doesNotContain("root:").doesNotContain("CAFEBABE");
      }
    }
  }

  @Test
  void tellsBrowsersToKeepToThisSite() {
    for (String path : List.of("/", "/api/overview", "/api/nothing", "/nothing", "/js/main.js")) {
      HttpResponse<String> response = server.send("GET", path, "guest");
      for (String[] header :
          new String[][] {
            {"permissions-policy", "camera=()"},
            {"cross-origin-opener-policy", "same-origin"},
            {"cross-origin-embedder-policy", "require-corp"},
            {"cross-origin-resource-policy", "same-origin"},
            {"x-content-type-options", "nosniff"},
            {"x-frame-options", "DENY"},
            {"referrer-policy", "no-referrer"},
            {"content-security-policy", "frame-ancestors 'none'"}
          }) {
        assertThat(response.headers().firstValue(header[0]).orElse(""))
            .as(path + " " + header[0])
            .contains(header[1]);
      }
      // Over plain HTTP it would mean nothing.
      assertThat(response.headers().firstValue("strict-transport-security")).isEmpty();
      assertThat(response.headers().map()).doesNotContainKey("access-control-allow-origin");
    }
  }

  @Test
  void letsNobodyKeepRepliesWithSecrets() {
    for (String path : List.of("/api/users", "/api/users/guest", "/api/auth/hash_password/x")) {
      assertThat(server.send("GET", path, "guest").headers().firstValue("cache-control"))
          .as(path)
          .contains("no-cache, no-store");
    }
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.server.port());
    socket.setSoTimeout(20_000);
    return socket;
  }

  private static String head(String method, String path, String headers) {
    return method
        + " "
        + path
        + " HTTP/1.1\r\nhost: localhost\r\nauthorization: "
        + RunningServer.basic("guest", "guest")
        + "\r\n"
        + headers
        + "\r\n\r\n";
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
  }

  /** Until the server closes. */
  private static String readAll(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    StringBuilder text = new StringBuilder();
    byte[] buffer = new byte[8_192];
    try {
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        text.append(new String(buffer, 0, count, StandardCharsets.ISO_8859_1));
      }
    } catch (java.net.SocketException e) {
      // Reset, because it had not read all that was sent; what it said has come before.
    }
    return text.toString();
  }
}
