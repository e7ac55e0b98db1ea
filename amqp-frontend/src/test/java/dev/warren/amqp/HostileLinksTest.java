package dev.warren.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.core.broker.Actor;
import dev.warren.core.security.AccessChange;
import dev.warren.core.security.AccessChange.PutPermissions;
import dev.warren.core.security.AccessChange.PutUser;
import dev.warren.core.security.PasswordHash;
import dev.warren.core.security.Permissions;
import dev.warren.core.security.PublishRate;
import dev.warren.core.security.User;
import dev.warren.core.security.UserLimits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Begin;
import org.apache.qpid.proton.amqp.transport.Close;
import org.apache.qpid.proton.amqp.transport.Detach;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.End;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.Open;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients that come and go by the thousand, or hold what they can, beside one that wants peace. */
@SuppressWarnings("NullAway.Init")
@Timeout(60)
class HostileLinksTest {
  private static final int CHURN = 3_000;
  private static final String RESOURCES = "amqp:resource-limit-exceeded";

  @TempDir Path directory;
  private BrokerHarness harness;
  private Neighbour neighbour;
  private RawPeer peer;

  @BeforeEach
  void start() throws IOException {
    harness = BrokerHarness.start(directory, BrokerHarness.options());
    neighbour = new Neighbour(harness.port());
    peer = new RawPeer(harness.port());
  }

  @AfterEach
  void nothingIsLeftButTheNeighbour() throws IOException {
    try {
      neighbour.roundTrip("at the end");
      peer.close();
      Awaitility.await()
          .untilAsserted(
              () -> {
                assertThat(harness.broker.connections().all()).hasSize(2);
                assertThat(harness.broker.connections().sessionsOfUser("guest")).isEqualTo(2);
                assertThat(harness.broker.management().consumers(null)).hasSize(1);
                assertThat(harness.server.handshakes()).isZero();
              });
    } finally {
      neighbour.close();
      harness.close();
    }
  }

  private static Detach detach(int handle) {
    Detach detach = new Detach();
    detach.setHandle(UnsignedInteger.valueOf(handle));
    detach.setClosed(true);
    return detach;
  }

  @Test
  void sessionsThatComeAndGoLeaveNothing() throws IOException {
    peer.login();
    peer.open(new Open());
    peer.next(Open.class);
    Begin begin = new Begin();
    begin.setNextOutgoingId(UnsignedInteger.ZERO);
    begin.setIncomingWindow(UnsignedInteger.ONE);
    begin.setOutgoingWindow(UnsignedInteger.ONE);
    for (int i = 0; i < CHURN; i++) {
      peer.send(i % 8, begin).send(i % 8, new End());
      peer.next(End.class);
    }
    assertThat(harness.broker.connections().sessionsOfUser("guest")).isEqualTo(2);
    peer.beginSession().attachSender(0, "/queues/q");
    assertThat(peer.next(Flow.class).getLinkCredit().intValue()).isPositive();
  }

  @Test
  void linksThatComeAndGoLeaveNothing() throws IOException {
    peer.begin();
    for (int i = 0; i < CHURN; i++) {
      Attach attach = RawPeer.attach(i % 16, i % 2 == 0 ? Role.SENDER : Role.RECEIVER);
      attach.setName("churn-" + i);
      if (i % 2 == 0) {
        attach.setInitialDeliveryCount(UnsignedInteger.ZERO);
        ((Target) attach.getTarget()).setAddress("/queues/q");
      } else {
        ((Source) attach.getSource()).setAddress("/queues/q");
      }
      peer.send(0, attach).send(0, detach(i % 16));
      peer.next(Detach.class);
    }
    peer.attachSender(0, "/queues/q");
    assertThat(peer.next(Flow.class).getLinkCredit().intValue()).isPositive();
  }

  @Test
  void refusedLinksThatComeAndGoLeaveNothing() throws IOException {
    peer.begin();
    for (int i = 0; i < CHURN; i++) {
      peer.attachReceiver(0, "/queues/none-" + i);
      assertThat(peer.next(Detach.class).getError().getCondition().toString())
          .isEqualTo("amqp:not-found");
      peer.send(0, detach(0));
    }
    peer.attachSender(0, "/queues/q");
    assertThat(peer.next(Flow.class).getLinkCredit().intValue()).isPositive();
  }

  private static Map<Symbol, Object> large(int entries) {
    Map<Symbol, Object> all = new HashMap<>();
    IntStream.range(0, entries).forEach(i -> all.put(Symbol.valueOf("key-" + i), i));
    return all;
  }

  @Test
  void linksThatSayTooMuchOfThemselvesEndTheConnection() throws IOException {
    peer.begin();
    int attached = 0;
    for (int i = 0; i < 16; i++) {
      Attach attach = RawPeer.attach(i, Role.SENDER);
      attach.setInitialDeliveryCount(UnsignedInteger.ZERO);
      attach.setProperties(large(250));
      peer.send(0, attach);
      Object body = peer.readFrame().body();
      if (body instanceof Close close) {
        assertThat(close.getError().getCondition().toString()).isEqualTo(RESOURCES);
        assertThat(close.getError().getDescription()).contains("say too much of themselves");
        break;
      }
      attached++;
      peer.next(Flow.class);
    }
    assertThat(attached).isBetween(1, 8);
  }

