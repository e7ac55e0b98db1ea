package dev.warren.amqp;

import static dev.warren.amqp.HostileValues.NULL;
import static dev.warren.amqp.HostileValues.binary;
import static dev.warren.amqp.HostileValues.described;
import static dev.warren.amqp.HostileValues.join;
import static dev.warren.amqp.HostileValues.largeMap;
import static dev.warren.amqp.HostileValues.list;
import static dev.warren.amqp.HostileValues.map;
import static dev.warren.amqp.HostileValues.nested;
import static dev.warren.amqp.HostileValues.symbol;
import static dev.warren.amqp.HostileValues.text;
import static dev.warren.amqp.HostileValues.uint;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Close;
import org.apache.qpid.proton.amqp.transport.Detach;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.End;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.Open;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/**
 * Frames which hold too much, or say that they do: deep nesting, arrays of billions, thousands of
 * entries. Each is taken or refused with an AMQP error, a neighbour goes on, and nothing is left.
 */
@SuppressWarnings("NullAway.Init")
@Timeout(60)
class HostileFramesTest {
  private static final int FRAME_BYTES_MAX = 128 * 1024;
  private static final int DEEP = 10_000;
  private static final int SASL_INIT = 0x41;
  private static final int OPEN = 0x10;
  private static final int BEGIN = 0x11;
  private static final int ATTACH = 0x12;
  private static final int FLOW = 0x13;
  private static final int DISPOSITION = 0x15;
  private static final int DETACH = 0x16;
  private static final int TRANSFER = 0x14;
  private static final int ERROR = 0x1d;
  private static final int SOURCE = 0x28;
  private static final int TARGET = 0x29;
  private static final int MODIFIED = 0x27;
  private static final byte[] ZERO = {0x43};
  private static final byte[] TRUE = {0x41};
  private static final byte[] FALSE = {0x42};
  private static final String FRAMING = "amqp:connection:framing-error";
  private static final String DECODE = "amqp:decode-error";

  @TempDir static Path directory;
  private static BrokerHarness harness;
  private static Neighbour neighbour;
  private static final ListAppender<ILoggingEvent> LOGGED = new ListAppender<>();

  private RawPeer peer;

  /** How far the client has come when it sends this. */
  private enum Stage {
    LOGIN,
    OPEN,
    SESSION,
    LINK
  }

  /** What is sent, and the answer: a performative, with this condition unless that is empty. */
  @SuppressWarnings("ArrayRecordComponent") // read, never compared
  private record Case(String name, Stage stage, byte[] frame, Class<?> answer, String condition) {
    @Override
    public String toString() {
      return name;
    }
  }

  @BeforeAll
  static void start() throws IOException {
    AmqpServerOptions usual = BrokerHarness.options();
    harness =
        BrokerHarness.start(
            directory,
            new AmqpServerOptions(
                usual.host(),
                0,
                usual.idleTimeoutMs(),
                FRAME_BYTES_MAX,
                7,
                15,
                1 << 20,
                10,
                5000,
                10,
                usual.outboundBytesMax(),
                true,
                usual.identity()));
    neighbour = new Neighbour(harness.port());
    LOGGED.start();
    ((Logger) LoggerFactory.getLogger("dev.warren")).addAppender(LOGGED);
  }

  @AfterAll
  static void stop() throws IOException {
    ((Logger) LoggerFactory.getLogger("dev.warren")).detachAppender(LOGGED);
    neighbour.close();
    harness.close();
  }

  @BeforeEach
  void connect() throws IOException {
    LOGGED.list.clear();
    peer = new RawPeer(harness.port());
  }

  @AfterEach
  void nothingIsLeftButTheNeighbour() throws IOException {
    peer.close();
    Awaitility.await()
        .untilAsserted(
            () -> {
              assertThat(harness.broker.connections().all()).hasSize(2);
              assertThat(harness.broker.connections().sessionsOfUser("guest")).isEqualTo(2);
              assertThat(harness.broker.management().consumers(null)).hasSize(1);
              assertThat(harness.server.handshakes()).isZero();
            });
    assertThat(LOGGED.list.stream().filter(event -> event.getLevel() == Level.ERROR)).isEmpty();
    assertThat(LOGGED.list.stream().mapToInt(event -> event.getFormattedMessage().length()))
        .as("what a log line repeats of a client's text")
        .allMatch(length -> length < 4096);
  }

  static Stream<Case> logins() {
    byte[] plain = symbol("PLAIN");
    return Stream.of(
        login("mechanism of thousands of octets", list(symbol("x".repeat(4000)), NULL)),
        login("response of thousands of octets", list(plain, binary(4000))),
        login("deep nesting", list(plain, nested(400))),
        login("nesting of arrays", list(plain, HostileValues.nestedArrays(400))),
        login("nesting of descriptors", HostileValues.nestedDescriptors(4000)),
        login("nesting of described values", HostileValues.nestedDescribed(1200)),
        login("array of billions", list(plain, zeros())),
        login("list of billions", HostileValues.emptyListOf(Integer.MAX_VALUE)),
        login("more octets than a login may have", list(plain, binary(100_000))));
  }

