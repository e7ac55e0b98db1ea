package dev.warren.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.warren.core.broker.ConnectionView;
import dev.warren.core.broker.ConnectionView.Trace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.Modified;
import org.apache.qpid.proton.amqp.transport.Detach;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.Open;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** The trace of frames: every performative, and nothing of what an application or a login says. */
@SuppressWarnings("NullAway.Init")
class FrameTraceTest {
  private static final String SECRET = "classified";

  @TempDir Path directory;
  private final Lines lines = new Lines();

  /** Keeps what is logged. */
  private static final class Lines extends AppenderBase<ILoggingEvent> {
    final List<String> all = new CopyOnWriteArrayList<>();

    @Override
    protected void append(ILoggingEvent event) {
      all.add(event.getFormattedMessage());
    }
  }

  private static Logger logger() {
    return (Logger) LoggerFactory.getLogger("dev.warren.amqp.trace");
  }

  @BeforeEach
  void listen() {
    lines.start();
    logger().setLevel(Level.INFO);
    logger().setAdditive(false);
    logger().addAppender(lines);
  }

  @AfterEach
  void stop() {
    logger().detachAppender(lines);
    logger().setAdditive(true);
    logger().setLevel(null);
  }

  private BrokerHarness start(TraceRules rules) {
    return BrokerHarness.start(directory, BrokerHarness.options(), rules);
  }

  /** A conversation with a secret in every place where an application can put one. */
  private static void converse(RawPeer peer) throws IOException {
    peer.sasl("PLAIN", RawPeer.plain("remote", "secret"));
    peer.readFrame();
    peer.send(RawPeer.AMQP).read(8);
    Open open = new Open();
    open.setProperties(Map.of(Symbol.valueOf("token"), SECRET));
    peer.open(open);
    peer.next(Open.class);
    peer.beginSession();
    publishAndModify(peer);
  }

  private static void publishAndModify(RawPeer peer) throws IOException {
    peer.attachSender(0, "/queues/q");
    peer.next(Flow.class);
    peer.transfer(RawPeer.transfer(0, 0), RawPeer.message(SECRET));
    peer.next(Disposition.class);
    peer.attachReceiver(1, "/queues/q");
    peer.credit(1, 0, 1, false, false);
    Transfer delivered = peer.next(Transfer.class);
    Modified modified = new Modified();
    modified.setUndeliverableHere(true);
    modified.setMessageAnnotations(Map.of(Symbol.valueOf("x-why"), SECRET));
    Disposition disposition = new Disposition();
    disposition.setRole(Role.RECEIVER);
    disposition.setFirst(delivered.getDeliveryId());
    disposition.setSettled(true);
    disposition.setState(modified);
    peer.send(0, disposition);
    Detach detach = new Detach();
    detach.setHandle(UnsignedInteger.ONE);
    detach.setClosed(true);
    detach.setError(new ErrorCondition(Symbol.valueOf("app:error"), "line\nbreak"));
    peer.send(0, detach);
    peer.next(Detach.class);
  }

  @Test
  void showsEachPerformativeBothWaysAndNoSecret() throws IOException {
    try (BrokerHarness harness = start(new TraceRules(Set.of("remote"), Set.of(), 0));
        RawPeer peer = new RawPeer(harness.port())) {
      converse(peer);

      assertThat(lines.all)
          .anyMatch(line -> line.matches("frame in channel=0 open container-id=\"raw\".*token.*"))
          .anyMatch(line -> line.startsWith("frame out channel=0 open "))
          .anyMatch(line -> line.startsWith("frame in channel=0 begin "))
          .anyMatch(line -> line.matches("frame in channel=0 attach name=.*/queues/q.*"))
          .anyMatch(line -> line.startsWith("frame out channel=0 flow "))
          .anyMatch(line -> line.matches("frame in channel=0 transfer .*payload-octets=18 .*"))
          .anyMatch(line -> line.matches("frame out channel=0 disposition .*state=Accepted.*"))
          .anyMatch(line -> line.matches("frame out channel=0 transfer .*payload-octets=.*"))
          .anyMatch(line -> line.matches("frame in .*state=Modified .*annotations=\\[x-why].*"))
          .anyMatch(line -> line.matches("frame in channel=0 detach .*line\\?break.*"));
      assertThat(String.join("\n", lines.all))
          .doesNotContain(SECRET)
          .doesNotContain("secret")
          .doesNotContain(" payload=");
    }
  }

  @Test
  void isSilentUntilSwitchedOnAndAfterItIsSwitchedOff() throws IOException {
    try (BrokerHarness harness = start(TraceRules.NONE);
        RawPeer peer = new RawPeer(harness.port())) {
      peer.begin();
      assertThat(lines.all).isEmpty();

      ConnectionView connection = harness.broker.connections().all().iterator().next();
      connection.trace(new Trace(true, 0));
      assertThat(connection.trace().enabled()).isTrue();
      roundTrip(peer, 4);
      peer.attachSender(0, "/queues/q");
      peer.next(Flow.class);
      assertThat(lines.all).anyMatch(line -> line.contains("attach"));

      connection.trace(Trace.OFF);
      roundTrip(peer, 5);
      peer.attachSender(2, "/queues/q2");
      peer.next(Flow.class);
      assertThat(lines.all).noneMatch(line -> line.contains("/queues/q2"));
    }
  }

  /** What was asked of the connection's loop before has happened when the answer is here. */
  private static void roundTrip(RawPeer peer, int handle) throws IOException {
    peer.attachSender(handle, "/queues/neighbour");
    peer.next(Flow.class);
  }

  @Test
  void showsAsMuchOfAPayloadAsItIsAskedFor() throws IOException {
    try (BrokerHarness harness = start(new TraceRules(Set.of(), Set.of("127.0.0.1"), 12));
        RawPeer peer = new RawPeer(harness.port())) {
      converse(peer);
      byte[] message = RawPeer.message(SECRET);
      String head = HexFormat.of().formatHex(message, 0, 12);

      assertThat(lines.all)
          .anyMatch(line -> line.matches("frame in .*transfer .* payload=" + head + " .*"))
          .anyMatch(line -> line.matches("frame out .*transfer .* payload=[0-9a-f]{24} .*"));
      assertThat(String.join("\n", lines.all))
          .doesNotContain(HexFormat.of().formatHex(SECRET.getBytes(StandardCharsets.UTF_8)))
          .doesNotContain("secret");
    }
  }
}
