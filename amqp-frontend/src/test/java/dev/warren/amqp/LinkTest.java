package dev.warren.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.core.message.AmqpReader;
import dev.warren.core.message.AmqpWriter;
import dev.warren.core.time.BrokerClock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Modified;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.messaging.Released;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.transaction.Declared;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Close;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.Detach;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.End;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.Open;
import org.apache.qpid.proton.amqp.transport.ReceiverSettleMode;
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

/** Publishing and consuming, frame by frame, against the real broker (contract §2.3 to §2.5). */
@SuppressWarnings("NullAway.Init")
class LinkTest {
  @TempDir Path directory;
  private BrokerHarness harness;
  private RawPeer peer;

  @BeforeEach
  void start() throws IOException {
    harness = BrokerHarness.start(directory, BrokerHarness.options());
    peer = new RawPeer(harness.server.port());
  }

  @AfterEach
  void stop() throws IOException {
    peer.close();
    harness.close();
  }

  private void publish(int handle, int id, String body) throws IOException {
    peer.transfer(RawPeer.transfer(handle, id), RawPeer.message(body));
  }

  private DeliveryState outcome() throws IOException {
    Disposition disposition = peer.next(Disposition.class);
    assertThat(disposition.getSettled()).isTrue();
    return disposition.getState();
  }

  private static String body(RawPeer.Frame transfer) {
    byte[] payload = transfer.payload();
    AmqpReader reader = new AmqpReader(payload, 0, payload.length);
    while (reader.readDescriptor() != 0x75) {
      reader.skipValue();
    }
    return StandardCharsets.UTF_8
        .decode((ByteBuffer) Objects.requireNonNull(reader.readValue()))
        .toString();
  }

  private static Object section(RawPeer.Frame transfer, int code) {
    byte[] payload = transfer.payload();
    AmqpReader reader = new AmqpReader(payload, 0, payload.length);
    while (reader.hasRemaining()) {
      if (reader.readDescriptor() == code) {
        return code == 0x72 ? reader.readStringKeyedMap() : String.valueOf(reader.readValue());
      }
      reader.skipValue();
    }
    return "absent";
  }

  private void settle(int first, int last, DeliveryState state, boolean settled)
      throws IOException {
    Disposition disposition = new Disposition();
    disposition.setRole(Role.RECEIVER);
    disposition.setFirst(UnsignedInteger.valueOf(first));
    disposition.setLast(UnsignedInteger.valueOf(last));
    disposition.setState(state);
    disposition.setSettled(settled);
    peer.send(0, disposition);
  }

  @Test
  void openTellsWhoIsThereAndWhatWorks() throws IOException {
    peer.login().open(new Open());
    Open open = peer.next(Open.class);

    assertThat(open.getContainerId()).isEqualTo("warren@test");
    assertThat(open.getMaxFrameSize().intValue()).isEqualTo(4096);
    assertThat(open.getChannelMax().intValue()).isEqualTo(7);
    assertThat(open.getIdleTimeOut().intValue()).isEqualTo(30_000);
    assertThat(open.getOfferedCapabilities())
        .containsExactly(
            Symbol.valueOf("LINK_PAIR_V1_0"),
            Symbol.valueOf("ANONYMOUS-RELAY"),
            Symbol.valueOf("SHARED-SUBS"));
    assertThat(open.getProperties().toString())
        .contains("product=RabbitMQ", "version=4.3.5", "node=warren@test", "x-product=Warren");
  }

