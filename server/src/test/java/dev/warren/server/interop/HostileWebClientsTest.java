package dev.warren.server.interop;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients of the HTTP port that mean no good, against a broker in a process of its own with 256 MiB
 * of heap, beside a publisher and a consumer that go on.
 */
@Tag("slow")
@Timeout(value = 100, unit = TimeUnit.SECONDS)
@SuppressWarnings("NullAway.Init")
class HostileWebClientsTest {
  private static final int RESIDENT_MIB_MAX = 640;
  private static final int KEPT_KIB_MAX = 12 * 1024;
  private static final int BODY_BYTES_MAX = 20_000_000;
  private static final int BODIES = 60;
  private static final int ENDLESS = 100;
  private static final int SLOW = 400;
  private static final Duration LIMIT = Duration.ofSeconds(45);
  private static final String SECRET = "not-for-the-console";
  private static final String CONFIG =
      """
      # not-for-the-console
      virtual-hosts:
        - name: /
          queues:
            - {name: good}
      """;

  @TempDir Path directory;
  private final ExecutorService clients = Executors.newCachedThreadPool();
  private RunningBroker broker;
  private BrokerApi api;
  private ProcessMemory memory;
  private GoodPair pair;
  private int roundsBefore;
  private long heapBeforeKib;
  private long descriptorsBefore;

  @BeforeEach
  void start() throws Exception {
    Path config = Files.writeString(directory.resolve("warren.yaml"), CONFIG);
    broker = RunningBroker.start(config, directory.resolve("data"));
    api = new BrokerApi(broker.httpPort());
    memory = new ProcessMemory(broker.pid());
    pair = GoodPair.start(broker.amqpPort(), "good");
    await().atMost(LIMIT).until(() -> pair.rounds() > 200);
    assertThat(api.connections()).hasSize(1);
    heapBeforeKib = memory.liveHeapKib();
    descriptorsBefore = memory.descriptors();
    roundsBefore = pair.rounds();
  }

  @AfterEach
  void stop() throws Exception {
    clients.shutdownNow();
    pair.close();
    broker.close();
  }

  private void checkAftermath(String what) throws Exception {
    await().atMost(LIMIT).until(() -> memory.descriptors() <= descriptorsBefore + 2);
    memory.residentMib();
    long keptKib = memory.liveHeapKib(heapBeforeKib + KEPT_KIB_MAX, LIMIT) - heapBeforeKib;
    System.out.printf(
        "figures: %s: rounds meanwhile %d (slowest %d ms), resident at most %d MiB, heap kept %d"
            + " KiB of %d%n",
        what,
        pair.rounds() - roundsBefore,
        pair.slowestMs(),
        memory.residentMaxMib(),
        keptKib,
        heapBeforeKib);
    pair.check();
    assertThat(pair.rounds()).as("served meanwhile").isGreaterThan(roundsBefore + 50);
    assertThat(memory.residentMaxMib()).isLessThan(RESIDENT_MIB_MAX);
    assertThat(keptKib).isLessThan(KEPT_KIB_MAX);
    assertThat(broker.output()).doesNotContain("OutOfMemory").doesNotContain(" ERROR ");
    assertThat(api.node().path("running").asBoolean()).isTrue();
  }