  private static Case login(String name, byte[] init) {
    return new Case(
        name, Stage.LOGIN, HostileValues.frame(1, described(SASL_INIT, init)), RawPeer.class, "");
  }

  @ParameterizedTest
  @MethodSource("logins")
  void anUnknownClientIsToldNothingAndGoes(Case sent) throws IOException {
    peer.send(RawPeer.SASL).read(RawPeer.SASL.length);
    peer.readFrame();
    peer.send(sent.frame());

    assertThat(peer.readAll()).as("an outcome of the login at most").hasSizeLessThan(64);
    neighbour.roundTrip(sent.name());
  }

  static Stream<Case> frames() {
    return Stream.of(opens(), attaches(), others(), transfers()).flatMap(cases -> cases);
  }

  private static byte[] zeros() {
    return HostileValues.zeroWidthArray(Integer.MAX_VALUE, 0x43);
  }

  private static Stream<Case> opens() {
    return Stream.of(
        open("properties nested deeply", map(symbol("a"), nested(DEEP)), NULL, FRAMING),
        open("properties of nested arrays", map(symbol("a"), arrays()), NULL, FRAMING),
        open("properties with descriptors in descriptors", descriptors(), NULL, FRAMING),
        open("properties with an array of billions", map(symbol("a"), zeros()), NULL, FRAMING),
        open("properties of billions", HostileValues.emptyListOf(-1), NULL, FRAMING),
        open("properties by the thousand", largeMap(12_000), NULL, ""),
        open("property of many octets", map(symbol("a"), text("x".repeat(99_000))), NULL, ""),
        open("capabilities by the thousand", NULL, HostileValues.symbols(20_000), ""),
        new Case(
            "container id of many octets",
            Stage.OPEN,
            performative(OPEN, text("c".repeat(1025))),
            Close.class,
            "amqp:invalid-field"));
  }

  private static byte[] arrays() {
    return HostileValues.nestedArrays(DEEP);
  }

  private static byte[] descriptors() {
    return HostileValues.nestedDescriptors(DEEP);
  }

  private static Case open(String name, byte[] properties, byte[] capabilities, String condition) {
    byte[] container = text("raw");
    return new Case(
        "open: " + name,
        Stage.OPEN,
        performative(
            OPEN, container, NULL, NULL, NULL, NULL, NULL, NULL, capabilities, NULL, properties),
        condition.isEmpty() ? Open.class : Close.class,
        condition);
  }

  private static Stream<Case> attaches() {
    byte[] name = text("l");
    byte[] large = HostileValues.largeUnsettled(10_000);
    return Stream.of(
        attach("name of a frame's length", text("n".repeat(100_000)), NULL, NULL, NULL, End.class),
        attach("properties by the thousand", name, NULL, NULL, largeMap(12_000), Flow.class),
        attach("properties nested deeply", name, NULL, NULL, map(symbol("a"), nested(DEEP)), null),
        attach("filters nested deeply", name, map(symbol("a"), nested(DEEP)), NULL, NULL, null),
        attach("filters by the thousand", name, largeMap(12_000), NULL, NULL, Flow.class),
        attach(
            "filter with an array of billions", name, map(symbol("a"), zeros()), NULL, NULL, null),
        attach("filter of nested arrays", name, map(symbol("a"), arrays()), NULL, NULL, null),
        attach("unsettled by the thousand", name, NULL, large, NULL, End.class),
        attach("unsettled nested deeply", name, NULL, map(binary(1), nested(DEEP)), NULL, null),
        attach("unsettled of billions", name, NULL, HostileValues.emptyListOf(-1), NULL, null));
  }

  /** Of a publisher; with no answer the connection is closed. */
  private static Case attach(
      String about,
      byte[] name,
      byte[] filter,
      byte[] unsettled,
      byte[] properties,
      @Nullable Class<?> end) {
    byte[] source =
        described(SOURCE, list(NULL, NULL, NULL, NULL, NULL, NULL, NULL, filter, NULL, NULL));
    byte[] target = described(TARGET, list(text("/queues/q")));
    byte[] frame =
        performative(
            ATTACH,
            name,
            ZERO,
            FALSE,
            NULL,
            NULL,
            source,
            target,
            unsettled,
            NULL,
            ZERO,
            NULL,
            NULL,
            NULL,
            properties);
    String condition =
        end == null ? FRAMING : end == End.class && unsettled == NULL ? "amqp:invalid-field" : "";
    return new Case(
        "attach: " + about, Stage.SESSION, frame, end == null ? Close.class : end, condition);
  }