  @Test
  void aRoutedMessageIsAcceptedAndDeliveredAsItCame() throws IOException {
    peer.begin().attachSender(0, "/exchanges/x/k");
    assertThat(peer.next(Flow.class).getLinkCredit().intValue()).isEqualTo(10);
    publish(0, 0, "hello");
    assertThat(outcome()).isInstanceOf(Accepted.class);

    peer.attachReceiver(1, "/queues/q");
    Attach answer = peer.next(Attach.class);
    Source source = (Source) answer.getSource();
    assertThat(source.getAddress()).isEqualTo("/queues/q");
    assertThat(source.getDefaultOutcome()).isInstanceOf(Released.class);
    assertThat(source.getOutcomes()).hasSize(4);
    assertThat(answer.getSndSettleMode()).isEqualTo(SenderSettleMode.UNSETTLED);
    assertThat(answer.getRcvSettleMode()).isEqualTo(ReceiverSettleMode.FIRST);
    peer.credit(1, 0, 5, false, false);

    RawPeer.Frame delivery = peer.nextFrame(Transfer.class);
    assertThat(body(delivery)).isEqualTo("hello");
    assertThat(section(delivery, 0x72)).isEqualTo(Map.of("x-exchange", "x", "x-routing-key", "k"));
    assertThat(section(delivery, 0x70)).isEqualTo("[false, null, null, true, 0]");
  }

  @Test
  void anUnroutableMessageIsReleased() throws IOException {
    peer.begin().attachSender(0, "/exchanges/x/nobody");
    peer.next(Flow.class);
    publish(0, 0, "lost");

    assertThat(outcome()).isInstanceOf(Released.class);
  }

  @Test
  void outcomesOfARunLeaveAsOneRange() throws IOException {
    peer.begin().attachSender(0, "/exchanges/x/nobody");
    peer.next(Flow.class);
    byte[] all = new byte[0];
    for (int i = 0; i < 5; i++) {
      byte[] one = peer.frame(0, 0, RawPeer.transfer(0, i), RawPeer.message("m"));
      byte[] longer = Arrays.copyOf(all, all.length + one.length);
      System.arraycopy(one, 0, longer, all.length, one.length);
      all = longer;
    }
    peer.send(all);

    Disposition disposition = peer.next(Disposition.class);
    assertThat(disposition.getFirst().intValue()).isZero();
    assertThat(disposition.getLast().intValue()).isEqualTo(4);
  }

  @Test
  void creditComesBackWhenHalfIsUsed() throws IOException {
    peer.begin().attachSender(0, "/exchanges/x/nobody");
    peer.next(Flow.class);
    for (int i = 0; i < 5; i++) {
      publish(0, i, "m");
    }
    Flow flow = peer.next(Flow.class);

    assertThat(flow.getDeliveryCount().intValue() + flow.getLinkCredit().intValue()).isEqualTo(15);
  }

  @Test
  void aMessageMayComeInSeveralFramesAndAnAbortedOneIsDropped() throws IOException {
    peer.begin().attachSender(0, "/queues/q");
    peer.next(Flow.class);
    Transfer aborted = RawPeer.transfer(0, 0);
    aborted.setMore(true);
    peer.transfer(aborted, new byte[] {0, 0x53});
    aborted.setMore(false);
    aborted.setAborted(true);
    peer.transfer(aborted, new byte[0]);

    byte[] message = RawPeer.message("in two parts");
    Transfer first = RawPeer.transfer(0, 1);
    first.setMore(true);
    peer.transfer(first, Arrays.copyOf(message, 9));
    peer.transfer(RawPeer.transfer(0, 1), Arrays.copyOfRange(message, 9, message.length));
    assertThat(outcome()).isInstanceOf(Accepted.class);

    peer.attachReceiver(1, "q").credit(1, 0, 5, false, false);
    assertThat(body(peer.nextFrame(Transfer.class))).isEqualTo("in two parts");
  }

  @Test
  void aLargeDeliveryLeavesInSeveralFrames() throws IOException {
    peer.begin().attachSender(0, "/queues/q");
    peer.next(Flow.class);
    String large = "x".repeat(9000);
    byte[] message = RawPeer.message(large);
    for (int at = 0; at < message.length; at += 3000) {
      int end = Math.min(at + 3000, message.length);
      Transfer part = RawPeer.transfer(0, 0);
      part.setMore(end < message.length);
      peer.transfer(part, Arrays.copyOfRange(message, at, end));
    }
    assertThat(outcome()).isInstanceOf(Accepted.class);

    peer.attachReceiver(1, "/queues/q").credit(1, 0, 5, false, false);
    int length = 0;
    boolean more = true;
    while (more) {
      RawPeer.Frame part = peer.nextFrame(Transfer.class);
      length += part.payload().length;
      more = ((Transfer) Objects.requireNonNull(part.body())).getMore();
    }
    assertThat(length).isGreaterThan(9000);
  }