  // ---- what a client sends ----

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), broker.httpPort());
    socket.setSoTimeout((int) LIMIT.toMillis());
    return socket;
  }

  private static String head(String method, String target, String... headers) {
    String login = Base64.getEncoder().encodeToString("guest:guest".getBytes(ISO_8859_1));
    StringBuilder head =
        new StringBuilder(method + " " + target + " HTTP/1.1\r\nhost: localhost\r\n");
    head.append("authorization: Basic ").append(login).append("\r\n");
    for (String header : headers) {
      head.append(header).append("\r\n");
    }
    return head.append("\r\n").toString();
  }

  /** What the broker answers until it closes the connection. */
  private String talk(String head, byte[] body) throws IOException {
    try (Socket socket = connect()) {
      OutputStream out = socket.getOutputStream();
      try {
        out.write(head.getBytes(ISO_8859_1));
        out.write(body);
      } catch (SocketException refused) {
        // It has answered and closed before it has read all; the answer may still be there.
      }
      return readAll(socket);
    }
  }

  private static String readAll(Socket socket) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    InputStream in = socket.getInputStream();
    byte[] some = new byte[8192];
    try {
      for (int octets = in.read(some); octets >= 0; octets = in.read(some)) {
        all.write(some, 0, octets);
      }
    } catch (SocketException reset) {
      // Because it had not read all that was sent.
    }
    return all.toString(ISO_8859_1);
  }

  private static String status(String answer) {
    return answer.isEmpty() ? "none" : answer.substring(9, 12);
  }

  private static Map<String, Integer> statuses(List<Future<String>> answers) throws Exception {
    Map<String, Integer> counts = new TreeMap<>();
    for (Future<String> answer : answers) {
      counts.merge(status(answer.get(LIMIT.toSeconds(), TimeUnit.SECONDS)), 1, Integer::sum);
    }
    return counts;
  }

  // ---- rules ----

  @Test
  void largeBodiesAtTheSameTimeStayWithinTheMemory() throws Exception {
    byte[] bomb = "{\"queues\":[".getBytes(ISO_8859_1);
    byte[] body = new byte[BODY_BYTES_MAX - 1];
    for (int i = 0; i < body.length; i++) {
      body[i] = (byte) (i < bomb.length ? bomb[i] : "[],".charAt(i % 3));
    }
    String head =
        head("POST", "/api/definitions", "connection: close", "content-length: " + body.length);
    List<Future<String>> answers = new ArrayList<>();
    for (int i = 0; i < BODIES; i++) {
      answers.add(clients.submit(() -> talk(head, body)));
    }
    while (!answers.stream().allMatch(Future::isDone)) {
      memory.residentMib();
      await().pollDelay(Duration.ofMillis(50)).until(() -> true);
      assertThat(api.node().path("running").asBoolean()).isTrue();
    }
    Map<String, Integer> counts = statuses(answers);
    System.out.println("figures: answers to " + BODIES + " bodies of 20 MB: " + counts);
    assertThat(counts).containsKey("400").containsOnlyKeys(known(counts));
    checkAftermath(BODIES + " large bodies");
  }

  /** Refused, too many, or closed while it still sent. */
  private static String[] known(Map<String, Integer> counts) {
    return counts.keySet().stream()
        .filter(List.of("400", "503", "none")::contains)
        .toArray(String[]::new);
  }

  @Test
  void bodiesWithoutEndAreEndedByTheBroker() throws Exception {
    List<Future<String>> answers = new ArrayList<>();
    String head = head("POST", "/api/definitions", "transfer-encoding: chunked");
    byte[] chunk = ("10000\r\n" + " ".repeat(0x10000) + "\r\n").getBytes(ISO_8859_1);
    for (int i = 0; i < ENDLESS; i++) {
      boolean fast = i % 10 == 0;
      answers.add(
          clients.submit(
              () -> endless(head, fast ? chunk : "1\r\n \r\n".getBytes(ISO_8859_1), fast)));
    }
    while (!answers.stream().allMatch(Future::isDone)) {
      memory.residentMib();
      await().pollDelay(Duration.ofMillis(100)).until(() -> true);
    }
    Map<String, Integer> counts = statuses(answers);
    System.out.println("figures: answers to " + ENDLESS + " bodies without end: " + counts);
    assertThat(counts).containsKey("408").doesNotContainKey("500");
    checkAftermath(ENDLESS + " bodies without end");
  }

  /** Sends chunks until the broker answers or closes. */
  private String endless(String head, byte[] chunk, boolean fast) throws Exception {
    try (Socket socket = connect()) {
      OutputStream out = socket.getOutputStream();
      long deadlineNs = System.nanoTime() + LIMIT.toNanos();
      try {
        out.write(head.getBytes(ISO_8859_1));
        while (socket.getInputStream().available() == 0 && System.nanoTime() < deadlineNs) {
          out.write(chunk);
          if (!fast) {
            await().pollDelay(Duration.ofMillis(500)).until(() -> true);
          }
        }
      } catch (SocketException closed) {
        // What it has said may still be there.
      }
      socket.shutdownOutput();
      return readAll(socket);
    }
  }

  @Test
  void headersWithoutEndOrByTheThousandHarmNobody() throws Exception {
    String many = "x-a: b\r\n".repeat(5_000);
    assertThat(status(talk(head("GET", "/api/overview", many), new byte[0]))).isEqualTo("431");
    String login = "a".repeat(15_000);
    assertThat(
            status(
                talk(
                    "GET /api/overview HTTP/1.1\r\nhost: localhost\r\nauthorization: "
                        + login
                        + "\r\nconnection: close\r\n\r\n",
                    new byte[0])))
        .isEqualTo("401");
    byte[] line = head("GET", "/api/overview").getBytes(ISO_8859_1);
    try (Crowd crowd = new Crowd(broker.httpPort())) {
      for (int i = 0; i < SLOW; i++) {
        crowd.join(2, new byte[0]);
      }
      for (int octets = 0; octets < line.length - 4; octets++) {
        crowd.say(line[octets]);
        memory.residentMib();
        await().pollDelay(Duration.ofMillis(20)).until(() -> true);
      }
      assertThat(api.node().path("running").asBoolean()).isTrue();
      assertThat(crowd.connected()).isEqualTo(SLOW);
    }
    checkAftermath(SLOW + " clients with an octet at a time");
  }

  @Test
  void compressedBodiesAreNotInflated() throws Exception {
    ByteArrayOutputStream zip = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(zip)) {
      byte[] spaces = " ".repeat(1 << 20).getBytes(ISO_8859_1);
      for (int i = 0; i < 300; i++) {
        out.write(spaces);
      }
    }
    byte[] body = zip.toByteArray();
    for (String encoding : List.of("gzip", "deflate", "br", "gzip, gzip")) {
      String head =
          head(
              "POST",
              "/api/definitions",
              "connection: close",
              "content-encoding: " + encoding,
              "content-length: " + body.length);
      assertThat(status(talk(head, body))).as(encoding).isIn("400", "415");
    }
    System.out.printf("figures: %d octets would have become 300 MiB%n", body.length);
    await().atMost(LIMIT).until(() -> pair.rounds() > roundsBefore + 60);
    checkAftermath("compressed bodies");
  }

  @Test
  void whatComesBackOrIsLoggedIsNoHeaderAndNoLineOfItsOwn() throws Exception {
    String forged = "%0d%0aset-cookie:%20a=b%0d%0a%0d%0a2026-01-01T00:00:00.000Z%20WARN%20Forged";
    for (String target :
        List.of(
            "/api/queues/%2F/x" + forged,
            "/api/definitions?download=x" + forged,
            "/api/queues?sort=" + forged,
            "/api/vhosts/" + forged,
            "/api/auth/hash_password/" + forged,
            "/x" + forged,
            "/js/main.js?" + forged)) {
      String answer = talk(head("GET", target, "connection: close"), new byte[0]);
      assertThat(answer.split("\r\n\r\n", -1)[0].toLowerCase(java.util.Locale.ROOT))
          .as(target)
          .doesNotContain("set-cookie");
    }
    for (String bad :
        List.of("x-reason: a\rb", "x-reason: a\nset-cookie: b", "x\u0000y: z", "x y: z", ": z")) {
      assertThat(
              talk(head("GET", "/api/whoami", bad, "connection: close"), new byte[0])
                  .toLowerCase(java.util.Locale.ROOT))
          .as(bad)
          .doesNotContain("set-cookie");
    }
    String user = "a\r\n2026-01-01T00:00:00.000Z WARN Forged:wrong";
    String login = Base64.getEncoder().encodeToString(user.getBytes(ISO_8859_1));
    String refused =
        talk(
            "GET /api/whoami HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nauthorization: Basic "
                + login
                + "\r\n\r\n",
            new byte[0]);
    assertThat(status(refused)).isEqualTo("401");
    assertThat(broker.output().lines()).noneMatch(line -> line.startsWith("2026-01-01"));
    await().atMost(LIMIT).until(() -> pair.rounds() > roundsBefore + 60);
    checkAftermath("headers to be forged");
  }

  @Test
  void nothingButTheConsoleIsServedHoweverThePathIsWritten() throws Exception {
    String up = directory.toAbsolutePath().toString();
    for (String target :
        List.of(
            "/../warren.yaml",
            "/%2e%2e/warren.yaml",
            "/%252e%252e/warren.yaml",
            "/..%2fwarren.yaml",
            "/..%5cwarren.yaml",
            "/.%2e/.%2e/.%2e/.%2e" + up + "/warren.yaml",
            "/%c0%ae%c0%ae/warren.yaml",
            "/%uff0e%uff0e/warren.yaml",
            "/js/..;/..;/warren.yaml",
            "/js/....//....//warren.yaml",
            "/webjars/%2e%2e/%2e%2e/%2e%2e/logback.xml",
            "/webjars/..%c0%af..%c0%aflogback.xml",
            "/file:" + up + "/warren.yaml",
            "/" + up + "/warren.yaml",
            "http://localhost/../../warren.yaml",
            "http://localhost" + up + "/warren.yaml",
            "file://" + up + "/warren.yaml",
            "/warren.yaml%00.js",
            "/warren.yaml%23.js",
            "/warren.yaml?.js",
            "/api/../warren.yaml",
            "/api/definitions/..%2f..%2fwarren.yaml",
            "/web/index.html",
            "/META-INF/maven/x.js",
            "\\..\\warren.yaml")) {
      String answer = talk(head("GET", target, "connection: close"), new byte[0]);
      assertThat(status(answer)).as(target + "\n" + answer).isIn("400", "404");
      assertThat(answer).doesNotContain(SECRET).doesNotContain("<configuration");
    }
    await().atMost(LIMIT).until(() -> pair.rounds() > roundsBefore + 60);
    checkAftermath("paths that lead elsewhere");
  }
}