  @Test
  void linksThatSaidMuchAndAreGoneCountNoMore() throws IOException {
    peer.begin();
    for (int i = 0; i < 100; i++) {
      Attach attach = RawPeer.attach(0, Role.SENDER);
      attach.setInitialDeliveryCount(UnsignedInteger.ZERO);
      attach.setProperties(large(250));
      peer.send(0, attach).send(0, detach(0));
      peer.next(Detach.class);
    }
    peer.attachSender(0, "/queues/q");
    assertThat(peer.next(Flow.class).getLinkCredit().intValue()).isPositive();
  }

  @Test
  void ofAnOpenOnlyAsMuchIsKeptAsAnOperatorReads() throws IOException {
    peer.login();
    Open open = new Open();
    Map<Symbol, Object> properties = large(150);
    properties.put(Symbol.valueOf("product"), "x".repeat(1500));
    open.setProperties(properties);
    peer.open(open);
    peer.next(Open.class);

    List<Map<String, Object>> shown = new ArrayList<>();
    harness.broker.connections().all().forEach(c -> shown.add(c.details().clientProperties()));
    assertThat(shown).anySatisfy(kept -> assertThat(kept).hasSize(64));
    assertThat(shown)
        .allSatisfy(
            kept ->
                assertThat(kept.values())
                    .allMatch(value -> String.valueOf(value).length() <= 1_025));
  }

  @Test
  void theNodeHasAsManyConnectionsAsItMayAndNoMore() throws IOException {
    harness.broker.connections().limit(3);
    peer.begin();
    for (int i = 0; i < 20; i++) {
      try (RawPeer tooMany = new RawPeer(harness.port())) {
        tooMany.login();
        tooMany.open(new Open());
        assertThat(tooMany.next(Close.class).getError().getCondition().toString())
            .isEqualTo(RESOURCES);
      }
    }
    peer.close();
    Awaitility.await().until(() -> harness.broker.connections().all().size() == 2);
    peer = new RawPeer(harness.port()).begin();
  }

  @Test
  void aUserAtHisRateWaitsAndOthersDoNot() throws IOException {
    User slow =
        User.of("slow", PasswordHash.compatible("secret"), Set.of())
            .with(new UserLimits(-1, -1, new PublishRate(20, -1)));
    List<AccessChange> changes =
        List.of(new PutUser(slow), new PutPermissions("/", "slow", Permissions.ALL));
    assertThat(harness.broker.access().change(Actor.BROKER, rules -> changes).toCompletableFuture())
        .succeedsWithin(Duration.ofSeconds(10));
    peer.sasl("PLAIN", RawPeer.plain("slow", "secret"));
    peer.readFrame();
    peer.send(RawPeer.AMQP).read(8);
    peer.open(new Open());
    peer.next(Open.class);
    peer.beginSession().attachSender(0, "/queues/q");
    int credit = peer.next(Flow.class).getLinkCredit().intValue();
    assertThat(credit).isBetween(1, 10);
    int sent = 0;
    long beganNs = System.nanoTime();
    while (sent < 60) {
      peer.transfer(RawPeer.transfer(0, sent), RawPeer.message("m"));
      sent++;
      credit--;
      while (credit == 0) {
        Object body = peer.readFrame().body();
        if (body instanceof Flow flow) {
          credit = flow.getDeliveryCount().intValue() + flow.getLinkCredit().intValue() - sent;
        } else {
          assertThat(body).isInstanceOf(Disposition.class);
        }
      }
      neighbour.roundTrip("while another waits");
    }
    // A second's worth at once, and the other forty at twenty a second; longer is the machine's
    // fault.
    assertThat(System.nanoTime() - beganNs).isGreaterThan(1_500_000_000L);
  }

  @Test
  void aMessageThatIsNestedDeeplyHarmsNeitherFiltersNorConsumers() throws IOException {
    byte[] deep = HostileValues.nested(200);
    byte[] properties =
        HostileValues.described(0x74, HostileValues.map(HostileValues.text("a"), deep));
    byte[] message = HostileValues.join(properties, RawPeer.message("deep"));
    peer.begin().attachSender(0, "/queues/q2");
    peer.next(Flow.class);
    peer.transfer(RawPeer.transfer(0, 0), message);
    peer.next(Disposition.class);
    Attach filtered = RawPeer.attach(1, Role.RECEIVER);
    var source = (Source) filtered.getSource();
    source.setAddress("/queues/q2");
    source.setFilter(
        Map.of(
            Symbol.valueOf("selector"),
            FuzzStreams.described("apache.org:selector-filter:string", "a IS NULL OR a = 1")));
    peer.send(0, filtered);
    peer.next(Attach.class);
    peer.credit(1, 0, 10, false, true);
    peer.next(Flow.class);
    peer.send(0, detach(1));
    peer.next(Detach.class);
    peer.attachReceiver(2, "/queues/q2");
    peer.credit(2, 0, 10, false, false);

    assertThat(peer.nextFrame(Transfer.class).payload())
        .endsWith("deep".getBytes(StandardCharsets.UTF_8));
  }
}