  @ParameterizedTest
  @CsvSource({
    "/queues/none, amqp:not-found, no queue 'none' in vhost '/'",
    "/exchanges/none/k, amqp:not-found, no exchange 'none' in vhost '/'",
    "/exchanges/inner/k, amqp:unauthorized-access,",
    "/queue/q, amqp:invalid-field,",
    "/management, amqp:invalid-field,"
  })
  void aTargetThatCannotBeIsRefused(String address, String condition, @Nullable String text)
      throws IOException {
    peer.begin().attachSender(0, address);

    assertThat(peer.next(Attach.class).getTarget()).isNull();
    assertRefused(condition, text);
  }

  @ParameterizedTest
  @CsvSource({
    "/queues/none, amqp:not-found, no queue 'none' in vhost '/'",
    "/exchanges/x/k, amqp:invalid-field,",
    "/management, amqp:invalid-field,"
  })
  void aSourceThatCannotBeIsRefused(String address, String condition, @Nullable String text)
      throws IOException {
    peer.begin().attachReceiver(0, address);

    assertThat(peer.next(Attach.class).getSource()).isNull();
    assertRefused(condition, text);
  }

  private void assertRefused(String condition, @Nullable String text) throws IOException {
    Detach detach = peer.next(Detach.class);
    assertThat(detach.getClosed()).isTrue();
    assertThat(detach.getError().getCondition().toString()).isEqualTo(condition);
    if (text != null) {
      assertThat(detach.getError().getDescription()).isEqualTo(text);
    }
  }

  @Test
  void theAnonymousTerminusGoesByTheAddressInTheMessage() throws IOException {
    Attach attach = RawPeer.attach(0, Role.SENDER);
    attach.setTarget(new Target());
    attach.setInitialDeliveryCount(UnsignedInteger.ZERO);
    peer.begin().send(0, attach);
    peer.next(Flow.class);

    peer.transfer(RawPeer.transfer(0, 0), withProperties(null, "/queues/q"));
    assertThat(outcome()).isInstanceOf(Accepted.class);
    peer.transfer(RawPeer.transfer(0, 1), withProperties(null, "/queues/none"));
    assertThat(outcome()).isInstanceOf(Released.class);
    peer.transfer(RawPeer.transfer(0, 2), withProperties(null, "/exchanges/none"));
    assertThat(rejection()).isEqualTo("amqp:not-found");
    peer.transfer(RawPeer.transfer(0, 3), RawPeer.message("no address"));
    assertThat(rejection()).isEqualTo("amqp:precondition-failed");

    Transfer settled = RawPeer.transfer(0, 4);
    settled.setSettled(true);
    peer.transfer(settled, withProperties(null, "/bad"));
    Detach detach = peer.next(Detach.class);
    assertThat(detach.getError().getCondition().toString()).isEqualTo("amqp:precondition-failed");
    assertThat(detach.getError().getInfo().toString()).contains("delivery-tag");
  }

  private String rejection() throws IOException {
    return ((Rejected) outcome()).getError().getCondition().toString();
  }

  @Test
  void theUserIdOfAMessageMustBeTheUsers() throws IOException {
    peer.begin().attachSender(0, "/queues/q");
    peer.next(Flow.class);
    peer.transfer(RawPeer.transfer(0, 0), withProperties("guest", null));
    assertThat(outcome()).isInstanceOf(Accepted.class);
    peer.transfer(RawPeer.transfer(0, 1), withProperties("root", null));

    assertThat(peer.next(Detach.class).getError().getCondition().toString())
        .isEqualTo("amqp:unauthorized-access");
  }

