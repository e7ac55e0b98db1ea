package dev.warren.server.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * AMQP clients that take what they can before anybody knows them, and after, against a broker in a
 * process of its own with 256 MiB of heap. A publisher and a consumer go on beside them; the
 * broker's memory stays within its bound, and in the end everything has been given back.
 */
@Tag("slow")
@Timeout(value = 100, unit = TimeUnit.SECONDS)
@SuppressWarnings("NullAway.Init")
class HostileClientsTest {
  private static final int RESIDENT_MIB_MAX = 512;
  private static final int KEPT_KIB_MAX = 12 * 1024;
  private static final int HALF_OPEN = 3_000;
  private static final int PER_ADDRESS = 2_000;
  private static final int CHURN = 5_000;
  private static final int SLOW = 300;
  private static final Duration LIMIT = Duration.ofSeconds(40);
  private static final String CONFIG =
      """
      listeners:
        amqp: {handshake-timeout: 6s, login-failure-delay: 50ms}
      virtual-hosts:
        - name: /
          queues:
            - {name: good}
            - {name: hostile}
      """;

  @TempDir Path directory;
  private RunningBroker broker;
  private BrokerApi api;
  private ProcessMemory memory;
  private GoodPair pair;
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
  }

  @AfterEach
  void stop() throws Exception {
    pair.close();
    broker.close();
  }

  /** Nobody was harmed, and what the clients took has been given back. */
  private void checkAftermath(String what, int roundsBefore) throws Exception {
    await().atMost(LIMIT).until(() -> api.connections().size() == 1);
    await().atMost(LIMIT).until(() -> memory.descriptors() <= descriptorsBefore + 2);
    await().atMost(LIMIT).until(() -> api.queue("hostile").path("consumers").asInt(-1) == 0);
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
    // Somebody new is served too.
    try (GoodPair other = GoodPair.start(broker.amqpPort(), "hostile")) {
      await().atMost(LIMIT).until(() -> other.rounds() > 0);
    }
  }

  @Test
  void thousandsOfHalfOpenConnectionsTakeNothingFromOthers() throws Exception {
    int rounds = pair.rounds();
    byte[] login = HandshakeOctets.login();
    byte[][] said = {
      {},
      Arrays.copyOf(HandshakeOctets.SASL, 5),
      HandshakeOctets.SASL,
      Arrays.copyOf(login, 20),
      login,
      HandshakeOctets.join(login, Arrays.copyOf(HandshakeOctets.open("c"), 9)),
    };
    try (Crowd crowd = new Crowd(broker.amqpPort())) {
      for (int i = 0; i < HALF_OPEN; i++) {
        crowd.join(2 + i % 3, said[i % said.length]);
      }
      memory.residentMib();
      try (GoodPair other = GoodPair.start(broker.amqpPort(), "hostile")) {
        await().atMost(LIMIT).until(() -> other.rounds() > 0);
        memory.residentMib();
      }
      await().atMost(LIMIT).until(() -> crowd.connected() == 0);
    }
    checkAftermath(HALF_OPEN + " half-open connections", rounds);
  }

  @Test
  void oneAddressHasSoManyAndNoMore() throws Exception {
    int rounds = pair.rounds();
    try (Crowd crowd = new Crowd(broker.amqpPort())) {
      for (int i = 0; i < HALF_OPEN; i++) {
        crowd.join(2, new byte[0]);
      }
      await().atMost(LIMIT).until(() -> crowd.connected() == PER_ADDRESS);
      assertThat(broker.output()).containsOnlyOnce("too many connections are not open yet");
      await().atMost(LIMIT).until(() -> crowd.connected() == 0);
    }
    checkAftermath(HALF_OPEN + " from one address", rounds);
  }

  @Test
  void whoSaysOneOctetAtATimeIsClosedInTime() throws Exception {
    int rounds = pair.rounds();
    byte[] all =
        HandshakeOctets.join(
            HandshakeOctets.login(), HandshakeOctets.open("slow".repeat(200)), new byte[2_000]);
    long beganNs = System.nanoTime();
    int octets = 0;
    try (Crowd crowd = new Crowd(broker.amqpPort())) {
      for (int i = 0; i < SLOW; i++) {
        crowd.join(2, new byte[0]);
      }
      while (crowd.connected() > 0) {
        crowd.say(all[octets]);
        octets++;
        memory.residentMib();
        await().pollDelay(Duration.ofMillis(60)).until(() -> true);
        assertThat(Duration.ofNanos(System.nanoTime() - beganNs)).isLessThan(LIMIT);
      }
    }
    System.out.printf(
        "figures: slow hand-shakes ended after %d ms and %d octets%n",
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beganNs), octets);
    checkAftermath(SLOW + " slow hand-shakes", rounds);
  }

  @Test
  void connectionsThatComeAndGoLeaveNothingBehind() throws Exception {
    int rounds = pair.rounds();
    long beganNs = System.nanoTime();
    for (int i = 0; i < CHURN; i++) {
      byte[] opened =
          HandshakeOctets.join(
              HandshakeOctets.login(),
              HandshakeOctets.open("churn-" + i),
              HandshakeOctets.begin(),
              HandshakeOctets.attach("link-" + i, "hostile"));
      switch (i % 4) {
        case 0 -> come(new byte[0], false);
        case 1 -> come(opened, false);
        case 2 -> come(Arrays.copyOf(opened, opened.length - 7), false);
        default -> come(HandshakeOctets.join(opened, HandshakeOctets.close()), true);
      }
    }
    System.out.printf(
        "figures: churn of %d connections in %d ms%n",
        CHURN, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beganNs));
    checkAftermath(CHURN + " connections one after another", rounds);
  }

  /** A connection that says this; it waits for the end if it is to come, or goes at once. */
  private void come(byte[] octets, boolean toTheEnd) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), broker.amqpPort())) {
      socket.setSoTimeout((int) LIMIT.toMillis());
      socket.getOutputStream().write(octets);
      if (toTheEnd) {
        byte[] said = socket.getInputStream().readAllBytes();
        assertThat(new String(said, UTF_8)).contains("warren");
      }
    }
  }

  @Test
  void whatAClientCallsItselfDoesNotForgeTheLog() throws Exception {
    int rounds = pair.rounds();
    String forged = "\r\n2026-01-01T00:00:00.000Z WARN  Forged by a client\n\u001b[2J";
    byte[] begun =
        HandshakeOctets.join(HandshakeOctets.login(), HandshakeOctets.open("c" + forged));
    byte[] none = {};
    for (byte[] octets :
        new byte[][] {
          HandshakeOctets.join(begun, HandshakeOctets.close()),
          HandshakeOctets.login("\0gu" + forged + "\0wrong"),
          HandshakeOctets.join(
              HandshakeOctets.login(), HandshakeOctets.open("c", "vhost:" + forged)),
          HandshakeOctets.join(
              begun,
              HandshakeOctets.begin(),
              HandshakeOctets.attach("l" + forged, "hostile"),
              HandshakeOctets.attach("m" + forged + "x".repeat(2_000), "hostile"),
              HandshakeOctets.close()),
          HandshakeOctets.join(
              begun,
              HandshakeOctets.begin(),
              HandshakeOctets.attach("l", "none" + forged),
              HandshakeOctets.close()),
          HandshakeOctets.join("AMQP\r\nFor".getBytes(UTF_8), none),
        }) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), broker.amqpPort())) {
        socket.setSoTimeout((int) LIMIT.toMillis());
        socket.getOutputStream().write(octets);
        assertThat(socket.getInputStream().readAllBytes()).isNotEmpty();
      }
    }
    String output = broker.output();
    assertThat(output).contains("Forged by a client").contains("container=c??2026");
    assertThat(output.lines()).noneMatch(line -> line.startsWith("2026-01-01"));
    assertThat(output).doesNotContain("\u001b");
    assertThat(output.lines().filter(line -> !line.isBlank()))
        .allMatch(line -> line.matches("(Warren|warren|\\s|\\d{4}-\\d\\d-\\d\\dT).*"));
    await().atMost(LIMIT).until(() -> pair.rounds() > rounds + 50);
    checkAftermath("forged names", rounds);
  }
}