  private static Stream<Case> others() {
    byte[] deep = map(symbol("a"), nested(DEEP));
    byte[] window = uint(100);
    byte[] error = described(ERROR, list(symbol("a:b"), NULL, deep));
    byte[] modified = described(MODIFIED, list(NULL, NULL, deep));
    return Stream.of(
        closed("begin", Stage.OPEN, performative(BEGIN, NULL, ZERO, window, window, NULL, deep)),
        closed(
            "flow",
            performative(
                FLOW, NULL, window, ZERO, window, NULL, NULL, NULL, NULL, NULL, NULL, deep)),
        closed("detach", performative(DETACH, ZERO, TRUE, error)),
        closed("disposition", performative(DISPOSITION, TRUE, ZERO, ZERO, TRUE, modified)),
        closed(
            "transfer state",
            performative(TRANSFER, ZERO, ZERO, tag(), ZERO, NULL, FALSE, NULL, modified)),
        new Case(
            "frame of four gigabytes",
            Stage.LINK,
            new byte[] {-1, -1, -1, -1, 2, 0, 0, 0},
            Close.class,
            FRAMING),
        new Case(
            "frame of a mebibyte",
            Stage.LINK,
            new byte[] {0, 16, 0, 0, 2, 0, 0, 0},
            Close.class,
            FRAMING),
        new Case(
            "frame of nothing but nesting",
            Stage.LINK,
            HostileValues.frame(0, nested(DEEP)),
            Close.class,
            FRAMING));
  }

  private static Case closed(String name, byte[] frame) {
    return closed(name, Stage.LINK, frame);
  }

  private static Case closed(String name, Stage stage, byte[] frame) {
    return new Case(name + ": nested deeply", stage, frame, Close.class, FRAMING);
  }

  private static Stream<Case> transfers() {
    byte[] body = described(0x75, binary(1));
    byte[] deep = map(symbol("a"), nested(DEEP));
    byte[] properties = described(0x74, map(text("a"), nested(DEEP)));
    return Stream.of(
        message("delivery annotations nested deeply", described(0x71, deep), body, ""),
        message("message annotations nested deeply", described(0x72, deep), body, DECODE),
        message("application properties nested deeply", properties, body, ""),
        message("header nested deeply", described(0x70, list(nested(DEEP))), body, DECODE),
        message("properties nested deeply", described(0x73, list(nested(DEEP))), body, ""),
        message("header of billions", described(0x70, HostileValues.emptyListOf(-1)), body, DECODE),
        message("header with an array of billions", described(0x70, list(zeros())), body, DECODE),
        message("annotations by the thousand", described(0x72, largeMap(12_000)), body, ""),
        message("body nested deeply", described(0x77, nested(DEEP)), new byte[0], ""),
        message("body of descriptors", described(0x77, descriptors()), new byte[0], DECODE),
        message("body of an array of billions", described(0x77, zeros()), new byte[0], ""));
  }

  private static Case message(String name, byte[] section, byte[] body, String condition) {
    byte[] transfer = described(TRANSFER, list(ZERO, ZERO, tag(), ZERO, FALSE));
    return new Case(
        "message: " + name,
        Stage.LINK,
        HostileValues.frame(0, join(transfer, section, body)),
        condition.isEmpty() ? Disposition.class : Detach.class,
        condition);
  }

  private static byte[] tag() {
    return new byte[] {(byte) 0xa0, 1, 1};
  }

  private static byte[] performative(int code, byte[]... fields) {
    return HostileValues.frame(0, described(code, list(fields)));
  }

  @ParameterizedTest
  @MethodSource("frames")
  void aFrameThatHoldsTooMuchIsTakenOrRefused(Case sent) throws IOException {
    come(sent.stage());
    peer.send(sent.frame());

    Object answer = answer();
    assertThat(answer).as(sent.name()).isInstanceOf(sent.answer());
    if (!sent.condition().isEmpty()) {
      assertThat(condition(answer)).isEqualTo(sent.condition());
    }
    neighbour.roundTrip(sent.name());
  }

  private void come(Stage stage) throws IOException {
    if (stage == Stage.OPEN) {
      peer.login();
    } else {
      peer.begin();
    }
    if (stage == Stage.LINK) {
      peer.attachSender(0, "/queues/q");
      peer.next(Flow.class);
    }
  }

  /** The first that decides something; an open without a name only goes before a close. */
  private Object answer() throws IOException {
    while (true) {
      Object body = peer.readFrame().body();
      boolean passed =
          body instanceof Attach || (body instanceof Open open && open.getContainerId().isEmpty());
      if (body != null && !passed) {
        return body;
      }
    }
  }

  private static String condition(Object answer) {
    ErrorCondition error =
        answer instanceof Close close
            ? close.getError()
            : answer instanceof End end ? end.getError() : ((Detach) answer).getError();
    return Objects.requireNonNull(error).getCondition().toString();
  }
}