  private static byte[] withProperties(@Nullable String userId, @Nullable String to) {
    AmqpWriter writer = new AmqpWriter();
    writer.writeSectionDescriptor(0x73);
    int start = writer.beginCompound(0xd0, 3);
    writer.writeValue("id");
    writer.writeValue(userId == null ? null : userId.getBytes(StandardCharsets.UTF_8));
    writer.writeValue(to);
    writer.endCompound(start);
    byte[] body = RawPeer.message("body");
    return writer.writeEncoded(body, 0, body.length).toByteArray();
  }

  @Test
  void aReleasedDeliveryComesAgainMarkedAndARejectedOneDoesNot() throws IOException {
    peer.begin().attachSender(0, "/queues/q");
    peer.next(Flow.class);
    publish(0, 0, "a");
    outcome();
    peer.attachReceiver(1, "/queues/q").credit(1, 0, 1, false, false);
    peer.nextFrame(Transfer.class);
    settle(0, 0, Released.getInstance(), true);
    peer.credit(1, 1, 1, false, false);
    RawPeer.Frame again = peer.nextFrame(Transfer.class);
    assertThat(section(again, 0x70)).isEqualTo("[false, null, null, false, 0]");
    assertThat(section(again, 0x72)).asString().contains("x-acquired-count=1");

    Modified failed = new Modified();
    failed.setDeliveryFailed(true);
    settle(1, 1, failed, true);
    peer.credit(1, 2, 1, false, false);
    assertThat(section(peer.nextFrame(Transfer.class), 0x70))
        .isEqualTo("[false, null, null, false, 1]");

    settle(2, 2, new Rejected(), true);
    peer.credit(1, 3, 1, true, false);
    assertThat(peer.next(Flow.class).getLinkCredit()).isEqualTo(UnsignedInteger.ZERO);
  }

  @Test
  void anOutcomeNotYetSettledIsSettledFromHere() throws IOException {
    peer.begin().attachSender(0, "/queues/q");
    peer.next(Flow.class);
    publish(0, 0, "a");
    outcome();
    peer.attachReceiver(1, "/queues/q").credit(1, 0, 1, false, false);
    peer.nextFrame(Transfer.class);
    settle(0, 0, Accepted.getInstance(), false);

    Disposition disposition = peer.next(Disposition.class);
    assertThat(disposition.getRole()).isEqualTo(Role.SENDER);
    assertThat(disposition.getSettled()).isTrue();
    assertThat(disposition.getState()).isInstanceOf(Accepted.class);
  }

  @Test
  void anUnknownOutcomeEndsTheSession() throws IOException {
    peer.begin().attachSender(0, "/queues/q");
    peer.next(Flow.class);
    publish(0, 0, "a");
    outcome();
    peer.attachReceiver(1, "/queues/q").credit(1, 0, 1, false, false);
    peer.nextFrame(Transfer.class);
    Declared state = new Declared();
    state.setTxnId(new Binary(new byte[] {1}));
    settle(0, 0, state, true);

    assertThat(peer.next(End.class).getError().getCondition().toString())
        .isEqualTo("amqp:invalid-field");
  }

  @Test
  void drainReturnsTheCreditAndEchoIsAnswered() throws IOException {
    peer.begin().attachReceiver(0, "/queues/q2");
    peer.next(Attach.class);
    peer.credit(0, 0, 100, true, false);
    Flow drained = peer.next(Flow.class);
    assertThat(drained.getDrain()).isTrue();
    assertThat(drained.getDeliveryCount().intValue()).isEqualTo(100);
    assertThat(drained.getLinkCredit()).isEqualTo(UnsignedInteger.ZERO);

    peer.credit(0, 100, 7, false, true);
    Flow echo = peer.next(Flow.class);
    assertThat(echo.getDeliveryCount().intValue()).isEqualTo(100);
    assertThat(echo.getLinkCredit().intValue()).isEqualTo(7);
    assertThat(echo.getEcho()).isFalse();
  }

