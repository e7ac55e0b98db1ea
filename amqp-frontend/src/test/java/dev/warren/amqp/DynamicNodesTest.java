package dev.warren.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.core.broker.VirtualHost;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.DeleteOnClose;
import org.apache.qpid.proton.amqp.messaging.Released;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.messaging.TerminusDurability;
import org.apache.qpid.proton.amqp.messaging.TerminusExpiryPolicy;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Detach;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.End;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.Open;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.amqp.transport.SenderSettleMode;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Dynamic nodes and direct reply-to, frame by frame (contract §2.6). */
@SuppressWarnings("NullAway.Init")
class DynamicNodesTest {
  private static final String QUEUES = "/queues/";

  @TempDir Path directory;
  private BrokerHarness harness;
  private RawPeer peer;
  private RawPeer other;

  @BeforeEach
  void start() throws IOException {
    harness = BrokerHarness.start(directory, BrokerHarness.options());
    peer = new RawPeer(harness.port()).begin();
    other = new RawPeer(harness.port()).begin();
  }

  @AfterEach
  void stop() throws IOException {
    peer.close();
    other.close();
    harness.close();
  }

  private VirtualHost host() {
    return harness.broker.virtualHost("/").orElseThrow();
  }

  private static Source dynamicSource(String... capabilities) {
    Source source = new Source();
    source.setDynamic(true);
    source.setExpiryPolicy(TerminusExpiryPolicy.LINK_DETACH);
    source.setCapabilities(
        List.of(capabilities).stream().map(Symbol::valueOf).toArray(Symbol[]::new));
    return source;
  }

  /** Attaches a receiver to a node of its own and returns the source of the answer. */
  private Source receiver(int handle, Source source, SenderSettleMode mode) throws IOException {
    Attach attach = RawPeer.attach(handle, Role.RECEIVER);
    attach.setSource(source);
    attach.setSndSettleMode(mode);
    peer.send(0, attach);
    return (Source) Objects.requireNonNull(peer.next(Attach.class).getSource());
  }

  private Target sender(int handle, String... capabilities) throws IOException {
    Target target = new Target();
    target.setDynamic(true);
    target.setCapabilities(
        List.of(capabilities).stream().map(Symbol::valueOf).toArray(Symbol[]::new));
    Attach attach = RawPeer.attach(handle, Role.SENDER);
    attach.setTarget(target);
    attach.setInitialDeliveryCount(UnsignedInteger.ZERO);
    peer.send(0, attach);
    return (Target) Objects.requireNonNull(peer.next(Attach.class).getTarget());
  }

  private static void detach(RawPeer from, int handle, boolean closed) throws IOException {
    Detach detach = new Detach();
    detach.setHandle(UnsignedInteger.valueOf(handle));
    detach.setClosed(closed);
    from.send(0, detach);
    from.next(Detach.class);
  }

  private static void assertRefused(RawPeer by, String condition) throws IOException {
    Attach attach = by.next(Attach.class);
    Object terminus = attach.getRole() == Role.SENDER ? attach.getSource() : attach.getTarget();
    assertThat(terminus).isNull();
    Detach detach = by.next(Detach.class);
    assertThat(detach.getClosed()).isTrue();
    assertThat(detach.getError().getCondition().toString()).isEqualTo(condition);
  }

  private static Object publish(RawPeer from, String address) throws IOException {
    from.attachSender(7, address);
    from.next(Flow.class);
    return publishAgain(from, 0);
  }

  private static Object publishAgain(RawPeer from, int id) throws IOException {
    from.transfer(RawPeer.transfer(7, id), RawPeer.message("reply"));
    return from.next(Disposition.class).getState();
  }

  private String queueOf(@Nullable String address) {
    assertThat(address).startsWith(QUEUES);
    return Objects.requireNonNull(address).substring(QUEUES.length());
  }

