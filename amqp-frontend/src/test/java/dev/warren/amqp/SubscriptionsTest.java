package dev.warren.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.core.broker.Actor;
import dev.warren.core.broker.VirtualHost;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.TerminusDurability;
import org.apache.qpid.proton.amqp.messaging.TerminusExpiryPolicy;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Detach;
import org.apache.qpid.proton.amqp.transport.Role;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What JMS subscriptions say on the wire. The container id of each peer is {@code raw}. */
@SuppressWarnings("NullAway.Init")
class SubscriptionsTest {
  private static final String QUEUE = "jms.durable.raw.orders";

  @TempDir Path directory;
  private BrokerHarness harness;
  private RawPeer peer;

  @BeforeEach
  void start() throws IOException {
    harness = BrokerHarness.start(directory, BrokerHarness.options());
    peer = new RawPeer(harness.port()).begin();
  }

  @AfterEach
  void stop() throws IOException {
    peer.close();
    harness.close();
  }

  private VirtualHost host() {
    return harness.broker.virtualHost("/").orElseThrow();
  }

  private static Source topic(String address, String... more) {
    Source source = new Source();
    source.setAddress(address);
    Symbol[] capabilities = new Symbol[more.length + 1];
    capabilities[0] = Symbol.valueOf("topic");
    for (int i = 0; i < more.length; i++) {
      capabilities[i + 1] = Symbol.valueOf(more[i]);
    }
    source.setCapabilities(capabilities);
    return source;
  }

  private static Source durable(String address, String... more) {
    Source source = topic(address, more);
    source.setExpiryPolicy(TerminusExpiryPolicy.NEVER);
    source.setDurable(TerminusDurability.UNSETTLED_STATE);
    source.setDistributionMode(Symbol.valueOf("copy"));
    return source;
  }

  private RawPeer attach(int handle, String name, Source source) throws IOException {
    Attach attach = RawPeer.attach(handle, Role.RECEIVER);
    attach.setName(name);
    attach.setSource(source);
    return peer.send(0, attach);
  }

  private Source attached(int handle, String name, Source source) throws IOException {
    Attach answer = attach(handle, name, source).next(Attach.class);
    return (Source) Objects.requireNonNull(answer.getSource());
  }

  private void detach(int handle, boolean closed) throws IOException {
    Detach detach = new Detach();
    detach.setHandle(UnsignedInteger.valueOf(handle));
    detach.setClosed(closed);
    peer.send(0, detach).next(Detach.class);
  }

  private void assertRefused(String condition) throws IOException {
    assertThat(peer.next(Attach.class).getSource()).isNull();
    assertThat(peer.next(Detach.class).getError().getCondition().toString()).isEqualTo(condition);
  }

  @Test
  void takesAnExchangeAsASourceOnlyOfThoseWhoMeanASubscription() throws IOException {
    peer.attachReceiver(0, "/exchanges/x/k");
    assertRefused("amqp:invalid-field");
    assertThat(attached(1, "s", topic("/exchanges/x/k")).getAddress()).isEqualTo("/exchanges/x/k");
  }

  @Test
  void refusesASubscriptionToAnExchangeThatIsMissing() throws IOException {
    attach(0, "s", durable("/exchanges/none/k"));
    assertRefused("amqp:not-found");
    assertThat(host().queue("jms.durable.raw.s")).isEmpty();
  }

  @Test
  void saysHowMuchOfADurableSubscriptionIsKept() throws IOException {
    Source source = attached(0, "orders", durable("/exchanges/x/k"));
    assertThat(source.getDurable()).isEqualTo(TerminusDurability.CONFIGURATION);
    assertThat(source.getExpiryPolicy()).isEqualTo(TerminusExpiryPolicy.NEVER);
    assertThat(source.getDistributionMode().toString()).isEqualTo("move");
    source = attached(1, "fleeting", topic("/exchanges/x/k"));
    assertThat(source.getDurable()).isEqualTo(TerminusDurability.NONE);
    assertThat(source.getExpiryPolicy()).isEqualTo(TerminusExpiryPolicy.LINK_DETACH);
  }

  @Test
  void keepsADurableSubscriptionThatIsDetachedAndEndsOneThatIsClosed() throws IOException {
    attached(0, "orders", durable("/exchanges/x/k"));
    detach(0, false);
    attached(0, "orders", durable("/exchanges/x/k"));
    assertThat(host().queue(QUEUE)).isPresent();
    detach(0, true);
    Awaitility.await().untilAsserted(() -> assertThat(host().queue(QUEUE)).isEmpty());
  }

  @Test
  void findsADurableSubscriptionByItsLinkName() throws IOException {
    attached(0, "orders|global", durable("/exchanges/x/k", "shared", "global"));
    detach(0, false);
    Attach lookUp = RawPeer.attach(1, Role.RECEIVER);
    lookUp.setName("orders|global");
    lookUp.setSource(null);
    peer.send(0, lookUp);
    Source found = (Source) Objects.requireNonNull(peer.next(Attach.class).getSource());
    assertThat(found.getAddress()).isEqualTo("/exchanges/x/k");
    assertThat(found.getExpiryPolicy()).isEqualTo(TerminusExpiryPolicy.NEVER);
    assertThat(List.of(found.getCapabilities())).contains(Symbol.valueOf("global"));
    detach(1, true);
    Awaitility.await()
        .untilAsserted(() -> assertThat(host().queue("jms.durable-global.orders")).isEmpty());
  }

  @Test
  void refusesToFindASubscriptionThatIsMissingOrInUse() throws IOException {
    Attach lookUp = RawPeer.attach(1, Role.RECEIVER);
    lookUp.setName("orders");
    lookUp.setSource(null);
    peer.send(0, lookUp);
    assertRefused("amqp:not-found");
    Detach answer = new Detach();
    answer.setHandle(UnsignedInteger.ONE);
    answer.setClosed(true);
    peer.send(0, answer);
    attached(0, "orders", durable("/exchanges/x/k"));
    try (RawPeer second = new RawPeer(harness.port())) {
      second.begin().send(0, lookUp);
      assertThat(second.next(Attach.class).getSource()).isNull();
      assertThat(second.next(Detach.class).getError().getCondition().toString())
          .isEqualTo("amqp:resource-locked");
    }
  }

  @Test
  void refusesASharedSubscriptionOfTheNameOfOneThatIsNot() throws IOException {
    attached(0, "orders", durable("/exchanges/x/k"));
    detach(0, false);
    attach(1, "orders|1", durable("/exchanges/x/k", "shared"));
    assertRefused("amqp:precondition-failed");
  }

  @Test
  void leavesAQueueAloneThatIsNoSubscription() throws Exception {
    host()
        .by(Actor.BROKER)
        .declareQueue(
            dev.warren.core.broker.VirtualHostDeclaration.QueueDeclaration.durable(
                QUEUE, java.util.Map.of()))
        .toCompletableFuture()
        .get();
    attach(0, "orders", durable("/exchanges/x/k"));
    assertRefused("amqp:precondition-failed");
    assertThat(host().queue(QUEUE)).isPresent();
  }

  @Test
  void keepsASharedSubscriptionWhileOthersUseIt() throws IOException {
    attached(0, "s|1", durable("/exchanges/x/k", "shared"));
    attached(1, "s|2", durable("/exchanges/x/k", "shared"));
    detach(0, true);
    attached(2, "s|3", durable("/exchanges/x/k", "shared"));
    assertThat(host().queue("jms.durable.raw.s")).isPresent();
  }
}