  @Test
  void presettledDeliveriesAreGoneWhenTheLinkIs() throws IOException {
    peer.begin().attachSender(0, "/queues/q");
    peer.next(Flow.class);
    publish(0, 0, "a");
    outcome();
    Attach attach = RawPeer.attach(1, Role.RECEIVER);
    Source source = new Source();
    source.setAddress("/queues/q");
    attach.setSource(source);
    attach.setSndSettleMode(SenderSettleMode.SETTLED);
    peer.send(0, attach);
    assertThat(peer.next(Attach.class).getSndSettleMode()).isEqualTo(SenderSettleMode.SETTLED);
    peer.credit(1, 0, 10, false, false);
    assertThat(peer.next(Transfer.class).getSettled()).isTrue();
    detach(1);
    peer.next(Detach.class);

    peer.attachReceiver(1, "/queues/q").credit(1, 0, 10, true, false);
    assertThat(peer.next(Flow.class).getDeliveryCount().intValue()).isEqualTo(10);
  }

  @Test
  void aDetachedConsumersDeliveriesGoBackAndItsNameIsFree() throws IOException {
    peer.begin().attachSender(0, "/queues/q");
    peer.next(Flow.class);
    publish(0, 0, "a");
    outcome();
    peer.attachReceiver(1, "/queues/q").credit(1, 0, 10, false, false);
    peer.nextFrame(Transfer.class);
    detach(1);
    peer.attachReceiver(1, "/queues/q").credit(1, 0, 10, false, false);

    RawPeer.Frame again = peer.nextFrame(Transfer.class);
    assertThat(section(again, 0x70)).isEqualTo("[false, null, null, false, 0]");
  }

  private void detach(int handle) throws IOException {
    Detach detach = new Detach();
    detach.setHandle(UnsignedInteger.valueOf(handle));
    detach.setClosed(true);
    peer.send(0, detach);
  }

  @Test
  void aLostConnectionsDeliveriesGoBackAsFailed() throws IOException {
    peer.begin().attachSender(0, "/queues/q");
    peer.next(Flow.class);
    publish(0, 0, "a");
    outcome();
    peer.attachReceiver(1, "/queues/q").credit(1, 0, 10, false, false);
    peer.nextFrame(Transfer.class);
    peer.close();

    peer = new RawPeer(harness.server.port()).begin();
    peer.attachReceiver(1, "/queues/q").credit(1, 0, 10, false, false);
    assertThat(section(peer.nextFrame(Transfer.class), 0x70))
        .isEqualTo("[false, null, null, false, 1]");
  }

  @Test
  void theOperatorSeesAndClosesAConnection() throws IOException {
    peer.begin();
    var seen = List.copyOf(harness.broker.connections().all());
    assertThat(seen).hasSize(1);
    assertThat(seen.get(0).details().user()).isEqualTo("guest");
    assertThat(seen.get(0).details().authMechanism()).isEqualTo("PLAIN");
    assertThat(seen.get(0).sessions()).isEqualTo(1);
    assertThat(seen.get(0).receivedOctets()).isPositive();
    seen.get(0).close("maintenance");

    Close close = peer.next(Close.class);
    assertThat(close.getError().getCondition().toString()).isEqualTo("amqp:internal-error");
    assertThat(close.getError().getDescription()).isEqualTo("Connection forced: maintenance");
    assertThat(peer.isAtEnd()).isTrue();
    Awaitility.await().until(() -> harness.broker.connections().all().isEmpty());
  }

  @Test
  void aStoppingServerTellsItsClients() throws IOException {
    peer.begin();
    var closing = harness.server.close();

    assertThat(peer.next(Close.class).getError().getCondition().toString())
        .isEqualTo("amqp:connection:forced");
    BrokerHarness.await(closing);
  }

  @Test
  void aPortInUseIsToldAsSuch() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      AmqpServer second =
          new AmqpServer(
              VertxEventLoops.of(harness.vertx),
              harness.broker,
              BrokerHarness.options().withAddress("127.0.0.1", taken.getLocalPort()),
              BrokerClock.system());

      assertThat(second.listen().toCompletionStage().toCompletableFuture())
          .failsWithin(Duration.ofSeconds(5))
          .withThrowableOfType(ExecutionException.class)
          .withCauseInstanceOf(ListenException.class)
          .withMessageContaining("cannot listen on 127.0.0.1:" + taken.getLocalPort());
      assertThat(second.port()).isZero();
    }
  }
}