  private void awaitGone(String queue) {
    Awaitility.await().untilAsserted(() -> assertThat(host().queue(queue)).isEmpty());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "temporary-queue", "queue"})
  void makesAQueueForASourceAndSaysHowLongItLives(String capability) throws IOException {
    Source source =
        receiver(
            0,
            capability.isEmpty() ? dynamicSource() : dynamicSource(capability),
            SenderSettleMode.MIXED);

    assertThat(source.getAddress()).startsWith("/queues/amq.dyn-");
    assertThat(source.getDynamic()).isTrue();
    assertThat(source.getDurable()).isEqualTo(TerminusDurability.NONE);
    assertThat(source.getExpiryPolicy()).isEqualTo(TerminusExpiryPolicy.LINK_DETACH);
    assertThat(source.getCapabilities()).containsExactly(Symbol.valueOf("temporary-queue"));
    assertThat(source.getDynamicNodeProperties().get(Symbol.valueOf("lifetime-policy")))
        .isInstanceOf(DeleteOnClose.class);
    assertThat(
            (Object[])
                source.getDynamicNodeProperties().get(Symbol.valueOf("supported-dist-modes")))
        .containsExactly(Symbol.valueOf("move"));
  }

  @Test
  void refusesADynamicNodeOfAnUnknownKind() throws IOException {
    Attach attach = RawPeer.attach(0, Role.RECEIVER);
    attach.setSource(dynamicSource("stream"));
    peer.send(0, attach);
    assertRefused(peer, "amqp:not-implemented");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nobody | temporary-queue | write access to exchange 'amq\\.default' in vhost '/'",
        "writer | temporary-queue | configure access to queue 'amq\\.dyn-[^']*' in vhost '/'",
        "nobody | temporary-topic | configure access to exchange 'amq\\.dyn-[^']*' in vhost '/'",
        "writer | temporary-topic | configure access to exchange 'amq\\.dyn-[^']*' in vhost '/'",
      })
  void aTargetOfOnesOwnNeedsPermissions(String user, String kind, String refusal)
      throws IOException {
    try (RawPeer limited = new RawPeer(harness.port())) {
      limited.login(user, "secret").open(new Open());
      limited.next(Open.class);
      limited.beginSession();
      Target target = new Target();
      target.setDynamic(true);
      target.setCapabilities(Symbol.valueOf(kind));
      Attach attach = RawPeer.attach(0, Role.SENDER);
      attach.setTarget(target);
      attach.setInitialDeliveryCount(UnsignedInteger.ZERO);
      limited.send(0, attach);

      ErrorCondition error = limited.next(End.class).getError();
      assertThat(error.getCondition().toString()).isEqualTo("amqp:unauthorized-access");
      assertThat(error.getDescription()).matches(refusal + " refused for user '" + user + "'");
    }
  }

  @Test
  void makesAQueueForATargetToWhichTheLinkPublishes() throws IOException {
    Target target = sender(0, "temporary-queue");
    assertThat(target.getDynamic()).isTrue();
    String queue = queueOf(target.getAddress());
    peer.next(Flow.class);
    peer.transfer(RawPeer.transfer(0, 0), RawPeer.message("m"));
    assertThat(peer.next(Disposition.class).getState()).isInstanceOf(Accepted.class);
    peer.attachReceiver(1, QUEUES + queue);
    peer.next(Attach.class);
    peer.credit(1, 0, 1, false, false);
    assertThat(peer.nextFrame(Transfer.class).payload()).isNotEmpty();
  }

  @Test
  void letsOthersPublishToATemporaryQueueButNotConsumeFromIt() throws IOException {
    String address =
        Objects.requireNonNull(
            receiver(0, dynamicSource(), SenderSettleMode.UNSETTLED).getAddress());
    peer.credit(0, 0, 1, false, false);
    assertThat(publish(other, address)).isInstanceOf(Accepted.class);
    assertThat(peer.nextFrame(Transfer.class).payload()).isNotEmpty();
    other.attachReceiver(8, address);
    assertRefused(other, "amqp:resource-locked");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void deletesATemporaryQueueWhenItsLinkIsDetached(boolean closed) throws IOException {
    String queue = queueOf(receiver(0, dynamicSource(), SenderSettleMode.MIXED).getAddress());
    assertThat(host().queue(queue)).isPresent();
    detach(peer, 0, closed);
    awaitGone(queue);
  }

  @Test
  void deletesTemporaryNodesWhenTheirConnectionIsLost() throws IOException {
    String queue = queueOf(sender(0).getAddress());
    String exchange =
        Objects.requireNonNull(sender(1, "temporary-topic").getAddress())
            .substring("/exchanges/".length());
    assertThat(host().topology().exchange(exchange)).isNotNull();
    peer.close();
    awaitGone(queue);
    Awaitility.await()
        .untilAsserted(() -> assertThat(host().topology().exchange(exchange)).isNull());
  }

  @Test
  void makesATemporaryTopicForASourceWithACopyForEachSubscriber() throws IOException {
    String address =
        Objects.requireNonNull(
            receiver(0, dynamicSource("temporary-topic"), SenderSettleMode.MIXED).getAddress());
    assertThat(address).startsWith("/exchanges/amq.dyn-");
    Attach second = RawPeer.attach(1, Role.RECEIVER);
    Source source = new Source();
    source.setAddress(address);
    source.setCapabilities(Symbol.valueOf("temporary-topic"));
    second.setSource(source);
    peer.send(0, second);
    peer.next(Attach.class);
    peer.credit(0, 0, 1, false, false);
    peer.credit(1, 0, 1, false, false);
    assertThat(publish(other, address)).isInstanceOf(Accepted.class);
    assertThat(
            List.of(peer.next(Transfer.class).getHandle(), peer.next(Transfer.class).getHandle()))
        .doesNotHaveDuplicates();
  }

  @Test
  void sendsDirectRepliesSettledWhileThereIsCreditAndDropsTheRest() throws IOException {
    Source source = receiver(0, dynamicSource("rabbitmq:volatile-queue"), SenderSettleMode.SETTLED);
    assertThat(source.getAddress()).startsWith("/queues/amq.rabbitmq.reply-to.");
    assertThat(source.getCapabilities()).containsExactly(Symbol.valueOf("rabbitmq:volatile-queue"));
    String address = Objects.requireNonNull(source.getAddress());
    assertThat(publish(other, address)).as("without credit").isInstanceOf(Accepted.class);
    peer.credit(0, 0, 1, false, true);
    peer.next(Flow.class);
    assertThat(publishAgain(other, 1)).isInstanceOf(Accepted.class);
    Transfer transfer = peer.next(Transfer.class);
    assertThat(transfer.getSettled()).isTrue();
    assertThat(transfer.getDeliveryId()).isEqualTo(UnsignedInteger.ZERO);
    assertThat(host().topology().queue(queueOf(address))).isNull();
  }

  @Test
  void givesBackTheCreditOfADrainedRequester() throws IOException {
    receiver(0, dynamicSource("rabbitmq:volatile-queue"), SenderSettleMode.SETTLED);
    peer.credit(0, 0, 5, true, false);
    Flow flow = peer.next(Flow.class);
    assertThat(flow.getLinkCredit()).isEqualTo(UnsignedInteger.ZERO);
    assertThat(flow.getDeliveryCount()).isEqualTo(UnsignedInteger.valueOf(5));
  }

  @Test
  void releasesRepliesToARequesterThatHasGone() throws IOException {
    String address =
        Objects.requireNonNull(
            receiver(0, dynamicSource("rabbitmq:volatile-queue"), SenderSettleMode.SETTLED)
                .getAddress());
    assertThat(host().queueInfo(queueOf(address))).isPresent();
    assertThat(publish(other, address)).isInstanceOf(Accepted.class);
    detach(peer, 0, true);
    assertThat(publishAgain(other, 1)).isInstanceOf(Released.class);
    assertThat(host().queueInfo(queueOf(address))).isEmpty();
    other.attachSender(8, address);
    assertRefused(other, "amqp:not-found");
  }

  @Test
  void letsNobodyElseConsumeDirectReplies() throws IOException {
    String address =
        Objects.requireNonNull(
            receiver(0, dynamicSource("rabbitmq:volatile-queue"), SenderSettleMode.SETTLED)
                .getAddress());
    other.attachReceiver(8, address);
    assertRefused(other, "amqp:resource-locked");
    peer.attachReceiver(1, address);
    assertRefused(peer, "amqp:resource-locked");
  }

  @Test
  void refusesDirectRepliesThatWouldHaveToBeKept() throws IOException {
    Attach unsettled = RawPeer.attach(0, Role.RECEIVER);
    unsettled.setSource(dynamicSource("rabbitmq:volatile-queue"));
    unsettled.setSndSettleMode(SenderSettleMode.UNSETTLED);
    peer.send(0, unsettled);
    assertRefused(peer, "amqp:invalid-field");

    Source durable = dynamicSource("rabbitmq:volatile-queue");
    durable.setDurable(TerminusDurability.CONFIGURATION);
    assertRefusedSettled(1, durable);

    Source lasting = dynamicSource("rabbitmq:volatile-queue");
    lasting.setExpiryPolicy(TerminusExpiryPolicy.NEVER);
    assertRefusedSettled(2, lasting);

    Source late = dynamicSource("rabbitmq:volatile-queue");
    late.setTimeout(UnsignedInteger.ONE);
    assertRefusedSettled(3, late);
  }

  private void assertRefusedSettled(int handle, Source source) throws IOException {
    Attach attach = RawPeer.attach(handle, Role.RECEIVER);
    attach.setSource(source);
    attach.setSndSettleMode(SenderSettleMode.SETTLED);
    peer.send(0, attach);
    assertRefused(peer, "amqp:invalid-field");
  }
}
