package dev.warren.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.core.broker.Actor;
import dev.warren.core.broker.VirtualHostDeclaration.QueueDeclaration;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Released;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Detach;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a link shows of consumer time-outs and single active consumers (contract §2.4). */
@SuppressWarnings("NullAway.Init")
class QueueFeatureLinkTest {
  private static final Symbol TIMEOUT = Symbol.valueOf("rabbitmq:consumer-timeout");
  private static final Symbol PRIORITY = Symbol.valueOf("rabbitmq:priority");
  private static final Symbol ACTIVE = Symbol.valueOf("rabbitmq:active");

  @TempDir Path directory;
  private BrokerHarness harness;
  private RawPeer peer;

  @BeforeEach
  void start() throws IOException {
    harness = BrokerHarness.start(directory, BrokerHarness.options());
    peer = new RawPeer(harness.server.port());
    peer.begin();
  }

  @AfterEach
  void stop() throws IOException {
    peer.close();
    harness.close();
  }

  private void declare(String queue, Map<String, Object> arguments) throws Exception {
    assertThat(
            harness
                .broker
                .virtualHost("/")
                .orElseThrow()
                .by(Actor.BROKER)
                .declareQueue(QueueDeclaration.durable(queue, arguments))
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS))
        .isTrue();
  }

  private void publish(int id, String queue) throws IOException {
    if (id == 0) {
      peer.attachSender(9, "/queues/" + queue);
      peer.next(Flow.class);
    }
    peer.transfer(RawPeer.transfer(9, id), RawPeer.message("m" + id));
    assertThat(peer.next(Disposition.class).getState()).isInstanceOf(Accepted.class);
  }

  /** Attaches and returns the broker's handle of the link. */
  private UnsignedInteger receive(int handle, String queue, Map<Symbol, Object> properties)
      throws IOException {
    Source source = new Source();
    source.setAddress("/queues/" + queue);
    Attach attach = RawPeer.attach(handle, Role.RECEIVER);
    attach.setSource(source);
    attach.setProperties(properties);
    peer.send(0, attach);
    return peer.next(Attach.class).getHandle();
  }

  private Disposition settle(UnsignedInteger delivery) throws IOException {
    Disposition disposition = new Disposition();
    disposition.setRole(Role.RECEIVER);
    disposition.setFirst(delivery);
    disposition.setState(Accepted.getInstance());
    disposition.setSettled(false);
    peer.send(0, disposition);
    return peer.next(Disposition.class);
  }

  /** What a flow says of being active, or null. */
  private static @Nullable Object active(Flow flow) {
    return flow.getProperties() == null ? null : flow.getProperties().get(ACTIVE);
  }

  /** The next flow which tells whether a link is active. */
  private Flow activeFlow() throws IOException {
    Flow flow = peer.next(Flow.class);
    while (flow.getProperties() == null) {
      flow = peer.next(Flow.class);
    }
    return flow;
  }

  @Test
  void aDeliveryHeldTooLongIsReleasedByTheBrokerAndNotSettled() throws Exception {
    declare("slow", Map.of());
    publish(0, "slow");
    receive(1, "slow", Map.of(TIMEOUT, UnsignedInteger.valueOf(1)));
    peer.credit(1, 0, 1, false, false);
    Transfer transfer = peer.next(Transfer.class);
    Disposition told = peer.next(Disposition.class);
    assertThat(told.getRole()).isEqualTo(Role.SENDER);
    assertThat(told.getFirst()).isEqualTo(transfer.getDeliveryId());
    assertThat(told.getState()).isInstanceOf(Released.class);
    assertThat(told.getSettled()).isFalse();
  }

  @Test
  void aLaterOutcomeIsSettledAndMeansNothingAndTheLinkStays() throws Exception {
    declare("slow", Map.of());
    publish(0, "slow");
    receive(1, "slow", Map.of(TIMEOUT, UnsignedInteger.valueOf(1)));
    peer.credit(1, 0, 1, false, false);
    Transfer first = peer.next(Transfer.class);
    peer.next(Disposition.class);
    Disposition answer = settle(first.getDeliveryId());
    assertThat(answer.getFirst()).isEqualTo(first.getDeliveryId());
    assertThat(answer.getSettled()).isTrue();
    assertThat(answer.getState()).isNotInstanceOf(Accepted.class);
    peer.credit(1, 1, 1, false, false);
    Object next = peer.nextFrame(Object.class).body();
    while (!(next instanceof Transfer)) {
      assertThat(next).isNotInstanceOf(Detach.class);
      next = peer.nextFrame(Object.class).body();
    }
    assertThat(((Transfer) next).getDeliveryId()).isNotEqualTo(first.getDeliveryId());
  }

  @Test
  void consumersOfAQuorumQueueAreToldWhetherTheyAreActiveAndWhenThatChanges() throws Exception {
    declare("one", Map.of("x-queue-type", "quorum", "x-single-active-consumer", true));
    UnsignedInteger first = receive(1, "one", Map.of());
    peer.credit(1, 0, 5, false, false);
    Flow told = activeFlow();
    assertThat(told.getHandle()).isEqualTo(first);
    assertThat(active(told)).isEqualTo(true);
    assertThat(told.getLinkCredit()).isEqualTo(UnsignedInteger.valueOf(5));
    UnsignedInteger second = receive(2, "one", Map.of());
    peer.credit(2, 0, 5, false, false);
    told = activeFlow();
    assertThat(told.getHandle()).isEqualTo(second);
    assertThat(active(told)).isEqualTo(false);
    Detach detach = new Detach();
    detach.setHandle(UnsignedInteger.valueOf(1));
    detach.setClosed(true);
    peer.send(0, detach);
    told = activeFlow();
    assertThat(told.getHandle()).isEqualTo(second);
    assertThat(active(told)).isEqualTo(true);
  }

  @Test
  void aConsumerOfAHigherPriorityTakesOverAndBothAreTold() throws Exception {
    declare("one", Map.of("x-queue-type", "quorum", "x-single-active-consumer", true));
    UnsignedInteger first = receive(1, "one", Map.of());
    peer.credit(1, 0, 5, false, false);
    assertThat(active(activeFlow())).isEqualTo(true);
    UnsignedInteger second = receive(2, "one", Map.of(PRIORITY, 7));
    peer.credit(2, 0, 5, false, false);
    Flow old = activeFlow();
    assertThat(old.getHandle()).isEqualTo(first);
    assertThat(active(old)).isEqualTo(false);
    Flow taker = activeFlow();
    assertThat(taker.getHandle()).isEqualTo(second);
    assertThat(active(taker)).isEqualTo(true);
  }

  @Test
  void onAClassicQueueTheFirstGetsEverythingAndNobodyIsTold() throws Exception {
    declare("one", Map.of("x-single-active-consumer", true));
    publish(0, "one");
    publish(1, "one");
    UnsignedInteger first = receive(1, "one", Map.of());
    receive(2, "one", Map.of(PRIORITY, 7));
    peer.credit(2, 0, 5, false, true);
    assertThat(active(peer.next(Flow.class))).isNull();
    peer.credit(1, 0, 5, false, false);
    assertThat(peer.next(Transfer.class).getHandle()).isEqualTo(first);
    assertThat(peer.next(Transfer.class).getHandle()).isEqualTo(first);
  }
}
